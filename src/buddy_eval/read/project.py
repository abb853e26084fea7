"""What a project of another tool holds, whatever file it came in."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

CODES = ["guid", "name", "parent", "description", "codable", "color"]
CODINGS = ["source", "start", "end", "code", "coder", "memo", "why", "passage"]
ATTRIBUTES = ["owner", "name", "variable", "type", "value"]


@dataclass
class Project:
    """What a project file holds; whatever could not be taken over is in `log`.

    Attributes
    ----------
    users : GUID to name.
    codes : guid, name, parent (GUID), description, codable, color, in the order of the file.
    texts : name of the source to its text (LF line ends, no mark).
    codings : source, start, end (code points of the text; missing where there is none), code, coder, memo, and
        `why` a coding has no place; `passage` holds the words.
    attributes : owner ('case' or 'source'), name, variable, type, value.
    members : pairs of a case and a source that belongs to it.
    wordless : names of sources that hold no text, such as pictures.
    log : item, action, n, reason, example.
    """

    name: str = ""
    origin: str = ""
    users: dict[str, str] = field(default_factory=dict)
    codes: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=CODES))
    texts: dict[str, str] = field(default_factory=dict)
    codings: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=CODINGS))
    attributes: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=ATTRIBUTES))
    members: list[tuple[str, str]] = field(default_factory=list)
    wordless: set[str] = field(default_factory=set)
    log: list[dict[str, str | int]] = field(default_factory=list)

    def note(self, item: str, action: str, n: int, reason: str = "", example: str = "") -> None:
        """Add a line to the log, where there is anything to say."""
        if n:
            self.log.append({"item": item, "action": action, "n": n, "reason": reason, "example": example[:60]})
