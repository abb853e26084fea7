"""The threat model names tests that exist; the lock is held against what is known, and says when nothing is."""

from __future__ import annotations

import ast
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import vulnerabilities

ROOT = Path(__file__).resolve().parents[1]
MODEL = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
NAMED = re.compile(r"`([^`]+)`")


def promises() -> list[list[str]]:
    """What each row of a table names as its tests, in turn; \"the same\" are those of the row before."""
    rows, before = list[list[str]](), list[str]()
    for line in MODEL.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and cells[-1] not in {"Test", "---"}:
            before = before if cells[-1] == "the same" else NAMED.findall(cells[-1])
            rows.append(before)
    return rows


def test_every_promise_of_the_threat_model_has_a_test_that_exists() -> None:
    trees = {path.name: ast.parse(path.read_text("utf-8")) for path in (ROOT / "tests").glob("test_*.py")}
    tests = {node.name for tree in trees.values() for node in tree.body if isinstance(node, ast.FunctionDef)}
    missing = []
    assert len(promises()) > 15
    for names in promises():
        assert names
        for name in names:
            start = name.rstrip("…")
            there = (
                name in trees or (ROOT / name).is_file() or any(t.startswith(start) for t in tests if len(start) > 8)
            )
            missing += [] if there else [name]
    assert missing == []


class Database(BaseHTTPRequestHandler):
    """Knows of one library that it is vulnerable."""

    def do_POST(self) -> None:
        """Answer as the database does: one result a library, in their order."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
        results = [{"vulns": [{"id": "X-1"}]} if one["package"]["name"] == "numpy" else {} for one in asked]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"results": results}).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_the_lock_is_held_against_the_database(capsys: pytest.CaptureFixture[str]) -> None:
    with HTTPServer(("127.0.0.1", 0), Database) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/"
        assert vulnerabilities.main(address) == 1
        server.shutdown()
    said = capsys.readouterr().out
    assert "known vulnerabilities: 1 (bar: 0)" in said
    assert re.search(r"numpy \d+\.\d+\.\d+: https://osv\.dev/X-1", said)
    assert vulnerabilities.main(address) == 2  # nobody answers now
    assert "the data cannot be had (URLError): nothing is known" in capsys.readouterr().out
