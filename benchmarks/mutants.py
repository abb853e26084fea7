"""Change the code of a room in one place after another, and see that a test of that room notices each change.

The changes are mutmut's (`pip install mutmut`; it is in no lock file): figures, comparisons, signs, arguments, words,
but not the words of refusals. Each is judged in a process forked from one in which all tests of the room have run
once, by the tests that reach its lines, quickest first. `mutants.yaml` names the changes that no test can notice, with
the reason.

Run: python benchmarks/mutants.py [room ...]. Needs Linux. Exits 1 where a change is neither noticed nor explained.
"""

from __future__ import annotations

import gc
import os
import re
import signal
import sys
import tempfile
import time
import types
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from _pytest.runner import runtestprotocol

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "buddy_eval"
ROOMS = {
    "analyse/compare/__init__.py": ("test_compare.py", "test_finding_rows.py"),
    "analyse/compare/allowance.py": ("test_compare.py",),
    "analyse/compare/clusters.py": ("test_compare.py",),
    "analyse/compare/design_matrix.py": ("test_design_matrix.py", "test_robust.py"),
    "analyse/compare/effects.py": ("test_order.py",),
    "analyse/compare/gaps.py": ("test_gaps.py",),
    "analyse/compare/mixed.py": ("test_mixed.py",),
    "analyse/compare/pooled.py": ("test_pooled.py",),
    "analyse/compare/randomisation_inference.py": ("test_randomisation.py",),
    "analyse/compare/robust.py": ("test_robust.py",),
    "analyse/compare/segmented.py": ("test_segmented.py",),
    "analyse/compare/sign_flips.py": ("test_sign_flips.py",),
    "analyse/compare/views.py": ("test_view_rows.py",),
    "coding/agreement": ("test_agreement.py", "test_code_agreement.py", "test_ratings.py"),
    "disclose/rules.py": ("test_disclosure.py",),
    "disclose/sums.py": ("test_disclose_sums.py", "test_attack.py"),
    "disclose/releases.py": ("test_releases_together.py",),
    "disclose/protected.py": ("test_protected.py",),
    "disclose/results.py": ("test_readers.py",),
    "disclose/seen.py": ("test_seen.py",),
    "disclose/kept.py": ("test_kept_seen.py",),
    "disclose/account.py": ("test_ties.py",),
    "disclose/public_counts.py": ("test_public_counts.py", "test_ties.py"),
    "disclose/quoted.py": ("test_quoted.py",),
    "disclose/overview.py": ("test_overview.py",),
    "disclose/suppression.py": ("test_attack.py", "test_disclosure.py", "test_account.py"),
}
REFUSAL = re.compile(r"^\s*raise |Fault\(")
SLOWER = 4  # a change that makes the tests take so many times as long has been noticed
Line = tuple[str, int]


class Mutant(NamedTuple):
    """A change: where it is done, what stood there and stands there instead, and the file as it is then."""

    file: str
    lines: range
    function: str
    was: str
    now: str
    code: Callable[[], str]

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What `mutants.yaml` knows it by."""
        return self.file, self.function, " ".join(self.was.split()), " ".join(self.now.split())


def mutants(path: Path) -> Iterator[Mutant]:
    """Yield every change of a file once: none of types, decorators and imports, outside of functions figures alone."""
    import libcst
    from libcst.metadata import MetadataWrapper, PositionProvider
    from mutmut.mutation.file_mutation import MutationVisitor, deep_replace
    from mutmut.mutation.mutators import mutation_operators
    from mutmut.mutation.pragma_handling import IgnoredCode

    class Changes(MutationVisitor):
        def _skip_node_and_children(self, node: object) -> bool:
            return isinstance(node, libcst.Annotation | libcst.Decorator | libcst.Import | libcst.ImportFrom)

    module = libcst.parse_module(path.read_text(encoding="utf-8"))

    def changed(old: object, new: object) -> str:
        return str(deep_replace(module, old, new).code)

    lines, wrapped, seen = module.code.splitlines(), MetadataWrapper(module, unsafe_skip_copy=True), set()
    changes = Changes(mutation_operators, IgnoredCode(set(), set(), set()))
    wrapped.visit(changes)
    places = wrapped.resolve(PositionProvider)
    for change in changes.mutations:
        old, new, around = change.original_node, change.mutated_node, change.contained_by_top_level_function
        place, inside = places[old], isinstance(around, libcst.FunctionDef)
        first, last = place.start.line, place.end.line
        if inside and first < places[around.body].start.line:  # a default: whatever calls the function reaches it
            last = places[around].end.line
        was, now = module.code_for_node(old), module.code_for_node(new)
        key = (first, place.start.column, now)
        plain = inside or isinstance(old, libcst.Integer | libcst.Float)
        if plain and key not in seen and not REFUSAL.search(lines[place.start.line - 1]):
            seen.add(key)
            name = around.name.value if inside else ""
            file = path.relative_to(PACKAGE).as_posix()
            yield Mutant(file, range(first, last + 1), name, was, now, partial(changed, old, new))


def apply(mutant: Mutant) -> None:
    """Let everybody who has imported a module's functions and figures have those of the changed file."""
    name = ".".join(["buddy_eval", *Path(mutant.file).with_suffix("").parts]).removesuffix(".__init__")
    sound, changed = sys.modules[name], types.ModuleType(name)
    changed.__file__, changed.__path__ = sound.__file__, getattr(sound, "__path__", [])
    sys.modules[name] = changed  # where dataclasses look for it
    exec(compile(mutant.code(), str(sound.__file__), "exec"), vars(changed))
    sys.modules[name] = sound
    for key, new in vars(changed).items():
        old = vars(sound).get(key)
        if isinstance(old, type) and old.__module__ == name:
            for part, replaced in vars(new).items():
                _swap(vars(old).get(part), replaced)
        elif isinstance(old, dict) and old != new:
            old.clear()
            old.update(new)
        elif not mutant.function and isinstance(old, int | float | str | tuple | frozenset) and old != new:
            for module in [m for m in sys.modules.values() if m.__name__.startswith(("buddy_eval", "test_"))]:
                vars(module).update({k: new for k, value in vars(module).items() if value is old and k == key})
        elif getattr(old, "__module__", name) == name:
            _swap(old, new)


def _swap(old: Any, new: Any) -> None:
    for name in ("fget", "func", "__func__", "__wrapped__"):  # properties, cached ones, class methods, wrapped ones
        if isinstance(getattr(old, name, None), types.FunctionType):
            _swap(getattr(old, name), getattr(new, name))
    both = isinstance(old, types.FunctionType) and isinstance(new, types.FunctionType)
    if both and old.__code__.co_freevars == new.__code__.co_freevars:
        old.__code__, old.__defaults__, old.__kwdefaults__ = new.__code__, new.__defaults__, new.__kwdefaults__


class Judge:
    """A plugin of pytest that runs all tests, then judges every mutant by those that reach it."""

    def __init__(self, room: str) -> None:
        listed = yaml.safe_load((ROOT / "benchmarks" / "mutants.yaml").read_text(encoding="utf-8"))
        self.explained = {(row["file"], row["function"], *change) for row in listed for change in row["changes"]}
        self.room, self.verdicts, self.open = room, Counter[str](), list[str]()
        self.here, self.of_fixture = set[Line](), defaultdict[str, set[Line]](set)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        """Note the lines that a fixture reaches: they count for every test that uses it."""
        before, self.here = self.here, set()
        try:
            return (yield)
        finally:
            self.of_fixture[fixturedef.argname] |= self.here
            self.here |= before

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Judge instead of testing."""
        reached, seconds = self._reached(session.items)
        gc.collect()
        gc.freeze()
        place = PACKAGE / self.room
        for path in sorted(place.glob("*.py")) if place.is_dir() else [place]:
            for mutant in mutants(path):
                lines = {(str(path), line) for line in mutant.lines}
                items = [item for item in session.items if reached[item.nodeid] & lines]
                items.sort(key=lambda item: seconds[item.nodeid])
                if _noticed(mutant, items, SLOWER * sum(seconds[item.nodeid] for item in items) + 5):
                    self.verdicts["noticed"] += 1
                elif mutant.key in self.explained:
                    self.verdicts["explained"] += 1
                else:
                    self.verdicts["open"] += 1
                    print(f"\n{mutant.file}:{mutant.lines[0]}", *map(repr, mutant.key[1:]), flush=True)
            print(f"{path.relative_to(PACKAGE)}: {dict(self.verdicts)}", file=sys.stderr, flush=True)
        return True

    def _reached(self, items: list[pytest.Item]) -> tuple[dict[str, set[Line]], dict[str, float]]:
        """Run every test; return the lines of the room that each reaches, and its seconds."""
        reached, seconds, folder = dict[str, set[Line]](), dict[str, float](), str(PACKAGE / self.room)

        def traced(frame: types.FrameType, event: str, _: object) -> Any:
            if not frame.f_code.co_filename.startswith(folder):
                return None
            self.here.add((frame.f_code.co_filename, frame.f_lineno))
            return traced

        for item, after in zip(items, [*items[1:], None], strict=True):
            self.here = set()
            sys.settrace(traced)
            reports = runtestprotocol(item, log=False, nextitem=item)
            sys.settrace(None)
            if any(report.failed for report in reports):
                raise SystemExit(f"{item.nodeid} fails without any change")
            reached[item.nodeid] = self.here.union(*(self.of_fixture[name] for name in item.fixturenames))
            started = time.process_time()
            runtestprotocol(item, log=False, nextitem=after)
            seconds[item.nodeid] = time.process_time() - started
        return reached, seconds


def _noticed(mutant: Mutant, items: list[pytest.Item], limit: float) -> bool:
    if child := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, limit)
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    try:
        apply(mutant)
        for item, after in zip(items, [*items[1:], None], strict=True):
            if any(report.failed for report in runtestprotocol(item, log=False, nextitem=after)):
                os._exit(1)
    except BaseException:
        os._exit(1)
    os._exit(0)


def main(rooms: list[str]) -> int:
    """Print a line a room, and every change that is open."""
    total = Counter[str]()
    for room in rooms:
        judge = Judge(room)
        tests = [str(ROOT / "tests" / name) for name in ROOMS[room]]
        with tempfile.TemporaryDirectory() as folder:
            options = ["-q", "-n", "0", "-p", "no:cacheprovider", "--rootdir", str(ROOT), "--basetemp", f"{folder}/t"]
            pytest.main([*options, *tests, str(PACKAGE / room)], plugins=[judge])
        total += judge.verdicts
        print(f"{room}: changes {judge.verdicts.total()}, {dict(judge.verdicts)}")
    print(f"changes that no test notices, explained: {total['explained']}")
    print(f"changes that no test notices and nobody explains: {total['open']} (bar: 0)")
    return int(total["open"] > 0 or not total["noticed"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(ROOMS)))
