"""Two versions of a codebook side by side: which codes, themes and rules came, went or changed, and in which words."""

from __future__ import annotations

import pandas as pd

from buddy_eval.study.codebook import Codebook

COLUMNS = ["code", "field", "before", "after"]
FIELDS = ("theme", "name", "definition", "include", "exclude", "terms")


def codebook_diff(old: Codebook, new: Codebook) -> pd.DataFrame:
    """Return what differs between two codebooks, in the order of the newer one; codes that went come last.

    Returns
    -------
    code, field (``added``, ``removed``, or what changed: theme, name, definition, include, exclude, terms), before,
    after: texts, empty where there is none. A theme stands as ``theme ID``, with label and definition; what holds for
    all codes stands under ``all codes``: rules, negation window, negations.

    >>> from buddy_eval.study.codebook import load_codebook
    >>> len(codebook_diff(load_codebook(), load_codebook()))
    0
    """
    before, after = _told(old), _told(new)
    rows = []
    for key, now in after.items():
        then = before.get(key)
        if then is None:
            rows.append((key, "added", "", _in_short(now)))
        else:
            rows += [(key, field, then[field], text) for field, text in now.items() if then[field] != text]
    rows += [(key, "removed", _in_short(then), "") for key, then in before.items() if key not in after]
    return pd.DataFrame(rows, columns=COLUMNS)


def _in_short(texts: dict[str, str]) -> str:
    return f"{texts.get('name') or texts['label']}: {texts['definition']}"


def _told(book: Codebook) -> dict[str, dict[str, str]]:
    """The texts of the whole, of every theme and of every code, by field."""
    general = {"rules": book.rules, "negation window": str(book.window), "negations": ", ".join(book.negations)}
    themes = book.themes.sort_values("position")[["theme", "label", "definition"]].itertuples(index=False, name=None)
    told = {"all codes": general}
    told |= {f"theme {theme}": {"label": label, "definition": text} for theme, label, text in themes}
    signs = book.terms["term"] + (" (" + book.terms["valence"] + ")").fillna("")
    terms = signs.groupby(book.terms["code"]).agg(lambda words: ", ".join(sorted(words)))
    rows = book.codes.sort_values("position").set_index("code").assign(terms=terms).reindex(columns=list(FIELDS))
    return told | {
        str(code): dict(zip(FIELDS, map(str, row), strict=True)) for code, *row in rows.fillna("").itertuples()
    }
