"""Other people's programs open what we export: Taguette on loopback, and pyrefiqda as an oracle.

    python tests/clients.py [--venv FOLDER]

The two programs live in an environment of their own (made and filled with pip if the folder is not there yet), for
their licence and their old pins are not ours. Prints one line a check, and exits 1 where one fails.
"""

from __future__ import annotations

import argparse
import html
import http.cookiejar
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
import venv
from pathlib import Path

from buddy_eval.exchange.export import collect
from buddy_eval.exchange.export.refi import qdc, qdpx
from buddy_eval.exchange.export.sheets import taguette
from buddy_eval.read.codings import locate, read_sheet
from buddy_eval.read.refi import read_refi
from buddy_eval.study.settings import load_study

ROOT = Path(__file__).resolve().parents[1]
NEEDED = ("taguette==1.5.2", "pyrefiqda==0.3.1", "setuptools<80")
ORACLE = """
import json, sys
from pyrefiqda import RefiCodebook, RefiProject
book = RefiCodebook.load(sys.argv[1])
project = RefiProject.load(sys.argv[2], extract_dir=sys.argv[3])
sources = project.sources.text_source
coded = [c for s in sources for p in s.plain_text_selection for c in p.coding]
print(json.dumps([len(project.users.user), len(sources), len(coded), sum(1 + len(c.code) for c in book.codes.code)]))
"""


class Client:
    """A browser of sorts for one Taguette: cookies, forms, files and JSON."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path: str) -> bytes:
        """Return a page."""
        with self.opener.open(self.base + path, timeout=30) as answer:
            data: bytes = answer.read()
            self.at = answer.geturl()
            return data

    def form(self, path: str, fields: dict[str, str], file: tuple[str, bytes] | None = None) -> bytes:
        """Send a form, with a file if there is one."""
        mark = uuid.uuid4().hex
        parts = [(f'name="{name}"', value.encode()) for name, value in {**fields, "_xsrf": self._token()}.items()]
        if file:
            parts.append((f'name="file"; filename="{file[0]}"\r\nContent-Type: text/plain', file[1]))
        body = b"".join(
            f"--{mark}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + data + b"\r\n"
            for head, data in parts
        )
        return self._post(path, body + f"--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}")

    def plain(self, path: str, fields: dict[str, str]) -> bytes:
        """Send a form without a file, as browsers do."""
        body = urllib.parse.urlencode({**fields, "_xsrf": self._token()}).encode()
        return self._post(path, body, "application/x-www-form-urlencoded")

    def json(self, path: str, content: object) -> bytes:
        """Send JSON."""
        return self._post(
            f"{path}?_xsrf={urllib.parse.quote(self._token())}", json.dumps(content).encode(), "application/json"
        )

    def _post(self, path: str, body: bytes, kind: str) -> bytes:
        request = urllib.request.Request(self.base + path, body, {"Content-Type": kind})
        with self.opener.open(request, timeout=60) as answer:
            data: bytes = answer.read()
            self.at = answer.geturl()
            return data

    def _token(self) -> str:
        return next((cookie.value or "" for cookie in self.jar if cookie.name == "_xsrf"), "")


def main() -> int:
    """Export the illustrative study, let both programs open it, and compare counts."""
    parser = argparse.ArgumentParser(description="Other programs open what we export.")
    parser.add_argument("--venv", type=Path, default=ROOT / ".venv.clients")
    place: Path = parser.parse_args().venv
    if not place.exists():
        venv.create(place, with_pip=True)
        subprocess.run([place / "bin" / "python", "-m", "pip", "install", "-q", *NEEDED], check=True)
    with tempfile.TemporaryDirectory() as name:
        results = [*_oracle(place, Path(name)), *_taguette(place, Path(name))]
    for what, found, wanted in results:
        print(f"{what}: {found} (bar: {wanted}){'' if found == wanted else ' MISSED'}")
    return int(any(found != wanted for _, found, wanted in results))


def _oracle(place: Path, folder: Path) -> list[tuple[str, object, object]]:
    exported = collect(load_study(ROOT))
    (folder / "book.qdc").write_bytes(qdc(exported))
    (folder / "project.qdpx").write_bytes(qdpx(exported))
    files = [folder / "book.qdc", folder / "project.qdpx", folder / "unpacked"]
    ran = subprocess.run([place / "bin" / "python", "-c", ORACLE, *files], check=True, capture_output=True, text=True)
    wanted = [
        exported.passages["coder"].nunique(),
        len(exported.texts),
        len(exported.passages),
        len(exported.codes) + len(exported.themes),
    ]
    return [("pyrefiqda: users, texts, codings, codes", json.loads(ran.stdout), wanted)]


def _taguette(place: Path, folder: Path) -> list[tuple[str, object, object]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--no-browser", "-b", "127.0.0.1", "-p", str(port), "--database", str(folder / "t.sqlite3")]
    command = [str(place / "bin" / "taguette"), *options]
    log = folder / "taguette.log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            command, stdout=out, stderr=out, env={**os.environ, "PYTHONUNBUFFERED": "1", "HOME": str(folder)}
        )
        try:
            return _visit(Client(f"http://127.0.0.1:{port}"), log, folder)
        finally:
            server.terminate()
            server.wait(timeout=20)


def _visit(client: Client, log: Path, folder: Path) -> list[tuple[str, object, object]]:
    """Import the codebook, add a document, highlight a passage, export, and read everything back."""
    client.get("/" + _started(client, log))
    exported = collect(load_study(ROOT), machine=False)
    client.get("/project/new")
    client.plain("/project/new", {"name": "Invented", "description": ""})
    project = re.search(r"/project/(\d+)", client.at)
    if project is None:
        return [("Taguette: a project is made", False, True)]
    number = project.group(1)
    tags = _codebook(client, number, taguette(exported)["codebook.csv"])
    source, text = next(iter(exported.texts.items()))
    body = "".join(f"<p>{html.escape(line)}</p>" for line in text.split("\n") if line.strip())
    page = (
        f"<html><body>{body}</body></html>".encode()
    )  # for plain text it would ask Calibre, which is no Python package
    client.form(f"/api/project/{number}/document/new", {"name": f"{source}.txt", "description": ""}, ("a.html", page))
    tag = 2  # 1 is the tag that every project of Taguette begins with
    client.json(
        f"/api/project/{number}/document/1/highlight/new", {"start_offset": 20, "end_offset": 60, "tags": [tag]}
    )
    (folder / "h.csv").write_bytes(client.get(f"/project/{number}/export/highlights/.csv"))
    (folder / "b.qdc").write_bytes(client.get(f"/project/{number}/export/codebook.qdc"))
    highlights = read_sheet(folder / "h.csv", "h.csv", "someone").codings
    book = read_refi(folder / "b.qdc", "b.qdc").codes
    passage = str(highlights["passage"].iloc[0]) if len(highlights) else ""
    return [
        ("Taguette: tags that it offers to import", tags, len(exported.codes)),
        ("Taguette: codes that come back as .qdc", set(exported.codes["label"]) <= set(book["name"]), True),
        ("Taguette: highlights that come back", len(highlights), 1),
        ("Taguette: places of the highlight in our text", len(locate(text, passage)), 1),
    ]


def _codebook(client: Client, number: str, data: bytes) -> int:
    """Upload the codebook and confirm every tag that Taguette offers; return how many."""
    path = f"/project/{number}/import_codebook"
    client.get(path)
    page = client.form(path, {}, ("codebook.csv", data)).decode()
    from bs4 import BeautifulSoup

    inputs = BeautifulSoup(page, "html.parser").find_all(["input", "textarea"])
    named = [entry for entry in inputs if str(entry.get("name", "")).startswith("tag")]
    fields = {str(i["name"]): "on" if i.get("type") == "checkbox" else str(i.get("value") or i.text) for i in named}
    client.plain(path, fields)
    return len({name.split("-")[0] for name in fields})


def _started(client: Client, log: Path) -> str:
    """Wait until it answers; return the part of its address that lets one in."""
    for _ in range(120):
        try:
            client.get("/health")
            break
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.5)
    found = re.search(r"\?token=\w+", log.read_text(errors="replace"))
    return found.group() if found else ""


if __name__ == "__main__":
    sys.exit(main())
