"""Receipts: what went into every step and what came out, by hash; the same list tells what is up to date.

`data/processed/manifest.json` holds one receipt a step: the hashes of its inputs, of the code, of its settings
and of its outputs. A step is repeated when any of these no longer agrees with what is on the disk.
"""

from __future__ import annotations

import functools
import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from buddy_eval.base.files import sha256, write_atomic

PACKAGE = Path(__file__).parents[1]
ENGINES = ("pandas", "numpy", "scipy", "pyarrow", "scikit-learn", "nbconvert", "matplotlib", "typst", "pypandoc_binary")
Receipt = dict[str, Any]


class Manifest:
    """The receipts of one study, kept in one file that is written whole after every step."""

    def __init__(self, root: Path, path: Path) -> None:
        self.root = root
        self.path = path
        self.steps: dict[str, Receipt] = _read(path)

    def receipt(self, inputs: Iterable[Path], settings: Mapping[str, Any]) -> Receipt:
        """Describe what a step would start from now: hashes of inputs, code and settings."""
        return {
            "inputs": self._hashes(inputs),
            "settings": hashlib.sha256(json.dumps(settings, sort_keys=True, default=str).encode()).hexdigest(),
            "code": code_version(),
        }

    def current(self, step: str, receipt: Receipt) -> bool:
        """Tell whether a step was done from exactly this, and its outputs are still as it left them."""
        kept = self.steps.get(step)
        if kept is None or any(kept.get(key) != receipt[key] for key in ("inputs", "settings", "code")):
            return False
        outputs: dict[str, str] = kept["outputs"]
        return self._hashes(self.root / name for name in outputs) == outputs

    def keep(self, step: str, receipt: Receipt, outputs: Iterable[Path]) -> None:
        """Write down that a step is done; older files of the step that it no longer makes are removed."""
        hashes = self._hashes(outputs)
        for name in set(self.steps.get(step, {}).get("outputs", {})) - set(hashes):
            (self.root / name).unlink(missing_ok=True)
        self.steps[step] = {**receipt, "outputs": hashes}
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
        return {name: sha256(path) if path.exists() else "absent" for name, path in sorted(named.items())}

    def _write(self) -> None:
        content = {"engines": engines(), "steps": self.steps}
        write_atomic(self.path, (json.dumps(content, indent=1, sort_keys=True) + "\n").encode())


@functools.cache
def code_version() -> str:
    """Return one hash of the package's files and of the versions of the engines it computes with."""
    return hashlib.sha256((sha256(PACKAGE) + json.dumps(engines())).encode()).hexdigest()


@functools.cache
def engines() -> dict[str, str]:
    """Return the versions of Python and of the libraries that results can depend on."""
    return {"python": ".".join(platform.python_version_tuple()[:2]), **{name: version(name) for name in ENGINES}}


def _read(path: Path) -> dict[str, Receipt]:
    try:
        steps = json.loads(path.read_text(encoding="utf-8"))["steps"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}  # no receipts: everything is done again
    whole = steps.items() if isinstance(steps, dict) else ()
    return {step: kept for step, kept in whole if isinstance(kept, dict) and isinstance(kept.get("outputs"), dict)}
