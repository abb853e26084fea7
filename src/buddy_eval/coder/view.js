// The coding view. Offsets go to and come from the server in Unicode code points; nothing is shown as done before
// the server has confirmed that it is on the disk.
const COLOURS = ["#0b6fb8", "#b5480f", "#0a7f5c", "#9b3ea3", "#8a6d00", "#c2185b", "#5b6770", "#4b4fc4", "#7a4a2b", "#2f7d32"];
const $ = (id) => document.getElementById(id);
const make = (tag, told = {}, ...inner) => {
  const made = Object.assign(document.createElement(tag), told);
  made.append(...inner);
  return made;
};
const points = (text) => [...text].length;

let about, source = "", wanted = "", turns = [], words = [], codings = [], codes = new Map(), byKey = new Map();
let anchor = 0, focus = 0, hand = "", digit = "", lastSaid = "";
const queue = []; // acts that are not confirmed, in order
let sending = false, stuck = false;

function say(line) {
  $("said").textContent = line === lastSaid ? line + "\u00a0" : line; // the same words again are said again
  lastSaid = $("said").textContent;
}

// ---- the server

async function ask(path, told) {
  const options = told && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(told) };
  const answer = await fetch(path, options);
  return { status: answer.status, ...(answer.status === 403 ? {} : await answer.json()) };
}

function act(told) {
  queue.push({ key: crypto.randomUUID(), ...told });
  if (stuck) failed();
  else drain();
}

async function drain() {
  if (sending) return;
  sending = true;
  while (queue.length && !stuck) {
    let made;
    try {
      made = await ask("act", queue[0]);
    } catch {
      made = { status: 0, problem: "The server does not answer." };
    }
    if (made.status === 200) confirmed(queue.shift(), made);
    else if (made.status === 400) { queue.shift(); say(`Not done: ${made.problem}.`); }
    else failed(made.problem || "The server refused: open its address again.");
  }
  sending = false;
}

function failed(why) {
  stuck = true;
  if (why) $("why").dataset.why = why;
  const n = queue.length;
  $("why").textContent = `Not saved: ${n} act${n === 1 ? "" : "s"} wait${n === 1 ? "s" : ""}. ${$("why").dataset.why}`;
  $("failed").hidden = false;
}

function retry() {
  stuck = false;
  $("failed").hidden = true;
  drain();
}

async function confirmed(told, made) {
  channel.postMessage("changed");
  progress(made.sources);
  if (made.source !== source) {
    if (made.codings) await open(made.source);
  } else {
    take(made);
    if (made.what === "code" && made.do !== "undo") choose(made.coding);
  }
  const coding = codings.find((one) => one.id === made.coding);
  const name = coding ? `${coding.code}, ${quoted(coding)}` : "";
  const what = { code: "Coded", change: "Changed", drop: "Dropped", done: "Finished", reopen: "Open again" }[made.what];
  const line = { undo: "Taken back: ", redo: "Done again: " }[made.do];
  say(`Saved. ${line ? line + what.toLowerCase() : what}${name ? ": " + name : ""}`);
}

// ---- sources and text

async function open(name) {
  wanted = name;
  const told = await ask(`source?name=${encodeURIComponent(name)}`);
  if (wanted !== name) return; // another was asked for since
  source = name;
  $("sources").value = name;
  [anchor, focus, hand, words] = [0, 0, "", []];
  turns = told.turns;
  $("text").replaceChildren(...turns.map(turnShown));
  take(told);
  if (words.length) select(0, 0, false);
  finished();
}

function turnShown(turn, at) {
  const p = make("p", { dir: "auto" });
  let place = turn.start;
  if (turn.codable) {
    for (const [piece, word] of turn.text.matchAll(/(\S+)\s*/gu)) {
      const span = make("span", { textContent: piece });
      span.dataset.n = words.length;
      words.push({ span, at, start: place, end: place + points(word), text: word, bars: "" });
      place += points(piece);
      p.append(span);
    }
  } else p.textContent = turn.text;
  turn.title = make("h3", { textContent: turn.speaker });
  turn.p = p;
  return make("div", { className: turn.codable ? "turn" : "turn other" }, turn.title, p);
}

function take(told) {
  codings = told.codings;
  if (!codings.some((one) => one.id === hand)) hand = "";
  $("lost").hidden = !told.lost;
  $("lost").textContent = `${told.lost} of your codings have lost their words: the source has changed. See buddy-eval check.`;
  paint();
  list();
  inHand();
}

// Every coding is a bar below its words, in a lane of its own: bars lie one under another, never one over another.
function paint() {
  const lanes = new Map(), under = words.map(() => []);
  for (const coding of codings) {
    const held = reach(coding);
    let lane = 0;
    while (held.some((n) => under[n][lane])) lane++;
    for (const n of held) under[n][lane] = coding;
    if (held.length) {
      const turn = words[held[0]].at;
      const now = lanes.get(turn) || { most: 0, codes: new Set() };
      lanes.set(turn, { most: Math.max(now.most, lane + 1), codes: now.codes.add(coding.code) });
    }
  }
  words.forEach((word, n) => {
    const bars = Array.from(under[n], (one) => one?.code ?? "");
    if (bars.join() === word.bars) return;
    word.bars = bars.join();
    word.span.style.boxShadow = bars.flatMap((name, lane) => [
      ...(lane ? [`0 ${3 * lane + 1}px 0 var(--paper)`] : []),
      `0 ${3 * lane + 3}px 0 ${name ? colour(name) : "var(--paper)"}`,
    ]).join(", ");
    word.span.classList.toggle("coded", bars.length > 0);
    word.span.title = bars.filter(Boolean).join(", ");
  });
  turns.forEach((turn, at) => {
    const here = lanes.get(at);
    turn.title.textContent = here ? `${turn.speaker} · ${[...here.codes].join(", ")}` : turn.speaker;
    turn.p.style.lineHeight = here ? String(1.6 + 0.2 * here.most) : "";
  });
}

function reach(coding) { // the numbers of its words
  let [from, to] = [0, words.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (words[middle].end <= coding.start) from = middle + 1;
    else to = middle;
  }
  while (to < words.length && words[to].start < coding.end) to++;
  return Array.from({ length: to - from }, (_, n) => from + n);
}

const colour = (code) => COLOURS[codes.get(code)?.theme % COLOURS.length] || COLOURS[0];

// ---- selecting

const chosen = () => [Math.min(anchor, focus), Math.max(anchor, focus)];
const said = () => words.slice(chosen()[0], chosen()[1] + 1).map((word) => word.text).join(" ");

function select(from, to, aloud = true) {
  for (let [n, last] = chosen(); n <= last; n++) words[n]?.span.classList.remove("chosen");
  const at = words[from].at;
  while (words[to].at !== at) to += to > from ? -1 : 1; // a passage lies within one turn
  [anchor, focus] = [from, to];
  for (let [n, last] = chosen(); n <= last; n++) words[n].span.classList.add("chosen");
  if (aloud) {
    words[to].span.scrollIntoView({ block: "nearest" });
    say(`Chosen: ${said()}`);
  }
}

function step(by, extend) {
  const to = Math.max(0, Math.min(words.length - 1, focus + by));
  select(extend ? anchor : to, to);
}

function stepTurn(by, extend) {
  let to = focus;
  while (words[to + by] && words[to + by].at === words[focus].at) to += by;
  if (!extend && words[to + by]) {
    to += by;
    while (by < 0 && words[to - 1]?.at === words[to].at) to--;
  }
  select(extend ? anchor : to, to);
}

function grow(ends) { // to the sentence, or with nothing that ends one, to the turn
  let [from, to] = chosen();
  while (words[from - 1]?.at === words[from].at && !ends?.test(words[from - 1].text)) from--;
  while (words[to + 1]?.at === words[to].at && !ends?.test(words[to].text)) to++;
  select(from, to);
}

function fromMouse() {
  const marked = getSelection();
  const number = (node) => (node?.nodeType === 3 ? node.parentElement : node)?.closest?.("[data-n]")?.dataset.n;
  const from = number(marked.anchorNode), to = number(marked.focusNode);
  if (from === undefined) return;
  select(+from, +(to ?? from));
  marked.removeAllRanges();
  $("text").focus({ preventScroll: true });
}

// ---- codes and codings

function code(name) {
  const [from, to] = chosen();
  if (words.length) act({ do: "code", source, code: name, start: words[from].start, end: words[to].end });
}

function quoted(coding) {
  const held = reach(coding).map((n) => words[n].text);
  return held.length > 12 ? `${held.slice(0, 11).join(" ")} …` : held.join(" ");
}

function list() {
  $("list").replaceChildren(...codings.map((coding) => {
    const marks = Object.keys(about.marks).map((name) => coding[name]).filter(Boolean).join(", ");
    const line = `${coding.code}${marks ? ` (${marks})` : ""}${coding.memo ? " [memo]" : ""}: ${quoted(coding)}`;
    const button = make("button", { type: "button", textContent: line, onclick: () => choose(coding.id, true) });
    button.setAttribute("aria-pressed", coding.id === hand);
    button.style.setProperty("--of", colour(coding.code));
    return make("li", {}, button);
  }));
}

function choose(id, show = false) {
  hand = id;
  const coding = codings.find((one) => one.id === id);
  const held = coding ? reach(coding) : [];
  if (show && held.length) select(held[0], held.at(-1));
  list();
  inHand();
  if (coding) rule(coding.code);
  if (show && coding) say(`In hand: ${coding.code}, ${quoted(coding)}`);
}

function inHand() {
  const coding = codings.find((one) => one.id === hand);
  $("hand").textContent = coding ? `${coding.code} ${codes.get(coding.code)?.name ?? ""}: ${quoted(coding)}` : "None yet.";
  $("marks").hidden = !coding;
  for (const field of $("marks").querySelectorAll("select, textarea")) {
    if (document.activeElement !== field) field.value = coding?.[field.name] ?? "";
  }
}

function next(by) {
  const at = codings.findIndex((one) => one.id === hand);
  const to = codings[at < 0 && by < 0 ? codings.length - 1 : at + by];
  if (to) choose(to.id, true);
  else say("No more codings.");
}

function rule(name) {
  const told = codes.get(name);
  const parts = ["definition", "include", "exclude"].filter((part) => told?.[part]);
  const shown = parts.map((part) => make("p", {}, make("strong", { textContent: `${part}: ` }), told[part]));
  $("rule").replaceChildren(...(told ? [make("p", { textContent: `${told.code} ${told.name}` }), ...shown] : []));
}

function find() {
  const asked = $("find").value.toLowerCase().split(/\s+/u);
  const fits = (one) => asked.every((part) => Object.values(one).join(" ").toLowerCase().includes(part));
  let n = 0;
  $("codes").replaceChildren(...about.themes.flatMap((theme) => {
    const rows = theme.codes.filter(fits).map((one) => {
      const told = { type: "button", onclick: () => code(one.code), onfocus: () => rule(one.code), onmouseenter: () => rule(one.code) };
      const button = make("button", told, make("kbd", { textContent: one.key }), ` ${one.code} ${one.name}`);
      button.style.setProperty("--of", colour(one.code));
      return button;
    });
    n += rows.length;
    return rows.length ? [make("h3", { textContent: `${theme.digit} ${theme.label}` }), ...rows] : [];
  }));
  $("found").textContent = `${n} codes; Enter takes the first`;
}

// ---- progress

function progress(sources) {
  about.sources = sources;
  const done = sources.filter((one) => one.done).length;
  const sum = (name) => sources.reduce((total, one) => total + one[name], 0);
  $("progress").textContent = `${done} of ${sources.length} sources finished; ${sum("coded")} of ${sum("turns")} turns hold a coding`;
  for (const option of $("sources").options) {
    const one = sources.find((row) => row.source === option.value);
    option.textContent = `${one.source}${one.done ? " ✓" : ""}`;
  }
  finished();
}

function finished() {
  const done = about.sources.find((one) => one.source === source)?.done;
  $("done").textContent = done ? "Open again" : "Finished";
}

// ---- keys and other ways in

function onKey(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const held = event.ctrlKey || event.metaKey;
  const back = { z: event.shiftKey ? "redo" : "undo", y: "redo" }[key];
  if (held && back && !/^(textarea|input)$/i.test(event.target.tagName)) {
    event.preventDefault();
    act({ do: back });
  }
  if (held || event.altKey || event.target !== $("text") || !words.length) return;
  const coded = byKey.get(digit + key);
  const does = coded ? () => code(coded) : {
    ArrowRight: () => step(1, event.shiftKey), ArrowLeft: () => step(-1, event.shiftKey),
    ArrowDown: () => stepTurn(1, event.shiftKey), ArrowUp: () => stepTurn(-1, event.shiftKey),
    s: () => grow(/[.!?…؟。]["'”’)\]]*$/u), t: () => grow(null),
    n: () => next(1), p: () => next(-1), x: () => hand && act({ do: "drop", of: hand }),
    m: () => (hand ? $("marks").querySelector("textarea").focus() : say("No coding is in hand.")),
    u: () => act({ do: "undo" }), r: () => act({ do: "redo" }), "/": () => $("find").focus(),
  }[key];
  const begun = !digit && /^\d$/.test(key) && about.themes.some((theme) => theme.digit === key);
  if (!coded && digit && key !== "Shift") say("No code has this key.");
  if (begun) say(`Theme ${about.themes.find((theme) => theme.digit === key).label}: now a letter`);
  if (does || begun) event.preventDefault();
  const waited = digit;
  if (key !== "Shift") digit = begun ? key : "";
  if (does && (coded || !waited)) does();
}

function marksShown() {
  for (const [name, values] of Object.entries(about.marks)) {
    const options = ["", ...values].map((value) => make("option", { value, textContent: value || "–" }));
    $("marks").append(make("label", {}, `${name} `, make("select", { name }, ...options)));
  }
  $("marks").append(make("label", { className: "wide" }, "memo ", make("textarea", { name: "memo", rows: 2, maxLength: 10000 })));
  $("marks").onchange = ({ target }) => act({ do: "change", of: hand, [target.name]: target.value });
  $("marks").onkeydown = (event) => {
    if (event.key === "Escape" || (event.key === "Enter" && event.ctrlKey)) $("text").focus();
  };
}

const channel = new BroadcastChannel("coder");
channel.onmessage = async ({ data }) => {
  if (data === "hello") channel.postMessage("here");
  if (data === "changed" && source) { take(await ask(`source?name=${encodeURIComponent(source)}`)); return; }
  if (data === "bye") { $("elsewhere").hidden = true; channel.postMessage("hello"); return; }
  $("elsewhere").textContent = `${about?.coder ?? "This coder"} has this view open in another tab; both write, and both are kept.`;
  $("elsewhere").hidden = false;
};
addEventListener("pagehide", () => channel.postMessage("bye"));
addEventListener("beforeunload", (event) => {
  if (queue.length || $("marks").contains(document.activeElement)) event.preventDefault(); // a memo not saved yet
});

about = await ask("about");
about.themes.forEach((theme, n) => theme.codes.forEach((one) => {
  codes.set(one.code, { ...one, theme: n });
  if (one.key) byKey.set(one.key, one.code);
}));
document.title = `${about.coder} codes – ${about.title}`;
document.querySelector("h1").textContent = `${about.title}: coding by hand, ${about.coder}`;
$("note").textContent = about.note;
$("note").hidden = !about.note;
$("sources").append(...about.sources.map((one) => make("option", { value: one.source, textContent: one.source })));
marksShown();
progress(about.sources);
find();
$("sources").onchange = () => open($("sources").value);
$("done").onclick = () => act({ do: about.sources.find((one) => one.source === source).done ? "reopen" : "done", source });
$("undo").onclick = () => act({ do: "undo" });
$("redo").onclick = () => act({ do: "redo" });
$("again").onclick = retry;
$("find").oninput = find;
$("find").onkeydown = (event) => {
  if (event.key === "Enter") $("codes").querySelector("button")?.click();
  if (event.key === "Enter" || event.key === "Escape") { $("find").value = ""; find(); $("text").focus(); }
};
$("text").onmouseup = fromMouse;
document.addEventListener("keydown", onKey);
await open((about.sources.find((one) => !one.done) ?? about.sources[0]).source);
channel.postMessage("hello");
$("text").focus();
