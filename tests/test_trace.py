"""From a number in a report back to its data; which quotes wait for a decision; who signed what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import small_study
from buddy_eval.analyse.compare import across, dyadic_gaps
from buddy_eval.base.errors import BuddyError
from buddy_eval.base.files import sha256
from buddy_eval.disclose.results import Results
from buddy_eval.pipeline import run as pipeline
from buddy_eval.publish.gate.look import UNTOLD, to_look_at
from buddy_eval.publish.gate.mentions import mentions
from buddy_eval.release.trace import register, sign_off, signed, trace
from buddy_eval.study.settings import load_study
from invented_results import invented, pairs

FINDING = "gap-communication-w1"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """The small study as the team sees it."""
    study = load_study(small_study.cut(tmp_path_factory.mktemp("traced") / "study", pairs=3))
    pipeline.run(study, lambda line: None)
    return Results(study, "internal")


def test_a_finding_is_traced_to_its_method_and_every_raw_input_by_hash(results: Results) -> None:
    said = "\n".join(trace(results, FINDING))
    row = results.table("findings").set_index("finding").loc[FINDING]
    assert str(row["method"]) in said
    path = results.study.raw_folder / "survey_wave_1.csv"
    assert f"from data/raw/survey_wave_1.csv {sha256(path)[:16]}" in said
    assert "step score" in said
    assert "transcripts, " in said


def test_the_team_sees_the_rows_of_each_pair_and_the_public_does_not(results: Results) -> None:
    team = "\n".join(trace(results, FINDING))
    public = "\n".join(trace(replace(results, profile="public"), FINDING))
    assert "row: SYN01" in team
    assert "SYN0" not in public
    assert "for the team only" in public


def test_the_rows_behind_a_finding_are_those_of_its_own_waves(tmp_path: Path) -> None:
    scores = pd.DataFrame([
        {"pair": pair, "side": side, "wave": wave, "theme": "culture", "score": float(wave + n), "participant": f"{n}"}
        for pair in "AB" for side in ("supporter", "receiver") for wave in (1, 2) for n in range(3)
    ])  # fmt: skip
    gaps: Any = dyadic_gaps(scores).to_dict("records")
    found: Any = across(dyadic_gaps(scores)).to_dict("records")
    results = invented(tmp_path, "internal", {"pairs": pairs("A", "B"), "gaps": gaps, "findings": found})
    for finding, waves in (("gap-culture-w1", {"1"}), ("gap-culture-w2", {"2"}), ("gap-culture-change-w1-w2", {*"12"})):
        rows = [line for line in trace(results, finding) if line.startswith("  row:")]
        assert {line.split("wave ")[1][0] for line in rows} == waves


def test_an_unknown_finding_names_the_nearest(results: Results) -> None:
    with pytest.raises(BuddyError, match=f"did you mean '{FINDING}'"):
        list(trace(results, "gap-comunication-w1"))


def test_the_register_says_to_whom_each_passage_is_shown(results: Results) -> None:
    made = register(results)
    assert len(made) == len(results.table("approvals"))
    rank = {"nobody": -1, "internal": 0, "partners": 1, "public": 2}
    assert (made["shown_to"].map(rank) <= made["audience"].map(rank)).all()
    assert (made.loc[made["shown_to"] == "public", "quotes"]).all()
    assert set(made["shown_to"]) >= {"public", "partners"}


def test_names_places_posts_and_dates_in_a_quote_are_shown_for_a_decision() -> None:
    said = "Then on Friday Jane Doe, our medical director, drove to Whitby in March 2022."
    found = mentions(said, [("a person's name", "Jane Doe")])
    assert found[0] == "a person's name: Jane Doe"
    assert {"date: Friday", "date: March 2022", "post: medical director", "name or place?: Whitby"} <= set(found)
    assert "few people: two nurses" in mentions("Then two nurses left the ward.", [])
    assert mentions("We agreed it together and then it rained.", []) == []


def test_a_sign_off_holds_for_one_build_only(results: Results) -> None:
    report = results.study.reports / "public" / "summary.html"
    report.parent.mkdir(parents=True)
    report.write_bytes(b"one build")
    assert len(sign_off(results, report, "Dr A. Chair", date(2026, 1, 2))) == 1
    assert sign_off(results, report, "Dr A. Chair", date(2026, 1, 3)) == []
    assert signed(report.parent) == {"summary.html": "Dr A. Chair"}
    report.write_bytes(b"another build")
    assert signed(report.parent) == {}


@pytest.mark.parametrize(("name", "by"), [("public/other.html", "A"), ("public/summary.html", " ")])
def test_a_sign_off_needs_a_report_and_a_name(name: str, by: str, results: Results, tmp_path: Path) -> None:
    report = results.study.reports / name
    (report.parent / "summary.html").parent.mkdir(parents=True, exist_ok=True)
    (report.parent / "summary.html").write_bytes(b"x")
    with pytest.raises(BuddyError, match=r"is no report|needs the name"):
        sign_off(results, report, by, date(2026, 1, 2))


def test_whoever_signs_is_told_what_only_a_person_can_judge(results: Results) -> None:
    quote = next(words for words in register(results)["quote"] if "Tuesdays" in words)
    report = results.study.reports / "partners" / "look.html"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(f"<h1>Coast and Vale</h1><p>{quote}</p><img src='x'><p>Ward 3 nurses; on the coast</p>")
    (results.study.root / "allowed.csv").write_text("text,reason,by\nward 3 Nurses,a ward,KM\nelsewhere,no,KM\n")
    assert to_look_at(results, report) == [
        "pictures: 1; nothing reads what is drawn in them",
        "words that are part of a trust's name too: Coast (1), Vale (1)",
        "quotes with a date: 1; each stands in quote-register.csv",
        "let pass: ward 3 Nurses (a ward)",
        UNTOLD,
    ]
    report.write_text("<h1>Nothing</h1>")
    assert to_look_at(results, report) == [UNTOLD]
    assert "nicknames" in UNTOLD
