"""The survey as the tools load it: Qualtrics' advanced TXT, LimeSurvey's TSV, and Word for Microsoft Forms.

Sources: Qualtrics, *Import and Export Surveys*, advanced format; LimeSurvey manual, *Tab Separated Value survey
structure*; Microsoft, *Convert a Word or PDF form or quiz to Microsoft Forms* (advice, not a format: questions with
numbers, options with letters).
"""

from __future__ import annotations

import csv
import html
import io
import string
from collections.abc import Callable, Iterable

import docx

from buddy_eval.publish.word import settled
from buddy_eval.start.kit.questionnaire import STATEMENTS, Question, Questionnaire

COLUMNS = (
    "id related_id class type/scale name relevance text help language validation mandatory other default same_default"
).split()
LANGUAGE = "en"
SCALE = ("1", "2", "3", "4", "5", "NA", "DK")


def qualtrics(survey: Questionnaire) -> bytes:
    """Return the survey as a TXT file in Qualtrics' advanced format; every question carries its item as ID."""
    lines = ["[[AdvancedFormat]]", ""]
    for number, (part, questions) in enumerate(survey.parts().items()):
        lines += [f"[[Block:{_tagless(part)}]]", ""]
        if number == 0:
            lines += ["[[Question:DB]]", "[[ID:welcome]]", _marked(survey.welcome), ""]
        for question in questions:
            kind = "MC:SingleAnswer:Vertical" if question.options else "TE:Essay"
            text = "<br>".join(map(_marked, filter(None, (question.text, question.help))))
            lines += [f"[[Question:{kind}]]", f"[[ID:{question.code}]]", text]
            lines += ["[[Choices]]", *map(_marked, question.options)] if question.options else []
            lines.append("")
    return "\n".join(lines).encode()


def limesurvey(survey: Questionnaire) -> bytes:
    """Return the survey as a TSV file of LimeSurvey's survey structure (load it as `.txt`)."""
    rows: list[dict[str, str]] = [
        {"class": "S", "name": "language", "text": LANGUAGE},
        {"class": "S", "name": "format", "text": "G"},
        {"class": "S", "name": "anonymized", "text": "Y"},
        {"class": "SL", "name": "surveyls_title", "text": _marked(survey.title), "language": LANGUAGE},
        {"class": "SL", "name": "surveyls_welcometext", "text": _marked(survey.welcome), "language": LANGUAGE},
    ]
    number = 0
    for part, questions in survey.parts().items():
        number += 1
        rows.append({"id": str(number), "class": "G", "name": part, "relevance": "1", "language": LANGUAGE})
        for question in questions:
            number += 1
            rows += _limesurvey_question(question, str(number))
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, COLUMNS, restval="", delimiter="\t", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode("utf-8-sig")


def _limesurvey_question(question: Question, number: str) -> Iterable[dict[str, str]]:
    """A list of radio buttons (L) with its answers, or a long free text (T)."""
    yield {
        "id": number,
        "class": "Q",
        "type/scale": "L" if question.options else "T",
        "name": question.code,
        "relevance": "1",
        "text": _marked(question.text),
        "help": _marked(question.help),
        "language": LANGUAGE,
        "mandatory": "Y" if question.needed else "N",
        "other": "N",
    }
    scale = question.part == STATEMENTS  # an export of codes alone still says what was answered
    for place, option in enumerate(question.options):
        yield {
            "id": number, "class": "A", "type/scale": "0", "name": SCALE[place] if scale else f"A{place + 1}",
            "relevance": "0", "text": _marked(option), "language": LANGUAGE,
        }  # fmt: skip


def forms(survey: Questionnaire) -> bytes:
    """Return the survey as a Word file for the import of Microsoft Forms: numbered questions, lettered options."""
    document = docx.Document()
    document.add_heading(survey.title, 0)
    document.add_paragraph(survey.welcome)
    for number, question in enumerate(survey.questions, 1):
        # Forms makes one title of a question's line: what helps to answer stands in it, as it has no line of its own.
        document.add_paragraph(f"{number}. {' '.join(filter(None, (question.text, question.help)))}")
        for letter, option in zip(string.ascii_uppercase, question.options, strict=False):
            document.add_paragraph(f"{letter}. {option}")
        if not question.options:
            document.add_paragraph("_" * 60)
    document.core_properties.author, document.core_properties.title = "", survey.title
    buffer = io.BytesIO()
    document.save(buffer)
    return settled(buffer.getvalue())


def _marked(text: str) -> str:
    """Text for a tool that reads HTML: no mark-up, no tag or expression of the tool, no formula, one line."""
    plain = html.escape(" ".join(text.split()), quote=False)
    for sign, entity in (("[[", "&#91;&#91;"), ("]]", "&#93;&#93;"), ("{", "&#123;"), ("}", "&#125;"), ("$", "&#36;")):
        plain = plain.replace(sign, entity)
    return f"&#{ord(plain[0])};{plain[1:]}" if plain[:1] in {"=", "+", "-", "@"} else plain


def _tagless(text: str) -> str:
    return text.replace("[", "(").replace("]", ")")


FILES: dict[str, tuple[str, Callable[[Questionnaire], bytes]]] = {
    "forms": ("questionnaire-for-microsoft-forms.docx", forms),
    "qualtrics": ("questionnaire-for-qualtrics.txt", qualtrics),
    "limesurvey": ("questionnaire-for-limesurvey.txt", limesurvey),
}
EXPORTS = {"forms": "xlsx", "qualtrics": "csv", "limesurvey": "csv", "paper": "xlsx"}  # what each tool hands back
