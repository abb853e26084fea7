// The start page: how a study stands, a button for each command, and what the command says while it runs.
// Python decides and does; this shows what it is told, and says which button was pressed.

const make = (name, set = {}, ...inside) => {
  const made = Object.assign(document.createElement(name), set);
  made.append(...inside);
  return made;
};
const button = (name, onclick, set = {}) => make("button", { type: "button", textContent: name, onclick, ...set });
const labelled = (name, field) => make("label", { textContent: `${name} ` }, field);
const option = ([value, name]) => make("option", { value, textContent: name });
const list = (lines) => make("ul", {}, ...lines.map((words) => make("li", { textContent: words })));
const part = ([head, lines]) => (lines.length ? [make("h3", { textContent: head }), list(lines)] : []);
const seconds = (n) => (n < 1 ? "less than a second" : `${Math.round(n)} s`);

// JupyterLab serves the study's files, so a report opens in a tab of its own.
const served = () => {
  const config = document.getElementById("jupyter-config-data");
  return config && `${JSON.parse(config.textContent).baseUrl}files/`;
};

function render({ model, el }) {
  const title = make("h1", { textContent: "Your study" });
  const team = make("p"), mend = make("div"), parts = make("div"), next = make("ol"), outcome = make("p");
  const readers = make("select"), opens = make("input", { type: "date" });
  const coder = make("input", { size: 8, autocomplete: "off" }), by = make("input", { size: 8, autocomplete: "off" }), known = make("datalist", { id: `coders-${Math.random()}` });
  coder.setAttribute("list", known.id);
  const said = make("p", { className: "said" }), bar = make("progress", { hidden: true });
  const log = make("pre", { tabIndex: 0, hidden: true }), stop = button("Stop", () => send("stop"), { hidden: true });
  const pages = make("ul"), view = make("div");
  said.setAttribute("role", "status");
  bar.setAttribute("aria-label", "The command is running");
  log.setAttribute("role", "log");
  log.setAttribute("aria-label", "What the command says");
  let began = 0, ticking, reading = false;

  const send = (act, more = {}) => model.send({ do: act, ...more });
  const say = (words, more = false) => { said.textContent = words; reading = more; };  // more: how the study stands will say the rest
  const check = () => { say("Reading every file of the study …", true); send("about"); };
  const acts = {
    check: [button("Check", check), "Reads every file and says what is there, missing or wrong. Changes nothing."],
    "code-by-hand": [button("Code", () => send("code", { coder: coder.value })), "Opens the interviews of one coder below.", labelled("as", coder), known],
    quotes: [button("Choose quotes", () => { say("Reading …"); send("quotes", { by: by.value }); }), "Shows coded passages in their context, to approve for readers.", labelled("approved by", by)],
    run: [button("Make everything", () => send("run")), "Brings all tables and reports up to date, for all readers."],
    publish: [button("Publish", () => send("publish", { readers: readers.value })), "Makes the reports for these readers alone; the gate looks at every page.", labelled("for", readers)],
    round: [button("Open the next round", () => send("round", { opens: opens.value })), "Makes its kit and survey, with last time's answers beside.", labelled("survey opens on", opens)],
  };
  const heavy = ["run", "publish", "round"].map((name) => acts[name][0]);
  const busy = (yes) => {
    for (const one of heavy) one.disabled = yes;
    bar.hidden = stop.hidden = !yes;
    clearInterval(ticking);
    if (yes) {
      began ||= Date.now();
      ticking = setInterval(() => say(`Running, ${seconds((Date.now() - began) / 1000)} …`), 1000);
      say("Running …");
    } else began = 0;
  };
  const line = (words) => {
    log.append(`${words}\n`);
    log.hidden = false;
    log.scrollTop = log.scrollHeight;
  };
  const step = ({ words, do: act }) => {
    const shown = acts[act] ? `${words}: ${acts[act][0].textContent}` : words;
    acts[act]?.[0].classList.add("next");
    return make("li", { textContent: shown });
  };

  const heard = {
    about: (told) => {
      if (!readers.length) readers.append(...Object.entries(told.readers).map(option));
      log.replaceChildren();
      told.lines.forEach(line);
      if (told.running) began = Date.now() - told.running.seconds * 1000;
      busy(Boolean(told.running));
      if (!told.running) say("Reading every file of the study …", true);
    },
    stands: (told) => {
      title.textContent = told.title;
      team.textContent = told.team ?? "";
      mend.replaceChildren(...part(told.mend));
      parts.replaceChildren(...(told.parts ?? []).flatMap(part));
      const [head, lines] = told.aside ?? ["", []];
      if (lines.length) parts.append(make("details", {}, make("summary", { textContent: `${head} (${lines.length})` }), list(lines)));
      for (const [one] of Object.values(acts)) one.classList.remove("next");
      next.replaceChildren(...(told.next ?? []).map(step));
      next.parentElement.hidden = !next.children.length;
      outcome.textContent = told.outcome;
      known.replaceChildren(...(told.coders ?? []).map((name) => option([name, name])));
      if (told.coders?.length === 1) coder.value = told.coders[0];
      const base = served();
      pages.replaceChildren(...told.pages.map(([name, path]) => make("li", {}, base
        ? make("a", { href: `${base}${path}`, target: "_blank", rel: "noopener", textContent: name })
        : `${name}: ${path}`)));
      pages.parentElement.hidden = !told.pages.length;
      if (reading) say(`Checked: ${told.outcome}.`);
    },
    running: () => { log.replaceChildren(); began = 0; busy(true); },
    line: (told) => line(told.line),
    ended: (told) => {
      busy(false);
      const time = seconds(told.seconds);
      say(told.status === 0 ? `Done in ${time}.`
        : told.status < 0 ? `Stopped after ${time}; the next run goes on from there.`
        : `Not done, after ${time}: what is in the way, and the remedy, stands in the lines below.`);
    },
    refused: (told) => { say(told.lines.join(" ")); },
    view: async (told) => {
      const child = await model.widget_manager.get_model(told.model);
      const shown = await model.widget_manager.create_view(child);
      view.replaceChildren(shown.el);
      say("It is open below; everything is saved as you go.");
      view.scrollIntoView();
    },
  };
  const hear = (told) => heard[told.kind]?.(told);

  el.append(make("section", { className: "buddy-start" },
    title, team,
    make("div", { className: "two" },
      make("div", {}, make("h2", { textContent: "How the study stands" }), outcome, mend,
        make("div", { hidden: true }, make("h3", { textContent: "What to do next" }), next), parts),
      make("div", {}, make("h2", { textContent: "What you can do" }),
        make("ul", { className: "acts" }, ...Object.values(acts).map(([one, about, ...fields]) =>
          make("li", {}, make("div", {}, one, ...fields), make("p", { textContent: about })))),
        said, bar, stop, log,
        make("div", { hidden: true }, make("h2", { textContent: "Open" }), pages))),
    view));
  el.firstChild.setAttribute("aria-label", "Start page");
  model.on("msg:custom", hear);
  check();
  return () => { clearInterval(ticking); model.off("msg:custom", hear); };
}

export default { render };
