"""Tables as HTML, as a screen reader wants them."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape


def table(
    heads: Iterable[object], rows: Iterable[Iterable[object]], caption: str = "", *, of_row: int = 1, name: str = ""
) -> str:
    """Return a table whose columns have heads, and whose rows are headed by their first `of_row` cells.

    >>> table(["Code", "n"], [["A & B", 2]])  # doctest: +NORMALIZE_WHITESPACE
    '<table><thead><tr><th scope="col">Code</th><th scope="col">n</th></tr></thead><tbody><tr><th
    scope="row">A &amp; B</th><td>2</td></tr></tbody></table>'
    """
    body = ""
    for row in rows:
        cells = [escape(str(cell)) for cell in row]
        body += "<tr>" + "".join(f'<th scope="row">{cell}</th>' for cell in cells[:of_row])
        body += "".join(f"<td>{cell}</td>" for cell in cells[of_row:]) + "</tr>"
    head = "".join(f'<th scope="col">{escape(str(cell))}</th>' for cell in heads)
    mark, above = f' class="{name}"' * bool(name), f"<caption>{escape(caption)}</caption>" * bool(caption)
    return f"<table{mark}>{above}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def finding_tag(finding: str) -> str:
    """Return the id of a finding as it stands behind a sentence; nothing where there is none."""
    return f' <span class="finding-id">{escape(finding)}</span>' if finding else ""
