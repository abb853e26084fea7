// The coding view: one module for the notebook, where anywidget calls `render`, and for the page, where page.js calls
// `mount`. Offsets go to and come from Python in Unicode code points; nothing is shown as done before the answer says
// that it is on the disk. An act keeps its name however often it is sent, so that it is done once.
const COLOURS = ["#0b6fb8", "#b5480f", "#0a7f5c", "#9b3ea3", "#8a6d00", "#c2185b", "#5b6770", "#4b4fc4", "#7a4a2b", "#2f7d32"];
const SEEN = 100; // milliseconds that a coding may take to be saved before it is shown as not saved yet
const LONGEST_WAIT = 20_000; // milliseconds that a kernel at other work may take to answer
const SENTENCE = /[.!?…؟。]["'”’)\]]*$/u;
const PARTS = `
<div class="top">
  <h1 id="title">Coding by hand</h1>
  <label>Source <select id="sources"></select></label>
  <button id="done" type="button">Finished</button>
  <button id="undo" type="button">Undo</button>
  <button id="redo" type="button">Redo</button>
  <a id="quotes" target="_blank" rel="noopener" hidden>Choose quotes</a>
  <p id="progress"></p>
  <p id="note" hidden></p>
  <p id="elsewhere" role="alert" hidden></p>
  <div id="failed" role="alert" hidden><span id="why"></span> <button id="again" type="button">Try again</button></div>
</div>
<div class="body">
  <section aria-labelledby="text-title">
    <h2 id="text-title">Text</h2>
    <p id="help">Arrow keys move by word (up and down: by turn), with Shift they extend. S: sentence, T: turn. A digit and a
      letter: the code. N and P: next and previous coding, X: drop it, M: its memo. U and R: undo and redo. /: find a code.
      C: propose a code. G: next suggestion, Enter: take it, Backspace: refuse it.</p>
    <div id="grow" role="group" aria-label="Change what is chosen">
      <button id="shorter" type="button">Shorter</button> <button id="longer" type="button">Longer</button>
      <button id="sentence" type="button">Sentence</button> <button id="turn" type="button">Turn</button>
    </div>
    <div id="text" role="application" tabindex="0" aria-labelledby="text-title" aria-describedby="help"></div>
  </section>
  <section aria-labelledby="coding-title" id="side">
    <h2 id="coding-title">Coding in hand</h2>
    <p id="hand">None yet.</p>
    <div id="marks" hidden></div>
    <h2 id="codes-title">Codes</h2>
    <label>Find a code <input id="find" type="search" autocomplete="off" aria-describedby="found"></label>
    <p id="found"></p>
    <div id="codes" role="group" aria-labelledby="codes-title" tabindex="0"></div>
    <div id="rule"></div>
    <h2 id="list-title">Your codings here</h2>
    <p id="moved" hidden></p>
    <div id="lost" hidden></div>
    <ol id="list" aria-labelledby="list-title"></ol>
    <h2 id="suggested-title">A machine's suggestions</h2>
    <p id="suggested"></p>
    <button id="show" type="button" hidden>Show them</button>
    <ol id="offers" aria-labelledby="suggested-title"></ol>
    <h2 id="proposed-title">Codes you propose</h2>
    <form id="propose">
      <label>Name <input id="name" maxlength="200" required autocomplete="off"></label>
      <label class="wide">Why <textarea id="reason" rows="2" maxlength="10000" required></textarea></label>
      <button type="submit">Propose</button>
    </form>
    <ul id="proposals" aria-labelledby="proposed-title"></ul>
  </section>
</div>
<div class="foot"><p id="said" role="status" aria-live="polite"></p></div>`;
const SAMPLE = `
<div class="top">
  <h1 id="title">Coding a sample</h1>
  <p id="progress"></p>
  <div id="failed" role="alert" hidden><span id="why"></span> <button id="again" type="button">Try again</button></div>
</div>
<div class="body">
  <section aria-labelledby="text-title">
    <h2 id="text-title">Comment</h2>
    <p id="help">A figure marks a theme, or takes the mark away. Enter: save these, the next comment comes by itself. P and N: one
      back, one on. U: take back the last one.</p>
    <div id="text" class="one" role="application" tabindex="0" aria-labelledby="text-title" aria-describedby="help"><p id="comment" dir="auto"></p></div>
    <div id="themes" role="group" aria-label="Themes"></div>
    <p><button id="save" type="button">Save, and the next</button> <button id="back" type="button">One back</button>
      <button id="undo" type="button">Take back the last</button></p>
  </section>
  <section aria-labelledby="sure-title" id="side" tabindex="0">
    <h2 id="sure-title">How sure the shares are so far</h2>
    <p id="none">From ten comments on.</p>
    <table id="sure" aria-labelledby="sure-title" hidden><thead><tr><th scope="col">Theme</th><th scope="col">With it</th>
      <th scope="col">Share (95% interval)</th><th scope="col">More for ±5 points</th></tr></thead><tbody id="rows"></tbody></table>
    <p id="as-so-far" hidden>Were the comments to come as those so far.</p>
    <h2 id="rule-title">What the themes mean</h2>
    <div id="rule"></div>
  </section>
</div>
<div class="foot"><p id="said" role="status" aria-live="polite"></p></div>`;
const make = (tag, told = {}, ...inner) => {
  const element = Object.assign(document.createElement(tag), told);
  element.append(...inner);
  return element;
};
const points = (text) => [...text].length;
const named = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (one) => one.toString(16).padStart(2, "0")).join("");

// Builds the view in `root`. `ask(path, told)` brings an answer with its `status`, or throws where none comes; `prefix`
// keeps the names of parts apart where a document holds several views; `signal` ends what outlives the elements.
export async function mount(root, ask, prefix = "", signal = undefined) {
  const about = await ask("about");
  if (about.status !== 200) throw new Error(about.problem ?? "The server refused: open its address again.");
  return (about.sample ? codeSample : codeSources)(root, ask, about, prefix, signal);
}

function built(root, html, prefix) { // the parts by their names
  root.classList.add("buddy-coder");
  // JupyterLab leaves the keys pressed in here alone; Notebook 7 looks at the element alone that has the keys.
  root.dataset.lmSuppressShortcuts = "true";
  root.addEventListener("focusin", ({ target }) => { target.dataset.lmSuppressShortcuts = "true"; });
  root.innerHTML = html;
  const parts = {};
  for (const part of root.querySelectorAll("[id]")) {
    parts[part.id] = part;
    part.classList.add(`part-${part.id}`);
    part.id = prefix + part.id;
  }
  for (const name of ["aria-labelledby", "aria-describedby"]) {
    for (const part of root.querySelectorAll(`[${name}]`)) part.setAttribute(name, prefix + part.getAttribute(name));
  }
  return (id) => parts[id];
}

async function codeSources(root, ask, about, prefix, signal) {
  const $ = built(root, PARTS, prefix);
  let source = "", wanted = "", turns = [], words = [], codings = [], codes = new Map(), byKey = new Map();
  let offers = [], offered = "", painted = [], anchor = 0, focus = 0, hand = "", digit = "", lastSaid = "";
  const queue = []; // acts that are not confirmed, in order
  const coming = new Map(); // codings that are not confirmed: what is typed ahead belongs to them
  let sending = false, stuck = false;

  function say(line) {
    $("said").textContent = line === lastSaid ? line + "\u00a0" : line; // the same words again are said again
    lastSaid = $("said").textContent;
  }

  // ---- acts

  function act(told) {
    const key = named();
    queue.push({ key, ...told });
    if (stuck) failed();
    else drain();
    return key;
  }

  async function drain() {
    if (sending) return;
    sending = true;
    while (queue.length && !stuck) {
      const made = await ask("act", queue[0]).catch((error) => ({ status: 0, problem: error.message }));
      const over = made.status === 200 || made.status === 400;
      if (over) coming.delete(queue[0].key);
      if (over) queue.shift();
      if (made.status === 200) await confirmed(made);
      else if (over) refusedAct(made);
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

  function refusedAct({ problem }) {
    if (!known(hand)) hand = "";
    inHand();
    say(`Not done: ${problem}.`);
  }

  async function confirmed(made) {
    channel.postMessage("changed");
    progress(made.sources);
    if (made.source === source) take(made);
    else if (made.codings && made.do in { undo: 1, redo: 1 }) await open(made.source); // else its coder has gone on
    if (made.what === "code" && (made.do === "redo" || hand === made.coding)) choose(made.coding);
    const coding = codings.find((one) => one.id === made.coding);
    const name = coding ? `${coding.code}, ${quoted(coding)}` : "";
    const what = {
      code: "Coded", change: "Changed", drop: "Dropped", done: "Finished", reopen: "Open again",
      propose: "Proposed", refuse: "Refused", show: "Suggestions shown",
    }[made.what];
    const line = { undo: "Taken back: ", redo: "Done again: " }[made.do];
    say(`Saved. ${line ? line + what.toLowerCase() : what}${name ? ": " + name : ""}`);
  }

  // ---- sources and text

  async function open(name) {
    wanted = name;
    let told;
    try {
      told = await ask("source", { name });
    } catch (error) {
      say(`Not opened: ${error.message}`);
      return;
    }
    if (wanted !== name) return; // another was asked for since
    if (told.status !== 200) {
      say(`Not opened: ${told.problem ?? "the server refused"}`);
      return;
    }
    source = name;
    $("sources").value = name;
    [anchor, focus, hand, offered, words, painted] = [0, 0, "", "", [], []];
    turns = told.turns;
    $("text").replaceChildren(...turns.map(turnShown));
    $("text").scrollTop = 0;
    take(told);
    if (words.length) select(0, 0, false);
    else say("Nobody says anything here that can be coded.");
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
    turn.title = make(turn.question ? "h4" : "h3", { textContent: turn.speaker });
    turn.p = p;
    const asked = turn.question && turn.question !== turns[at - 1]?.question ? [make("h3", { textContent: turn.question })] : [];
    return make("div", { className: turn.codable ? "spoken" : "spoken other" }, ...asked, turn.title, p);
  }

  function take(told) {
    ({ codings, offers } = told);
    if (!known(hand)) hand = "";
    $("moved").hidden = !told.moved;
    $("moved").textContent = `The source has changed; ${told.moved} of your codings moved along with their words.`;
    lost(told.lost);
    suggested(told.shown);
    $("proposals").replaceChildren(...told.proposals.map((one) => make("li", {}, make("strong", { textContent: one.name }), ` ${one.memo}`)));
    paint();
    list();
    inHand();
  }

  function lost(gone) {
    $("lost").hidden = !gone.length;
    const rows = gone.map((one) => {
      const drop = make("button", { type: "button", textContent: "Drop", onclick: () => act({ do: "drop", of: one.id }) });
      drop.setAttribute("aria-label", `Drop ${one.code}, ${one.words}`);
      return make("li", {}, `${one.code}: ${one.words}${one.memo ? ` [${one.memo}]` : ""} `, drop);
    });
    const why = "The source has changed, and these words stand there no more, or more than once. Code the passage again, then drop:";
    $("lost").replaceChildren(make("p", { textContent: why }), make("ul", {}, ...rows));
  }

  // Every coding is a bar below its words, in a lane of its own: bars lie one under another, never one over another.
  function paint() {
    const lanes = new Map(), under = new Map(painted.map((n) => [n, []]));
    for (const coding of codings) {
      const held = reach(coding);
      let lane = 0;
      for (const n of held) if (!under.has(n)) under.set(n, []);
      while (held.some((n) => under.get(n)[lane])) lane++;
      for (const n of held) under.get(n)[lane] = coding;
      if (held.length) {
        const turn = words[held[0]].at;
        const now = lanes.get(turn) || { most: 0, codes: new Set() };
        lanes.set(turn, { most: Math.max(now.most, lane + 1), codes: now.codes.add(coding.code) });
      }
    }
    painted = [];
    for (const [n, over] of under) {
      const word = words[n], bars = Array.from(over, (one) => one?.code ?? "");
      if (bars.length) painted.push(n);
      if (bars.join() === word.bars) continue;
      word.bars = bars.join();
      word.span.style.boxShadow = bars.flatMap((name, lane) => [
        ...(lane ? [`0 ${3 * lane + 1}px 0 var(--paper)`] : []),
        `0 ${3 * lane + 3}px 0 ${name ? `var(--bar, ${colour(name)})` : "var(--paper)"}`,
      ]).join(", ");
      word.span.classList.toggle("coded", bars.length > 0);
      word.span.title = bars.filter(Boolean).join(", ");
    }
    turns.forEach((turn, at) => {
      const here = lanes.get(at), title = here ? `${turn.speaker} · ${[...here.codes].join(", ")}` : turn.speaker;
      const height = here ? String(1.6 + 0.2 * here.most) : "";
      if (turn.title.textContent !== title) turn.title.textContent = title;
      if (turn.p.style.lineHeight !== height) turn.p.style.lineHeight = height;
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
  const span = () => ({ start: words[chosen()[0]].start, end: words[chosen()[1]].end });

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

  const number = (node) => (node?.nodeType === 3 ? node.parentElement : node)?.closest?.("[data-n]")?.dataset.n;

  function fromPointer({ target }) { // a drag, or a tap on one word
    const marked = getSelection();
    const dragged = !marked.isCollapsed && $("text").contains(marked.anchorNode);
    const from = dragged ? number(marked.anchorNode) : number(target);
    if (from === undefined) return;
    select(+from, +((dragged && number(marked.focusNode)) || from));
    marked.removeAllRanges();
    $("text").focus({ preventScroll: true });
  }

  function fromTouch() { // a finger held on a word, and the handles drawn: the mark of the system stays while it is drawn
    const marked = getSelection();
    if (marked.isCollapsed || !$("text").contains(marked.anchorNode)) return;
    const from = number(marked.anchorNode), to = number(marked.focusNode);
    if (from !== undefined) select(+from, +(to ?? from));
  }

  // ---- codes and codings

  function code(name) {
    if (words.length) codeInHand({ code: name, ...span() });
  }

  function codeInHand(coding) { // it is in hand at once; the list has it when it is saved
    hand = act({ do: "code", source, ...coding });
    coming.set(hand, coding);
    setTimeout(() => coming.has(hand) && inHand(), SEEN); // drawing it twice would keep an answer at once waiting
  }

  const known = (id) => codings.find((one) => one.id === id) ?? coming.get(id);

  function quoted(coding) {
    const held = reach(coding).map((n) => words[n].text);
    return held.length > 12 ? `${held.slice(0, 11).join(" ")} …` : held.join(" ");
  }

  function list() {
    const before = new Map([...$("list").children].map((row) => [row.dataset.of, row]));
    let at = $("list").firstChild;
    for (const coding of codings) { // rows that stay are left where they are
      const marks = [...Object.keys(about.marks).map((name) => coding[name]), coding.suggestion].filter(Boolean).join(", ");
      const line = `${coding.code}${marks ? ` (${marks})` : ""}${coding.memo ? " [memo]" : ""}: ${quoted(coding)}`;
      const row = before.get(coding.id) ?? make("li", {}, make("button", { type: "button", onclick: () => choose(coding.id, true) }));
      before.delete(coding.id);
      row.dataset.of = coding.id;
      const button = row.firstChild;
      if (button.textContent !== line) {
        button.textContent = line;
        button.style.setProperty("--of", colour(coding.code));
      }
      pressed(button, coding.id === hand);
      if (row === at) at = at.nextSibling;
      else $("list").insertBefore(row, at);
    }
    for (const row of before.values()) row.remove();
  }

  function pressed(button, now) {
    if (button.getAttribute("aria-pressed") !== String(now)) button.setAttribute("aria-pressed", now);
  }

  function choose(id, show = false) {
    hand = id;
    const coding = known(id);
    const held = coding ? reach(coding) : [];
    if (show && held.length) select(held[0], held.at(-1));
    for (const row of $("list").children) pressed(row.firstChild, row.dataset.of === id);
    inHand();
    if (coding) rule(coding.code);
    if (show && coding) say(`In hand: ${coding.code}, ${quoted(coding)}`);
  }

  function inHand() {
    const coding = known(hand), waits = coming.has(hand) ? " (not saved yet)" : "";
    $("hand").textContent = coding ? `${coding.code} ${codes.get(coding.code)?.name ?? ""}: ${quoted(coding)}${waits}` : "None yet.";
    $("marks").hidden = !coding;
    for (const field of $("marks").querySelectorAll("select, textarea")) {
      if (document.activeElement !== field) field.value = coding?.[field.name] ?? "";
    }
  }

  function memo() {
    inHand();
    $("marks").querySelector("textarea").focus();
  }

  function next(by) {
    const at = codings.findIndex((one) => one.id === hand);
    const to = codings[at < 0 && by < 0 ? codings.length - 1 : at + by];
    if (to) choose(to.id, true);
    else say("No more codings.");
  }

  function rule(name) {
    const told = codes.get(name), last = codings.findLast((one) => one.code === name);
    const rows = ["definition", "include", "exclude", "example"].map((part) => [part, told?.[part]]);
    if (last) rows.push(["you, here", quoted(last)]);
    const shown = rows.filter(([, words]) => words).map(([part, words]) => make("p", {}, make("strong", { textContent: `${part}: ` }), words));
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

  // ---- a machine's suggestions: only after the coder has finished the source once, one by one, never in bulk

  function suggested(shown) {
    const read = about.sources.find((one) => one.source === source)?.read;
    $("show").hidden = shown || !read;
    $("suggested").textContent = shown
      ? `${offers.length} open. What you take or change is marked so, and left out where agreement is measured.`
      : "Off until you have finished the source once by yourself. What you code after seeing them is marked so, and left out where agreement is measured.";
    if (!offers.some((one) => one.id === offered)) offered = "";
    $("offers").replaceChildren(...offers.map((one) => {
      const line = make("button", { type: "button", textContent: `${one.code}: ${quoted(one)}`, onclick: () => offer(one.id) });
      line.setAttribute("aria-pressed", one.id === offered);
      line.style.setProperty("--of", colour(one.code));
      const [yes, no] = [["Take", taken], ["Refuse", refused]].map(([name, does]) => {
        const button = make("button", { type: "button", textContent: name, onclick: () => does(one.id) });
        button.setAttribute("aria-label", `${name} ${one.code}, ${quoted(one)}`);
        return button;
      });
      return make("li", {}, line, yes, no);
    }));
  }

  function offer(id) {
    const at = offers.findIndex((one) => one.id === id), one = offers[at], held = one ? reach(one) : [];
    if (!held.length) { say("No open suggestions."); return; }
    offered = id;
    for (const [n, row] of [...$("offers").children].entries()) row.firstChild.setAttribute("aria-pressed", n === at);
    select(held[0], held.at(-1));
    rule(one.code);
    say(`Suggested: ${one.code}, ${quoted(one)}`);
    $("text").focus({ preventScroll: true });
  }

  function taken(id) { // as it stands, or with the words chosen since it was looked at
    const one = offers.find((other) => other.id === id), now = span();
    const moved = id === offered && now.start < one.end && one.start < now.end ? now : one;
    codeInHand({ code: one.code, start: moved.start, end: moved.end, suggested: id });
  }

  function refused(id) {
    const one = offers.find((other) => other.id === id);
    act({ do: "refuse", source, code: one.code, start: one.start, end: one.end });
  }

  // ---- progress

  function progress(sources) {
    about.sources = sources;
    const done = sources.filter((one) => one.done).length;
    const sum = (name) => sources.reduce((total, one) => total + one[name], 0);
    $("progress").textContent = `${done} of ${sources.length} sources finished; ${sum("coded")} of ${sum("turns")} turns or comments hold a coding`;
    for (const option of $("sources").options) {
      const one = sources.find((row) => row.source === option.value);
      option.textContent = `${one.source}${one.done ? " ✓" : ""}`;
    }
    finished();
  }

  const isDone = () => about.sources.find((one) => one.source === source)?.done;

  function finished() {
    $("done").textContent = isDone() ? "Open again" : "Finished";
  }

  // ---- keys and other ways in

  function onKey(event) {
    event.stopPropagation(); // no notebook takes a letter pressed in here for a command
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
      s: () => grow(SENTENCE), t: () => grow(null),
      n: () => next(1), p: () => next(-1), x: () => hand && act({ do: "drop", of: hand }),
      m: () => (hand ? memo() : say("No coding is in hand.")),
      u: () => act({ do: "undo" }), r: () => act({ do: "redo" }), "/": () => $("find").focus(), c: () => $("name").focus(),
      g: () => offer(offers[(offers.findIndex((one) => one.id === offered) + 1) % offers.length]?.id),
      Enter: () => (offered ? taken(offered) : say("No suggestion is chosen.")),
      Backspace: () => (offered ? refused(offered) : say("No suggestion is chosen.")),
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

  about.themes.forEach((theme, n) => theme.codes.forEach((one) => {
    codes.set(one.code, { ...one, theme: n });
    if (one.key) byKey.set(one.key, one.code);
  }));
  $("title").textContent = `${about.title}: coding by hand, ${about.coder}`;
  $("note").textContent = about.note;
  $("note").hidden = !about.note;
  if (about.quotes) Object.assign($("quotes"), { href: about.quotes, hidden: false });
  $("sources").append(...about.sources.map((one) => make("option", { value: one.source, textContent: one.source })));

  // Tabs of one coder in one browser tell each other; what another program holds open, `about.elsewhere` says.
  const channel = new BroadcastChannel(`buddy-coder ${about.journal}`), mine = named();
  const elsewhere = (shown) => {
    $("elsewhere").textContent = `${about.coder} has this view open elsewhere too; both write, and both are kept.`;
    $("elsewhere").hidden = !shown;
  };
  channel.onmessage = async ({ data }) => {
    if (data === "hello") channel.postMessage("here");
    if (data === "changed") {
      const told = await ask("source", { name: source }).catch(() => ({}));
      if (told.status === 200 && told.source === source) take(told);
      return;
    }
    elsewhere(data !== "bye" || about.elsewhere);
    if (data === "bye") channel.postMessage("hello");
  };
  elsewhere(about.elsewhere);
  const leave = () => { channel.postMessage("bye"); channel.close(); };
  signal?.addEventListener("abort", leave);
  addEventListener("pagehide", () => channel.postMessage("bye"), { signal });
  addEventListener("beforeunload", (event) => {
    if (queue.length || $("marks").contains(document.activeElement)) event.preventDefault(); // a memo not saved yet
  }, { signal });

  marksShown();
  progress(about.sources);
  find();
  $("sources").onchange = () => open($("sources").value);
  $("done").onclick = () => act({ do: isDone() ? "reopen" : "done", source });
  $("undo").onclick = () => act({ do: "undo" });
  $("redo").onclick = () => act({ do: "redo" });
  $("again").onclick = retry;
  $("shorter").onclick = () => step(focus > anchor ? -1 : focus < anchor ? 1 : 0, true);
  $("longer").onclick = () => step(focus < anchor ? -1 : 1, true);
  $("sentence").onclick = () => grow(SENTENCE);
  $("turn").onclick = () => grow(null);
  $("show").onclick = () => act({ do: "show", source });
  $("find").oninput = find;
  $("find").onkeydown = (event) => {
    if (event.key === "Enter") $("codes").querySelector("button")?.click();
    if (event.key === "Enter" || event.key === "Escape") { $("find").value = ""; find(); $("text").focus(); }
  };
  $("propose").onsubmit = (event) => {
    event.preventDefault();
    act({ do: "propose", name: $("name").value, memo: $("reason").value, source, ...(words.length && span()) });
    $("propose").reset();
    $("text").focus();
  };
  $("propose").onkeydown = (event) => {
    if (event.key === "Escape") $("text").focus();
    if (event.key === "Enter" && event.ctrlKey) $("propose").requestSubmit();
  };
  let touching;
  document.addEventListener("selectionchange", () => {
    clearTimeout(touching);
    if ($("text").dataset.by === "touch") touching = setTimeout(fromTouch, 300); // once the handles rest
  }, { signal });
  $("text").onpointerdown = ({ pointerType }) => { $("text").dataset.by = pointerType; };
  $("text").onmouseup = fromPointer;
  root.addEventListener("keydown", onKey);
  await open((about.sources.find((one) => !one.done) ?? about.sources[0]).source);
  channel.postMessage("hello");
  return $("text");
}

// A sample: one comment after another, each theme a key; how sure the shares are follows every answer.
async function codeSample(root, ask, about, prefix) {
  const $ = built(root, SAMPLE, prefix);
  let number = 0, coded = about.coded, marked = new Set(), waiting = null;
  let line = Promise.resolve(); // keys wait for the answer to those before: whoever types ahead loses none
  const soon = (does) => { line = line.then(does).catch((error) => { $("said").textContent = `Not done: ${error.message}`; }); };
  const themes = new Map(about.themes.map((one) => [one.key, one]));
  const buttons = new Map();
  for (const one of about.themes) {
    const name = one.label || one.theme;
    const button = make("button", { type: "button", onclick: () => soon(() => mark(one)) }, make("kbd", { textContent: one.key }), ` ${name}`);
    buttons.set(one.theme, button);
    $("rule").append(make("p", {}, make("strong", { textContent: `${name}: ` }), one.definition));
  }
  $("themes").append(...buttons.values());

  function shown() {
    for (const [theme, button] of buttons) button.setAttribute("aria-pressed", marked.has(theme));
    $("progress").textContent = `${coded} of ${about.total} comments coded`;
  }

  function mark(one) {
    if (waiting) return;
    if (!marked.delete(one.theme)) marked.add(one.theme);
    shown();
    $("said").textContent = `${one.label || one.theme}: ${marked.has(one.theme) ? "yes" : "no"}`;
  }

  async function open(wanted) {
    const told = await ask("comment", { number: wanted });
    if (told.status !== 200) throw new Error(told.problem ?? "the server refused");
    ({ number } = told);
    marked = new Set(told.codes);
    $("text-title").textContent = `Comment ${number} of ${about.total}`;
    $("comment").textContent = told.text;
    $("text").focus({ preventScroll: true });
    shown();
  }

  async function act(told) { // nothing is shown as saved before the answer says that it is in the file
    waiting = told;
    const made = await ask("act", told).catch((error) => ({ status: 0, problem: error.message }));
    const refused = made.status === 400;
    $("failed").hidden = made.status === 200 || refused;
    if (!$("failed").hidden) {
      $("why").textContent = `Not saved: ${made.problem || "the server refused: open its address again"}.`;
      return;
    }
    waiting = null;
    if (refused) { $("said").textContent = `Not done: ${made.problem}.`; return; }
    coded = made.coded;
    const to = told.do === "back" ? told.number : Math.min(told.number + 1, about.total);
    $("said").textContent = told.do === "back" ? `Taken back: comment ${told.number}.`
      : `Saved: comment ${told.number}, ${told.codes.length ? told.codes.join(", ") : "no theme"}.`;
    await open(to);
    sure();
  }

  async function sure() {
    const told = await ask("sure").catch(() => ({ status: 0 }));
    if (told.status !== 200) return;
    const percent = (share) => `${(100 * share).toFixed(1)}%`;
    $("rows").replaceChildren(...told.sure.map((one) => {
      const share = one.estimate === null ? "" : `${percent(one.estimate)} (${percent(one.ci_low)} to ${percent(one.ci_high)})`;
      const more = one.n_more === null ? one.caution : one.n_more ? `${one.n_more}` : "sure to 5 points";
      const label = buttons.get(one.theme).textContent.replace(/^\S+ /u, "");
      return make("tr", {}, make("th", { scope: "row", textContent: label }),
        ...[one.n_with, share, more].map((cell) => make("td", { textContent: cell })));
    }));
    const some = told.sure.some((one) => one.estimate !== null);
    $("none").hidden = some;
    for (const part of ["sure", "as-so-far"]) $(part).hidden = !some;
  }

  const save = () => waiting || act({ do: "codes", number, codes: about.themes.map((one) => one.theme).filter((one) => marked.has(one)) });
  const back = () => waiting || (number > 1 && open(number - 1));
  const undo = () => waiting || (coded ? act({ do: "back", number: coded }) : ($("said").textContent = "Nothing to take back."));
  for (const [name, does] of Object.entries({ save, back, undo, again: () => act(waiting) })) $(name).onclick = () => soon(does);
  root.addEventListener("keydown", (event) => {
    event.stopPropagation(); // no notebook takes a letter pressed in here for a command
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const does = themes.has(key) ? () => mark(themes.get(key))
      : { p: back, n: () => waiting || (number <= coded && open(number + 1)), u: undo, ...(event.target === $("text") && { Enter: save }) }[key];
    if (does) { event.preventDefault(); soon(does); }
  });
  $("title").textContent = `Coding a sample: ${about.sample}`;
  await open(Math.min(coded + 1, about.total));
  if (coded) sure();
  return $("text");
}

// The notebook's way to Python: a question goes out as a message, its answer comes back under the same name.
function render({ model, el }) {
  const waiting = new Map(), ended = new AbortController();
  const heard = (told) => {
    waiting.get(told.name)?.(told);
    waiting.delete(told.name);
  };
  const ask = (path, told = {}) => new Promise((resolve, reject) => {
    const name = named();
    const timer = setTimeout(() => {
      waiting.delete(name);
      reject(new Error("The kernel does not answer: it is busy with another cell, or has ended; then run this cell again."));
    }, LONGEST_WAIT);
    waiting.set(name, (answer) => { clearTimeout(timer); resolve(answer); });
    model.send({ name, path, told });
  });
  model.on("msg:custom", heard);
  const root = el.appendChild(make("section"));
  root.setAttribute("aria-label", "Coding by hand");
  mount(root, ask, `${named()}-`, ended.signal).catch((error) => root.replaceChildren(make("p", { textContent: error.message })));
  return () => { ended.abort(); model.off("msg:custom", heard); };
}

export default { render };
