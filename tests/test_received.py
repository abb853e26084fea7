"""A study received from somebody else: nothing in its files is trusted, nothing outside of it is touched."""

from __future__ import annotations

import ast
import csv
import io
import json
import os
import random
import re
import resource
import subprocess
import sys
import zipfile
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import hostile
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement

import buddy_eval
import damage
import held
import small_study
from buddy_eval.base.errors import BuddyError, StudyError
from buddy_eval.base.files import sha256, write_atomic
from buddy_eval.base.manifest import ENGINES, Manifest
from buddy_eval.base.yaml_nodes import load_yaml
from buddy_eval.bulk.divide import batches, divide
from buddy_eval.coding.suggester.model import Suggester
from buddy_eval.pipeline import run as pipeline
from buddy_eval.publish.gate.report import report_faults
from buddy_eval.publish.gate.rules import Known
from buddy_eval.publish.reports import documents
from buddy_eval.read import table as read_table_module
from buddy_eval.read.guard import MAX_TEXT, guard
from buddy_eval.read.quick import MAX_COLUMNS
from buddy_eval.read.ratings import read_ratings_file
from buddy_eval.read.table import read_table
from buddy_eval.read.transcripts import read_transcript
from buddy_eval.study.settings import load_study

LEAST = '[study]\ntitle = "x"\nteam = "y"\n'
# What is installed with the package and changes no byte of a table or report, by what it is for.
NO_OUTPUT = {
    "locks and processes": "filelock psutil platformdirs cloudpickle",
    "a cluster": "distributed dask fsspec locket msgpack partd sortedcontainers tblib toolz zict",
    "the wire to a kernel": "jupyter-client jupyter-core pyzmq tornado comm debugpy nest-asyncio nest-asyncio2",
    "a console": "asttokens decorator executing jedi matplotlib-inline parso pexpect prompt-toolkit ptyprocess",
    "the same": "pure-eval stack-data wcwidth ipython-pygments-lexers",
    "checks of notebooks": "traitlets attrs fastjsonschema jsonschema jsonschema-specifications referencing rpds-py",
    "how libraries are written": "importlib-metadata interface-meta lazy-importer packaging typing-extensions wrapt",
    "as well": "zipp six click appnope colorama psutil",  # two of these on other systems
}
NO_OUTPUT_ROOMS = {"lab", "coder", "cli", "start"}
DEEP = 100_000


def quiet(line: str) -> None:
    """Say nothing."""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small study that has been run here."""
    folder = small_study.cut(tmp_path_factory.mktemp("received") / "study", ("09-codebook.ipynb",))
    pipeline.run(load_study(folder), quiet)
    return folder


@pytest.mark.parametrize("name", ["../victim.txt", "data/../../victim.txt", "ABSOLUTE", "link/victim.txt"])
def test_a_forged_manifest_deletes_nothing_outside_of_the_study(tmp_path: Path, name: str) -> None:
    folder = small_study.cut(tmp_path / "study", pairs=1)
    victim = tmp_path / "victim.txt"
    victim.write_text("keep me")
    (folder / "link").symlink_to(tmp_path)
    named = str(victim) if name == "ABSOLUTE" else name
    receipt = {"inputs": {}, "settings": "", "code": "", "outputs": {named: "absent"}}
    forged = {"engines": {}, "steps": dict.fromkeys(("read", "code", "publish:public/report"), receipt)}
    write_atomic(folder / "data" / "processed" / "manifest.json", json.dumps(forged).encode())
    with pytest.raises(StudyError, match=r"manifest\.json: names 1 file outside of the study"):
        pipeline.run(load_study(folder), quiet)
    assert victim.read_text() == "keep me"


def test_a_table_forged_with_its_hash_is_made_again(study: Path, tmp_path: Path) -> None:
    folder = tmp_path / "study"
    subprocess.run(["cp", "-r", str(study), str(folder)], check=True)
    processed = folder / "data" / "processed"
    sound = sha256(processed / "findings.parquet")
    (processed / "findings.parquet").write_bytes((processed / "gaps.parquet").read_bytes())
    content = json.loads((processed / "manifest.json").read_text())
    for receipt in content["steps"].values():
        for name in receipt["outputs"]:
            receipt["outputs"][name] = sha256(folder / name)
    (processed / "manifest.json").write_text(json.dumps(content))
    assert Manifest(folder, processed / "manifest.json").steps == {}
    pipeline.run(load_study(folder), quiet)
    assert sha256(processed / "findings.parquet") == sound
    said = list[str]()
    pipeline.run(load_study(folder), said.append)
    assert said == []  # and what was made here is believed


def test_receipts_of_another_user_are_not_believed(study: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from buddy_eval.base.manifest import Manifest; r = Path(sys.argv[1])\n"
    )
    code += "print(len(Manifest(r, r / 'data/processed/manifest.json').steps))"
    for state, steps in ((os.environ.get("XDG_STATE_HOME"), True), (str(tmp_path), False)):
        kept = {key: value for key, value in os.environ.items() if key != "XDG_STATE_HOME"}
        environment = kept | ({"XDG_STATE_HOME": state} if state else {})
        done = subprocess.run(
            [sys.executable, "-c", code, str(study)], check=True, capture_output=True, text=True, env=environment
        )
        assert (int(done.stdout) > 5) is steps
    assert (tmp_path / "buddy_eval" / "receipts.key").stat().st_mode & 0o077 == 0


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def installed_beneath(names: set[str]) -> set[str]:
    """These distributions, and all that they require here, with the extras that they ask for."""
    reached, waiting = set[tuple[str, str]](), [(name, "") for name in names]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in reached:
            continue
        reached.add((name, extra))
        for asked in map(Requirement, requires(name) or []):
            if asked.marker is None or asked.marker.evaluate({"extra": extra}):
                waiting += [(plain(asked.name), more) for more in ("", *asked.extras)]
    return {name for name, _ in reached}


def test_every_library_that_a_report_passes_through_is_in_its_receipt() -> None:
    """Told by what the rooms that make tables and reports import, and what that requires in turn."""
    package, imported = Path(buddy_eval.__file__).parent, {"ipykernel", "IPython"}
    for path in package.rglob("*.py"):
        if path.relative_to(package).parts[0] not in NO_OUTPUT_ROOMS:
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                imported |= {name.name for name in node.names} if isinstance(node, ast.Import) else set()
                imported |= {node.module or ""} if isinstance(node, ast.ImportFrom) and not node.level else set()
    tops = {name.split(".")[0] for name in imported} - set(sys.stdlib_module_names) - {"buddy_eval", ""}
    owner = packages_distributions()
    assert tops <= set(owner)
    reached = installed_beneath({plain(name) for top in tops for name in owner[top]})
    kept, aside = {plain(name) for name in ENGINES}, set(" ".join(NO_OUTPUT.values()).split())
    assert reached - aside - kept == set()
    assert kept - reached - {"tzdata"} == set()
    assert len(reached & kept) > 45
    assert not aside & kept


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"{LEAST}x = " + "[" * 90_000, "nested too deeply"),
        (f"{LEAST}x = " + "{a=" * 30_000, "nested too deeply"),
        (f"{LEAST}[raw]\npairs = {'9' * 5000}", "is not TOML"),
        (f"{LEAST}{'a.' * 20_000}b = 1", "100 full stops"),
        (f"{LEAST}# {'x' * 300_000}", "larger than 200 kB"),
    ],
)
def test_settings_are_small_and_flat(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "study.toml").write_text(text)
    with pytest.raises(StudyError, match=problem):
        load_study(tmp_path)


@pytest.mark.parametrize("key", ["codebook", "instrument", "pseudonyms"])
def test_no_setting_leads_out_of_the_study_by_a_path_or_a_link(tmp_path: Path, key: str) -> None:
    (tmp_path / "secret.yaml").write_text("a: b")
    folder = tmp_path / "study"
    (folder / "data" / "raw").mkdir(parents=True)
    (folder / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    (folder / "data" / "raw" / "pairs.csv").symlink_to(tmp_path / "secret.yaml")
    for name in ("../secret.yaml", "link.yaml", str(tmp_path / "secret.yaml")):
        (folder / "study.toml").write_text(f'{LEAST}{key} = "{name}"\n')
        with pytest.raises(StudyError, match="not in the study's folder"):
            load_study(folder)
    (folder / "study.toml").write_text(f'{LEAST}[raw]\npairs = "pairs.csv"\n')
    with pytest.raises(StudyError, match=r"not in data/raw"):
        load_study(folder)


def test_a_codebook_is_small_and_flat(tmp_path: Path) -> None:
    path = tmp_path / "codebook.yaml"
    for text, problem in (("[" * 200_000, "nested too deeply"), ("a: " + "x" * 300_000, "larger than 250 kB")):
        path.write_text(text)
        with pytest.raises(StudyError, match=problem):
            load_yaml(path)


@pytest.mark.parametrize("text", ["[" * DEEP, '{"metadata": ' * DEEP, "9" * 5000, "{", "\\ud800"])
def test_a_notebook_that_is_none_is_named(study: Path, text: str) -> None:
    path = study / "notebooks" / "10-bad.ipynb"
    path.write_text(text)
    try:
        with pytest.raises(BuddyError, match=r"10-bad\.ipynb is no notebook"):
            documents(load_study(study), ("public",))
    finally:
        path.unlink()


def test_a_manifest_that_is_deep_or_no_manifest_means_no_receipts(tmp_path: Path) -> None:
    for text in ("[" * DEEP, '{"steps": 3}', '{"steps": {"a": {"outputs": {"x": 1}}}, "seal": 5}', "\0"):
        (tmp_path / "manifest.json").write_text(text)
        assert Manifest(tmp_path, tmp_path / "manifest.json").steps == {}


def document(part: str, content: bytes) -> bytes:
    """An archive with one part, packed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, content)
    return buffer.getvalue()


DOCTYPE = '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
COMMENT = "<!--" + "-x" * 4000 + " -->"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (f"<?xml version='1.0'?>{COMMENT}{DOCTYPE}".encode(), "DOCTYPE"),
        (f"<?xml version='1.0' encoding='UTF-16'?>{DOCTYPE}".encode("utf-16"), "DOCTYPE"),
        (f"<?xml version='1.0'?>{' ' * 100_000}{DOCTYPE}".encode(), "DOCTYPE"),
        (b"<a>" * 300 + b"</a>" * 300, "nested too deeply"),
        (b"\xff\x00<a>" + DOCTYPE.encode("utf-16-le"), "DOCTYPE"),
    ],
)
@pytest.mark.parametrize("name", ["a.docx", "a.odt", "a.qdpx"])
def test_no_document_hides_a_doctype_or_a_tower_of_elements(
    tmp_path: Path, name: str, content: bytes, problem: str
) -> None:
    part = {"a.docx": "word/document.xml", "a.odt": "content.xml", "a.qdpx": "project.qde"}[name]
    (tmp_path / name).write_bytes(document(part, content))
    with pytest.raises(StudyError, match=problem):
        guard(tmp_path / name, name)


def test_captions_are_no_larger_than_an_interview_can_be(tmp_path: Path) -> None:
    path = tmp_path / "a.vtt"
    path.write_bytes(b"WEBVTT\n\n00:00.000 --> 00:01.000\n" + b"x" * MAX_TEXT)
    with pytest.raises(StudyError, match="larger than 20 MB"):
        read_transcript(path, "a.vtt", {"A"})


def test_a_table_has_columns_that_somebody_could_fill(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    names = [f"c{n}" for n in range(MAX_COLUMNS + 1)]
    path.write_bytes(held.comma([names, ["1"] * len(names)] * 3))
    with pytest.raises(StudyError, match="more than 5000 columns"):
        read_table(path, "wide.csv")


def test_a_large_table_with_an_endless_cell_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text('a,b\nx,"' + "y" * 1_000_000 + '"\n')
    with pytest.raises(StudyError, match="is not a table: field larger"):
        read_table(path, "long.csv")


def test_a_workbook_has_columns_that_somebody_could_fill(tmp_path: Path) -> None:
    path = tmp_path / "wide.xlsx"
    path.write_bytes(held.workbook([[f"c{n}" for n in range(MAX_COLUMNS + 1)]] * 2))
    with pytest.raises(StudyError, match="more than 5000 columns"):
        read_table(path, "wide.xlsx")


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_quote_closed_too_late_is_a_fault_in_a_large_text_too(tmp_path: Path, delimiter: str) -> None:
    lines = [delimiter.join((str(n), f"word {n}")) for n in range(60)]
    lines[5], lines[25] = delimiter.join(("5", '"word 5')), lines[25] + '"'
    path = tmp_path / "said.csv"
    path.write_text("\n".join([delimiter.join(("id", "text")), *lines]) + "\n")
    with pytest.raises(StudyError, match=r"said\.csv row 7: column 2: a quote is closed 20 rows too late"):
        [list(batches(part, ("text",))) for part in divide(path, ("text",))]


@pytest.mark.parametrize("rows", [30, 8000])
def test_a_quote_closed_twenty_rows_on_is_a_fault(tmp_path: Path, rows: int) -> None:
    lines = [f"{n},SYN01,receiver,a word of row {n}" for n in range(rows)]
    lines[4] = '4,SYN01,"receiver,a word'
    lines[24] = '24,SYN01,receiver",a word'
    path = tmp_path / "t.csv"
    path.write_text("\n".join(["id,pair,side,answer", *lines]) + "\n")
    with pytest.raises(StudyError, match=r"t\.csv row 6: column 3: a quote is closed 20 rows too late"):
        read_table(path, "t.csv")


def test_a_comment_of_several_lines_stays_a_comment(tmp_path: Path) -> None:
    said = "First, they came.\nThen, after a week, we rang, twice.\n\nWell, that was it, in short, really, I think."
    path = tmp_path / "t.csv"
    path.write_bytes(held.comma([["id", "pair", "side", "answer"], ["1", "SYN01", "receiver", said]]))
    assert read_table(path, "t.csv")["answer"].tolist() == [said]


@given(st.data())
def test_no_quote_swallows_rows_in_silence(data: st.DataObject) -> None:
    width, height = data.draw(st.integers(4, 9)), data.draw(st.integers(4, 20))
    rows = [[f"r{n}c{m}" for m in range(width)] for n in range(height)]
    first = data.draw(st.integers(0, height - 2))
    last, column = data.draw(st.integers(first + 1, height - 1)), data.draw(st.integers(0, width - 1))
    further = data.draw(st.integers(column, width - 1))
    if (last - first) * (width - 1) < 4:
        return
    rows[first][column] = '"' + rows[first][column]
    rows[last][further] += '"'
    text = "\n".join(",".join(row) for row in [[f"h{m}" for m in range(width)], *rows])
    parsed = list(csv.reader(io.StringIO(text)))
    with pytest.raises(StudyError, match="too late"):
        read_table_module._refuse_swallowed(parsed, ",", "t.csv")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limit")
def test_a_disk_that_is_full_is_said_in_plain_words(tmp_path: Path) -> None:
    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))

    folder = small_study.cut(tmp_path / "study", pairs=1)
    command = [sys.executable, "-m", "buddy_eval", "run", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=limited, check=False)
    assert done.returncode == 1
    assert "cannot be written: file too large" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_damaged_file_of_any_format_is_read_or_refused_in_plain_words(tmp_path: Path) -> None:
    """A few of each; `benchmarks/hostile.py` tries 500, in a child with little memory and time."""
    every = hostile.formats(tmp_path)
    assert len(every) > 40
    for name, (sound, read) in every.items():
        chance = random.Random(name)
        for _ in range(8):
            (tmp_path / name).write_bytes(damage.damaged(sound, chance))
            assert hostile.outcome(read, tmp_path / name) in {"read", "refused"}, name


@pytest.mark.parametrize("ending", [".docx", ".html", ".pdf", ".xlsx"])
def test_what_the_gate_cannot_read_does_not_leave(ending: str) -> None:
    for data in (b"PK\x03\x04 damaged", b"%PDF-1.7\n\xff damaged"):
        faults = report_faults({ending: data}, "report", Known("public", suppress_below=8))
        assert any("it is damaged" in fault.problem for fault in faults) or ending == ".html"
    assert any(
        "it is damaged" in f.problem for f in report_faults({".html": b"<p>\xff</p>"}, "report", Known("public"))
    )


def test_a_suggester_and_a_ratings_file_of_nothing_are_refused(tmp_path: Path) -> None:
    for data in (b"no archive", b"PK\x03\x04 damaged"):
        (tmp_path / "a.npz").write_bytes(data)
        with pytest.raises(BuddyError, match=r"a\.npz is no suggester"):
            Suggester.load(tmp_path / "a.npz")
    (tmp_path / "r.csv").write_text("unit,KM,LR\n")
    with pytest.raises(BuddyError):
        read_ratings_file(tmp_path / "r.csv")
