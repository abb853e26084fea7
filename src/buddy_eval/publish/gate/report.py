"""One report in all its formats, held against the rules; nothing of it is written where one of them refuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from buddy_eval.base.errors import BuddyError, Fault
from buddy_eval.publish.gate.office import office_faults, word_form_faults
from buddy_eval.publish.gate.page import page_faults, small_words
from buddy_eval.publish.gate.pdf import pdf_faults
from buddy_eval.publish.gate.picture import picture_faults
from buddy_eval.publish.gate.refused import RefusedError
from buddy_eval.publish.gate.rules import Known, file_name
from buddy_eval.publish.gate.structured import NotPlainError, texts
from buddy_eval.publish.gate.text import text_faults, unapproved_faults


def report_faults(contents: Mapping[str, bytes], stem: str, known: Known) -> list[Fault]:
    """List what is wrong with a report, given as its files by ending (`.html`, `.docx`, `.pdf`, `.xlsx`, ...)."""
    html = contents.get(".html", b"").decode(errors="replace")
    faults = list(text_faults(file_name(stem), stem, "file name", known, small_words(html)))
    for ending, data in contents.items():
        try:
            own = contents.get(f"{ending.rpartition('.')[0]}.html", b"").decode(errors="replace")
            faults += _file(data, f"{stem}{ending}", known, own or html)
        except BuddyError:
            raise
        except Exception as error:  # whatever a parser says of a damaged file: what the gate cannot read does not leave
            problem = f"cannot be read ({type(error).__name__}): it is damaged"
            faults.append(Fault(f"{stem}{ending}", 0, problem, "make it again"))
    return sorted(set(faults))


def inspect(contents: Mapping[str, bytes], stem: str, known: Known) -> None:
    """Let a report pass, or refuse it.

    Raises
    ------
    RefusedError : with every fault of every format at once.
    """
    if faults := report_faults(contents, stem, known):
        raise RefusedError(faults)


def _file(data: bytes, file: str, known: Known, html: str) -> list[Fault]:
    ending, words = Path(file).suffix, small_words(html)
    if ending == ".html":
        return page_faults(data.decode(), file, known)
    if ending == ".pdf":
        return pdf_faults(data, file, known, words, html)
    if ending in {".docx", ".pptx", ".xlsx"}:
        form = list(word_form_faults(data, file)) if ending == ".docx" else []
        return [*office_faults(data, file, known, words), *form]
    if ending in {".csv", ".json", ".md", ".txt", ".cff", ".toml", ".yaml", ".qdc"}:
        return list(_structured(data, file, known))
    if ending in {".png", ".jpg", ".jpeg"}:
        return list(picture_faults(data, file, "picture"))
    if ending == ".ipynb":
        return [Fault(file, 0, "a notebook is never published", "publish the page that is made from it")]
    raise BuddyError(f"{file}: the gate cannot read this kind of file, so it is not published")


def _structured(data: bytes, file: str, known: Known) -> Iterator[Fault]:
    try:
        strings = list(texts(data, Path(file).suffix))
    except NotPlainError as error:
        yield Fault(file, 0, str(error), "write it anew from its data")
        return
    for row, text in strings:
        for fault in text_faults(text, file, "text", known):
            yield replace(fault, row=row)
    yield from unapproved_faults(" ".join(text for _, text in strings), file, known)
