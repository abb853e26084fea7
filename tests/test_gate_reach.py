"""What the gate knows again: names in every form, numbers by check digits, counts by grammar; what it lets be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pandas as pd
import pytest
import reach
import reach_sentences
from hypothesis import given
from hypothesis import strategies as st

import small_study
from buddy_eval.base.errors import StudyError
from buddy_eval.publish.gate.allowed import KINDS, allowed
from buddy_eval.publish.gate.identifiers import identifiers
from buddy_eval.publish.gate.known import organisations, people
from buddy_eval.publish.gate.names import people_names
from buddy_eval.publish.gate.pdf import ROW
from buddy_eval.publish.gate.report import report_faults
from buddy_eval.publish.gate.rules import Known
from buddy_eval.publish.gate.text import text_faults
from buddy_eval.publish.gate.trusts import trust_names
from buddy_eval.study.settings import load_study

KNOWN = reach.readers()
KINDS_OF_MARKERS = list(reach_sentences.MARKERS)
SPELLING: dict[str, Callable[[str], str]] = {
    "plain": str.strip,
    "upper": str.upper,
    "lower": str.lower,
    "title": str.title,
}


@pytest.mark.parametrize("kind", KINDS_OF_MARKERS)
def test_no_marker_of_a_kind_passes(kind: str) -> None:
    assert [text for text in reach_sentences.MARKERS[kind] if not reach.refused(text, KNOWN)] == []


def test_honest_sentences_are_left_alone() -> None:
    assert [text for text in reach_sentences.HONEST if reach.refused(text, KNOWN)] == []


@pytest.mark.parametrize(
    "text",
    [
        "3 staff posts were funded.",
        "two patient groups",
        "Four chief executives a year leave.",
        "It takes two nurses to lift.",
        "Team 3 nurses",
        "both chief executives",
        "both nurses and doctors",
        "A three-person team should suffice.",
        "West Yorkshire",
        "born of a review on 3 May 2012",
        "an extension 2020",
        "a sentence of reg 12 of the Act",
    ],
)
def test_heads_rates_and_labels_count_nobody(text: str) -> None:
    known = replace(KNOWN, names={**KNOWN.names, ("west",): "a person's surname"})
    assert list(text_faults(text, "f", "here", known)) == []


@pytest.mark.parametrize(
    "text",
    [
        "both midwives",
        "a 4-strong team",
        "Porters 3, nurses 12",
        "two-thirds of their 9 porters",
        "one in ten of our 30 managers",
        "all the nurses but three",
        "the other two dietitians",
        "McBoateng",
        "Ask11in",
        "MARRAMCOAST",
        "EC1A-1BB",
        "9997-601-890",
        "born in a town on 3 May 1962",
        "complaint CP-229183",
        "extension 5521",
        "Rose Cottage, Church Lane",
        "car YK68 ABC",
        "grid reference SE 29934 33890",
        "forms.office.com/r/AbC123",
        "HCPC registration PH128846",
        "Smartcard UUID 5521 8034",
        "date of birth (1983-04-30)",
        "birthday, 9 February 1979",
        "QQ 12 34 56 C",
        "door code C4719Y",
    ],
)
def test_kinds_that_a_stranger_wrote_are_refused(text: str) -> None:
    known = replace(KNOWN, names={**KNOWN.names, **dict(people_names(["Ann MacBoateng", "Bo Askllin"]))})
    assert list(text_faults(text, "f", "here", known)) != []


def test_of_strangers_sentences_few_that_must_stay_pass_and_few_that_may_leave_are_refused() -> None:
    judged = [one for name, one in reach.sets().items() if "stranger" in name]
    for large in (judged[0], judged[2]):
        assert len({kind for kind, _ in large.markers}) >= 40
        assert min(len(large.markers), len(large.honest)) >= 300
    for one in judged:
        assert len(one.passed()) <= reach.PASS * len(one.markers)
        assert len(one.wrong()) <= reach.REFUSED * len(one.honest)


@given(
    st.sampled_from(["Marlowe", "Boateng", "Müller", "Løvdal", "Ashworth"]),
    st.sampled_from(["\u200b", "\u00ad", "\u2060", "\ufeff", "\u034f", "\u200d"]),
    st.integers(1, 5),
    st.sampled_from(list(SPELLING)),
    st.sampled_from(["{}", "({})", "{}'s view", "said {}.", "x/{}", "“{}”", "{}—no"]),
)
def test_a_surname_is_found_however_it_is_dressed(name: str, mark: str, place: int, how: str, around: str) -> None:
    dressed = SPELLING[how](name[:place]) + mark + SPELLING[how](name[place:])
    assert list(KNOWN.named(around.format(dressed))) != []


@given(
    st.sampled_from(["Marlowe", "Boateng", "Müller", "Ashworth"]),
    st.sampled_from([" ", ".", "-", "_", "\u2009"]),
    st.integers(1, 5),
)
def test_a_surname_is_found_spaced_out_broken_reversed_and_written_together(name: str, by: str, place: int) -> None:
    shapes = (
        by.join(name),
        f"{name[:place]}-\n{name[place:]}",
        f"\u202e{name[::-1]}\u202c",
        f"my{name.title()}",
        f"{name.lower()}File",
        quote(name),
        f"the {name}s",
    )
    assert [shape for shape in shapes if not list(KNOWN.named(f"seen {shape} today"))] == []


@given(st.integers(0, 999_999_999), st.sampled_from(["", " ", "-", ".", "\u2013", "  ", "/"]))
def test_every_valid_nhs_number_is_found_and_no_other(stem: int, between: str) -> None:
    figures = f"{stem:09d}"
    check = 11 - sum(int(f) * w for f, w in zip(figures, range(10, 1, -1), strict=True)) % 11
    for last in range(10):
        text = f"{figures[:3]}{between}{figures[3:6]}{between}{figures[6:]}{last}"
        found = "a valid NHS number" in [kind for kind, _ in identifiers(f"case {text} of today", may_pass=False)]
        assert found is (last == check % 11 and check != 10 and len(set(figures + str(last))) > 1)


@given(
    st.lists(st.floats(0, 3000), min_size=3, max_size=3),
    st.integers(1, 4),
    st.sampled_from(
        ["{:+.{d}f} ({:.{d}f} to {:.{d}f})", "{:+.{d}f} (-{:.{d}f} to {:.{d}f})", "{:+.{d}f} {:.{d}f} {:.{d}f}"]
    ),
)
def test_an_estimate_and_its_interval_are_nobodys_number(figures: list[float], digits: int, form: str) -> None:
    text = form.format(*figures, d=digits)
    assert identifiers(text, may_pass=True) + identifiers(text, may_pass=False) == ()


@pytest.mark.parametrize(
    "text",
    [
        "020 7946 0959 (24 hours)",
        "020 7946 0957 24 hours",
        "020 7946 0958 (0.95 to 1.00)",
        "+0.99 020 7946 0958",
        "+0207 946 0958",
        "+0 44 20 7946 0958",
        "+44.7700 900.123",
        "+44.20 7946.0958",
        "+353.1 496.0123",
    ],
)
def test_a_telephone_number_is_told_beside_other_figures_and_with_dots(text: str) -> None:
    assert [kind for kind, _ in identifiers(f"call {text}", may_pass=True)] == ["a telephone number"]


@given(
    st.integers(1, 12),
    st.sampled_from(["nurses", "people", "chief executives", "members of staff", "physiotherapists"]),
)
def test_a_count_is_refused_below_the_rule_and_passes_from_it_on(n: int, who: str) -> None:
    words = "one two three four five six seven eight nine ten eleven twelve".split()
    for text in (f"Only {n} {who} said so.", f"Only {words[n - 1]} {who} said so.", f"{n} out of 26 {who}"):
        assert bool(list(text_faults(text, "f", "here", KNOWN))) is (n < 8), text


@pytest.mark.parametrize("label", ["Wave", "Band", "Table", "Question", "Level", "Theme", "Ward"])
def test_a_figure_that_names_something_is_no_count(label: str) -> None:
    for text in (f"{label} 3 nurses", f"{label}s 3 to 5 people", f"{label} 2, 3 and 4 staff"):
        assert list(text_faults(text, "f", "here", KNOWN)) == [], text


# Found by a second set of sentences, written by the same hand but after the rules: 13 of its 68 markers had passed.
@pytest.mark.parametrize(
    "text",
    [
        *("two of the five matrons", "three ward sisters", "16 staff, 25% of them", "so 4 [16%] left", "nurses, 3"),
        *(
            "There were five of them",
            "two thirds (4 of 6) agreed",
            "20 agreed, 3 disagreed",
            "4 of 6 said so",
            "7 answered from nursing staff",
            "j.doe at nhs.example",
        ),
    ],
)
def test_counts_in_other_words_are_refused(text: str) -> None:
    assert list(text_faults(text, "f", "here", KNOWN)) != []


@pytest.mark.parametrize(
    "text",
    [
        "The 5 people rule is explained.",
        "In 3 of 8 pairs staff agreed.",
        "3 trusts and 5 boards",
        "2 of 4 in place; 1 not known",
        "Rated 0 not considered, 1 discussed, 2 agreed, 3 in place",
    ],
)
def test_rules_and_things_in_other_words_pass(text: str) -> None:
    assert list(text_faults(text, "f", "here", KNOWN)) == []


def test_an_ordinary_word_is_a_name_only_with_a_capital_on_a_page_without_it() -> None:
    assert list(KNOWN.named("the price"))[:1] == []
    assert list(KNOWN.named("Dr Price")) != []
    assert list(KNOWN.named("Dr Price", frozenset({"price"}))) == []
    theirs = replace(KNOWN, ordinary=frozenset({"marlowe"}))
    assert list(theirs.named("a marlowe")) == []


def test_a_first_name_that_many_bear_is_not_told_alone() -> None:
    names = [f"Sarah Number{word}" for word in ("alpha", "beta", "gamma")] + ["Quentin Solo"]
    known = Known("public", names=dict(people_names(names)))
    assert list(known.named("Sarah and others")) == []
    assert list(known.named("Quentin and others")) != []


def test_an_identifier_has_no_surname_and_a_name_with_a_figure_keeps_its_own() -> None:
    assert dict(people_names(["SYN01-S1"])) == {("syn01", "s1"): "a person's name or identifier"}
    assert ("marlowe",) in dict(people_names(["Quentin2 Marlowe"]))


def test_what_a_person_let_pass_passes_from_then_on_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "allowed.csv"
    path.write_text(
        "text,reason,by\nour two chief executives,they are public office holders,KM\nQuentin Marlowe,no,KM\n"
    )
    known = replace(KNOWN, allowed=allowed(tmp_path))
    for text in ("Our two chief executives met.", "With our TWO\nchief Executives we sat."):
        assert list(text_faults(text, "f", "", known)) == []
    assert list(text_faults("With our two chief executives and two nurses we sat.", "f", "", known)) != []
    assert list(text_faults("Quentin Marlowe", "f", "", known)) != []
    assert not {"a person's name", "a secret", "a valid NHS number", "a day of birth", "a number in a register"} & KINDS


@pytest.mark.parametrize(
    "text", ["text,reason\na,b\n", "text,reason,by\nsome text,,KM\n", "text,reason,by\nsome text,why,\n"]
)
def test_nothing_passes_without_a_reason_and_somebody_who_answers_for_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "allowed.csv").write_text(text)
    with pytest.raises(StudyError, match=r"allowed\.csv row"):
        allowed(tmp_path)


def test_a_cell_with_a_share_is_judged_by_its_column() -> None:
    page = '<table><caption>Themes</caption><tr><th scope="col">{}</th></tr><tr><td>3 (38%)</td></tr></table>'
    few = [
        [
            f.problem
            for f in report_faults({".html": page.format(head).encode()}, "p", KNOWN)
            if "count below" in f.problem
        ]
        for head in ("People", "Trusts")
    ]
    assert [len(found) for found in few] == [1, 0]


def test_whoever_approved_quotes_under_a_name_is_known_and_initials_and_posts_are_not(tmp_path: Path) -> None:
    folder = small_study.cut(tmp_path)
    path = folder / "data" / "raw" / "approvals.csv"
    head, *rows = small_study.table(path)
    names = ["K. Moss", "KM", "The project team"]
    changed = [[*row[:3], names[n % 3], *row[4:]] for n, row in enumerate(rows)]
    small_study.write_table(path, [head, *changed])
    found = dict(people(load_study(folder), pd.DataFrame({"participant": ["SYN01-R1"]})))
    assert ("moss",) in found
    assert not {("km",), ("team",), ("project", "team")} & set(found)


TRUSTS = {
    "ZA1": "Marram Vale University Hospitals NHS Foundation Trust",
    "ZA2": "Northmere and Dray NHS Trust",
    "ZA3": "Penny Hill Healthcare NHS Trust",
    "ZA4": "Vale of Corrie NHS Trust",
    "ZA5": "Great Southern Hospitals NHS Trust",
}


def of_trusts(own: str = "") -> Known:
    """What readers may not know of these trusts; all but those of the pair that is theirs."""
    pairs = pd.DataFrame({"pair": ["SYN01"], "supporter": ["ZA1"], "receiver": ["ZA4"]})
    trusts = pd.DataFrame({"ods": [*TRUSTS], "name": [*TRUSTS.values()]})
    sources = pd.DataFrame({"source": ["SYN01-R1-w1"]})
    named = organisations({"pairs": pairs, "trusts": trusts, "sources": sources}, own)
    return Known("public", "", 8, named, ordinary=frozenset({"dray"}))


@pytest.mark.parametrize(
    "text",
    [
        "Marram trust",
        "the Marram team",
        "a marram trust",
        "Northmere's board",
        "Marram Vale answered",
        "the Dray staff",
        "The Hill trust was asked.",
        "Penny Hill",
        "Great Southern said no",
        "GREAT SOUTHERN",
    ],
)
def test_a_part_of_a_trusts_name_is_its_name(text: str) -> None:
    assert list(text_faults(text, "f", "here", of_trusts())) != []


@pytest.mark.parametrize(
    "text",
    [
        "University hospitals in the south were great.",
        "A penny saved on the hill; Penny said so.",
        "the royal college",
        "Hospitals and teams up the hill, in the vale.",
        "Health Foundation Trust NHS",
        "a dray horse",
        "marram grass",
        "Great southern towns had hill teams.",
        "Southern hospitals",
    ],
)
def test_what_every_trusts_name_has_and_ordinary_words_name_none(text: str) -> None:
    assert list(text_faults(text, "f", "here", of_trusts())) == []


def test_readers_may_read_the_words_of_their_own_trusts_and_a_person_may_let_a_part_pass(tmp_path: Path) -> None:
    ours = of_trusts("SYN01")
    assert list(text_faults("the Marram team met the Corrie team in the Vale", "f", "here", ours)) == []
    assert list(text_faults("the Northmere team", "f", "here", ours)) != []
    (tmp_path / "allowed.csv").write_text("text,reason,by\nNorthmere Lake,a lake,KM\nNorthmere and Dray,x,KM\n")
    let = replace(ours, allowed=allowed(tmp_path))
    assert list(text_faults("by Northmere Lake, by NORTHMERE lake", "f", "here", let)) == []
    assert list(text_faults("the Northmere Lakeside team", "f", "here", let)) != []
    assert list(text_faults("by Northmere Lake and Northmere", "f", "here", let)) != []
    assert list(text_faults("Northmere and Dray", "f", "here", let)) != []


@pytest.mark.parametrize("text", ["The Môn team was slow.", "the Mon board", "copy the UHO rota", "UHONFT staff"])
def test_short_words_and_initials_of_trusts_name_them(text: str) -> None:
    names = trust_names(["Ysbyty Môn Tŵr Health Board", "University Hospitals Oxmoor NHS Foundation Trust"])
    assert list(text_faults(text, "f", "here", Known("public", names=names))) != []
    assert list(text_faults("a uho of mon and ICU staff", "f", "here", Known("public", names=names))) == []


def test_a_number_above_a_row_of_staff_counts_nobody() -> None:
    known = Known("public", suppress_below=8)
    assert list(text_faults(ROW.sub("\n| ", "Board supporter 3\r\nStaff receiver 3"), "f", "p", known)) == []
    assert list(text_faults(ROW.sub("\n| ", "it was said by 3\r\nstaff members"), "f", "p", known)) != []
