"""A server for one coder on this computer: nobody without its secret address gets anything."""

from __future__ import annotations

import hmac
import json
import secrets
import webbrowser
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from buddy_eval.coder.answers import Answered, answer

HERE = Path(__file__).parent
FILES = {
    "": (HERE / "page.html", "text/html"),
    "page.js": (HERE / "page.js", "text/javascript"),
    "view.js": (HERE / "view.js", "text/javascript"),
    "view.css": (HERE / "view.css", "text/css"),
}
Answers = Callable[[Any, str, object], Answered]
LONGEST = 100_000  # bytes of an act
SENT = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class View(ThreadingHTTPServer):
    """The server of one person's work, on a free port of the loopback address; `address` opens the view.

    `answers` answers the view's questions about the work, and `files` are what the view is made of.
    """

    daemon_threads = True

    def __init__(
        self, work: Any, answers: Answers = answer, files: Mapping[str, tuple[Path, str]] = MappingProxyType(FILES)
    ) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.work, self.answers, self.files, self.token = work, answers, files, secrets.token_urlsafe(32)
        self.host = f"127.0.0.1:{self.server_port}"
        self.address = f"http://{self.host}/{self.token}/"


def serve(view: View, last: str) -> None:
    """Open a view in the browser and serve it until Ctrl+C; its address is printed, then the `last` line."""
    print(view.address, flush=True)
    print(last, flush=True)
    webbrowser.open(view.address)
    try:
        view.serve_forever()
    except KeyboardInterrupt:
        print("the view is closed", flush=True)


class Answer(BaseHTTPRequestHandler):
    """One request: the page and its files, what the coder may see, or an act."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer leaves in one piece, and at once: in two the second may wait 40 ms for the other side
    disable_nagle_algorithm = True
    server: View

    def do_GET(self) -> None:
        """Send the page, a file of it, or what answers a question of the view."""
        path = self._path()
        if path is None or _acts(path):
            self._refuse()
        elif path in self.server.files:
            file, kind = self.server.files[path]
            self._send(HTTPStatus.OK, file.read_bytes(), kind)
        else:
            self._answer(path, dict(parse_qsl(urlsplit(self.path).query)))

    def do_POST(self) -> None:
        """Do one act, and say so once it is on the disk; 507 where it could not be saved."""
        length = self.headers.get("Content-Length", "")
        path = self._path()
        if path is None or not _acts(path) or not length.isdecimal() or int(length) > LONGEST:
            self._refuse()
            return
        try:
            told = json.loads(self.rfile.read(int(length)))
        except ValueError:
            told = None
        self._answer(path, told)

    def _answer(self, path: str, told: object) -> None:
        status, said = self.server.answers(self.server.work, path, told)
        if status == HTTPStatus.FORBIDDEN:
            self._refuse()
        else:
            self._send(status, json.dumps(said).encode(), "application/json")

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: a log would hold the secret."""

    def _path(self) -> str | None:
        """The path behind the secret; None for whoever does not know it, or comes from elsewhere."""
        here = self.server.host
        ours = (
            self.headers.get_all("Host") == [here] and self.headers.get("Origin", f"http://{here}") == f"http://{here}"
        )
        token, slash, path = urlsplit(self.path).path.removeprefix("/").partition("/")
        known = hmac.compare_digest(token.encode("utf-8", "replace"), self.server.token.encode())
        return path if ours and known and slash else None

    def _refuse(self) -> None:
        self.close_connection = True
        self._send(HTTPStatus.FORBIDDEN, b"", "text/plain")

    def _send(self, status: HTTPStatus, body: bytes, kind: str) -> None:
        self.send_response_only(status)
        for name, value in SENT.items():
            self.send_header(name, value)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _acts(path: str) -> bool:
    """Tell whether a path takes acts: that of a view, or of another view below it."""
    return path.rpartition("/")[2] == "act"
