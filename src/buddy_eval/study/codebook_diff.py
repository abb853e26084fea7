"""Two versions of a codebook side by side: which codes came, went or changed, and in which words."""

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
    after: texts, empty where there is none.

    >>> from buddy_eval.study.codebook import load_codebook
    >>> len(codebook_diff(load_codebook(), load_codebook()))
    0
    """
    before, after = _told(old), _told(new)
    rows = []
    for code, now in after.items():
        then = before.get(code)
        if then is None:
            rows.append((code, "added", "", f"{now['name']}: {now['definition']}"))
        else:
            rows += [(code, name, then[name], now[name]) for name in FIELDS if then[name] != now[name]]
    rows += [
        (code, "removed", f"{then['name']}: {then['definition']}", "")
        for code, then in before.items()
        if code not in after
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _told(book: Codebook) -> dict[str, dict[str, str]]:
    """The texts of every code by its id."""
    signs = book.terms["term"] + (" (" + book.terms["valence"] + ")").fillna("")
    terms = signs.groupby(book.terms["code"]).agg(lambda words: ", ".join(sorted(words)))
    rows = book.codes.sort_values("position").set_index("code").assign(terms=terms).reindex(columns=list(FIELDS))
    return {str(code): dict(zip(FIELDS, map(str, row), strict=True)) for code, *row in rows.fillna("").itertuples()}
