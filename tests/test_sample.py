"""The sample for human coding: drawn in a stream, the same from the same seed, and the way back to shares of themes."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from buddy_eval.base.errors import BuddyError, StudyError
from buddy_eval.bulk import divide as divided
from buddy_eval.bulk.sampling.coded import correct
from buddy_eval.bulk.sampling.draw import allocate, draw, read_record
from buddy_eval.cli.main import main

CODEBOOK = ["culture", "capacity", "evaluation", "communication", "regulation"]


def comments(rows: int = 900) -> pd.DataFrame:
    chance = random.Random(4)
    frame = pd.DataFrame({"trust": chance.choices(["RA", "RB", "=RC", ""], [70, 20, 9, 1], k=rows)})
    frame["human"] = [chance.random() < 0.3 for _ in range(rows)]
    said = ["Our culture clashed", "Good\nparking", "=1+1, they said", ""]
    frame["comment"] = [said[0] if human and chance.random() < 0.8 else chance.choice(said) for human in frame["human"]]
    return frame


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "comments.csv"
    comments().to_csv(path, index=False)
    return path


def drawn(source: Path, out: Path, seed: int = 7, n: int = 200) -> pd.DataFrame:
    draw(source, "comment", ["trust"], n, seed, out, ["culture"])
    return pd.read_csv(out, keep_default_na=False)


def test_every_row_drawn_is_the_comment_it_says_with_its_probability(source: Path, tmp_path: Path) -> None:
    made, frame = drawn(source, tmp_path / "s.csv"), comments()
    assert len(made) == 200
    assert made["number"].tolist() == list(range(1, 201))
    assert not made.duplicated(["file", "row"]).any()
    there = frame.iloc[made["row"] - 1]
    assert made["comment"].str.lstrip("'").tolist() == there["comment"].tolist()
    assert made["trust"].str.lstrip("'").tolist() == there["trust"].replace("", "not known").tolist()
    spoken = frame[frame["comment"] != ""].groupby(frame["trust"].replace("", "not known")).size()
    for trust, rows in made.assign(trust=made["trust"].str.lstrip("'")).groupby("trust"):
        assert set(rows["stratum_comments"]) == {spoken[trust]}
        assert set(rows["stratum_sampled"]) == {len(rows)}
        assert rows["probability"].tolist() == pytest.approx([len(rows) / spoken[trust]] * len(rows), abs=1e-8)


def test_no_cell_of_a_sample_is_a_formula(source: Path, tmp_path: Path) -> None:
    made = drawn(source, tmp_path / "s.csv")
    assert made["comment"].str.startswith("'=").any()
    assert not made["comment"].str.startswith("=").any()


def test_the_same_seed_draws_the_same_rows_whatever_the_parts_and_the_format(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = drawn(source, tmp_path / "a.csv")
    monkeypatch.setattr(divided, "PART", 500)
    monkeypatch.setattr(divided.divide, "__defaults__", (500,))
    monkeypatch.setattr(divided, "ROWS", 7)
    assert len(divided.divide(source, ("comment",))) > 10
    assert drawn(source, tmp_path / "b.csv").equals(first)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    table = pa.Table.from_pandas(comments())
    pq.write_table(table, tmp_path / "comments.parquet", row_group_size=50)
    assert drawn(tmp_path / "comments.parquet", tmp_path / "c.csv")["row"].tolist() == first["row"].tolist()
    assert drawn(source, tmp_path / "d.csv", seed=8)["row"].tolist() != first["row"].tolist()


def test_every_comment_of_a_stratum_is_as_likely_as_any_other(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    pd.DataFrame({"comment": [f"no {n}" for n in range(40)]}).to_csv(path, index=False)
    times = np.zeros(40)
    for seed in range(400):
        draw(path, "comment", [], 10, seed, tmp_path / f"{seed}.csv")
        times[pd.read_csv(tmp_path / f"{seed}.csv")["row"] - 1] += 1
    assert times.sum() == 4000
    assert times.min() > 60  # 100 each is expected, with a standard deviation of 8.7
    assert times.max() < 140


@pytest.mark.parametrize(("sizes", "n"), [([10_000, 100, 1], 100), ([5, 5, 5], 15), ([900, 400, 3], 50), ([7], 100)])
def test_an_allocation_gives_two_to_each_and_never_more_than_there_are(sizes: list[int], n: int) -> None:
    made = allocate(np.array(sizes), n)
    assert made.sum() == min(n, sum(sizes))
    assert (made <= sizes).all()
    assert (made >= np.minimum(sizes, 2)).all()


def test_too_small_a_sample_is_refused_with_what_it_would_need(source: Path, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="give --n 8 or more"):
        draw(source, "comment", ["trust"], 5, 1, tmp_path / "s.csv")


def test_a_sample_that_may_hold_codes_is_not_overwritten(source: Path, tmp_path: Path) -> None:
    drawn(source, tmp_path / "s.csv")
    with pytest.raises(BuddyError, match="is there already"):
        drawn(source, tmp_path / "s.csv", seed=9)


@pytest.fixture
def coded(source: Path, tmp_path: Path) -> tuple[Path, Path]:
    """A sample that people coded to the end, and the machine's codes of everything."""
    folder, sample = tmp_path / "coded", tmp_path / "s.csv"
    common = [str(source), "--text", "comment", "--by", "trust"]
    assert main(["code", *common, "--out", str(folder)]) == 0
    assert main(["sample", *common, "--n", "200", "--seed", "7", "--out", str(sample)]) == 0
    fill(sample, lambda frame: comments()["human"].to_numpy()[frame["row"] - 1])
    return sample, folder


def fill(sample: Path, truth: object) -> pd.DataFrame:
    frame = pd.read_csv(sample, keep_default_na=False)
    frame[CODEBOOK] = "0"
    frame["culture"] = np.where(truth(frame), "1", "0")  # type: ignore[operator]
    frame.to_csv(sample, index=False)
    return frame


def test_the_way_back_gives_shares_that_hold_the_truth(coded: tuple[Path, Path]) -> None:
    made = correct(*coded).set_index(["theme", "group", "figure"]).to_dict("index")
    frame = comments()
    frame = frame[frame["comment"] != ""]
    row = made[("culture", "", "share")]
    assert row["ci_low"] < frame["human"].mean() < row["ci_high"]
    assert row["machine_uncorrected"] == pytest.approx(frame["comment"].str.contains("culture").mean())
    assert (row["n_comments"], row["n_coded"]) == (len(frame), 200)
    assert {theme for theme in CODEBOOK if (theme, "", "share") in made} == set(CODEBOOK)
    apart = made[("culture", "RA", "minus the rest")]
    inside = frame["trust"] == "RA"
    truth = frame.loc[inside, "human"].mean() - frame.loc[~inside, "human"].mean()
    assert apart["ci_low"] < truth < apart["ci_high"]
    few = made[("culture", "not known", "share")]
    assert np.isnan(few["estimate"]) == (few["caution"] == "few_coded")


def test_coding_may_stop_early_but_not_leave_a_gap(coded: tuple[Path, Path]) -> None:
    sample, folder = coded
    frame = pd.read_csv(sample, dtype=str, keep_default_na=False)
    frame.loc[120:, CODEBOOK] = ""
    frame.to_csv(sample, index=False)
    assert correct(sample, folder)["n_coded"].max() == 120
    frame.loc[50, "culture"] = ""
    frame.loc[60, "capacity"] = "perhaps"
    frame.to_csv(sample, index=False)
    with pytest.raises(StudyError) as caught:
        correct(sample, folder)
    assert [(fault.row, fault.problem) for fault in caught.value.faults] == [
        (52, "culture is ''"),
        (62, "capacity is 'perhaps'"),
    ]


def test_rows_that_were_not_drawn_are_refused(coded: tuple[Path, Path]) -> None:
    sample, folder = coded
    frame = pd.read_csv(sample, dtype=str, keep_default_na=False)
    frame.loc[3, "row"] = "1" if frame.loc[3, "row"] != "1" else "2"
    frame.to_csv(sample, index=False)
    with pytest.raises(StudyError, match="other rows than were drawn"):
        correct(sample, folder)


def test_codes_of_other_comments_are_refused(coded: tuple[Path, Path]) -> None:
    sample, folder = coded
    counts = folder / "counts.csv"
    counts.write_text(counts.read_text("utf-8").replace("RB,culture,1", "RB,culture,2"), encoding="utf-8")
    with pytest.raises(StudyError, match="other comments than the sample was drawn from"):
        correct(sample, folder)


def test_a_record_that_is_lost_or_changed_is_refused(coded: tuple[Path, Path]) -> None:
    sample, _ = coded
    record = sample.with_suffix(".json")
    assert read_record(sample).seed == 7
    record.write_text(json.dumps({"seed": 7}), encoding="utf-8")
    with pytest.raises(StudyError, match="the record of the draw"):
        read_record(sample)


def test_the_command_never_prints_the_uncorrected_figure_alone(
    coded: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    sample, folder = coded
    assert main(["correct", str(sample), "--coded", str(folder), "--out", str(tmp_path / "f.csv")]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert all(" to " in line or "cannot tell" in line for line in printed if "uncorrected:" in line)
    written = pd.read_csv(tmp_path / "f.csv")
    assert {"ci_low", "ci_high", "machine_uncorrected"} <= set(written)
