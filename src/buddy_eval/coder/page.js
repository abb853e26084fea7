// The page's way to Python: a question is a request below the page's secret address.
import { mount } from "./view.js";

async function ask(path, told) {
  const asked = path === "act"
    ? fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(told) })
    : fetch(`${path}?${new URLSearchParams(told ?? {})}`);
  const answer = await asked.catch(() => { throw new Error("The server does not answer."); });
  return { status: answer.status, ...(answer.status === 403 ? {} : await answer.json()) };
}

const root = document.getElementById("coder");
try {
  const text = await mount(root, ask);
  document.title = document.getElementById("title").textContent;
  text.focus();
} catch (error) {
  root.textContent = error.message;
}
