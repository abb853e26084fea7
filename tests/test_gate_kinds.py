"""Kinds of texts that strangers wrote, and a newcomer: counts, names with a title, names but for a letter."""

from __future__ import annotations

from dataclasses import replace

import pytest
import reach

from buddy_eval.publish.about import About
from buddy_eval.publish.gate.identifiers import identifiers
from buddy_eval.publish.gate.names import NEAR
from buddy_eval.publish.gate.office import office_faults
from buddy_eval.publish.gate.rules import Known
from buddy_eval.publish.gate.text import text_faults
from buddy_eval.publish.gate.trusts import trust_names
from buddy_eval.publish.word import to_docx

KNOWN = reach.readers()
TRUST = "Marram Vale University Hospitals NHS Foundation Trust"
OTHER = "Northmere and Dray NHS Trust"


@pytest.mark.parametrize(
    "text",
    [
        "At the smaller site four porters came.",
        "Of the comments, 3 were sent by pharmacists.",
        "Of 25 people who answered, 12% left.",
        "Among the ten porters 30 per cent felt so.",
        "Of eleven registrars, three were new.",
        "Base: 8 porters. Agree 25%",
        "20% (of 15 porters)",
        "Sixteen per cent of nineteen porters",
        "One in four of the eight ward managers",
        "by 4 / 9 porters",
        "two of the seventeen who came",
        "No more than three porters came.",
        "Fewer than three porters came.",
        "Only one porter came.",
        "A single porter came.",
        "One porter disagreed.",
        "There was one respondent from theatres.",
        "A second porter, like the first, left.",
        "Another porter disagreed.",
        "Responses: 3 from porters",
        "Two registrars finish each other's notes.",
        "Everyone except one porter",
        "Every porter save three",
        "All theatre staff answered, apart from one.",
        "A handful of porters refused.",
        "The pair of registrars resigned.",
        "porters, two; nurses, none",
        "nurses, two or so",
        "Answers of porters (n = 3)",
        "| porters | 3 |",
        "| Porters (people) | 17 | 2 |",
        "Number of people who left: 2",
        "Two porters per site were interviewed.",
        "Of 30 porters, 28 agreed; the other two did not.",
        "Forty porters began the course, but only three stayed to its end.",
        "Our single registrar from theatres left.",
        "The one registrar who answered was content.",
        "With the exception of one porter, all agreed.",
        "Leaves out nobody, but excludes one porter on sick leave.",
        "- Registrars with a second post: 3",
        "Porters who left early: one",
        "* registrars interviewed by phone at the second interview (n=2)",
        "Of the 23 registrars, 21 would come again.",
        "porters: 0/5",
        "porters (0 of 5)",
        "N(porters)\u22482",
        "porters ~ 3",
        "n(porters): 2",
        "left: porters (III)",
        "Porters: IV",
    ],
)
def test_counts_that_strangers_wrote_are_refused(text: str) -> None:
    assert list(text_faults(text, "f", "here", KNOWN)) != []


@pytest.mark.parametrize(
    "text",
    [
        "Two registrars cover each night in the rota.",
        "both executive teams",
        "Three patient stories were told.",
        "Two researchers read every document.",
        "two hundred and three people",
        "Two of the fourteen tests stood.",
        "Where one or two people answered, it is left out.",
        "a single nurse can do that",
        "A single manager should own it.",
        "One nurse to eight patients by day.",
        "One participant said so.",
        "staff group | median | quartiles | nurses | 4 |",
        "1 in 7 people",
        "Porters named eight barriers, and three were gone by spring.",
        "Porters raised hope, time and four related matters.",
        "The single biggest driver was time.",
        "Excluding one outlier, the mean fell.",
        "Porters chose from 1 to 5, and 5 was best.",
        "Training new porters in the use of it: 3 a year",
        "The one manager who decides",
        "- Porters with a second post: 40",
        "We heard so from porters with long service: one, pay; two, hours.",
        "Of the 40 registrars, 22 would come again.",
        "0/5 staff surveys came back",
        "0/5 surveys of porters",
        "Trusts: 0/5",
        "Phase III porters",
        "Two lead porters, one of each trust, sign the plan.",
        "Three senior porters approve it.",
    ],
)
def test_rules_duties_and_the_teams_own_people_are_no_counts(text: str) -> None:
    assert list(text_faults(text, "f", "here", KNOWN)) == []


@pytest.mark.parametrize(
    "text",
    [
        "badge number T-104729",
        "| Post | Payroll number |\n| --- | --- |\n| Porter | 20417-3 |",
        "| Post | Date of birth |\n| --- | --- |\n| Porter | 1961-03-12 |",
        "Date of birth | 12.03.1961",
        "https://files.example/users/someone/a.mp4",
        "https://pages.example/staff/~someone",
        "the Northmerian way",
    ],
)
def test_what_leads_to_somebody_is_told_across_cells_in_links_and_with_an_ending(text: str) -> None:
    known = replace(KNOWN, names=trust_names([OTHER]))
    assert list(text_faults(text, "f", "here", known)) != []


@pytest.mark.parametrize(
    "text",
    [
        "| Date of birth | not kept |\n| --- | --- |\n| Age | 5 bands |",
        "| Staff number | Year |\n| --- | --- |\n| not kept | 2024 |",
        "https://docs.example/guide/users/",
        "https://docs.example/a~b",
        "a northmerian",
    ],
)
def test_columns_links_and_words_that_lead_to_nobody_pass(text: str) -> None:
    known = replace(KNOWN, names=trust_names([OTHER]))
    assert list(text_faults(text, "f", "here", known)) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Price rises mattered.", False),
        ("all the prices", False),
        ("See Price 7.", False),
        ("Price disagreed.", True),
        ("Price and Doe went.", True),
        ("Price, R.", True),
        ("as Price put it", True),
        ("Price", True),
    ],
)
def test_an_ordinary_word_that_begins_a_sentence_is_a_name_where_somebody_acts(text: str, name: bool) -> None:
    assert bool(list(KNOWN.named(text))) is name


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("from Northmare", True),
        ("by Nortmere trust", True),
        ("Nothmere Dray said", True),
        ("at northmare", False),
        ("Northmare is far.", False),  # the capital may be the sentence's
        ("at Southmere", False),
        ("the Marra", False),
    ],
)
def test_a_long_name_with_a_letter_wrong_is_perhaps_one_and_may_be_let_pass(text: str, near: bool) -> None:
    known = Known("public", names=trust_names([TRUST, OTHER]))
    assert [kind for kind, _ in known.named(text) if kind == NEAR] == [NEAR] * near
    assert list(replace(known, allowed={text: "a lake"}).named(text)) == []


@pytest.mark.parametrize("text", ["NDVNHST", "N&DVNT", "N&DV met", "MVUHNHSFT"])
def test_initials_are_known_with_those_of_any_body_and_with_an_ampersand(text: str) -> None:
    names = trust_names(["Northmere and Dray Vale", TRUST])
    assert list(text_faults(text, "f", "here", Known("public", names=names))) != []


@pytest.mark.parametrize(
    "text",
    [
        "Action 2: Dr Owen Parry",
        "led by Sister Okafor",
        "Mr Y",
        "Prof. J. K. Eames",
        "Ms van der Aa said",
        "Sister Mary Okafor",
    ],
)
def test_a_title_with_a_name_that_no_file_knows_is_asked_about_once(text: str) -> None:
    faults = list(text_faults(text, "f", "here", KNOWN))
    assert ["what reads as a name" in fault.problem for fault in faults] == [True]
    assert "allowed.csv" in faults[0].remedy
    assert list(text_faults(text, "f", "here", replace(KNOWN, allowed={text: "known to all"}))) == []
    assert list(text_faults(text, "f", "here", Known("internal"))) == []
    quoted = replace(KNOWN, quotes=(f"we heard {text.lower().replace('.', '')} and went",))
    assert list(text_faults(f"we heard {text} and went", "f", "here", quoted)) == []  # there `names_nobody` decides


@pytest.mark.parametrize(
    "text",
    [
        "Sister Trusts and Matron of Ward 7",
        "Nurse Director, Matron Rounds, Sister Wards",
        "Mr, Mrs, Ms or Dr",
        "the doctor and the sister",
        "MS Teams",
        "Matron Yes 12",
        "Everyone from pharmacy cried.",
        "Pharmacists from theatres said so.",
        "Reflecting on what nurses said",
        "Many in our teams felt so.",
        "NHS ENGLAND SAID SO.",
        "LED BY HEALTH EDUCATION ENGLAND",
        "RISK REGISTER",
        "\u2013 Patient Experience",
        "The plan \u2013 Joint Working",
    ],
)
def test_titles_and_posts_without_a_name_pass(text: str) -> None:
    assert list(text_faults(text, "f", "here", KNOWN)) == []


@pytest.mark.parametrize(
    "text",
    [
        "Bridget from pharmacy cried.",
        "so Bridget on the night shift said",
        "Bridget, in our pharmacy, felt so",
        "THANKS TO BRIDGET OYELARAN",
        "MINUTES TAKEN BY BRIDGET OYELARAN",
        "BRIDGET OYELARAN SAID SO",
        "Thanks to Bridget OYELARAN",
        "Bridget Oyelaran cried.",
        "\u2013 Bridget Oyelaran",
        "\u201cIt was hard.\u201d - Bridget Oyelaran, pharmacy",
    ],
)
def test_a_name_that_no_file_knows_is_asked_about_in_capitals_alone_with_a_place_and_behind_a_dash(text: str) -> None:
    assert ["what reads as a name" in fault.problem for fault in text_faults(text, "f", "here", KNOWN)] == [True]


def test_a_post_in_a_cell_is_no_title_of_the_next_cell_and_nothing_is_few_where_no_count_is() -> None:
    """In a PDF the cells of a row stand in one line; `check` looks at texts of which no count is withheld."""
    known, row = Known("partners", "P1", 8), "Keep the list Matron Due: 15 April 2026"
    assert ["what reads as a name" in fault.problem for fault in text_faults(row, "a.html", "p", known)] == [True]
    assert list(text_faults(row, "a.pdf", "page 1", known, parted=False)) == []
    assert list(text_faults("One patient died.", "a.csv", "quote", Known("public"))) == []


def test_a_font_of_the_template_is_no_trust_with_a_letter_wrong() -> None:
    """Word lists Cambria among its fonts, and a trust may be that of Cumbria."""
    known = Known("public", names=trust_names(["Cumbria NHS Foundation Trust"], []))
    assert office_faults(to_docx("<main><p>Words.</p></main>", About("A title")), "a.docx", known) == []
    said = office_faults(to_docx("<main><p>We met Cambria at noon.</p></main>", About("A title")), "a.docx", known)
    assert [NEAR in fault.problem for fault in said] == [True]


def test_a_title_tells_a_name_that_the_page_uses_as_a_word() -> None:
    page = frozenset({"price"})
    assert len(list(text_faults("Ms Price came.", "f", "here", KNOWN, page))) == 1
    assert list(text_faults("As Price came.", "f", "here", KNOWN, page)) == []
    assert len(list(text_faults("Ms Price came.", "f", "here", KNOWN))) == 1


def test_a_refused_count_names_its_place_its_words_and_the_list_that_lets_it_pass() -> None:
    (fault,) = text_faults("So two of our most tired ward managers left.", "r.html", "under 'Posts'", KNOWN)
    assert fault.problem == "under 'Posts': a count of people below 8 ('two … managers')"
    assert "allowed.csv" in fault.remedy
    (short,) = text_faults("Three nurses left.", "r.html", "top", KNOWN)
    assert "('Three nurses')" in short.problem


def test_a_private_place_is_told_by_its_host_alone() -> None:
    assert identifiers("It is kept on northmere.sharepoint.com since May.", may_pass=True)
    assert not identifiers("It is kept on the intranet since May, and told on example.org.", may_pass=True)
