"""`buddy-eval init --codebook`: themes, codes, words and questions of a team's own, and what of them is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from buddy_eval.study.codebook import PACKAGED, Codebook, load_codebook
from buddy_eval.study.instrument import Instrument, load_instrument

CODEBOOK, INSTRUMENT, GUIDE = "codebook.yaml", "instrument.yaml", "own-themes.md"
HEADS = {
    CODEBOOK: """\
# Yours to change: themes, their codes, and the words by which a machine suggests a code. Give it an id of your own
# below, and a new version whenever you change it once coding has begun. What belongs together stands in own-themes.md.
""",
    INSTRUMENT: """\
# Yours to change: the items of the survey and the questions to boards. Each names a theme of codebook.yaml, and a code
# of it where one fits. What belongs together stands in own-themes.md.
""",
}


def own_files() -> dict[str, bytes]:
    """Return the files that a team changes: codebook and instrument of the package with remarks, and the guide."""
    copies = {name: head + (PACKAGED / name).read_text(encoding="utf-8") for name, head in HEADS.items()}
    guide = (PACKAGED / GUIDE).read_text(encoding="utf-8")
    return {name: text.encode() for name, text in {**copies, GUIDE: guide}.items()}


def begun(folder: Path) -> bool:
    """Tell whether a folder holds a team's codebook and instrument and no study yet."""
    if not folder.is_dir():
        return False
    names = {path.name for path in folder.iterdir() if not path.name.startswith((".", "~$"))}
    return {CODEBOOK, INSTRUMENT} <= names <= {CODEBOOK, INSTRUMENT, GUIDE}


def unserved(codebook: Codebook, instrument: Instrument) -> Iterator[str]:
    """Yield what a codebook of one's own has and nothing asks about, or no words suggest, by file."""
    items, questions = set(instrument.items["theme"]), set(instrument.questions["theme"])
    codes, themes = codebook.codes.dropna(subset=["theme"]), list(codebook.themes["theme"])
    filled = set(codes["theme"])
    lacks = {
        f"{INSTRUMENT}: no item asks about": [key for key in themes if key not in items],
        f"{INSTRUMENT}: no question to boards asks about": [key for key in themes if key not in questions],
        f"{CODEBOOK}: no code stands under": [key for key in themes if key not in filled],
        f"{CODEBOOK}: no terms suggest": [key for key in codes["code"] if key not in set(codebook.terms["code"])],
    }
    for what, names in lacks.items():
        if names:
            yield f"{what} {', '.join(names)}; leave it so, or add some"


def own_remarks(folder: Path) -> list[str]:
    """Return what `unserved` says of the files of a folder. Raises `StudyError` where they have faults."""
    codebook = load_codebook(folder / CODEBOOK)
    return list(unserved(codebook, load_instrument(folder / INSTRUMENT, codebook)))
