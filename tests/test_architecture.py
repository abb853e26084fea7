"""The house keeps its shape: imports go one way, few rooms touch files, files are short, notebooks hold no code."""

from __future__ import annotations

import ast
import graphlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "buddy_eval"
# The rooms from left to right: each may import only from those before it. A room is a module, or a folder of them.
ORDER = """
    base schemas study read clean coding analyse pipeline
    disclose present exchange bulk publish release start coder lab cli
    __init__ __main__
""".split()
MAY_TOUCH_FILES = {"base", "study", "read", "coding", "pipeline", "disclose", "bulk", "publish", "release"}
MAY_TOUCH_FILES |= {"exchange", "start", "coder", "lab", "cli"}
TOUCHES = {
    *("open", "read_text", "read_bytes", "write_text", "write_bytes", "touch", "mkdir", "unlink", "rename", "replace"),
    *("rmdir", "rmtree", "copy", "copyfile", "copytree", "move", "iterdir", "glob", "rglob", "is_file", "is_dir"),
    *("exists", "stat", "read_csv", "read_excel", "read_parquet", "to_csv", "to_excel", "to_parquet", "savefig"),
    *("write_atomic", "load_workbook", "mkstemp", "TemporaryDirectory", "NamedTemporaryFile"),
}
ALSO_OF_FRAMES = {"replace", "copy", "rename"}  # methods of text and frames too: files only on a path, os or shutil
NOT_FILES = {("present", "savefig")}  # draws into memory
LONGEST, LONGEST_TRIAL = 250, 400  # lines of the package; of a test or benchmark
LOOSE = 3  # files in the root of the package
INSIDE = (  # what may be imported inside a function: the module or room that does it, what it imports, and why
    ("study.look", "PIL", "only where a study has a logo"),
    ("cli", "buddy_eval", "a command loads its rooms when it is called, so that --help answers at once"),
    ("pipeline.steps", "buddy_eval", "a step loads its room when it has to run: a run with nothing to do is quick"),
    ("pipeline.round_steps", "buddy_eval", "as there"),
    ("pipeline.survey_step", "buddy_eval", "as there"),
    ("pipeline.run", "buddy_eval", "as there: what cleans, only where a raw file has changed"),
    ("publish.reports", "buddy_eval.publish", "two seconds, only where a report has to be made"),
    ("publish.reports", "buddy_eval.disclose.public_counts", "the solver, only where a table has changed"),
    ("base.characters", "fontTools", "only where a text holds characters beyond the common ones"),
    ("present.plots", "matplotlib", "a third of a second, only where something is drawn"),
    (
        "analyse.interviews",
        "scipy.special",
        "a quarter of a second, which whoever opens results for their tables need not wait",
    ),
    ("bulk", "buddy_eval.coding.suggester", "a third of a second in every worker, only where a suggester codes"),
    ("schemas.form", "buddy_eval.base.categories", "as pandas, which it brings"),
    ("schemas.form", "pandas", "a third of a second; the names of tables are asked for by every command"),
    ("analyse.scores", "scipy", "a quarter of a second, which `check` need not wait"),
    ("analyse.t_interval", "scipy.special", "as there"),
    ("publish.own_output", "bs4", "a sixth of a second, which `check` need not wait"),
    ("read.mapping", "sklearn", "most of a second, only where a survey is mapped"),
    ("read.exports", "pyreadstat", "only where a survey comes from SPSS"),
    ("read.documents", "docx", "only where a transcript comes from Word"),
    ("read.documents", "lxml", "as docx, which brings it"),
    ("read.spoken", "webvtt", "only where a transcript comes with times"),
    ("bulk.run", "distributed", "may be missing: only who has a cluster installs it"),
    ("__init__", "importlib.metadata", "as long as all else that `import buddy_eval` does"),
)
MODULES = sorted(path for path in PACKAGE.rglob("*.py"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
WRITTEN = [path for place in ("src", "tests", "data", "benchmarks") for path in sorted((ROOT / place).rglob("*.py"))]


def room(path: Path) -> str:
    """The room that a file of the package lies in."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and room of every import from the package, also of those inside functions and of type checking."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import"
            head, _, rest = (node.module or "").partition(".")
            if head == "buddy_eval":
                names = [rest] if rest else [alias.name for alias in node.names]
                yield from ((node.lineno, name.split(".")[0]) for name in names)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("buddy_eval."):
                    yield node.lineno, alias.name.split(".")[1]


def taken(tree: ast.AST, known: set[str]) -> set[str]:
    """The modules of the package that a module imports from, wherever it does."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            whole = {f"{node.module}.{alias.name}" for alias in node.names}
            names |= whole & known or {node.module} & known
    return names


def touched(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of every call that may touch a file."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id in TOUCHES - ALSO_OF_FRAMES:
            yield node.lineno, node.func.id
        elif isinstance(node.func, ast.Attribute) and node.func.attr in TOUCHES:
            of = node.func.value
            plain = isinstance(of, ast.Name) and of.id in {"os", "shutil", "path"}
            if node.func.attr not in ALSO_OF_FRAMES or plain:
                yield node.lineno, node.func.attr


def inside(tree: ast.AST, within: bool = False) -> Iterator[tuple[int, str]]:
    """Line and module of every import that stands in a function."""
    for node in ast.iter_child_nodes(tree):
        if within and isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        elif within and isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        yield from inside(node, within or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def below(name: str, place: str) -> bool:
    """Whether a dotted name is a place or lies in it."""
    return f"{name}.".startswith(f"{place}.")


def imports_inside() -> Iterator[tuple[str, int, str]]:
    """Module of the package, line and name of every import inside a function."""
    for path in MODULES:
        module = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        yield from ((module, line, name) for line, name in inside(ast.parse(path.read_text("utf-8"))))


def test_an_import_stands_at_the_top_but_for_those_that_are_named() -> None:
    hidden = list(imports_inside())
    named = [[each for each in hidden if below(each[0], place) and below(each[2], what)] for place, what, _ in INSIDE]
    assert [each for each in hidden if not any(each in some for some in named)] == []
    assert [rule for rule, some in zip(INSIDE, named, strict=True) if not some] == []  # named, and no longer there


def test_every_place_that_strangers_are_sent_to_is_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(rf"`((?:{'|'.join(ORDER)})/[\w/]*(?:\.py)?)`", text)
    assert len(named) > 20
    assert [name for name in named if not (PACKAGE / name).exists()] == []


def test_few_files_lie_loose_in_the_root_of_the_package() -> None:
    assert len(list(PACKAGE.glob("*.py"))) <= LOOSE


def test_every_room_has_its_place_in_the_order() -> None:
    assert sorted({room(path) for path in MODULES}) == sorted(ORDER)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_imports_only_from_its_left(path: Path) -> None:
    here = room(path)
    allowed = {*ORDER[: ORDER.index(here) + 1], "__version__"}
    found = imported(ast.parse(path.read_text(encoding="utf-8")))
    assert [f"line {line} imports {name}" for line, name in found if name not in allowed] == []


def test_no_two_modules_need_each_other() -> None:
    parts = {path: path.relative_to(PACKAGE.parent).with_suffix("").parts for path in MODULES}
    names = {path: ".".join(part for part in parts[path] if part != "__init__") for path in MODULES}
    known = set(names.values())
    needs = {name: taken(ast.parse(path.read_text("utf-8")), known) - {name} for path, name in names.items()}
    assert len([*graphlib.TopologicalSorter(needs).static_order()]) == len(MODULES)


@pytest.mark.parametrize(
    "path", [path for path in MODULES if room(path) not in MAY_TOUCH_FILES], ids=lambda path: path.stem
)
def test_most_rooms_touch_no_file(path: Path) -> None:
    found = [(line, name) for line, name in touched(ast.parse(path.read_text("utf-8")))]
    assert [(line, name) for line, name in found if (room(path), name) not in NOT_FILES] == []


def test_the_walk_sees_imports_and_files_wherever_they_stand() -> None:
    code = ast.parse(
        "from buddy_eval import cli\nimport buddy_eval.present.plots.form\n"
        "def f():\n    from buddy_eval.publish.page import page\n"
        "    open('x')\n    here.write_text('')\n    os.replace(a, b)\n"
        "    text.replace('a', 'b')\n"
    )
    assert list(inside(code)) == [(4, "buddy_eval.publish.page.page")]
    assert list(imported(code)) == [(1, "cli"), (2, "present"), (4, "publish")]
    assert sorted(touched(code)) == [(5, "open"), (6, "write_text"), (7, "replace")]


def test_no_two_modules_outside_the_package_share_a_name() -> None:
    """They are imported by name alone: of two, whichever comes first in the path would stand for both."""
    names = Counter(path.name for path in WRITTEN if not path.is_relative_to(ROOT / "src"))
    assert [name for name, n in names.items() if n > 1] == []


@pytest.mark.parametrize("path", [ROOT / "do.py", *WRITTEN], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_file_is_longer_than_can_be_read_in_one_go(path: Path) -> None:
    trial = path.parts[-2] in {"tests", "benchmarks"}
    assert len(path.read_text(encoding="utf-8").splitlines()) <= (LONGEST_TRIAL if trial else LONGEST)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_stored_without_outputs_defines_nothing_and_touches_no_file(path: Path) -> None:
    cells = [cell for cell in json.loads(path.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"]
    assert cells != []
    assert [(cell["outputs"], cell["execution_count"]) for cell in cells] == [([], None)] * len(cells)
    for cell in cells:
        tree = ast.parse("".join(cell["source"]))
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
        assert [node.lineno for node in ast.walk(tree) if isinstance(node, kinds)] == []
        assert list(touched(tree)) == []
        modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert modules <= {"buddy_eval"}
        assert [node for node in ast.walk(tree) if isinstance(node, ast.Import)] == []


def test_the_notebooks_are_numbered_in_reading_order() -> None:
    assert [path.name[:2] for path in NOTEBOOKS] == [f"{number:02d}" for number in range(1, len(NOTEBOOKS) + 1)]


WORDS = {
    "startswith",
    "endswith",
    "removeprefix",
    "removesuffix",
    "partition",
    "rpartition",
    "split",
    "contains",
    "match",
}
LISTS = {("interviews.py", "split")}  # what an interview asked about is kept as a list with ; between


def read_as_text(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of what looks into words: methods of text, and `in` a cell."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WORDS:
            if not (isinstance(node.func.value, ast.Name) and node.func.value.id == "np"):
                yield node.lineno, node.func.attr
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.In, ast.NotIn)):
            cell = node.comparators[0]
            text = isinstance(cell, ast.Subscript) and isinstance(cell.slice, ast.Constant)
            if text and isinstance(node.left, ast.Constant):
                yield node.lineno, "in"


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if room(path) == "analyse" or path.name == "wording.py"],
    ids=lambda path: path.relative_to(PACKAGE).as_posix(),
)
def test_nothing_that_computes_or_words_a_result_decides_by_words(path: Path) -> None:
    found = [(line, name) for line, name in read_as_text(ast.parse(path.read_text("utf-8")))]
    assert [(line, name) for line, name in found if (path.name, name) not in LISTS] == []


def test_the_walk_sees_words_that_are_read() -> None:
    code = ast.parse("a = 'wave' in row['contrast']\nb = id.split('--')\nc = np.split(x, 2)\nd = 'p' in row\n")
    assert list(read_as_text(code)) == [(1, "in"), (2, "split")]


GENERIC = {"made", "found", "given"}  # of everything that was: what it is says more


def names_bound(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of every variable, parameter, function and class that a module names itself."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.lineno, node.name


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_thing_that_has_a_name_bears_it(path: Path) -> None:
    bound = names_bound(ast.parse(path.read_text("utf-8")))
    assert [(line, name) for line, name in bound if name.strip("_").casefold() in GENERIC] == []
