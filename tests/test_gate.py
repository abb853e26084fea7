"""The publish gate: what is planted is refused by name or left out, and what is harmless passes."""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from dataclasses import replace
from inspect import signature
from pathlib import Path
from types import ModuleType

import pytest

from buddy_eval.base.errors import BuddyError
from buddy_eval.publish.gate.identifiers import valid_nhs_number
from buddy_eval.publish.gate.notebook import notebook_faults
from buddy_eval.publish.gate.page import page_faults
from buddy_eval.publish.gate.refused import RefusedError
from buddy_eval.publish.gate.report import inspect, report_faults
from buddy_eval.publish.gate.rules import Known
from buddy_eval.publish.gate.text import text_faults
from buddy_eval.publish.page import ReportError, page
from buddy_eval.publish.write import write_report
from conftest import ROOT


def _planted() -> ModuleType:
    spec = importlib.util.spec_from_file_location("planted", ROOT / "benchmarks" / "planted.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules["planted"] = made
    spec.loader.exec_module(made)
    return made


PLANTED = _planted()
KNOWN: Known = PLANTED.readers()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A report that passes, by ending."""
    folder = tmp_path_factory.mktemp("built")
    made = PLANTED.report(PLANTED.notebook())
    paths = write_report(made, folder, "report", lambda files: inspect(files, "report", KNOWN))
    return {path.suffix: path.read_bytes() for path in paths}


@pytest.mark.parametrize("kind", PLANTED.NOTEBOOKS)
def test_nothing_planted_in_a_notebook_arrives_unseen(kind: str) -> None:
    marker, notebook = PLANTED.NOTEBOOKS[kind]
    if notebook_faults(notebook, "plan.ipynb"):
        return
    try:
        made = page(PLANTED.report(notebook), "report")
    except ReportError:
        return
    assert page_faults(made, "report.html", KNOWN) or marker not in made


@pytest.mark.parametrize("kind", PLANTED.FILES)
def test_nothing_planted_in_a_built_file_passes(kind: str, built: dict[str, bytes]) -> None:
    plan = PLANTED.FILES[kind]
    files = {**built, plan.ending: plan.plant(built.get(plan.ending, b""))}
    assert {fault.file for fault in report_faults(files, plan.stem, KNOWN)} <= {f"{plan.stem}{plan.ending}", plan.stem}
    assert report_faults(files, plan.stem, KNOWN)


def test_a_report_without_anything_planted_passes(built: dict[str, bytes]) -> None:
    assert report_faults(built, "report", KNOWN) == []


def test_a_refused_report_leaves_no_file(tmp_path: Path) -> None:
    _, notebook = PLANTED.NOTEBOOKS["an e-mail address"]
    with pytest.raises(RefusedError, match="an e-mail address"):
        write_report(PLANTED.report(notebook), tmp_path, "report", lambda files: inspect(files, "report", KNOWN))
    assert list(tmp_path.iterdir()) == []


def test_a_refusal_does_not_tell_the_value_again(built: dict[str, bytes]) -> None:
    _, notebook = PLANTED.NOTEBOOKS["a person's name in the text"]
    faults = page_faults(page(PLANTED.report(notebook), "report"), "report.html", KNOWN)
    assert faults
    assert "Marlowe" not in " ".join(map(str, faults))


def test_the_team_may_see_pairs_and_small_counts_but_no_address() -> None:
    team = Known("internal", suppress_below=8)
    kinds = ("a pair", "a small count", "a trust's code in a caption")
    for kind in kinds:
        made = page(PLANTED.report(PLANTED.NOTEBOOKS[kind][1]), "report")
        assert page_faults(made, "report.html", team) == []
    made = page(PLANTED.report(PLANTED.NOTEBOOKS["an e-mail address"][1]), "report")
    assert page_faults(made, "report.html", team)


def test_an_approved_quote_passes_and_the_words_around_it_do_not() -> None:
    words = PLANTED.SAID
    whole = page(PLANTED.report(PLANTED.notebook(PLANTED.markdown(f"> {words.capitalize()}."))), "report")
    assert page_faults(whole, "r", replace(KNOWN, quotes=(words.casefold(),))) == []
    part = " ".join(words.casefold().split()[:5])
    assert page_faults(whole, "r", replace(KNOWN, quotes=(part,)))


@pytest.mark.parametrize("start", range(8))
def test_six_words_in_a_row_are_found_wherever_they_begin(start: int) -> None:
    said = " ".join(f"w{n}" for n in range(30))
    run = said.split()[start : start + 6]
    known = Known("public", spoken=(said,))
    assert list(known.unapproved(f"Here: {' '.join(run)}."))
    assert not list(known.unapproved(f"Here: {' '.join(run[:5])}."))


def test_a_surname_that_is_an_ordinary_word_of_the_page_is_no_name() -> None:
    known = Known("public", names={("price",): "a surname"})
    assert list(text_faults("Dr Price said so", "f", "here", known, frozenset({"said"})))
    assert not list(text_faults("Price rises", "f", "here", known, frozenset({"price"})))


@pytest.mark.parametrize(
    "text",
    [
        "8 of 16 people",
        "n = 12",
        "wave 1, 3 pairs",
        "version 1.2.3",
        "(95% interval 0.05 to 0.57)",
        "10 people",
        "2023-10-01",
    ],
)
def test_harmless_figures_pass(text: str) -> None:
    assert list(text_faults(text, "f", "here", KNOWN)) == []


@pytest.mark.parametrize("text", ["3 of 12 people", "n = 4", "only 2 nurses", "ask 07700 900123.", "ring 9434765919,"])
def test_small_counts_and_numbers_of_people_are_refused(text: str) -> None:
    assert len(list(text_faults(text, "f", "here", KNOWN))) == 1


def test_the_check_digit_of_an_nhs_number_is_computed() -> None:
    assert [n for n in range(10) if valid_nhs_number(f"943476591{n}")] == [9]


def test_a_count_in_a_column_of_boards_is_no_count_of_people() -> None:
    table = PLANTED.TABLE.replace("People", "Boards").replace("25", "3").format(extra="")
    made = page(PLANTED.report(PLANTED.notebook(PLANTED.html(table))), "report")
    assert page_faults(made, "r", KNOWN) == []


FORM = {
    "a table without a caption": (">Themes</caption>", "></caption>"),
    "header cells without scope": (' scope="col"', ""),
    "a cell cut short": (">25<", ">a long te...<"),
    "the heading jumps": ("<h3", "<h5"),
    "without real alt text": (PLANTED.ALT, "Figure 1"),
    "without a caption": ("<figcaption>The whole study.</figcaption>", ""),
    "<img> loads something": ('src="data:image/png', 'src="https://x.org/a.png" class="data:image/png'),
    "no content security policy": ("Content-Security-Policy", "other"),
    "leads nowhere": ('href="#main"', 'href="#elsewhere"'),
    "no language": (' lang="en-GB"', ""),
    "a comment in the page": ("<h2", "<!-- x --><h2"),
    "is hidden": ("<p>A plain", "<p hidden>A plain"),
    "element <iframe>": ("<h2", "<iframe></iframe><h2"),
    "a script in onclick": ("<h2", '<h2 onclick="x()"'),
}


@pytest.mark.parametrize("problem", FORM)
def test_a_page_that_a_reader_could_not_read_is_refused(problem: str, built: dict[str, bytes]) -> None:
    good, bad = FORM[problem]
    made = built[".html"].decode().replace("<table", "<h3 id='x'>More</h3><table")
    assert page_faults(made, "r", KNOWN) == []
    assert good in made
    assert [fault for fault in page_faults(made.replace(good, bad), "r", KNOWN) if problem in fault.problem]


def test_the_random_looking_name_that_a_pdf_has_of_itself_is_no_postcode(built: dict[str, bytes]) -> None:
    name = rb"(?<=ID>)[A-Za-z0-9+/]{22}==(?=</xmpMM)"
    assert len(re.findall(name, built[".pdf"])) == 2
    unlucky = re.sub(name, b"AAAA+SW1A1AA+AAAAAAAAA==", built[".pdf"])
    assert report_faults({**built, ".pdf": unlucky}, "report", KNOWN) == []
    planted = re.sub(name, b"AAAA SW1A 1AA AAAAAAAA==", built[".pdf"])
    assert [fault for fault in report_faults({**built, ".pdf": planted}, "report", KNOWN) if "XMP" in fault.problem]


def test_text_that_the_pdf_has_lost_is_found(built: dict[str, bytes]) -> None:
    more = {**built, ".html": built[".html"].replace(b"A plain summary.", b"A plain summary of everything clipped.")}
    assert [fault for fault in report_faults(more, "report", KNOWN) if "missing from the PDF" in fault.problem]


def test_a_kind_of_file_that_the_gate_cannot_read_is_not_published() -> None:
    with pytest.raises(BuddyError, match="cannot read this kind"):
        report_faults({".parquet": b"PAR1"}, "rows", KNOWN)


def test_every_line_that_a_remedy_gives_runs() -> None:
    """What a remedy has in backticks is parsed, imported and called with as many arguments; no other name is dotted."""
    trees = [
        ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "src/buddy_eval/publish/gate").glob("*.py")
    ]
    texts = [node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    remedies = [text for text in texts if isinstance(text, str) and "buddy_eval" in text and "\n" not in text]
    lines = [line for text in remedies for line in re.findall("`([^`]+)`", text)]
    assert len(lines) == 3
    for line in lines:
        brought, shown = ast.parse(line).body
        assert isinstance(brought, ast.ImportFrom)
        assert isinstance(shown, ast.Expr)
        assert isinstance(shown.value, ast.Call)
        namespace: dict[str, object] = {}
        exec(ast.unparse(brought), namespace)
        called = eval(ast.unparse(shown.value.func), namespace)
        signature(called).bind(*shown.value.args)
    assert not [text for text in remedies if re.search(r"buddy_eval\.\w", text)]
