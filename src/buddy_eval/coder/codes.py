"""The codebook as the view shows it: codes by theme, each with the key that gives it."""

from __future__ import annotations

import string
from typing import Any

from buddy_eval.study.codebook import Codebook

DIGITS = "1234567890"


def themes(codebook: Codebook) -> list[dict[str, Any]]:
    """Return the themes with their codes; each code has its key: the theme's digit, then a letter, where they last.

    >>> from buddy_eval.study.codebook import load_codebook
    >>> [(code["code"], code["key"]) for code in themes(load_codebook())[1]["codes"]][:2]
    [('CR1', '2a'), ('CR2', '2b')]
    """
    ordered = codebook.themes.sort_values("position")
    labels = {str(row["theme"]): str(row["label"]) for row in ordered.to_dict("records")}
    grouped: dict[str, list[dict[str, str]]] = {theme: [] for theme in labels}
    for row in codebook.codes.sort_values("position").fillna("").to_dict("records"):
        grouped.setdefault(str(row["theme"]), []).append({str(name): str(value) for name, value in row.items()})
    told = []
    for number, (theme, rows) in enumerate(grouped.items()):
        digit = DIGITS[number : number + 1]
        for code, letter in zip(rows, [*string.ascii_lowercase, *[""] * len(rows)], strict=False):
            code["key"] = digit + letter if digit and letter else ""
        names = ("code", "name", "definition", "include", "exclude", "example", "key")
        codes = [{name: code[name] for name in names} for code in rows]
        told.append({"label": labels.get(theme, "Other"), "digit": digit, "codes": codes})
    return told
