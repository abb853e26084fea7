"""Two other tools on the document of `coder.py`: spanmark 0.1.1 (an anywidget) and Taguette (a server)."""

from __future__ import annotations

import html
import re
import socket
import statistics
import subprocess
import threading
import time
import venv
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

REPEATS = 30
Figures = dict[str, tuple[float, str]]

# A model that answers at once and saves nothing: the least that the widget can take.
RENDER = """async ([module, values]) => {
  const heard = {};
  window.model = {
    get: (name) => values[name], send() {}, save_changes() {},
    set(name, value) { values[name] = value; (heard[`change:${name}`] ?? []).forEach((call) => call()); },
    on(name, call) { (heard[name] ??= []).push(call); }, off() {},
  };
  const el = document.body.appendChild(document.createElement("div"));
  const started = performance.now();
  const made = await import(URL.createObjectURL(new Blob([module], { type: "text/javascript" })));
  await made.default.render({ model: window.model, el });
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return performance.now() - started;
}"""
MARK = """async (n) => {
  const layer = document.querySelector(".so-textlayer");
  const walker = document.createTreeWalker(layer, NodeFilter.SHOW_TEXT);
  let left = n, node;
  while ((node = walker.nextNode()) && left >= node.length - 8) left -= Math.max(0, node.length - 8);
  getSelection().setBaseAndExtent(node, left, node, left + 7);
  const before = window.model.get("spans").length, started = performance.now();
  layer.dispatchEvent(new MouseEvent("mouseup", { bubbles: true }));
  await new Promise((done) => requestAnimationFrame(done));
  return window.model.get("spans").length > before ? performance.now() - started : null;
}"""
HIGHLIGHT = """async ([address, token, body]) => {
  const started = performance.now();
  const headers = { "Content-Type": "application/json", "X-XSRFToken": token };
  const { id } = await (await fetch(address, { method: "POST", headers, body: JSON.stringify(body) })).json();
  while (!document.querySelector(`.highlight-${id}`)) await new Promise((done) => requestAnimationFrame(done));
  return performance.now() - started;
}"""


def memory(page: Page) -> float:
    """MB that scripts hold in the page, after what is unused was let go."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    figures = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return float(figures["JSHeapUsedSize"]) / 1e6


def installed(folder: Path, package: str) -> Path:
    """A virtual environment that holds a package. Raises `CalledProcessError` where it cannot be installed."""
    place = folder / re.split("=", package)[0]
    if not place.exists():
        venv.create(place, with_pip=True)
        command = [str(place / "bin" / "pip"), "install", "--quiet", package]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    return place


def spanmark(folder: Path, page: Page, text: str, coded: list[tuple[int, int]], codes: list[str]) -> Figures:
    """The widget's own module, with all codings as its spans, overlaps allowed."""
    place = installed(folder, "spanmark==0.1.1")
    module = next(place.glob("lib/*/site-packages/spanmark/static/widget.js")).read_text("utf-8")
    spans = [
        {"start": start, "end": end, "label": codes[n % len(codes)], "source": "user", "_id": str(n)}
        for n, (start, end) in enumerate(coded)
    ]
    values: dict[str, Any] = {"text": text, "labels": codes, "spans": spans, "allow_overlaps": True, "total": 1}
    values |= {"trim_whitespace": True, "doc_id": "one", "answer": "", "status": "", "index": 0}
    page.goto("about:blank")
    opened = page.evaluate(RENDER, [module, values])
    answers = [page.evaluate(MARK, n * 2_000) for n in range(1, REPEATS + 1)]
    marked = [one for one in answers if one is not None]
    if not marked:
        raise RuntimeError("no selection became a span")
    return {
        "opened in (its module alone: no server, nothing saved)": (opened / 1000, "s"),
        "the answer to a selection, nothing saved, median": (statistics.median(marked), "ms"),
        "memory of the page's scripts": (memory(page), "MB"),
    }


def taguette(folder: Path, page: Page, text: str, coded: list[tuple[int, int]], codes: list[str]) -> Figures:
    """Taguette's server for one person, with all codings as highlights, each with one tag."""
    place = installed(folder, "taguette")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = folder / "taguette.sqlite3"
    base.unlink(missing_ok=True)
    command = [str(place / "bin" / "taguette"), "--no-browser", "--port", str(port), "--database", str(base)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        try:
            assert server.stdout is not None
            address = next(
                (found[0] for line in server.stdout if (found := re.search(r"http://\S+token=\S+", line))), ""
            )
            if not address:
                raise RuntimeError("the server named no address")
            threading.Thread(target=server.stdout.read, daemon=True).start()  # a full pipe would stop it
            return _taguette(page, address, text, coded, codes)
        finally:
            server.kill()


def _taguette(page: Page, address: str, text: str, coded: list[tuple[int, int]], codes: list[str]) -> Figures:
    base = re.sub(r"/\?.*", "", address)
    page.goto(address, wait_until="domcontentloaded")
    page.goto(f"{base}/project/new", wait_until="domcontentloaded")
    token = next(one["value"] for one in page.context.cookies() if one["name"] == "_xsrf")
    made = page.request.post(f"{base}/project/new", form={"name": "one", "description": "", "_xsrf": token})
    number = made.url.rsplit("/", 1)[1]
    api = f"{base}/api/project/{number}"

    def post(path: str, body: dict[str, Any]) -> Any:
        answer = page.request.post(f"{api}/{path}", data=body, headers={"X-XSRFToken": token})
        if not answer.ok:
            raise RuntimeError(f"{path}: {answer.status} {answer.text()[:80]}")
        return answer.json()

    # As a page of its own kind: for plain text it needs Calibre, a program of the system's.
    page_of = f"<!DOCTYPE html><html><body><pre>{html.escape(text, quote=False)}</pre></body></html>"
    file = {"name": "one.html", "mimeType": "text/html", "buffer": page_of.encode()}
    form: dict[str, Any] = {"name": "one", "description": "", "_xsrf": token, "file": file}
    answer = page.request.post(f"{api}/document/new", multipart=form)
    if not answer.ok:
        raise RuntimeError(f"the document was refused: {answer.status} {answer.text()[:80]}")
    document = answer.json()["created"]
    tags = [post("tag/new", {"path": code, "description": ""})["id"] for code in codes]
    spans = [(len(text[:start].encode()), len(text[start:end].encode())) for start, end in coded]
    for n, (start, length) in enumerate(spans):
        body = {"start_offset": start, "end_offset": start + length, "tags": [tags[n % len(tags)]]}
        post(f"document/{document}/highlight/new", body)
    started = time.perf_counter()
    page.goto(f"{base}/project/{number}/document/{document}", wait_until="domcontentloaded")
    count = "new Set([...document.querySelectorAll('.highlight')].map((one) => one.dataset.highlightId)).size"
    page.wait_for_function(f"{count} >= {len(coded)}", timeout=120_000)
    opened = time.perf_counter() - started
    answers = []
    for n in range(REPEATS):
        body = {"start_offset": 1_000 * n + 100, "end_offset": 1_000 * n + 120, "tags": tags[:1]}
        answers.append(page.evaluate(HIGHLIGHT, [f"{api}/document/{document}/highlight/new", token, body]))
    return {
        "opened in": (opened, "s"),
        "the answer to a new highlight, median": (statistics.median(answers), "ms"),
        "memory of the page's scripts": (memory(page), "MB"),
    }
