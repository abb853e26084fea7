"""The ten minutes of docs/coding-by-hand.md: its lines are run; two people code through the view's own address."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
import uuid
from pathlib import Path
from typing import Any

import pytest

import small_study
from buddy_eval.pipeline import run as pipeline
from buddy_eval.study.settings import load_study

DOC = small_study.ROOT / "docs" / "coding-by-hand.md"
ANSWERS = "b\nwe read it together\n" * 50


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two pairs of which nobody has coded anything."""
    made = small_study.cut(tmp_path / "our-study")
    for name in ("assignments", "codings", "approvals"):
        path = made / "data" / "raw" / f"{name}.csv"
        small_study.write_table(path, small_study.table(path)[:1])
    return made


def ask(address: str, told: dict[str, Any] | None = None) -> Any:
    body = None if told is None else json.dumps(told).encode()
    with urllib.request.urlopen(urllib.request.Request(address, body), timeout=60) as answer:
        return json.load(answer)


def coded(address: str, coder: str) -> None:
    """Code the first words of every turn, RA the fourth turns otherwise, and finish every source."""
    for source in [row["source"] for row in ask(f"{address}about")["sources"]]:
        turns = [turn for turn in ask(f"{address}source?name={source}")["turns"] if turn["codable"]]
        for n, turn in enumerate(turns):
            code = "CB2" if coder == "RA" and n % 4 == 3 else "CB1"
            act = {
                "do": "code",
                "code": code,
                "start": turn["start"],
                "end": turn["start"] + len(turn["text"].split()[0]),
            }
            ask(f"{address}act", {**act, "source": source, "key": uuid.uuid4().hex})
        ask(f"{address}act", {"do": "done", "source": source, "key": uuid.uuid4().hex})


def test_the_ten_minutes_lead_from_assigning_to_agreement_and_a_consensus_that_rests_on_decisions(folder: Path) -> None:
    section = DOC.read_text("utf-8").partition("## Ten minutes")[2].partition("\n## ")[0]
    lines = re.findall(r"^\$ python3 do.py (.+)$", section, re.MULTILINE)
    assert [line.split()[0] for line in lines] == [
        "assign", "code-by-hand", "code-by-hand", "run", "disagreements", "disagreements", "run",
    ]  # fmt: skip
    raw = small_study.contents(folder / "data" / "raw")
    for line in lines:
        command, quiet = [sys.executable, "-m", "buddy_eval", *line.split()], {**os.environ, "BROWSER": "true"}
        if line.startswith("code-by-hand"):
            with subprocess.Popen(command, cwd=folder.parent, env=quiet, stdout=subprocess.PIPE, text=True) as view:
                try:
                    assert view.stdout is not None
                    coded([view.stdout.readline() for _ in range(2)][1].strip(), line.split()[2])
                finally:
                    view.kill()
        else:
            done = subprocess.run(
                command, cwd=folder.parent, input=ANSWERS, capture_output=True, text=True, check=False
            )
            assert (done.returncode, done.stderr) == (0, ""), line
    now = small_study.contents(folder / "data" / "raw")
    assert {name for name in now if raw.get(name) != now[name]} == {"assignments.csv"}
    study = load_study(folder)
    rows = pipeline.read(study, "agreement").to_dict("records")
    (alpha,) = (row for row in rows if (row["code"], row["statistic"]) == ("CB1", "alpha"))
    assert alpha["n_units"] > 20
    assert 0 < alpha["estimate"] < 1
    assert set(pipeline.read(study, "disagreements")["state"]) == {"decided"}
    assert set(pipeline.read(study, "consensus")["decided_by"]) == {"agreement", "decision", "single coder"}
