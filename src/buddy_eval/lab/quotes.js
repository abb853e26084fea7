// Quotes by choosing: each passage in its context, what stands against it, and for whom it is approved.

const LONGEST_WAIT = 60_000;
const make = (name, set = {}, ...inside) => {
  const made = Object.assign(document.createElement(name), set);
  made.append(...inside);
  return made;
};
const named = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");

export async function mount(root, ask) {
  const wait = root.appendChild(make("p", { textContent: "One moment: the tables are brought up to date." }));
  const about = await ask("about");
  wait.remove();
  if (about.status !== 200) throw new Error(about.problem ?? "The server refused: open its address again.");
  const readers = Object.fromEntries(about.audiences), themes = Object.fromEntries(about.themes);
  const said = make("p", { className: "said" });
  said.setAttribute("role", "status");
  const list = make("ol", { className: "passages" });
  const theme = make("select", {}, make("option", { value: "", textContent: "all themes" }),
    ...about.themes.map(([value, name]) => make("option", { value, textContent: name })));
  const chosen = make("input", { type: "checkbox" });
  let passages = about.passages;

  const count = () => {
    const n = passages.filter((one) => one.audience).length;
    return `${n} of ${passages.length} passages approved.`;
  };
  const put = (old, made) => {
    passages = passages.map((one) => (one === old ? made : one));
    return made;
  };
  const card = (one) => {
    const item = make("li");
    const redo = (made) => item.replaceWith(card(put(one, made)));
    const resized = async (end) => {
      const answer = await ask("passage", { source: one.source, start: one.start, end });
      if (answer.status === 200) redo(answer);
    };
    const nobody = make("input", { type: "checkbox" });
    const choice = (value, name) => {
      const against = value ? one.against[value] : [];
      const radio = make("input", { type: "radio", name: `${named()}`, checked: one.audience === value, disabled: against.length > 0 });
      radio.onchange = async () => {
        const answer = await ask("act", { do: "approve", source: one.source, start: one.start, end: one.end, audience: value, names_nobody: nobody.checked });
        if (answer.status !== 200) {
          said.textContent = `Not saved: ${answer.problem ?? "it is not known"}.`;
          redo(one);
          return;
        }
        redo(answer);
        said.textContent = `Saved. ${value ? `Approved for ${name}` : "Approved for nobody"}. ${count()}`;
      };
      const why = against.length ? `: ${against.join("; ")}` : value ? `, as “${one.as[value]}”` : "";
      return make("label", {}, radio, ` ${name}${why}`);
    };
    const group = make("fieldset", {}, make("legend", { textContent: "Approved for" }), choice("", "nobody"),
      ...about.audiences.map(([value, name]) => choice(value, name)));
    const same = named();
    for (const radio of group.querySelectorAll("input")) radio.name = same;
    const more = make("p", { className: "sized" });
    if (one.longer && !one.audience) more.append(make("button", { type: "button", textContent: "With the next sentence", onclick: () => resized(one.longer) }));
    if (one.shorter && !one.audience) more.append(make("button", { type: "button", textContent: "One sentence less", onclick: () => resized(one.shorter) }));
    const facts = [one.themes.map((key) => themes[key]).join(", "), one.codes.join(", ")].filter(Boolean).join(": ");
    item.append(
      make("p", { className: "facts", textContent: facts }),
      make("p", {}, make("span", { className: "near", textContent: `… ${one.before}` }), make("mark", { textContent: one.quote }),
        make("span", { className: "near", textContent: `${one.after} …` })),
      more);
    if (one.look.length) item.append(make("p", { className: "look", textContent: `Look twice: ${one.look.join("; ")}` }));
    if (one.waiting.length) item.append(make("p", {}, make("label", {}, nobody, ` Names nobody whom readers may not know: ${one.waiting.join(", ")}`)));
    item.append(group);
    if (one.audience) item.append(make("p", { className: "facts", textContent: `Approved by ${one.approved_by}${one.approved_on ? ` on ${one.approved_on}` : ""}` }));
    return item;
  };
  const show = () => {
    const wanted = passages.filter((one) => (!theme.value || one.themes.includes(theme.value)) && (!chosen.checked || one.audience));
    list.replaceChildren(...wanted.map(card));
    said.textContent = `${wanted.length} shown. ${count()}`;
  };
  theme.onchange = chosen.onchange = show;
  const title = make("h1", { id: "title", textContent: about.title });
  root.classList.add("buddy-quotes");
  root.append(title, make("p", { textContent: `${about.by} approves; today's date is written beside each approval.` }),
    make("ul", {}, ...about.rules.map((line) => make("li", { textContent: line }))),
    make("p", { className: "filter" }, make("label", { textContent: "Theme " }, theme), make("label", {}, chosen, " approved ones alone")),
    said, list);
  show();
  return theme;
}

// The notebook's way to Python: a question goes out as a message, its answer comes back under the same name.
function render({ model, el }) {
  const waiting = new Map();
  const heard = (told) => {
    waiting.get(told.name)?.(told);
    waiting.delete(told.name);
  };
  const ask = (path, told = {}) => new Promise((resolve, reject) => {
    const name = named();
    const timer = setTimeout(() => reject(new Error("The kernel does not answer.")), LONGEST_WAIT);
    waiting.set(name, (answer) => { clearTimeout(timer); resolve(answer); });
    model.send({ name, path, told });
  });
  model.on("msg:custom", heard);
  const root = el.appendChild(make("section"));
  root.setAttribute("aria-label", "Choose quotes");
  mount(root, ask).catch((error) => root.replaceChildren(make("p", { textContent: error.message })));
  return () => model.off("msg:custom", heard);
}

export default { render };
