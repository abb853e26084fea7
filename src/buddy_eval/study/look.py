"""How the reports of a trust look: its logo, its colour, its own slides; `[look]` in `study.toml`."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from buddy_eval.base.errors import Fault
from buddy_eval.base.files import inside

COLOUR = "#0b3d6b"
LEAST_CONTRAST = 4.5  # of text and its paper: WCAG 2.2, success criterion 1.4.3
ENDINGS = {"logo": (".png", ".jpg", ".jpeg"), "slides": (".pptx",)}


@dataclass(frozen=True)
class Look:
    """A logo for the top of every report, a colour for headings and links, a PowerPoint file whose look slides take."""

    logo: Path | None = None
    colour: str = COLOUR
    slides: Path | None = None

    @property
    def files(self) -> list[Path]:
        """The files that reports are made from."""
        return [path for path in (self.logo, self.slides) if path]


def contrast(colour: str) -> float:
    """Return the contrast ratio of a colour, as #rrggbb, to white paper (WCAG 2.2, relative luminance).

    >>> round(contrast("#000000"), 1), round(contrast("#005EB8"), 1), round(contrast("#FFB81C"), 1)
    (21.0, 6.4, 1.7)
    """
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def look(root: Path, settings: dict[str, Any]) -> Look:
    """Return the look that a study's settings ask for, once nothing is wrong with it."""
    asked = settings.get("look", {})
    return Look(**{key: root / value if key in ENDINGS else value for key, value in asked.items()})


def look_faults(root: Path, settings: dict[str, Any], file: str) -> Iterator[Fault]:
    """List what is wrong with the colour and the files of `[look]`."""
    asked = {key: value for key, value in settings.get("look", {}).items() if isinstance(value, str)}
    colour = asked.get("colour", COLOUR)
    if not re.fullmatch("#[0-9a-fA-F]{6}", colour):
        yield Fault(file, 0, f"[look] colour {colour!r}", 'write it as in colour = "#005EB8"')
    elif (ratio := contrast(colour)) < LEAST_CONTRAST:
        problem = f"[look] colour {colour!r} has a contrast of {ratio:.1f} to white paper"
        yield Fault(file, 0, problem, f"text needs {LEAST_CONTRAST}: take a darker one")
    for key in ENDINGS.keys() & asked.keys():
        path = root / asked[key]
        if Path(asked[key]).is_absolute() or not inside(root, asked[key]) or not path.is_file():
            problem = f"[look] {key} {asked[key]!r} is no file in the study's folder"
            yield Fault(file, 0, problem, "put the file there, and name it from the study's folder")
        elif path.suffix.casefold() in ENDINGS["logo"] and key == "logo":
            if problem := _no_picture(path):
                yield Fault(
                    file, 0, f"[look] logo {asked[key]!r} {problem}", "save it as .png from a program for pictures"
                )
        elif path.suffix.casefold() not in ENDINGS[key] or (key == "slides" and not _has_slides(path)):
            yield Fault(file, 0, f"[look] {key} {asked[key]!r}", f"give a file of kind {' or '.join(ENDINGS[key])}")


def _has_slides(path: Path) -> bool:
    """Whether a file is a presentation: told by what it holds, not by its ending."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "ppt/presentation.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError):
        return False


def _no_picture(path: Path) -> str:
    """Say why a file is no picture, or nothing: told by what it holds, not by its ending."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as picture:
            picture.load()
    except UnidentifiedImageError:
        return "holds no picture"
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):  # as Pillow says that one is damaged
        return "is damaged, or too large"
    return ""
