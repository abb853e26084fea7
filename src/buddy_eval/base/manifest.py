"""Receipts: what went into every step and what came out, by hash; the same list tells what is up to date.

`data/processed/manifest.json` holds one receipt a step: the hashes of its inputs, of the code, of its settings
and of its outputs. A step is repeated when any of these no longer agrees with what is on the disk, and all of them
where the manifest was written elsewhere (`base.seal`). No receipt may name a file outside of the study.
"""

from __future__ import annotations

import functools
import hashlib
import json
import platform
from collections.abc import Container, Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from buddy_eval.base.errors import Fault, StudyError
from buddy_eval.base.files import inside, load_json, sha256, write_atomic
from buddy_eval.base.seal import seal, sealed

PACKAGE = Path(__file__).parents[1]
# Every distribution that can change a byte of a table or report: those that read, compute, draw, clean and write.
ENGINES = tuple(
    """
    beautifulsoup4 bleach contourpy cycler defusedxml et_xmlfile fonttools formulaic ipykernel ipython jinja2 joblib
    jupyterlab_pygments kiwisolver llvmlite lxml markupsafe matplotlib mistune narwhals nbclient nbconvert nbformat nh3
    numba numpy openpyxl pandas pandocfilters patsy pikepdf pillow pyarrow pygments pypandoc_binary pyparsing pypdfium2
    pyreadstat python-calamine python-dateutil python-docx pyyaml scikit-learn scipy soupsieve statsmodels striprtf
    threadpoolctl tinycss2 typst tzdata webencodings webvtt-py
    """.split()
)
Receipt = dict[str, Any]
MANIFEST = "manifest.json"


class Manifest:
    """The receipts of one study, kept in one file that is written whole after every step."""

    def __init__(self, root: Path, path: Path) -> None:
        self.root = root
        self.path = path
        self.steps: dict[str, Receipt] = _read(root, path)

    def receipt(self, inputs: Iterable[Path], settings: Mapping[str, Any]) -> Receipt:
        """Describe what a step would start from now: hashes of inputs, code and settings."""
        return {
            "inputs": self._hashes(inputs),
            "settings": hashlib.sha256(json.dumps(settings, sort_keys=True, default=str).encode()).hexdigest(),
            "code": code_version(),
        }

    def current(self, step: str, receipt: Receipt, *, aside: Container[str] = ()) -> bool:
        """Tell whether a step was done from exactly this, and its outputs are still as it left them.

        aside : names of inputs that may have changed since.
        """
        kept = self.steps.get(step)
        if kept is None or any(kept.get(key) != receipt[key] for key in ("settings", "code")):
            return False
        was, now = (
            {name: value for name, value in one["inputs"].items() if name not in aside} for one in (kept, receipt)
        )
        if was != now:
            return False
        outputs: dict[str, str] = kept["outputs"]
        return self._hashes(self.root / name for name in outputs) == outputs

    def as_left(self, step: str) -> bool:
        """Tell whether all that a step was done from and all that it made is as it was then."""
        if (kept := self.steps.get(step)) is None or kept["code"] != code_version():
            return False
        files: dict[str, str] = {**kept["inputs"], **kept["outputs"]}
        return self._hashes(self.root / name for name in files) == files

    def keep(self, step: str, receipt: Receipt, outputs: Iterable[Path]) -> None:
        """Write down that a step is done; older files of the step that it no longer makes are removed."""
        hashes = self._hashes(outputs)
        for name in set(self.steps.get(step, {}).get("outputs", {})) - set(hashes):
            (self.root / name).unlink(missing_ok=True)
        self.steps[step] = {**receipt, "outputs": hashes}
        self._write()

    def forget(self, step: str) -> None:
        """Strike the receipt of a step whose outputs stand no longer."""
        if self.steps.pop(step, None) is not None:
            self._write()

    def data_version(self) -> str:
        """Return one hash of all processed tables: the same tables, the same hash."""
        tables = {
            name: value
            for step in self.steps.values()
            for name, value in step["outputs"].items()
            if name.endswith(".parquet")
        }
        return hashlib.sha256(json.dumps(tables, sort_keys=True).encode()).hexdigest()

    def _hashes(self, paths: Iterable[Path]) -> dict[str, str]:
        named = {path.relative_to(self.root).as_posix(): path for path in paths}
        return {name: hash_of(path) if path.exists() else "absent" for name, path in sorted(named.items())}

    def _write(self) -> None:
        content = {"engines": engines(), "seal": seal(_canonical(self.steps)), "steps": self.steps}
        write_atomic(self.path, (json.dumps(content, indent=1, sort_keys=True) + "\n").encode())


def hash_of(path: Path) -> str:
    """Return the hash of a file; one that is asked for often is read once, as long as nobody has written it."""
    stat = path.stat()
    return _hashed(path, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)


@functools.lru_cache(maxsize=10_000)
def _hashed(path: Path, *_: int) -> str:
    return sha256(path)


@functools.cache
def code_version() -> str:
    """Return one hash of the package's files and of the versions of the engines it computes with."""
    return hashlib.sha256((sha256(PACKAGE) + json.dumps(engines())).encode()).hexdigest()


@functools.cache
def engines() -> dict[str, str]:
    """Return the versions of Python and of the libraries that results can depend on."""
    return {"python": ".".join(platform.python_version_tuple()[:2]), **{name: _version(name) for name in ENGINES}}


def _version(name: str) -> str:
    """The version of a distribution; a release of another that needs it may do without."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"


def _canonical(steps: object) -> bytes:
    return json.dumps(steps, sort_keys=True).encode()


def _read(root: Path, path: Path) -> dict[str, Receipt]:
    """The receipts, or none: then everything is done again. A name that leads out of the study is refused.

    Raises
    ------
    StudyError : a receipt names a file outside of the study.
    """
    try:
        content = load_json(path)
        steps, mark = content["steps"], content.get("seal")
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    whole = steps.items() if isinstance(steps, dict) else ()
    kept = {step: it for step, it in whole if isinstance(it, dict) and isinstance(it.get("outputs"), dict)}
    named = {name for it in kept.values() for name in it["outputs"]}
    if outside := sorted(name for name in named if not inside(root, name)):
        problem = f"names {len(outside)} file{'s' * (len(outside) != 1)} outside of the study: it is forged or damaged"
        raise StudyError([Fault(path.name, 0, problem, "ask who gave it to you; then delete it, and run again")])
    return kept if sealed(_canonical(steps), mark) else {}
