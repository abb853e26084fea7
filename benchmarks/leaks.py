"""Plant forty kinds of confidential matter, publish for the public, and count what arrives; stock nbconvert beside it.

Run: python benchmarks/leaks.py. Exits 1 where a marker arrives.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
import zipfile
from copy import deepcopy
from pathlib import Path

from nbformat import NotebookNode
from planted import FILES, NOTEBOOKS, notebook, readers, report

from buddy_eval.base.errors import BuddyError
from buddy_eval.publish.gate.notebook import notebook_faults
from buddy_eval.publish.gate.refused import RefusedError
from buddy_eval.publish.gate.report import inspect, report_faults
from buddy_eval.publish.page import ReportError
from buddy_eval.publish.write import write_report


def publish(made: NotebookNode, folder: Path) -> str:
    """Publish a notebook as the main job does; return what refused it, or nothing."""
    if hidden := notebook_faults(made, "plan.ipynb"):
        return str(hidden[0])
    try:
        write_report(report(deepcopy(made)), folder, "report", lambda files: inspect(files, "report", readers()))
    except (RefusedError, ReportError) as error:
        return str(error).splitlines()[0]
    return ""


def arrives(marker: str, folder: Path) -> bool:
    """Tell whether a marker stands anywhere in the files of a folder, packed or not."""
    return any(marker.encode() in text for path in folder.iterdir() for text in _opened(path))


def _opened(path: Path) -> list[bytes]:
    data = path.read_bytes()
    if path.suffix == ".docx":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [archive.read(name) for name in archive.namelist()]
            return [*parts, *(re.sub(rb"<[^>]*>", b"", part) for part in parts)]
    if path.suffix == ".pdf":
        from pypdf import PdfReader

        return [data, " ".join(page.extract_text() for page in PdfReader(path).pages).encode()]
    return [data]


def stock(made: NotebookNode) -> str:
    """The page that nbconvert makes without any option."""
    from nbconvert import HTMLExporter

    return str(HTMLExporter().from_notebook_node(deepcopy(made))[0])


def main() -> int:
    """Print one line a kind and one line a figure."""
    arrived, refused, left_out, by_stock = [], 0, 0, 0
    with tempfile.TemporaryDirectory() as name:
        clean = Path(name) / "clean"
        if problem := publish(notebook(), clean):
            raise BuddyError(f"the notebook without a marker is refused: {problem}")
        for number, (kind, (marker, made)) in enumerate(NOTEBOOKS.items()):
            folder = Path(name) / str(number)
            folder.mkdir()
            said = publish(made, folder)
            refused, left_out = refused + bool(said), left_out + (not said)
            found = stock(made)
            by_stock += marker in found or marker in re.sub(r"<[^>]*>", "", found)
            if arrives(marker, folder):
                arrived.append(kind)
            print(f"{kind}: {said or 'left out'}")
        built = {path.suffix: path.read_bytes() for path in clean.iterdir()}
        for kind, plan in FILES.items():
            files = {**built, plan.ending: plan.plant(built.get(plan.ending, b""))}
            faults = report_faults(files, plan.stem, readers())
            refused += bool(faults)
            if not faults:
                arrived.append(kind)
            print(f"{kind}: {faults[0] if faults else 'ARRIVES'}")
    print(f"kinds planted: {len(NOTEBOOKS) + len(FILES)} (bar: 40 or more)")
    print(f"kinds refused by name: {refused}; left out of the page: {left_out}")
    print(f"kinds that arrive: {len(arrived)} {', '.join(arrived)} (bar: 0)")
    print(f"kinds in notebooks that arrive with stock nbconvert: {by_stock} of {len(NOTEBOOKS)}")
    return int(bool(arrived) or len(NOTEBOOKS) + len(FILES) < 40)


if __name__ == "__main__":
    sys.exit(main())
