"""Every byte of a release passes a gate of its format, and a release is there whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
import yaml
from PIL import Image

import small_study
from buddy_eval.base.errors import BuddyError
from buddy_eval.base.files import PART, write_folder
from buddy_eval.pipeline import run as pipeline
from buddy_eval.publish import reports
from buddy_eval.publish.document import endings
from buddy_eval.publish.gate.picture import picture_faults
from buddy_eval.publish.gate.report import report_faults
from buddy_eval.publish.gate.rules import Known
from buddy_eval.publish.gate.structured import yaml_text
from buddy_eval.release import make_release
from buddy_eval.release.contents import _csv
from buddy_eval.study.codebook import PACKAGED, load_codebook
from buddy_eval.study.settings import Study, load_study

KNOWN = Known(
    "public",
    suppress_below=8,
    names={("quentin", "marlowe"): "a person's name"},
    spoken=("we closed it on that bad Tuesday night",),
)
NAME = "Quentin Marlowe"


def quiet(line: str) -> None:
    """Say nothing."""


def faults(ending: str, data: bytes | str) -> list[str]:
    """What the gate says of one file."""
    given = data.encode() if isinstance(data, str) else data
    return [fault.problem for fault in report_faults({ending: given}, "file", KNOWN)]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A small published study with a codebook of its own, in which somebody left a comment and a formula."""
    folder = small_study.cut(tmp_path_factory.mktemp("gated") / "study", ("09-codebook.ipynb",), pairs=3)
    text = (PACKAGED / "codebook.yaml").read_text(encoding="utf-8")
    (folder / "codebook.yaml").write_text(f"# ask {NAME} about this\n{text}", encoding="utf-8")
    settings = (folder / "study.toml").read_text(encoding="utf-8")
    settings = settings.replace("[study]\n", '[study]\ncodebook = "codebook.yaml"\n')
    (folder / "study.toml").write_text(settings.replace('team = "', 'team = "=HYPERLINK()'), encoding="utf-8")
    made = load_study(folder)
    pipeline.run(made, quiet)
    reports.publish(made, ("public",), quiet)
    return made


@pytest.fixture(scope="module")
def files(study: Study) -> dict[str, bytes]:
    """The files of its release, made while strangers lay among the reports."""
    stranger = study.reports / "public" / "notes.html"
    stranger.write_text(NAME)
    made = make_release(study)
    stranger.unlink()
    return made


def test_the_codebook_of_a_release_is_its_data_without_comments(
    study: Study, files: dict[str, bytes], tmp_path: Path
) -> None:
    assert b"Marlowe" not in files["codebook.yaml"]
    (tmp_path / "codebook.yaml").write_bytes(files["codebook.yaml"])
    was, now = load_codebook(study.codebook), load_codebook(tmp_path / "codebook.yaml")
    for frame in ("themes", "codes", "terms"):
        assert getattr(was, frame).equals(getattr(now, frame))
    assert yaml.safe_load(files["codebook.yaml"])["codebook"]["source"]


def test_only_reports_that_the_gate_let_pass_are_released(study: Study, files: dict[str, bytes]) -> None:
    assert {name for name in files if name.startswith("reports/")} == {
        f"reports/codebook{ending}" for ending in endings("codebook")
    }
    page = study.reports / "public" / "codebook.html"
    sound = page.read_bytes()
    page.write_bytes(sound + b"<p>added</p>")
    try:
        with pytest.raises(BuddyError, match=r"codebook\.html was changed after it was made"):
            make_release(study)
    finally:
        page.write_bytes(sound)


def test_no_cell_of_a_release_is_a_formula(files: dict[str, bytes]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(files["data/tables.xlsx"]))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert any(str(cell.value).startswith("=HYPERLINK()") for cell in cells)
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    import pandas as pd

    hostile = ["=1+1", "+A1", "-A1", "@SUM(A1)", "\tx", "\uff1d1", "-0.5"]
    rows = list(csv.reader(io.StringIO(_csv(pd.DataFrame({"=x": hostile, "n": -1})).decode("utf-8-sig"), newline="")))
    assert all(cell.startswith("'") for row in rows for cell in row[:1])
    assert {row[1] for row in rows[1:]} == {"-1"}


def test_the_crate_holds_to_the_musts_of_its_specification(study: Study, files: dict[str, bytes]) -> None:
    """RO-Crate 1.1, sections 2 to 4: https://www.researchobject.org/ro-crate/specification/1.1/

    The test below does the same with the library, where it is installed: `pip install rocrate` (0.16.0 was).
    """
    crate = json.loads(files["ro-crate-metadata.json"])
    assert "https://w3id.org/ro/crate/1.1/context" in crate["@context"]
    graph = {part["@id"]: part for part in crate["@graph"]}
    assert len(graph) == len(crate["@graph"])  # flat, each entity once
    assert all("@type" in part for part in graph.values())
    descriptor, root = graph["ro-crate-metadata.json"], graph["./"]
    assert (descriptor["@type"], descriptor["about"]) == ("CreativeWork", {"@id": "./"})
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    assert root["@type"] == "Dataset"
    assert all(root[key] for key in ("name", "description", "license"))
    assert root["datePublished"] == "2026-01-05"
    linked = [
        link["@id"]
        for part in graph.values()
        for value in part.values()
        for link in (value if isinstance(value, list) else [value])
        if isinstance(link, dict)
    ]
    assert {link for link in linked if not link.startswith("https://")} <= set(graph)
    assert all("\\" not in name and " " not in name and not name.startswith("/") for name in files)
    with pytest.raises(BuddyError, match=r"\[study\] has no published"):
        make_release(replace(study, published=""))


def test_the_library_for_crates_reads_a_release(files: dict[str, bytes], tmp_path: Path) -> None:
    rocrate = pytest.importorskip("rocrate.rocrate")
    write_folder(tmp_path / "release", files)
    read = rocrate.ROCrate(tmp_path / "release")
    assert read.datePublished.date().isoformat() == "2026-01-05"
    assert read.license.id == "LICENSE"
    assert {part.id for part in read.data_entities} == set(files) - {"ro-crate-metadata.json"}


ESCAPED = {
    ".json": [
        json.dumps({"a": NAME.replace("M", "\u00ad\u004d")}),
        '{"a": "Quentin \\u004darlowe"}',
        '{"Quentin Marlowe": 1}',
    ],
    ".yaml": ['a: "Quentin \\x4darlowe"\n', f"a: b # {NAME}\n", f"a: &x {NAME}\nb: *x\n", yaml_text({"a": NAME})],
    ".cff": [f"title: x\n# {NAME}\n"],
    ".qdc": [
        "<a b='Quentin &#77;arlowe'/>",
        "<a>Quentin &#x4D;arlowe</a>",
        f"<a><!-- {NAME} --></a>",
        "<?x y?><a/>",
        "<!DOCTYPE a []><a/>",
    ],
    ".csv": ['a,b\n1,"Quentin\nMarlowe"\n', "a\n=cmd|x\n", "a\n@x\n"],
    ".txt": [f"thanks to {NAME.lower()}"],
}
CASES = [(ending, text) for ending, texts in ESCAPED.items() for text in texts]


@pytest.mark.parametrize(("ending", "text"), CASES, ids=[f"{ending}{n}" for n, (ending, _) in enumerate(CASES)])
def test_no_escape_comment_or_formula_hides_in_a_file(ending: str, text: str) -> None:
    assert faults(ending, text)


@pytest.mark.parametrize("ending", [".json", ".yaml", ".csv", ".qdc", ".txt"])
def test_unapproved_words_are_found_in_every_format(ending: str) -> None:
    said = "One said: we closed it on that bad Tuesday night, and wept."
    plain = "Nothing that anybody said."
    written: Callable[[str], str] = {
        ".json": lambda text: json.dumps([text]),
        ".yaml": lambda text: yaml_text({"a": text}),
        ".csv": lambda text: f'a\n"{text}"\n',
        ".qdc": lambda text: f"<a>{text}</a>",
        ".txt": lambda text: text,
    }[ending]
    assert any("are not approved" in problem for problem in faults(ending, written(said)))
    assert faults(ending, written(plain)) == []


def test_what_this_package_writes_as_yaml_is_what_was_read() -> None:
    for content in ({"a": "no", "b": "12:30", "c": ["1e3", "# x", "é \u2028", " y "], "d": True, "e": {"f": 3}},):
        assert yaml.safe_load(yaml_text(content)) == content


def chunk(name: bytes, body: bytes) -> bytes:
    """A chunk of a PNG file."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


HEAD = chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0))
DOTS = zlib.compress(b"\0" * 13 * 4)
END = chunk(b"IEND", b"")
START = b"\x89PNG\r\n\x1a\n"
PNGS = {
    "sBIT": START + HEAD + chunk(b"sBIT", b"Jane Doe") + chunk(b"IDAT", DOTS) + END,
    "gAMA": START + HEAD + chunk(b"gAMA", b"Jane") + chunk(b"IDAT", DOTS) + END,
    "pHYs": START + HEAD + chunk(b"pHYs", b"Jane Doe1") + chunk(b"IDAT", DOTS) + END,
    "PLTE": START + HEAD + chunk(b"PLTE", b"Jane Doe3") + chunk(b"IDAT", DOTS) + END,
    "tRNS": START + HEAD + chunk(b"tRNS", b"Jane Doe") + chunk(b"IDAT", DOTS) + END,
    "cHRM": START + HEAD + chunk(b"cHRM", b"J" * 32) + chunk(b"IDAT", DOTS) + END,
    "zzZz": START + HEAD + chunk(b"zzZz", b"Jane") + chunk(b"IDAT", DOTS) + END,
    "twice": START + HEAD + chunk(b"sRGB", b"\0") * 2 + chunk(b"IDAT", DOTS) + END,
    "after": START + HEAD + chunk(b"IDAT", DOTS) + END + b"Jane Doe",
    "behind the dots": START + HEAD + chunk(b"IDAT", DOTS + b"Jane Doe") + END,
    "more dots": START + HEAD + chunk(b"IDAT", zlib.compress(b"\0" * 13 * 5)) + END,
    "in the end": START + HEAD + chunk(b"IDAT", DOTS) + chunk(b"IEND", b"Jane"),
    "check sum": START + HEAD + chunk(b"IDAT", DOTS)[:-4] + b"Jane" + END,
    "no end": START + HEAD + chunk(b"IDAT", DOTS),
}


def jpeg() -> bytes:
    """A small JPEG as Pillow writes it."""
    buffer = io.BytesIO()
    Image.new("RGB", (16, 16), (200, 30, 30)).save(buffer, "JPEG")
    return buffer.getvalue()


def segment(kind: int, body: bytes) -> bytes:
    """A JPEG with one more segment after its beginning."""
    made = jpeg()
    return made[:20] + struct.pack(">BBH", 0xFF, kind, len(body) + 2) + body + made[20:]


JPEGS = {f"{kind:02X}": segment(kind, b"Jane Doe") for kind in (*range(0xE0, 0xF0), 0xFE, 0xC8, 0xF0)}
JPEGS |= {"after": jpeg() + b"Jane", "tables": segment(0xDB, b"J" * 5000), "no end": jpeg()[:-2]}


@pytest.mark.parametrize("kind", [*PNGS, *JPEGS])
def test_a_picture_carries_nothing_but_itself(kind: str) -> None:
    assert list(picture_faults(PNGS.get(kind) or JPEGS[kind], "f", "here"))


def test_pictures_that_are_only_pictures_pass() -> None:
    import matplotlib.pyplot as plt

    plain = (
        START
        + HEAD
        + chunk(b"pHYs", struct.pack(">IIB", 7874, 7874, 1))
        + chunk(b"sRGB", b"\0")
        + chunk(b"gAMA", struct.pack(">I", 45455))
        + chunk(b"IDAT", DOTS)
        + END
    )
    buffer = io.BytesIO()
    figure = plt.figure()
    figure.savefig(buffer, metadata={"Software": None})
    plt.close(figure)
    for data in (plain, jpeg(), buffer.getvalue()):
        assert list(picture_faults(data, "f", "here")) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from buddy_eval.base import files
whole, count = files.write_atomic, 0
def write(path, data):
    global count
    count += 1
    if count == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
    whole(path, data)
files.write_atomic = write
files.write_folder(Path(sys.argv[1]), {f"a/{n}.txt": b"x" * n for n in range(5)})
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_a_kill_leaves_no_half_release_and_nothing_that_blocks_the_next(tmp_path: Path) -> None:
    out = tmp_path / "out"
    for number in range(1, 6):
        done = subprocess.run([sys.executable, "-c", KILLED, str(out), str(number)], check=False)
        assert done.returncode == -signal.SIGKILL
        assert not out.exists()
    out.mkdir()
    write_folder(out, {"a/b.txt": b"x"})
    assert small_study.contents(out).keys() == {"a/b.txt"}
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(PART)] == []
    with pytest.raises(BuddyError, match="is not empty"):
        write_folder(out, {"c.txt": b"y"})
    assert small_study.contents(out).keys() == {"a/b.txt"}
