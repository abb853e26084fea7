"""The coding view's other side: what one coder may see and do, and who gets anything from its server."""

from __future__ import annotations

import gc
import http.client
import json
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import small_study
from buddy_eval.base.errors import BuddyError
from buddy_eval.coder.server import View
from buddy_eval.coder.session import Session
from buddy_eval.coder.sources import NOBODY
from buddy_eval.coder.widget import Coder
from buddy_eval.coding.by_hand.journal import Journal
from buddy_eval.read.journals import read_journals, span
from buddy_eval.study.codebook import load_codebook
from buddy_eval.study.settings import Study, load_study
from coding_study import SOURCE, TEXT, code, do, served

SECRET = "known to nobody but RA"


@pytest.fixture
def study(study_in_scripts: Study) -> Study:
    return study_in_scripts


def test_a_coder_sees_the_sources_assigned_and_nobody_elses_work(study: Study) -> None:
    text = TEXT.replace("\r\n", "\n")
    other = Journal(study.root / "data" / "coding", "RA")
    other.add("code", source=SOURCE, code="CB2", memo=SECRET, **span(text, 39, 42))
    other.add("done", source=SOURCE)
    session = Session(study, "KM")
    assigned = [row for row in small_study.table(study.raw_folder / "assignments.csv") if row[1] == "KM"]
    assert [row["source"] for row in session.progress()] == sorted(row[0] for row in assigned)
    sent = json.dumps([session.about(), session.progress(), *map(session.source, session.sources.texts)])
    own = session.act(code(memo="mine"))
    sent += json.dumps([own, session.codings(SOURCE), session.progress()])
    assert "mine" in sent
    assert SECRET not in sent
    assert "RA" not in {row["source"] for row in session.progress()}
    assert next(row for row in session.progress() if row["source"] == SOURCE) == {
        "source": SOURCE,
        "turns": 4,
        "coded": 1,
        "done": False,
        "read": False,
    }
    theirs = other.journals.acts[0]["id"]
    with pytest.raises(ValueError, match="not there"):
        session.act(do("drop", of=theirs))
    with pytest.raises(ValueError, match="not known"):
        session.act(code(key=theirs))


def test_a_study_that_assigns_to_nobody_shows_all_and_says_so_and_a_stranger_is_refused(
    study: Study, tmp_path: Path
) -> None:
    with pytest.raises(BuddyError, match="no source is assigned to coder 'K'"):
        Session(study, "K")
    shutil.copytree(study.root, tmp_path / "study")
    path = tmp_path / "study" / "study.toml"
    path.write_text(path.read_text("utf-8").replace('assignments = "assignments.csv"\n', ""), "utf-8")
    session = Session(load_study(path.parent), "K")
    assert session.about()["note"] == NOBODY
    assert len(session.sources.texts) > len(Session(study, "RA").sources.texts)


def test_a_cell_that_is_run_again_takes_the_earlier_view_away_and_one_in_vain_says_why(study: Study) -> None:
    with pytest.raises(BuddyError, match="no source is assigned to coder 'K'"):
        Coder("K", study.root)
    gc.collect()  # what is left of it is closed without a word
    Journal(study.root / "data" / "coding", "KM").add("done", source=SOURCE)
    first = Coder("KM", study.root / "data")
    second = Coder("KM", study.root)
    assert (first.comm is None, second.comm is None) == (True, False)
    second.close()


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        (code(13, 20), "within one participant's turn"),
        (code(39, 150), "within one participant's turn"),
        (code(42, 39), "no passage"),
        (code(39, True), "no passage"),
        (code(source="SYN99"), "not assigned"),
        (code() | {"code": "CB99"}, "not in the codebook"),
        (code(valence="good"), "valence"),
        (code(memo="m" * 10_001), "memo"),
        (code(key="../one"), "no name"),
        (code(suggested="CB1 39 42"), "nobody suggested"),
        (do("refuse", source=SOURCE, code="CB1", start=39, end=42), "nobody suggested"),
        (do("show", source=SOURCE), "off until the source was finished"),
        (do("propose", source=SOURCE, name=" ", memo="why"), "needs a name"),
        (do("propose", source=SOURCE, name="new", memo="", start=39, end=42), "needs a memo"),
        (do("change", of="nothing"), "not there"),
        (do("move"), "not known"),
        (do("undo"), "nothing to undo"),
    ],
)
def test_an_act_that_no_coder_may_do_is_refused_and_writes_nothing(
    study: Study, told: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        Session(study, "KM").act(told)
    assert not (study.root / "data" / "coding").exists()


def test_a_source_that_cannot_be_read_is_named_as_missing(study: Study, tmp_path: Path) -> None:
    folder = shutil.copytree(study.root, tmp_path / "study")
    path = folder / "data" / "raw" / "transcripts" / f"{SOURCE}.txt"
    path.unlink()
    session = Session(load_study(folder), "KM")
    assert SOURCE not in {row["source"] for row in session.progress()}
    assert session.about()["note"] == "1 source assigned to you cannot be read: buddy-eval check says why."


def test_an_act_that_is_sent_twice_is_done_once(study: Study) -> None:
    session = Session(study, "KM")
    first, back = code(), do("undo")
    session.act(first)
    with pytest.raises(ValueError, match="have this code already"):
        session.act(code())
    told = Session(study, "KM").act(first)  # the answer was lost with the server: another takes it up
    assert (told["do"], told["coding"]) == ("code", first["key"])
    for _ in range(2):
        session.act(back)
    assert [act["do"] for act in read_journals(study.root / "data" / "coding").acts] == ["code", "undo"]


def test_suggestions_are_off_until_the_source_was_finished_once_and_what_was_done_is_kept(study: Study) -> None:
    session = Session(study, "KM")
    session.act(code())
    assert session.act(do("done", source=SOURCE))["what"] == "done"
    assert session.codings(SOURCE)["offers"] == []
    session.act(do("reopen", source=SOURCE))
    session.act(do("show", source=SOURCE))
    with pytest.raises(ValueError, match="shown already"):
        session.act(do("show", source=SOURCE))
    one, two, three = session.codings(SOURCE)["offers"]
    text = TEXT.replace("\r\n", "\n")
    assert [text[offer["start"] : offer["end"]] for offer in (one, two, three)] == [
        "baseline",
        "regulator,",
        "feedback.",
    ]
    said = {name: one[name] for name in ("code", "start", "end")}
    session.act(do("code", source=SOURCE, suggested=one["id"], **said))
    longer = do("code", source=SOURCE, suggested=two["id"], code=two["code"], start=one["start"], end=two["end"])
    session.act(longer)
    session.act(do("refuse", source=SOURCE, **{name: three[name] for name in ("code", "start", "end")}))
    session.act(code(43, 46, code="CB2"))
    after = Session(study, "KM").codings(SOURCE)
    assert after["offers"] == []
    assert {coding["code"]: coding["suggestion"] for coding in after["codings"]} == {
        "CB1": "",
        "CB2": "seen",
        one["code"]: "taken",
        two["code"]: "changed",
    }
    session.act(do("change", of=longer["key"], memo="mine"))
    session.act(do("undo"))
    session.act(do("undo"))
    session.act(do("undo"))  # the refusal
    assert [offer["id"] for offer in session.codings(SOURCE)["offers"]] == [three["id"]]


def test_a_proposed_code_is_kept_with_its_reason_and_changes_no_codebook(study: Study) -> None:
    before = load_codebook(study.codebook).codes
    session = Session(study, "KM")
    session.act(do("propose", source=SOURCE, name="Night work", memo="said twice", start=39, end=42))
    assert [(one["name"], one["memo"]) for one in session.codings(SOURCE)["proposals"]] == [
        ("Night work", "said twice")
    ]
    kept = read_journals(study.root / "data" / "coding").acts[0]
    assert (kept["do"], kept["words"]) == ("propose", "The")
    assert Session(study, "RA").codings(SOURCE)["proposals"] == []
    assert load_codebook(study.codebook).codes.equals(before)
    session.act(do("undo"))
    assert session.codings(SOURCE)["proposals"] == []


def test_a_source_that_changed_moves_its_codings_in_the_view_and_lists_those_that_lost_their_words(
    study: Study, tmp_path: Path
) -> None:
    folder = shutil.copytree(study.root, tmp_path / "study")
    session = Session(load_study(folder), "KM")
    first, gone = code(39, 42), code(43, 52, memo="why")
    session.act(first)
    session.act(gone)
    path = folder / "data" / "raw" / "transcripts" / f"{SOURCE}.txt"
    path.write_text(
        TEXT.replace("What helped?", "What, if anything, helped?").replace("👩🏽‍⚕️ came", "nurse went"), "utf-8"
    )
    session = Session(load_study(folder), "KM")
    now = session.codings(SOURCE)
    text = path.read_text("utf-8")
    assert [text[one["start"] : one["end"]] for one in now["codings"]] == ["The"]
    assert now["moved"] == 1
    lost = {"id": gone["key"], "code": "CB1", "words": TEXT.replace("\r\n", "\n")[43:52], "memo": "why"}
    assert now["lost"] == [lost]
    session.act(do("drop", of=gone["key"]))
    assert session.codings(SOURCE)["lost"] == []


def asked(view: View, path: str, told: object = None, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", view.server_port, timeout=10)
    body = None if told is None else json.dumps(told)
    sent = {name.title(): value for name, value in headers.items()}
    connection.request("GET" if body is None else "POST", path, body, sent)
    answer = connection.getresponse()
    made = answer.status, answer.read(), dict(answer.getheaders())
    connection.close()
    return made


def test_whoever_lacks_the_secret_or_comes_from_elsewhere_gets_nothing(study: Study) -> None:
    with served(Session(study, "KM")) as view:
        secret, host = f"/{view.token}", view.host
        assert urlsplit(view.address).hostname == "127.0.0.1" == view.server_address[0]
        status, body, sent = asked(view, f"{secret}/about", origin=f"http://{host}")
        assert (status, json.loads(body)["coder"]) == (200, "KM")
        assert sent["Content-Security-Policy"].startswith("default-src 'none'")
        refused = [
            asked(view, "/"),
            asked(view, "/about"),
            asked(view, f"/{view.token[:-1]}/about"),
            asked(view, secret),
            asked(view, f"{secret}/../session.py"),
            asked(view, f"{secret}/session.py"),
            asked(view, f"{secret}/source?name=SYN99"),
            asked(view, f"{secret}/about", host="evil.example"),
            asked(view, f"{secret}/about", host=f"localhost:{view.server_port}"),
            asked(view, f"{secret}/about", origin="http://evil.example"),
            asked(view, f"{secret}/about", origin="null"),
            asked(view, "/wrong/act", code()),
            asked(view, f"{secret}/act", code(), origin="http://evil.example"),
            asked(view, f"{secret}/act", code(), host="evil.example"),
            asked(view, f"{secret}/act", "m" * 100_001),
        ]
        assert [(status, body) for status, body, _ in refused] == [(403, b"")] * len(refused)
        assert asked(view, f"{secret}/act", ["no", "act"])[0] == 400
    assert not (study.root / "data" / "coding").exists()
