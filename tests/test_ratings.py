"""Ratings files in every layout that people keep: what is taken for what, what is asked, what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from buddy_eval.base.errors import BuddyError
from buddy_eval.cli.main import main
from buddy_eval.coding.agreement import agreement, agreement_by_part
from buddy_eval.read.rating_columns import ANY, Columns
from buddy_eval.read.ratings import Ratings, read_ratings, read_ratings_file

WIDE = pd.DataFrame({"Unit": ["u1", "u2", "u3"], "AB": ["1", "2", "1"], "CD": ["1", "2", None]})
TYPES = ["claim", "doubt", "claim", "thanks"]
LONG = pd.DataFrame(
    [(f"p{n}", f"c{coder}", kind) for n, kind in enumerate(TYPES) for coder in (1, 2)],
    columns=["post_id", "coder_id", "type"],
)


def alphas(found: Ratings) -> dict[tuple[str, str], float]:
    made = agreement_by_part(((part.group, part.variable, part.ratings) for part in found.parts), draws=20)
    kept = made[made["statistic"] == "alpha"]
    return dict(zip(zip(kept["group"], kept["variable"], strict=True), kept["estimate"], strict=True))


def coders(table: pd.DataFrame, asked: Columns = ANY) -> list[str]:
    (part,) = read_ratings(table, asked).parts
    return list(part.ratings.columns)


def test_long_and_wide_ratings_read_alike() -> None:
    long = WIDE.melt("Unit", var_name="Coder", value_name="Rating").dropna()
    expected = WIDE.set_index("Unit").astype("str")
    for table in (WIDE, long.sample(frac=1, random_state=2)):
        (part,) = read_ratings(table).parts
        pd.testing.assert_frame_equal(part.ratings.astype("str"), expected, check_names=False)


def test_a_long_file_by_other_names_is_long() -> None:
    found = read_ratings(LONG)
    assert alphas(found) == {("", ""): 1.0}
    assert found.said[0] == "columns taken for unit: post_id; coder: coder_id; ratings: type"


def test_each_part_is_measured_as_it_is_alone_and_one_without_pairs_says_so() -> None:
    """Of five units one has two ratings, two have one, and two none: nothing can be measured, and that is a row."""
    scale = pd.DataFrame({"AB": [1.0, 2, 4, 4], "CD": [1.0, 3, 4, 5], "EF": [2.0, 2, 4, 4]})
    few = pd.DataFrame({"AB": [1.0, 2, None, None, None], "CD": [1.0, None, 3, None, None]})
    made = agreement_by_part([("A", "trust", scale), ("B", "tone", few)], "ordinal", draws=30, seed=5)
    alone = agreement(scale, "ordinal", draws=30, seed=5)
    pd.testing.assert_frame_equal(made[alone.columns].iloc[:-1], alone, check_dtype=False)
    assert set(zip(made["group"][:-1], made["variable"][:-1], strict=True)) == {("A", "trust")}
    counts = {"n_units": 1, "n_single": 2, "n_coders": 2}
    left = {"group": "B", "variable": "tone", "statistic": "alpha", **counts, "caution": "none_shared"}
    assert made.iloc[-1].dropna().to_dict() == left
    with pytest.raises(BuddyError, match="two units that both"):
        agreement_by_part([("B", "tone", few)], draws=0)
    usual = agreement_by_part([("", "", scale)])
    pd.testing.assert_frame_equal(usual[alone.columns], agreement(scale, draws=2000, seed=1))
    two = pd.DataFrame({"AB": [1.0, 2], "CD": [1.0, 1]})
    assert agreement_by_part([("", "", two), ("", "", two)], draws=0)["estimate"].notna().all()


def test_variables_and_groups_of_a_long_file_come_as_parts() -> None:
    more = LONG.assign(site=["A"] * 4 + ["B"] * 4, tone=["x", "y", "x", "x", "y", "y", "x", "x"], why="because " * 9)
    more["why"] += more.index.astype(str)
    found = read_ratings(more)
    assert "groups: site; left out: why" in found.said[0]
    values = alphas(found)
    assert set(values) == {("A", "type"), ("A", "tone"), ("B", "type"), ("B", "tone")}
    assert values["B", "tone"] == 1
    assert values["A", "tone"] == pytest.approx(0)  # by hand: x x x y, one unit of two apart: 1 - 3 * 1 / (3 * 1)


def test_groups_and_free_text_of_a_wide_file_are_no_coders() -> None:
    rated = {"AB": ["1", "2", "1", "2"], "CD": ["1", "2", "2", "2"]}
    words = [f"a long remark number {n} that nobody would give as a rating of anything" for n in range(4)]
    table = pd.DataFrame({"text": words, "ward": ["1", "1", "2", "2"], **rated})
    found = read_ratings(table)
    assert [part.group for part in found.parts] == ["1", "2"]
    assert list(found.parts[0].ratings.columns) == ["AB", "CD"]
    assert found.said[0] == "columns taken for coders: AB, CD; groups: ward; left out: text; each row is a unit"
    other = table.drop(columns="ward").assign(shift=["day", "day", "night", "night"])
    assert coders(other) == ["AB", "CD"]  # shares no rating with them


def test_a_first_column_of_names_that_no_coder_gave_is_not_a_coder() -> None:
    rated = {"AB": ["1", "2", "1", "2"], "CD": ["1", "2", "2", "2"]}
    assert coders(pd.DataFrame({"sentence": ["s1", "s2", "s3", "s4"], **rated})) == ["AB", "CD"]
    assert coders(pd.DataFrame({"what": ["s1", "s2", "s3", "s4"], **rated})) == ["AB", "CD"]
    assert coders(pd.DataFrame({"EF": ["2", "1", "3", "4"], **rated})) == ["EF", "AB", "CD"]
    numbered = pd.DataFrame({"what": map(str, range(1, 13)), **{name: cells * 3 for name, cells in rated.items()}})
    assert coders(numbered) == ["AB", "CD"]
    apart = pd.DataFrame({"EF": ["0.1", "0.2"], "AB": ["0.3", "0.4"], "CD": ["0.5", "0.6"]})
    assert coders(apart) == ["EF", "AB", "CD"]


def test_a_contingency_table_and_counts_are_the_ratings_behind_them(real_data: Path) -> None:
    crossed = read_ratings_file(real_data / "agreement" / "cont3x3abstractors.csv")
    assert crossed.said == ("taken for a contingency table of two coders",)
    assert len(crossed.parts[0].ratings) == 100
    assert agreement(crossed.parts[0].ratings).set_index("statistic")["estimate"].loc["percent"] == pytest.approx(0.89)
    counted = read_ratings_file(real_data / "agreement" / "distrib.6raters.csv")
    assert alphas(counted) == {("", ""): pytest.approx(0.420438426821406, abs=1e-12)}  # irrCAC 1.4
    four = read_ratings_file(real_data / "agreement" / "cac.raw4raters.csv")
    assert four.said[0] == "columns taken for unit: row; coders: Rater1, Rater2, Rater3, Rater4"
    assert alphas(read_ratings_file(real_data / "agreement" / "cac.raw4raters.csv"))["", ""] == pytest.approx(
        0.74342, abs=5e-6
    )
    assert alphas(read_ratings_file(real_data / "agreement" / "krippendorff_c_data.csv"))["", ""] == pytest.approx(
        0.74342, abs=5e-6
    )
    assert len(coders(pd.read_csv(real_data / "agreement" / "diagnoses.csv", dtype="str"))) == 6


def test_counts_that_add_up_to_different_numbers_are_named_by_the_user() -> None:
    table = pd.DataFrame({"unit": ["a", "b", "c"], "yes": ["2", "0", "1"], "no": ["0", "3", "2"]})
    (part,) = read_ratings(table, Columns(value=("yes", "no"))).parts
    assert part.ratings.notna().sum(axis=1).tolist() == [2, 3, 3]
    assert coders(table) == ["yes", "no"]


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        (LONG.assign(rater="x"), "more than one column may name the coders: coder_id, rater; say which with --coder"),
        (LONG.assign(kind=["a"] * 8, type=list("xyxxyyxx")), "column 'kind' may be rated or group the units"),
        (LONG.assign(doc_id=LONG["post_id"]), r"which column names the units is not clear \(post_id, doc_id\)"),
        (LONG[["post_id", "coder_id"]], "no column holds ratings; say it with --value"),
        (WIDE[["Unit", "AB"]], "fewer than two coders"),
        (pd.DataFrame({"x": ["a", "b"], "y": ["c", "d"]}), "no two columns share ratings"),
        (pd.DataFrame({"no": list("1234"), "AB": list("1212"), "CD": list("1222")}).rename(columns={"no": "q"}),
         "column 'q' may be a coder or number the units; say --unit q"),
        (pd.DataFrame({"q": list("112233"), "AB": list("121321"), "CD": list("121312")}),
         "column 'q' may be a coder or group the units"),
    ],
)  # fmt: skip
def test_where_two_readings_are_possible_the_user_is_asked(table: pd.DataFrame, problem: str) -> None:
    with pytest.raises(BuddyError, match=problem):
        read_ratings(table)


def test_what_the_user_says_decides() -> None:
    three = pd.DataFrame({"q": list("112233"), "AB": list("121321"), "CD": list("121312")})
    assert coders(three, Columns(coder=("q", "AB", "CD"))) == ["q", "AB", "CD"]
    assert [part.group for part in read_ratings(three, Columns(group=("q",))).parts] == ["1", "2", "3"]
    two = LONG.assign(doc_id=LONG["post_id"])
    assert alphas(read_ratings(two, Columns(unit="post_id", value=("type",)))) == {("", ""): 1.0}
    with pytest.raises(BuddyError, match="there is no column 'kind'; the file has: post_id, coder_id, type"):
        read_ratings(LONG, Columns(value=("kind",)))


def test_a_unit_on_two_rows_is_refused_in_both_forms() -> None:
    twice = pd.DataFrame({"unit": ["u1", "u1"], "coder": ["AB", "AB"], "value": ["1", "2"]}, index=[2, 3])
    with pytest.raises(BuddyError, match=r"unit 'u1' has two ratings of coder 'AB' \(rows 2 and 3"):
        read_ratings(twice)
    wide = pd.DataFrame({"unit": ["u1", "U1 "], "AB": ["1", "2"], "CD": ["1", "2"]}, index=[2, 3])
    with pytest.raises(BuddyError, match=r"unit 'U1' stands twice \(rows 2 and 3"):
        read_ratings(wide)


def test_ratings_are_read_as_people_write_them_and_it_is_said() -> None:
    table = pd.DataFrame(
        {
            "unit": list("abcdef"),
            "AB": ["yes", "Yes", "no", "1", "NA", "yes"],
            "CD": ["yes ", "yes", "no", "1.0", ".", "yes"],
        }
    )
    found = read_ratings(table)
    assert alphas(found) == {("", ""): 1.0}
    assert "taken as the same: 'yes' (4), 'Yes' (1), 'yes ' (1)" in found.said
    assert "taken as the same: '1' (1), '1.0' (1)" in found.said
    assert "taken as missing: '.' (1), 'NA' (1)" in found.said
    assert "'none' was taken for a rating, not for missing" in read_ratings(table.replace("no", "none")).said


def test_a_workbook_is_read_by_its_first_sheet_and_the_others_are_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (list(WIDE.columns), *WIDE.fillna("").to_numpy().tolist()):
        book.active.append(row)
    book.create_sheet("second round")["A1"] = "rated again"
    book.save(tmp_path / "r.xlsx")
    found = read_ratings_file(tmp_path / "r.xlsx")
    assert found.said[-1] == "left out: sheet second round"
    assert list(found.parts[0].ratings.columns) == ["AB", "CD"]


def test_the_command_says_what_it_took_and_gives_rows_by_group(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    LONG.assign(site=["A"] * 6 + ["B"] * 2).to_csv(tmp_path / "r.csv", index=False)
    assert main(["agreement", str(tmp_path / "r.csv")]) == 0
    said = capsys.readouterr().out
    assert "columns taken for unit: post_id; coder: coder_id; ratings: type; groups: site" in said
    assert "fewer than two units that two coders rated" in said
    assert main(["agreement", str(tmp_path / "r.csv"), "--unit", "post_id", "--value", "type", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    WIDE.to_csv(tmp_path / "w.csv", index=False)
    assert main(["agreement", str(tmp_path / "w.csv")]) == 0
    assert "left out: 1 unit with one rating only" in capsys.readouterr().out
    assert (rows[0]["group"], rows[0]["statistic"]) == ("A", "alpha")
    assert rows[0]["estimate"] == 1
