"""Codebook and instrument: strict YAML, every fault of a file at once, and what the packaged ones hold."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from buddy_eval.base.errors import StudyError
from buddy_eval.base.yaml_nodes import load_yaml
from buddy_eval.study.codebook import load_codebook
from buddy_eval.study.instrument import load_instrument

BOOK = """\
codebook: {id: tiny, version: 2}
negations: {window: 3, words: [not, "Don\u2019t"]}
themes:
- id: culture
  label: Culture
  definition: How people act.
  codes:
  - id: CB1
    name: Trust
    definition: They trust each other.
    terms:
      any: [trust*]
      enabler: [=NED, open book]
      barrier: [closed rank*]
reserved:
- {id: OTH, name: Other, definition: Fits nowhere.}
"""
SURVEY = """\
instrument: {id: tiny, version: 1}
agreement:
  options: {1: Never, 2: Rarely, 3: Sometimes, 4: Often, 5: Always}
  not_applicable: Doesn\u2019t apply
  dont_know: Don't know
  aliases: {Mostly: 4, DK: dont_know}
items:
- {id: C1, theme: culture, code: CB1, reversed: true, text: We  quarrel.}
- {id: F1, kind: free_text, text: "What helped?"}
questions:
- {id: Q1, heading: Culture, theme: culture, text: "Do we trust them?"}
"""


def written(folder: Path, text: str | bytes, name: str = "book.yaml") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def plain(folder: Path, text: str) -> object:
    """The value of the only key of a file."""
    return load_yaml(written(folder, text)).value["a"].value


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "Yes",
        "on",
        "True",
        "12:30",
        "1e3",
        "0x10",
        "007",
        "-5",
        "1_000",
        "2.5",
        "2024-04-01",
        "null",
        "~",
        "=",
        "<<",
    ],
)
def test_what_yaml_likes_to_guess_stays_text(tmp_path: Path, text: str) -> None:
    assert plain(tmp_path, f"a: {text}") == text


@pytest.mark.parametrize(("text", "value"), [("true", True), ("false", False), ("0", 0), ("42", 42)])
def test_only_true_false_and_plain_whole_numbers_are_more_than_text(tmp_path: Path, text: str, value: object) -> None:
    found = plain(tmp_path, f"a: {text}")
    assert (found, type(found)) == (value, type(value))
    assert plain(tmp_path, f'a: "{text}"') == text


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n", 5, "key 'c' stands twice"),
        ("1: x\n'1': y\n", 2, "key '1' stands twice"),
        ("a: &x [1]\nb: *x\n", 1, "alias"),
        ("a: [1\nb: 2\n", 2, "is not YAML"),
        ("a: 1\n---\nb: 2\n", 2, "is not YAML"),
        ("a: \x00\n", 0, "is not YAML"),
        ("a: 1\nb: !!int many\n", 2, "is not a whole number"),
        ("a: " + "9" * 5000, 1, "is not a whole number"),
        ("", 0, "is empty"),
        (b"a: caf\xe9\n", 0, "is not UTF-8"),
        ("a: " + "[" * 50_000, 0, "nested too deeply"),
        ("#" * 1_000_001, 0, "larger than 250 kB"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_yaml_that_could_be_misread_is_refused_with_its_line(
    tmp_path: Path, text: str | bytes, line: int, said: str
) -> None:
    with pytest.raises(StudyError, match=said) as refused:
        load_yaml(written(tmp_path, text))
    assert [(fault.file, fault.row) for fault in refused.value.faults] == [("book.yaml", line)]


def test_a_mark_at_the_beginning_and_the_lines_of_values_are_read_right(tmp_path: Path) -> None:
    root = load_yaml(written(tmp_path, "\ufeffa: 1\n\nb:\n- x\n- y\n")).value
    assert (root["a"].value, root["a"].line, root["b"].value[1].line) == (1, 1, 5)


def test_a_tag_makes_no_object_of_a_codebook(tmp_path: Path) -> None:
    path = tmp_path / "made"
    load_yaml(
        written(tmp_path, f"a: !!python/object/apply:pathlib.Path.touch [!!python/object/apply:pathlib.Path [{path}]]")
    )
    assert not path.exists()


def test_an_absent_codebook_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"nothing\.yaml: the file is not there"):
        load_codebook(tmp_path / "nothing.yaml")


def test_a_codebook_becomes_frames_in_its_own_order(tmp_path: Path) -> None:
    book = load_codebook(written(tmp_path, BOOK))
    assert (book.id, book.version, book.window) == ("tiny", "2", 3)
    assert book.themes[["theme", "position"]].to_numpy().tolist() == [["culture", 1]]
    codes = book.codes.set_index("code")
    assert codes["position"].to_dict() == {"CB1": 1, "OTH": 2}
    assert codes["theme"].isna().to_dict() == {"CB1": False, "OTH": True}
    assert book.terms.fillna("").sort_values("term").to_numpy().tolist() == [
        ["CB1", "=NED", "enabler"],
        ["CB1", "closed rank*", "barrier"],
        ["CB1", "open book", "enabler"],
        ["CB1", "trust*", ""],
    ]


def test_the_packaged_codebook_and_instrument_keep_to_the_source() -> None:
    book = load_codebook()
    made = load_instrument(None, book)
    assert book.codes.dropna(subset=["theme"]).groupby("theme").size().sum() == 34
    assert {"OTH", "CTX", "OUT", "SENS"} <= set(book.codes.loc[book.codes["theme"].isna(), "code"])
    ask = made.questions
    assert ask["question"].str[:3].nunique() == 17
    assert ask.drop_duplicates("source_heading")["source_heading"].nunique() == 4
    of_theme = ask.assign(number=ask["question"].str[:3]).drop_duplicates("number").groupby("theme").size()
    assert of_theme.to_dict() == {
        "culture": 5, "capacity": 4, "evaluation": 2, "communication": 4, "regulation": 2
    }  # fmt: skip
    assert ask.set_index("question")["depends_on"].dropna().to_dict() == {"Q13": "Q12"}
    assert set(made.items["code"].dropna()) == set(book.codes.dropna(subset=["theme"])["code"])
    assert (made.items["kind"] == "theme").sum() == 34


def test_every_fault_of_a_codebook_is_listed_at_once_with_its_line(tmp_path: Path) -> None:
    text = BOOK.replace("trust*]", "'***', en*gage, trust, trust]").replace("label: Culture", "label: ''")
    text = text.replace("name: Trust", "nmae: Trust").replace("id: OTH", "id: CB1")
    with pytest.raises(StudyError) as refused:
        load_codebook(written(tmp_path, text))
    assert [(fault.row, fault.problem) for fault in refused.value.faults] == [
        (0, "code 'CB1' stands twice"),
        (4, "label is empty"),
        (8, "name is empty"),
        (9, "'nmae' is no key of a code"),
        (12, "term '***': has no word in it"),
        (12, "term 'en*gage': a star stands at the end of a word only, as in engag*"),
        (12, "term 'trust' stands twice under CB1"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (", version: 2", "", "version is empty"),
        ("id: tiny, ", "", "id is empty"),
        ("window: 3, ", "", "window"),
        ("window: 3", "window: three", "window"),
        ("window: 3", "window: -3", "window"),
        ("window: 3", "window: 0", "negations window is 0"),
        ('[not, "Don\u2019t"]', "[]", "negations words"),
        ("themes:", "theme:", "'theme' is no key of the file; did you mean 'themes'"),
        ("  label: Culture\n", "", "label is empty"),
        ("terms:\n      any", "terms:\n      good", "'good' is no key of terms"),
        ("open book", "open - * book", "a star stands at the end of a word only"),
    ],
)
def test_a_codebook_that_lacks_something_says_what(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert BOOK.count(old) >= 1
    with pytest.raises(StudyError, match=said):
        load_codebook(written(tmp_path, BOOK.replace(old, new)))


def test_answer_labels_are_known_by_word_by_number_and_by_alias(tmp_path: Path) -> None:
    made = load_instrument(written(tmp_path, SURVEY), load_codebook(written(tmp_path, BOOK, "b.yaml")))
    assert made.options == ("Never", "Rarely", "Sometimes", "Often", "Always")
    expected = {"never": 1, "5": 5, "mostly": 4, "dk": "dont_know", "doesn't apply": "not_applicable"}
    assert {name: made.labels[name] for name in expected} == expected
    assert made.items.set_index("item")["reversed"].to_dict() == {"C1": True, "F1": False}


def test_a_study_without_board_questions_or_without_items_is_no_fault(tmp_path: Path) -> None:
    start, asked = SURVEY.split("questions:\n")
    assert load_instrument(written(tmp_path, start + "questions: []\n")).questions.empty
    before, _ = start.split("items:\n")
    assert load_instrument(written(tmp_path, f"{before}items: []\nquestions:\n{asked}")).items.empty


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("reversed: true", "reversed: no", "reversed is 'no'; write true or false"),
        ("kind: free_text", "kind: essay", "kind 'essay' is not known"),
        ("theme: culture, code", "code", "an item of a theme without a theme"),
        ("theme: culture, text", "theme: cultur, text", "'cultur' is not in the codebook; did you mean 'culture'"),
        ("code: CB1", "code: CB9", "code 'CB9' is not in the codebook"),
        ("id: F1", "id: C1", "item 'C1' stands twice"),
        ("Mostly: 4", "Mostly: 7", "alias 'Mostly'"),
        ("DK: dont_know", "DK: dont_now", "alias 'DK'.*did you mean 'dont_know'"),
        ("1: Never", "Never: 1", "'Never'"),
        ("  dont_know: Don't know\n", "", "dont_know"),
        ("{id: tiny, version: 1}", "{id: tiny}", "version is empty"),
    ],
)
def test_an_instrument_that_is_wrong_says_where(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert SURVEY.count(old) == 1
    book = load_codebook(written(tmp_path, BOOK, "b.yaml"))
    with pytest.raises(StudyError, match=said):
        load_instrument(written(tmp_path, SURVEY.replace(old, new)), book)


def test_a_decomposed_codebook_holds_the_words_as_written(tmp_path: Path) -> None:
    text = unicodedata.normalize("NFD", BOOK.replace("open book", "résumé"))
    assert "re\u0301sume\u0301" in load_codebook(written(tmp_path, text)).terms["term"].tolist()
