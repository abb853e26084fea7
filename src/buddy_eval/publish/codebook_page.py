"""A page that shows two versions of a codebook side by side."""

from __future__ import annotations

from html import escape

import nbformat
import pandas as pd

from buddy_eval.base.markup import table
from buddy_eval.publish.page import page
from buddy_eval.study.codebook import Codebook


def codebook_page(old: Codebook, new: Codebook, changes: pd.DataFrame) -> str:
    """Return the page of the differences that `codebook_diff` found, with the newer codebook's history."""
    names = new.codes.set_index("code")["name"].to_dict()
    cells = ["## History\n\n" + _history(new)] if new.history else []
    for code, rows in changes.groupby("code", sort=False):
        title = f"## {escape(str(code))} {escape(names.get(code, ''))}".rstrip()
        cells.append(f"{title}\n\n{table(('What', 'Before', 'After'), rows[['field', 'before', 'after']].to_numpy())}")
    if not cells:
        cells = ["The codes, themes and rules are the same."]
    about = {"title": f"{new.id}: {old.version} to {new.version}", "subtitle": "Two versions of a codebook"}
    markdown = [nbformat.v4.new_markdown_cell(text) for text in cells]
    notebook = nbformat.v4.new_notebook(cells=markdown, metadata={"buddy_eval": about})
    return page(notebook, "codebook-diff")


def _history(book: Codebook) -> str:
    rows = [
        (change.version, change.kind, ", ".join(change.before), ", ".join(change.after), change.why)
        for change in book.history
    ]
    return table(("Version", "Change", "From", "To", "Why"), rows)
