"""Releases held against those before them: by key, as numbers, over any chain, and with all sums at once."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from buddy_eval.base.errors import BuddyError
from buddy_eval.base.files import write_atomic
from buddy_eval.publish.gate.refused import RefusedError
from buddy_eval.release.chain import refuse_difference
from buddy_eval.schemas.released import COMMENTS, INTERVIEW_THEMES, JOINT_DISPLAY, PARTICIPANTS, RELIABILITY, STATEMENTS
from buddy_eval.study.settings import Disclosure

Cell = int | float | str | None
WHOLE = Disclosure(round_to=1)


def written(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """A table as a release has it: None is withheld."""
    made = io.StringIO(newline="")
    csv.writer(made, lineterminator="\n").writerows([columns, *rows])
    return made.getvalue().encode("utf-8-sig")


def cells(rule: Disclosure, counts: Sequence[Cell]) -> list[Cell]:
    """Counts with the status of each."""
    other = "rounded" if rule.round_to > 1 else "shown"
    how = ["withheld" if n is None else other if n else "shown" for n in counts]
    return [part for pair in zip(counts, how, strict=True) for part in pair]


def themes(rule: Disclosure, *rows: tuple[str, Sequence[Cell]]) -> bytes:
    """The table of themes among receivers: (theme, asked, raised and any directions); other cells are withheld."""
    filled = [(name, "receiver", *cells(rule, [*counts, *[None] * (6 - len(counts)), 0])) for name, counts in rows]
    return written(INTERVIEW_THEMES.names, filled)


def comments(rule: Disclosure, *rows: tuple[str, str, int, Cell]) -> bytes:
    """The table of comments: theme, group, how many comments, in how many the theme is suggested."""
    made = [(theme, group, n, "shown", *cells(rule, [count])) for theme, group, n, count in rows]
    return written(COMMENTS.names, made)


def release(day: str, rule: Disclosure, **tables: bytes) -> dict[str, bytes]:
    """The files of a release of that day."""
    crate = {"@graph": [{"@id": "./", "datePublished": day}]}
    files = {f"data/{name}.csv": table for name, table in tables.items()}
    rules = {"suppress_below": rule.suppress_below, "round_to": rule.round_to}
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    manifest = {"disclosure": rules, "files": hashes}
    about = {"manifest.json": manifest, "ro-crate-metadata.json": crate}
    return {**files, **{name: json.dumps(facts).encode() for name, facts in about.items()}}


def refused(folder: Path, new: dict[str, bytes], *earlier: dict[str, bytes]) -> list[str]:
    """What is refused of a release after others, as file, row and what it is about."""
    folders = [folder / f"release{n}" for n, _ in enumerate(earlier)]
    for place, files in zip(folders, earlier, strict=True):
        for name, data in files.items():
            write_atomic(place / name, data)
    try:
        refuse_difference(folders, new)
    except RefusedError as error:
        return [f"{fault.file} {fault.row} {fault.problem}" for fault in error.faults]
    return []


WAS, NOW = "2026-01-05", "2026-06-01"
PLAIN = [("culture", [40, 12]), ("trust", [40, 20])]


def two(folder: Path, was: bytes, now: bytes, rule: Disclosure = WHOLE) -> list[str]:
    """What is refused after one release with one table of themes."""
    old, new = release(WAS, rule, interview_themes=was), release(NOW, rule, interview_themes=now)
    return refused(folder, new, old)


def test_the_same_release_again_tells_nothing(tmp_path: Path) -> None:
    assert two(tmp_path, themes(WHOLE, *PLAIN), themes(WHOLE, *PLAIN)) == []


def test_an_inserted_row_hides_no_difference(tmp_path: Path) -> None:
    was = themes(WHOLE, ("culture", [40, 12]), ("trust", [40, 40]))
    (found,) = two(tmp_path, was, themes(WHOLE, ("board", [40, 30]), ("culture", [40, 14]), ("trust", [40, 40])))
    assert found == (
        "data/interview_themes.csv 3 'raised' of theme culture, side receiver: "
        "its change since the release before is of few people"
    )


def test_swapped_rows_hide_no_difference(tmp_path: Path) -> None:
    found = two(tmp_path, themes(WHOLE, *PLAIN), themes(WHOLE, ("trust", [40, 22]), ("culture", [40, 28])))
    assert [line.split(":")[0] for line in found] == [
        "data/interview_themes.csv 2 'raised' of theme trust, side receiver"
    ]


def test_a_row_that_was_absent_hides_no_difference(tmp_path: Path) -> None:
    found = two(tmp_path, themes(WHOLE, *PLAIN), themes(WHOLE, ("trust", [40, 22])))
    assert [line.split(":")[0] for line in found] == [
        "data/interview_themes.csv 2 'raised' of theme trust, side receiver"
    ]


def test_a_changed_denominator_hides_no_difference(tmp_path: Path) -> None:
    """One comment more, and the count that is rounded goes from 10 to 15: it was 12 and is 13."""
    rule = Disclosure()
    was = comments(rule, ("culture", "receiver", 130, 10), ("trust", "receiver", 130, 30))
    now = comments(rule, ("culture", "receiver", 131, 15), ("trust", "receiver", 131, 30))
    found = refused(tmp_path, release(NOW, rule, comments=now), release(WAS, rule, comments=was))
    assert any(line.startswith("data/comments.csv 2 'n_suggested' of theme culture, group receiver") for line in found)


@pytest.mark.parametrize(("n", "lines"), [(144, 1), (138, 1), (145, 0), (153, 0), (137, 0)])
def test_one_comment_less_is_a_change_of_one_person(tmp_path: Path, n: int, lines: int) -> None:
    was, now = (comments(Disclosure(), ("culture", "supporter", many, 30)) for many in (145, n))
    found = refused(tmp_path, release(NOW, Disclosure(), comments=now), release(WAS, Disclosure(), comments=was))
    assert [line.split(":")[0] for line in found] == [
        "data/comments.csv 2 'n_comments' of theme culture, group supporter"
    ] * lines


def reliability(n: int, estimate: float) -> dict[str, bytes]:
    """One row of figures of so many people."""
    row: dict[str, Cell] = {
        "theme": "trust",
        "wave": 1,
        "side": "all",
        "statistic": "alpha",
        "estimate": estimate,
        "n": n,
    }
    row |= {"n_status": "rounded"}
    return {"reliability": written(RELIABILITY.names, [[row.get(column) for column in RELIABILITY.names]])}


def test_figures_that_differ_beside_counts_that_do_not_are_of_few_people(tmp_path: Path) -> None:
    """One of them was taken out: the number, rounded, is the same, the figure is not."""
    rule = Disclosure()
    was = release(WAS, rule, **reliability(120, 0.8125))
    (found,) = refused(tmp_path / "a", release(NOW, rule, **reliability(120, 0.8127)), was)
    assert found == (
        "data/reliability.csv 2 'estimate' of theme trust, wave 1, side all, statistic alpha: "
        f"differ from the release of {WAS} while its counts are given alike: few people changed"
    )
    between = release("2026-03-01", rule, **reliability(130, 0.8))
    assert len(refused(tmp_path / "b", release(NOW, rule, **reliability(120, 0.8127)), was, between)) == 1
    assert refused(tmp_path / "c", release(NOW, rule, **reliability(120, 0.8125)), was) == []
    assert refused(tmp_path / "d", release(NOW, rule, **reliability(130, 0.8127)), was) == []


def test_a_thousands_comma_hides_no_difference(tmp_path: Path) -> None:
    found = two(tmp_path, themes(WHOLE, ("trust", ["1,400", "1,012"])), themes(WHOLE, ("trust", ["1,400", "1,014"])))
    assert len(found) == 1


def test_an_honest_insertion_is_not_refused(tmp_path: Path) -> None:
    now = [("board", [40, 14]), *PLAIN, ("zeal", [40, 21])]
    assert two(tmp_path, themes(WHOLE, *PLAIN), themes(WHOLE, *now)) == []


def test_growth_by_as_many_as_may_be_shown_is_not_refused(tmp_path: Path) -> None:
    assert two(tmp_path, themes(WHOLE, *PLAIN), themes(WHOLE, ("culture", [60, 20]), ("trust", [60, 40]))) == []
    rule = Disclosure()
    was, now = themes(rule, ("culture", [40, 10])), themes(rule, ("culture", [45, 15]))
    assert two(tmp_path, was, now, rule) == []


def test_counts_that_fall_are_held_against_each_other_too(tmp_path: Path) -> None:
    assert len(two(tmp_path, themes(WHOLE, *PLAIN), themes(WHOLE, ("culture", [40, 10]), ("trust", [40, 20])))) == 1


def test_what_each_of_two_releases_keeps_is_kept_from_both(tmp_path: Path) -> None:
    """Nobody joined: the one shows who raised it and three directions of four, the other the two that are withheld."""
    was = themes(WHOLE, ("trust", [40, 30, 12, 15, None, None]))
    now = themes(WHOLE, ("trust", [40, 30, 12, 15, 0, None]))
    hidden = themes(WHOLE, ("trust", [40, None, 12, 15, 0, None]))
    assert two(tmp_path / "a", was, was) == []
    assert two(tmp_path / "b", hidden, hidden) == []
    found = two(tmp_path / "c", was, hidden)
    assert {line.split(" of ")[0].split(" ", 2)[2] for line in found} == {"'neutral'"}
    assert len(two(tmp_path / "d", was, now)) == 1


def test_a_withheld_count_beside_a_denominator_that_hardly_grew_is_found(tmp_path: Path) -> None:
    """Seven and one more are eight: who reads 8 of 41 after a withheld count of 40 knows that it was seven."""
    found = two(tmp_path, themes(WHOLE, ("trust", [40, None])), themes(WHOLE, ("trust", [41, 8])))
    assert any("'raised'" in line and "can be narrowed" in line for line in found)
    assert two(tmp_path / "more", themes(WHOLE, ("trust", [40, None])), themes(WHOLE, ("trust", [60, 12]))) == []


def test_a_chain_is_attacked_as_a_whole_and_in_the_order_of_its_days(tmp_path: Path) -> None:
    """From 10 to 15 may be one person or nine; two releases between them, rounded less, say that it was a few."""
    rule, finer = Disclosure(), Disclosure(round_to=2)
    first = release("2026-01-05", rule, interview_themes=themes(rule, ("trust", [40, 10])))
    last = release(NOW, rule, interview_themes=themes(rule, ("trust", [45, 15])))
    between = [
        release(day, finer, interview_themes=themes(finer, ("trust", [asked, raised])))
        for day, asked, raised in (("2026-02-01", 40, 12), ("2026-03-01", 48, 14))
    ]
    assert refused(tmp_path / "a", last, first) == []
    found = refused(tmp_path / "b", last, between[1], first, between[0])
    assert found == refused(tmp_path / "c", last, first, *between)
    assert any("'raised'" in line and "its change since" in line for line in found)


def test_people_who_joined_are_few_where_a_part_grew_and_the_whole_hardly_could(tmp_path: Path) -> None:
    rule = Disclosure()
    found = two(tmp_path, themes(rule, ("trust", [40, 10])), themes(rule, ("trust", [40, 15])), rule)
    assert ["'asked'" in found[0], "'raised'" in found[1], len(found)] == [True, True, 2]


def test_a_release_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    table = themes(WHOLE, *PLAIN)
    new = release(NOW, WHOLE, interview_themes=table)
    with pytest.raises(BuddyError, match="release0 cannot be compared: it holds no manifest"):
        refused(tmp_path / "a", new, {"data/interview_themes.csv": table})
    with pytest.raises(BuddyError, match="holds a key twice"):
        refused(tmp_path / "b", new, release(WAS, WHOLE, interview_themes=themes(WHOLE, *PLAIN, *PLAIN)))
    with pytest.raises(BuddyError, match=r"cannot be compared.*KeyError"):
        refused(tmp_path / "c", new, release(WAS, WHOLE, interview_themes=b"Theme,Asked\nTrust,12\n"))


@pytest.mark.parametrize(
    ("name", "altered"),
    [
        ("data/interview_themes.csv", None),
        ("data/interview_themes.csv", b""),
        ("data/interview_themes.csv", b"theme,side\n"),
        ("ro-crate-metadata.json", b"{}"),
        ("ro-crate-metadata.json", b"[" * 200_000),
        ("manifest.json", b"[" * 200_000),
        ("manifest.json", b'{"files": []}'),
        ("data/comments.csv", b"theme,group\n"),
    ],
)
def test_a_release_that_was_cut_or_altered_is_none(tmp_path: Path, name: str, altered: bytes | None) -> None:
    files = release(WAS, WHOLE, interview_themes=themes(WHOLE, *PLAIN))
    for path, data in files.items():
        write_atomic(tmp_path / "was" / path, data)
    new = release(NOW, WHOLE, interview_themes=themes(WHOLE, *PLAIN))
    refuse_difference([tmp_path / "was"], new)
    if altered is None:
        (tmp_path / "was" / name).unlink()
    else:
        (tmp_path / "was" / name).write_bytes(altered)
    with pytest.raises(BuddyError, match=r"^was cannot be compared: ") as refused_it:
        refuse_difference([tmp_path / "was"], new)
    assert name in str(refused_it.value) or "holds no manifest" in str(refused_it.value)


def test_a_table_with_an_endless_field_makes_no_release(tmp_path: Path) -> None:
    table = themes(WHOLE, *PLAIN)
    was = release(WAS, WHOLE, interview_themes=table.replace(b"trust", b"t" * 200_000))
    with pytest.raises(BuddyError, match=r"release0 cannot be compared.*Error"):
        refused(tmp_path, release(NOW, WHOLE, interview_themes=table), was)


@pytest.mark.parametrize(
    ("old", "other", "what"),
    [
        *((",40,", f",{value},", "is no count") for value in ("2", "-40", "10.5", "inf", "nan", "9" * 30, "")),
        (",40,rounded", ",40,maybe", "has the status 'maybe', which no release writes"),
    ],
)
def test_a_count_that_no_release_prints_is_named_with_its_place(
    tmp_path: Path, old: str, other: str, what: str
) -> None:
    rule = Disclosure()
    table = themes(rule, ("other", [60, 20]), ("trust", [40, 10]))
    was = release(WAS, rule, interview_themes=table.replace(old.encode(), other.encode()))
    assert was["data/interview_themes.csv"] != table
    with pytest.raises(BuddyError) as told:
        refused(tmp_path, release(NOW, rule, interview_themes=table), was)
    (line,) = str(told.value).splitlines()
    assert line.startswith(f"release0/data/interview_themes.csv row 3: 'asked' of theme trust, side receiver {what}")


def statements(rule: Disclosure, **people: int | None) -> bytes:
    """The table of what sentences say: about, how many people."""
    return written(STATEMENTS.names, [(about, *cells(rule, [n])) for about, n in people.items()])


def flow(rule: Disclosure, *rows: tuple[str, str, int, int | None]) -> bytes:
    """The table of who took part: kind, side, wave, how many."""
    made = [(kind, side, wave, "", "not_recorded", *cells(rule, [n]), "", "", "") for kind, side, wave, n in rows]
    return written(PARTICIPANTS.names, made)


def joint(state: str) -> bytes:
    """The joint display of one theme, by what the interviews say."""
    return written(JOINT_DISPLAY.names, [("trust", state, "not_asked", "not_asked", "unclear", "partial", "one")])


def test_what_sentences_of_one_release_say_counts_in_the_next(tmp_path: Path) -> None:
    """The one gives everybody, the other all groups but one: nobody joined, so the small group is known."""
    took = [("interview", "supporter", 1, 20), ("interview", "receiver", 1, None)]
    was = release(WAS, WHOLE, participants=flow(WHOLE, *took), statements=statements(WHOLE, interview=None))
    now = release(NOW, WHOLE, participants=flow(WHOLE, took[1]), statements=statements(WHOLE, interview=24))
    assert refused(tmp_path / "a", was, was) == []
    assert refused(tmp_path / "b", now, now) == []
    found = refused(tmp_path / "c", now, was)
    assert any("'took_part' of kind interview, side receiver" in line and "can be narrowed" in line for line in found)


def test_a_direction_that_another_release_gave_counts_in_the_next(tmp_path: Path) -> None:
    """Sixteen people: that hindered ones are more by a third of all was said once, how many raised it another time."""
    table = themes(WHOLE, ("trust", [40, 16, None, None, 0, 0]))
    silent, spoken = (
        release(day, WHOLE, interview_themes=table, joint_display=joint(state))
        for day, state in ((WAS, "withheld"), (NOW, "negative"))
    )
    assert refused(tmp_path / "a", silent, silent) == []
    found = refused(tmp_path / "b", spoken, silent)
    assert any("'enabler'" in line and "can be narrowed" in line for line in found)
    assert refused(tmp_path / "c", release(NOW, WHOLE, interview_themes=table), silent) == []
