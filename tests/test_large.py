"""Coding of large files: parts that lose no row, counts, resuming after a kill, and a cluster that gives the same."""

from __future__ import annotations

import csv
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from distributed import LocalCluster

from buddy_eval.base.errors import StudyError
from buddy_eval.bulk import divide as divided
from buddy_eval.bulk import run
from buddy_eval.bulk.divide import batches, divide
from buddy_eval.bulk.job import new_job
from buddy_eval.bulk.run import code_files
from buddy_eval.cli.main import main
from buddy_eval.coding import suggest
from buddy_eval.study.codebook import PACKAGED, load_codebook

WORDS = [
    "trust",
    "Culture",
    "not",
    "too many meetings",
    "meeting",
    "the board",
    "=",
    "interim",
    "café",
    "\u2019s",
    "a\nb",
    'say "no"',
    ",",
    ";",
    "",
]


def table(rows: int, seed: int = 1) -> pd.DataFrame:
    chance = random.Random(seed)
    texts = [" ".join(chance.choices(WORDS, k=chance.randrange(9))) for _ in range(rows)]
    return pd.DataFrame({"trust": chance.choices(["RA", "RB", ""], k=rows), "comment": texts, "n": range(rows)})


def as_csv(frame: pd.DataFrame, path: Path) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(frame.columns)
        writer.writerows(frame.itertuples(index=False))
    return path


def as_parquet(frame: pd.DataFrame, path: Path, rows: int = 100) -> Path:
    pq.write_table(pa.Table.from_pandas(frame), path, row_group_size=rows)
    return path


def spans(folder: Path) -> pd.DataFrame:
    files = sorted((folder / "spans").glob("*.parquet"))
    return pd.concat([pd.read_parquet(file) for file in files], ignore_index=True)


def content(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.rglob("*") if p.suffix in {".csv", ".parquet"}}


@pytest.mark.parametrize("size", [1, 60, 1_000, 10_000_000])
def test_parts_of_a_csv_file_hold_every_record_once(tmp_path: Path, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(divided, "CHUNK", 997)
    frame = table(120)
    path = as_csv(frame, tmp_path / "a.csv")
    parts = divide(path, ("comment",), size)
    texts = [
        text for part in parts for batch in batches(part, ("comment", "n")) for text in batch["comment"].to_pylist()
    ]
    numbers = [int(n) for part in parts for batch in batches(part, ("comment", "n")) for n in batch["n"].to_pylist()]
    assert texts == frame["comment"].tolist()
    assert numbers == list(range(120))
    assert [part.first for part in parts] == np.cumsum([1, *(part.rows for part in parts)])[:-1].tolist()
    assert (len(parts) > 100) == (size == 1)


@pytest.mark.parametrize(
    ("data", "texts"),
    [
        (b'\xef\xbb\xbfx;t\r\n1;"a\r\nb"\r\n\r\n2;5" nail\r\n', ["a\r\nb", '5" nail']),
        ("x\tt\n1\tcafé".encode("cp1252"), ["café"]),
        (b'x,t\r1,"say ""no"", or"\r2,NA\r', ['say "no", or', "NA"]),
        (b"x,t\n", []),
    ],
)
def test_csv_as_people_save_it_is_read_as_it_is(tmp_path: Path, data: bytes, texts: list[str]) -> None:
    (tmp_path / "a.csv").write_bytes(data)
    parts = divide(tmp_path, ("t",), 1)
    assert [text for part in parts for batch in batches(part, ("t",)) for text in batch["t"].to_pylist()] == texts


def test_every_fault_of_the_files_is_named_at_once_and_no_cell_is_quoted(tmp_path: Path) -> None:
    as_csv(table(3).rename(columns={"comment": "comments"}), tmp_path / "a.csv")
    (tmp_path / "b.parquet").write_bytes(b"nothing")
    with pytest.raises(StudyError) as caught:
        divide(tmp_path, ("comment",))
    assert [fault.file for fault in caught.value.faults] == ["a.csv", "b.parquet"]
    assert "did you mean 'comments'?" in str(caught.value)
    (tmp_path / "c.csv").write_text("a,comment\n1,secret,words\n")
    (part,) = divide(tmp_path / "c.csv", ("comment",))
    with pytest.raises(StudyError, match="rows 1 to 1") as caught:
        list(batches(part, ("comment",)))
    assert "secret" not in str(caught.value)


def test_spans_and_counts_are_those_of_suggest(tmp_path: Path) -> None:
    frame, book = table(900), load_codebook()
    as_parquet(frame[:500], tmp_path / "in-a.parquet")
    as_csv(frame[500:], tmp_path / "in-b.csv")
    code_files(new_job(tmp_path, "comment", ("trust",), tmp_path / "out", book), lambda line: None)
    found = spans(tmp_path / "out")
    units = frame.assign(unit=frame.index.astype(str), text=frame["comment"], codable=True)
    negations = pd.DataFrame({"word": list(book.negations)}).assign(window=book.window, codebook="x")
    made = suggest(units, book.terms, negations)
    unit = found["row"] - 1 + np.where(found["file"] == "in-b.csv", 500, 0)
    columns = ["start", "end", "code", "term", "negated", "negation_start", "negation_end", "valence"]
    left = found.assign(unit=unit)[["unit", *columns]].astype("str").sort_values(["unit", *columns], ignore_index=True)
    right = made[["unit", *columns]].astype("str").sort_values(["unit", *columns], ignore_index=True)
    assert left.replace({r"\.0$": "", "nan": "<NA>", "None": "<NA>"}, regex=True).equals(right.replace("nan", "<NA>"))
    assert made["negated"].any()
    counts = pd.read_csv(tmp_path / "out" / "counts.csv")
    said = frame[frame["comment"].str.strip() != ""]
    assert dict(zip(counts["trust"], counts["n_comments"], strict=True)) == {
        group: int((said["trust"] == group.replace("not known", "")).sum()) for group in ("RA", "RB", "not known")
    }
    themed = made.merge(book.codes[["code", "theme"]], on="code").merge(units[["unit", "trust"]], on="unit")
    themed["trust"] = themed["trust"].replace("", "not known")
    wanted = themed.groupby(["trust", "theme"])["unit"].nunique()
    ours = counts.set_index(["trust", "theme"])["n_suggested"]
    assert {"capacity", "culture"} <= set(wanted.index.get_level_values("theme"))
    assert ours[ours > 0].sort_index().to_dict() == wanted.to_dict()


def test_a_folder_of_another_job_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = as_parquet(table(50), tmp_path / "a.parquet")
    arguments = ["code", str(path), "--text", "comment", "--out", str(tmp_path / "out")]
    assert main([*arguments, "--by", "trust"]) == 0
    assert main([*arguments, "--by", "trust"]) == 0
    assert main(arguments) == 1
    assert "holds another job" in capsys.readouterr().err


@pytest.mark.parametrize(
    "changed", ["", "comments", "a file more", "codebook", "spans", "counts.csv", ".finished.json"]
)
def test_a_finished_job_stands_until_a_file_of_it_changes(
    tmp_path: Path, changed: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    as_parquet(table(50), source / "a.parquet")
    (tmp_path / "b.yaml").write_bytes((PACKAGED / "codebook.yaml").read_bytes())
    asked = ["code", str(source), "--text", "comment", "--codebook", str(tmp_path / "b.yaml"), "--out", str(out)]
    assert main(asked) == 0
    before, _ = content(out), capsys.readouterr()
    if changed == "comments":
        as_parquet(table(50, seed=2), source / "a.parquet")
    elif changed == "a file more":
        as_parquet(table(50, seed=2), source / "b.parquet")
    elif changed == "codebook":
        (tmp_path / "b.yaml").write_text((tmp_path / "b.yaml").read_text().replace("listen", "board"))
    elif changed == "spans":
        next((out / "spans").glob("*.parquet")).unlink()
    elif changed:
        (out / changed).write_text("{}")
    opened: list[Path] = []

    def watched(path: Path, columns: tuple[str, ...]) -> list[divided.Part]:
        opened.append(path)
        return divide(path, columns)

    monkeypatch.setattr(run, "divide", watched)
    again, said = main(asked), capsys.readouterr()
    assert bool(opened) == bool(changed)
    if changed in {"comments", "a file more", "codebook"}:
        assert again == 1
        assert "holds another job" in said.err
    else:
        assert again == 0
        assert ("1 of 1 parts were done before" in said.out) == (changed != "spans")
        assert content(out) == before


def test_a_regular_expression_in_a_codebook_is_refused(tmp_path: Path) -> None:
    book = (
        "codebook: {id: b, version: 1}\nnegations: {window: 1, words: [no]}\nthemes:\n"
        "- {id: t, label: T, definition: d, "
        "codes: [{id: C, name: n, definition: d, "
        "terms: {any: ['(a+)+$', 'colou?r', 'a.*b', 'x|y', fine*]}}]}\n"
    )
    (tmp_path / "b.yaml").write_text(book)
    with pytest.raises(StudyError) as caught:
        load_codebook(tmp_path / "b.yaml")
    assert len(caught.value.faults) == 4
    assert all("looks like a regular expression" in fault.problem for fault in caught.value.faults)


def test_after_a_kill_a_run_goes_on_and_ends_with_the_same_files(tmp_path: Path) -> None:
    path = as_parquet(table(40_000), tmp_path / "a.parquet", 500)
    command = [sys.executable, "-m", "buddy_eval", "code", str(path), "--text", "comment", "--by", "trust", "--out"]
    subprocess.run([*command, str(tmp_path / "whole")], check=True, capture_output=True)
    killed = 0
    for _ in range(5):
        with subprocess.Popen([*command, str(tmp_path / "out")], stdout=subprocess.DEVNULL) as run:
            known = len(list((tmp_path / "out").glob("spans/part-*")))
            while run.poll() is None and len(list((tmp_path / "out").glob("spans/part-*"))) < known + 9:
                time.sleep(0.002)
            run.send_signal(signal.SIGKILL)
        killed += run.returncode == -signal.SIGKILL
    assert killed >= 3
    subprocess.run([*command, str(tmp_path / "out")], check=True, capture_output=True)
    assert content(tmp_path / "out") == content(tmp_path / "whole")
    assert not list((tmp_path / "out").glob("spans/.*"))


def test_a_cluster_that_loses_a_worker_half_way_gives_the_same_files(tmp_path: Path) -> None:
    path, book = as_parquet(table(60_000), tmp_path / "a.parquet", 500), load_codebook()
    code_files(new_job(path, "comment", ("trust",), tmp_path / "here", book), lambda line: None)
    lost: list[int] = []
    with LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=3, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        job = new_job(path, "comment", ("trust",), tmp_path / "there", book)
        workers = [worker.process.pid for worker in cluster.workers.values()]

        def lose(rows: int) -> None:
            if not lost and len(list((tmp_path / "there").glob("spans/part-*"))) >= 20:
                lost.append(workers[0])
                os.kill(workers[0], signal.SIGKILL)

        code_files(job, lambda line: None, cluster.scheduler_address, lose)
    assert lost
    assert content(tmp_path / "there") == content(tmp_path / "here")
