"""What a page says of itself, and how it looks."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nbformat import NotebookNode

from buddy_eval.study.look import COLOUR

PLAIN = ("subtitle", "notice", "profile", "form", "annex", "colour", "logo", "slides")  # as the metadata have them


@dataclass(frozen=True)
class About:
    """What a page says of itself, and how it looks; read from the notebook's metadata under ``buddy_eval``."""

    title: str
    subtitle: str = ""
    notice: str = ""
    profile: str = ""
    footer: tuple[str, ...] = ()
    form: str = "report"
    annex: str = ""
    colour: str = COLOUR
    logo: str = ""
    emblem: str = ""
    slides: str = ""


def about(notebook: NotebookNode, name: str) -> About:
    """Return what a notebook's page says of itself; without metadata the first heading, or its name, is the title."""
    settings = notebook.metadata.get("buddy_eval", {})
    first = next((m.group(1) for cell in notebook.cells if (m := _top(cell))), name)
    return About(
        title=str(settings.get("title") or first.strip()),
        footer=tuple(map(str, settings.get("footer", ()))),
        emblem=f"The logo of {settings.get('team', 'the team')}",
        **{name: str(settings[name]) for name in PLAIN if name in settings},
    )


def _top(cell: NotebookNode) -> re.Match[str] | None:
    return re.match(r"#\s+(.+)", cell.source) if cell.cell_type == "markdown" else None
