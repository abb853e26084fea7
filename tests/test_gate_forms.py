"""Forms in which small counts, names and numbers of people are told: by size, share, remainder, row, deed, label."""

from __future__ import annotations

from dataclasses import replace

import pytest
import reach

from buddy_eval.publish.gate.names import NICK, people_names
from buddy_eval.publish.gate.rules import Known
from buddy_eval.publish.gate.text import text_faults, unapproved_faults
from buddy_eval.publish.gate.trusts import trust_names

KNOWN = reach.readers()
COUNTS = {
    "a number written twice, with grades, possessives and more than one adjective": (
        "Five (5) podiatrists left.",
        "We met two Band 7 podiatrists.",
        "three of the hospital's own podiatrists",
        "Two worn, sleepless podiatrists spoke.",
        "2 x podiatrist",
        "4-6 podiatrists",
        "Three GPs signed.",
        "several (4) podiatrists",
        "What the three podiatrists' words meant",
    ),
    "the size of a group": (
        "It is a team of five.",
        "The night crew was three strong.",
        "A four-podiatrist service",
        "Headcount: 6",
        "Podiatrists numbered four.",
        "The number of podiatrists fell from eleven to six.",
        "Podiatrists in post went from 12 to 7.",
        "Our team shrank to five.",
        "podiatrists, 4 in all",
        "Podiatrist numbers halved to three.",
        "N (podiatrists) = 3",
    ),
    "votes, and who was before": (
        "The motion fell by four votes to three.",
        "Two abstentions were noted.",
        "She was the fourth podiatrist to resign.",
    ),
    "one or two without a count": (
        "Neither podiatrist knew.",
        "Its only podiatrist retired.",
        "Nobody but the podiatrist objected.",
        "Only the podiatrist objected.",
        "All agreed bar the podiatrist.",
        "One respondent, a podiatrist, cried.",
        "The other podiatrist stayed.",
        "The podiatrists, both of whom resigned, were heard.",
        "Only one podiatrist would talk.",
    ),
    "those who alone do something": (
        "Four withdrew within a day.",
        "Two others refused.",
        "Three who work nights were heard.",
        "Of those who wrote, two were podiatrists.",
        "Three on the night shift resigned.",
        "By ward managers' count two declined.",
        "There were two dismissals.",
        "Forty agreed, three did not.",
        "Three left the item blank.",
    ),
    "a share whose base stands apart": (
        "Forty podiatrists answered; 5% would leave.",
        "5% disagreed (n = 40).",
        "No: 20% (base: 15 podiatrists)",
        "Among podiatrists (40 replied) 5% said no.",
        "half the ten podiatrists",
        "Only 5% agreed, of 40 podiatrists.",
        "two in five of the ten podiatrists",
    ),
    "a rest": (
        "Forty podiatrists were asked and 37 came.",
        "We met 30 podiatrists in spring and 27 of them in autumn.",
        "Thirty were invited and twenty-six came.",
    ),
    "nobody of a few, and all": ("0/5 podiatrists agreed", "0 of 5 podiatrists agreed", "5/5 podiatrists left"),
    "a row": (
        "| Answer | People |\n| --- | --- |\n| Never | two |",
        "| Group | Wave 1 | Wave 2 |\n| Podiatrists | 12 | 3 |",
        "| Group | Agree | n |\n| --- | --- | --- |\n| Podiatrists | 5% | 40 |",
        "reason,people\npay,3\nhours,40",
        "| Podiatrists who left | 4 |",
        "Podiatrists interviewed\t4",
        "<tr><td>Podiatrists seen</td><td>3</td></tr>",
        "| Male | 4 |\n| Female | 50 |",
        "female 41, male 3",
        "Yes 41, no 3",
        "| podiatrists | 25% | 3 |",
        "| podiatrists | three |",
        "Podiatrists who stayed on after wave 2 (n = 4) were asked.",
    ),
    "names of variables, and keys of data": (
        '{"role": "podiatrist", "n": 3}',
        "{'count': 2, 'post': 'podiatrist'}",
        '{"podiatrists": "4"}',
        "n_podiatrists_receiving = 6",
        "numPodiatrists = 5",
        "podiatrist_count: 4",
        "podiatrists_left: 2",
        "podiatrists_still_here = 2",
        "podiatrists <- c(3, 41)",
        "podiatrists <- 2L",
        'd.loc["podiatrist", "n"] = 3',
        "assert len(podiatrists) == 4",
        "Counter({'surgeon': 41, 'podiatrist': 3})",
        "podiatrist    3\nsurgeon      41",
    ),
    "marks of typesetting": (
        r"Podiatrists & 6 & 41 \\",
        r"\textbf{Three} podiatrists left.",
        r"\newcommand{\podiatrists}{3}",
        "<podiatrists>3</podiatrists>",
        "th<b>ree</b> podiatrists left",
        "Three&nbsp;podiatrists left.",
        "**Three** *podiatrists* left.",
    ),
    "questions with their answers, dozens and changes": (
        "How many podiatrists came back? Only two.",
        'They were asked "How many replied?" Two.',
        "Number of podiatrists? 4.",
        "Did any podiatrists resign? Two.",
        "half of the dozen podiatrists",
        "Our team grew from 21 to 24.",
        "Headcount fell by two, to 33.",
        "31 podiatrists, up from 28",
        "Net change in podiatrists: \u22124",
        "Since wave two, three more podiatrists have left.",
    ),
    "one told by what they are, or did": (
        "Of these, one was a podiatrist.",
        "They were three: one a podiatrist, one a surgeon.",
        "One participant withdrew.",
        "One interviewee later asked for the tape.",
        "The sole non-executive abstained.",
        "Both finance directors had left.",
    ),
}
NO_COUNTS = (
    "Three pressure ulcers and two catheters were recorded.",
    "Two corridors and four monitors were painted.",
    "Two hundred podiatrists came.",
    "Each site has two podiatrists on call by night.",
    "Two podiatrists must sign.",
    "Every trust should appoint two champions.",
    "A research team of four met the podiatrists.",
    "A team of three should suffice.",
    "The number of podiatrists rose from 30 to 42.",
    "Podiatrists' hours fell from 9 to 5.",
    "The vote was unanimous.",
    "Neither nurses nor podiatrists were asked.",
    "Neither chief executive spoke.",
    "The third podiatrist survey",
    "Of the twelve trusts four withdrew.",
    "Two withdrew, both trusts of the north.",
    "Four hundred podiatrists answered; 5% would leave.",
    "Half of the eight laundries closed.",
    "3 of 40 forms were blank.",
    "Seven people in ten agreed.",
    "Podiatrists could name up to five colleagues.",
    "One colleague in four had heard of it.",
    "Where a post is held by a single person, the group is named.",
    "| Group | Band |\n| --- | --- |\n| Podiatrists | 6 |",
    "| Group | Wave 1 |\n| --- | --- |\n| Podiatrists | 3.4 |\n| Porters | 3 |",
    "| Site | Visits |\n| --- | --- |\n| A | 3 |",
    "month,falls\n1,4\n2,6",
    "yes 41%, no 3%",
    '{"wave": 2, "n": 301}',
    "n_trusts = 6",
    "max_podiatrists = 5",
    "podiatrists_per_bed = 4",
    "podiatrist_score: 3",
    "n_podiatrists = 412",
    "theme      3\ncode      12",
    r"Trusts & 3 & 41 \\",
    "**Three** themes, 3 * 4 cells, a < 5 and b > 6, R&D",
    "How many trusts replied? Two.",
    "How many podiatrists replied? 212.",
    "half of the dozen trusts",
    "Our team grew from 120 to 190.",
    "31 beds, up from 28",
    "Net change in the score of podiatrists: -0.4",
    "Since wave two, three more meetings were held.",
    "One was a shared podiatrist rota.",
    "No one was a better podiatrist.",
    "One participant said so.",
    "Both chief executives signed.",
    "Podiatrists said: 3 meetings will do. They waited: 3 hours.",
    "How many podiatrists are there? About 1.4 million.",
)


@pytest.mark.parametrize("text", [text for texts in COUNTS.values() for text in texts])
def test_few_people_are_told_in_these_forms(text: str) -> None:
    faults = [fault.problem for fault in text_faults(text, "f", "here", KNOWN)]
    assert any("a count of people below 8" in problem for problem in faults)


@pytest.mark.parametrize("text", NO_COUNTS)
def test_things_rules_and_many_people_in_the_same_forms_pass(text: str) -> None:
    assert list(text_faults(text, "f", "here", KNOWN)) == []


@pytest.mark.parametrize(
    "text",
    [
        "Thanks to Emrys Tudgay for the keys.",
        "Emrys Tudgay said so.",
        "Emrys Tudgay, ward manager, left.",
        "led by Emrys de la Tudgay",
        "the porter Emrys Tudgay",
        "Interviewer: Emrys Tudgay",
        "Ward manager: Emrys Tudgay",
        "Emrys Tudgay (ward manager)",
        "reviewer: Emrys Tudgay",
        "author = 'Emrys Tudgay'",
        "coder: \u201cEmrys Tudgay\u201d",
        "authors = ['Emrys Tudgay']",
        '"author": "Emrys Tudgay"',
        "author = \u2018Emrys Tudgay\u2019",
        "Reviewer: E. Tudgay",
    ],
)
def test_a_name_without_a_title_is_asked_about_beside_what_people_do(text: str) -> None:
    faults = list(text_faults(text, "f", "here", KNOWN))
    assert ["what reads as a name" in fault.problem for fault in faults] == [True]
    assert list(text_faults(text, "f", "here", replace(KNOWN, allowed={text: "known to all"}))) == []


@pytest.mark.parametrize(
    "text",
    [
        "Senior Nurses said so.",
        "Owner: Finance Directorate",
        "Photo: Creative Commons",
        "Lead: Patient Experience",
        "Led by Health Education England, it grew.",
        "According to Table Three, it fell.",
        "the Emrys Penhale ward",
        "Use the Dr Foster figures.",
        "Matron Charter",
        "Miles travelled by all: 412",
    ],
)
def test_bodies_posts_and_places_with_capitals_pass(text: str) -> None:
    known = replace(KNOWN, names={**KNOWN.names, **dict(people_names(["Miles Tudgay"]))})
    assert list(text_faults(text, "f", "here", known)) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("We asked Barty.", True),
        ("Barty said no.", True),
        ("Peggy's view", True),
        ("A barty day", False),
        ("the Bart line", False),
        ("The needed beds", False),
    ],
)
def test_a_nickname_is_told_beside_what_people_do(text: str, told: bool) -> None:
    known = Known("public", names=dict(people_names(["Bartholomew Oakes", "Margaret Ellwood", "Theodora Lyle"])))
    assert (NICK in {kind for kind, _ in known.named(text)}) is told


@pytest.mark.parametrize(
    "text", ["Ell*woo*d", "Ell-wood", "mellwood", "Elwood wrote it.", "Margeret spoke.", "of Mr. Ellwood", "Ellwood's"]
)
def test_a_listed_name_is_known_when_marked_parted_joined_or_misspelt(text: str) -> None:
    known = Known("public", names=dict(people_names(["Margaret Ellwood"])))
    assert list(known.named(text)) != []


@pytest.mark.parametrize(
    "text",
    [
        "Wristband_9434765919_scan.pdf",
        "The passphrase “heron-lane-82”",
        "Password for the drive: Heron!82",
        "DB_ACCESS_KEY=a8Fq2TzB9mLx",
        "the code for the back door is C19Y8",
        "https://x.com/nurse/status/1",
        "tiktok.com/@nurse",
        "https://nurse:tea@host.example/a",
        "https://poll.example/r?token=9f8a7c12",
        "s3://study/w1.vtt",
        "3C:52:82:0F:A9:71",
        "hostname: W10-NORTH-04",
        "Flat 6, Old Ropewalk",
        "7 Chandlers Row",
        "YD67 HRM was parked here.",
        "+353 86 123 4567",
        "a 52-year-old porter",
        "year of birth 1961",
        "CHI 0101010123",
        "DBS certificate 001234567890",
        "SWE registration SW118822",
        "complaint ref. C/2023/0417",
        "Password – Heron77!",
        "token 9f8a7c12d4e5",
        r"\\trust-fs1\research\x",
        "ORCID 0000-0003-1415-9269",
        "Scopus Author ID 57190012345",
        "scholar.google.com/citations?user=aBcDeFgH",
        '"dateOfBirth": "1971-03-05"',
        "birth_date = 1971-03-05",
        "dateofbirth=1971-03-05",
        "meeting ID 884 2071 5563",
    ],
)
def test_numbers_links_and_secrets_of_usual_kinds_are_refused(text: str) -> None:
    assert list(text_faults(text, "f", "here", Known("internal"))) != []


@pytest.mark.parametrize(
    "text",
    [
        "The password policy changed after COVID19.",
        "Pass: everybody answered.",
        "The token economy",
        "The GMC 2019 survey",
        "NICE guideline NG51 and others",
        "A 20-year-old building",
        "Mean age: 43",
        "https://www.nhs.example/uploads/2019/plan.pdf",
        "+0.3 (0.1 to 0.5)",
        "Table 3, Site View",
        "2021-2022-2023-2024",
        "date_of_visit: 2023-04-05",
    ],
)
def test_what_only_looks_like_a_number_or_secret_passes(text: str) -> None:
    assert list(text_faults(text, "f", "here", Known("internal"))) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("www.kestrelmoor.nhs.uk/board", True),
        ("minutes_kestrel-moor_2023.docx", True),
        ("img/stbrannocs-ward.png", True),
        ("st_brannocs_w2.csv", True),
        ("kestrelMoorData", True),
        ("a kestrel over the moor", False),
        ("www.nhs.uk/infirmary", False),
    ],
)
def test_a_trust_is_known_in_addresses_and_names_of_files(text: str, told: bool) -> None:
    names = trust_names(["Kestrel Moor University Hospitals NHS Foundation Trust", "St Brannoc's Infirmary NHS Trust"])
    assert (list(Known("public", names=names).named(text)) != []) is told


@pytest.mark.parametrize(
    "text", ["<i>nobody</i> had told us <b>why</b> the<br/>rota was", "nobody had told us why&nbsp;the"]
)
def test_what_somebody_said_is_known_between_tags_and_entities(text: str) -> None:
    known = Known("public", spoken=("nobody had told us why the rota was changed again",))
    assert list(unapproved_faults(text, "f", known)) != []
