"""Sheets, guides, plan and the page on what to do next: templates in Markdown, filled in and handed out as Word."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from buddy_eval.analyse.thresholds import LEAST_PAIRS_FOR_P
from buddy_eval.base.called import CALLED
from buddy_eval.base.dates import in_full
from buddy_eval.publish.about import About
from buddy_eval.publish.word import markdown_docx
from buddy_eval.schemas import Frame
from buddy_eval.schemas.posts import EXTERNAL, POSTS
from buddy_eval.start.kit.questionnaire import ABOUT, STATEMENTS, WORDS, Questionnaire
from buddy_eval.start.kit.survey_files import EXPORTS, FILES
from buddy_eval.start.setup import TOOLS, Setup
from buddy_eval.study.codebook import Codebook
from buddy_eval.study.instrument import Instrument
from buddy_eval.study.settings import Disclosure

TEMPLATES = Path(__file__).parent / "templates"
GUIDES: dict[str, Any] = yaml.safe_load((TEMPLATES / "guides.yaml").read_text(encoding="utf-8"))
SIGN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~^$@\"'=:;&])")
LOAD = {
    "forms": "In Microsoft Forms choose *Quick import* and take `survey/{file}`; look every question through.",
    "qualtrics": "In Qualtrics choose *Tools, Import/Export, Import survey* and take `survey/{file}`.",
    "limesurvey": "In LimeSurvey choose *Create survey, Import* and take `survey/{file}`.",
    "paper": "Print `survey/questionnaire-on-paper.docx`, or copy its questions word for word into your tool.",
}


class Safe(str):
    """Text of ours that stands in a template as it is."""

    __slots__ = ()


def documents(
    setup: Setup, codebook: Codebook, instrument: Instrument, survey: Questionnaire, tables: tuple[Frame, ...]
) -> dict[str, bytes]:
    """Return every document of the kit, by its name below the folder of the kit."""
    common = {"setup": setup, "notice": instrument.notice}
    files = {
        "what-to-do-next.docx": _word("next.md", "What to do next", setup, {**common, **_next(setup, survey)}),
        "plan/evaluation-plan.docx": _word("plan.md", "Evaluation plan", setup, _plan(setup, codebook, instrument)),
        "people/information-sheet.docx": _word("information.md", "Information", setup, {**common, **_asks(setup)}),
        "people/consent-form.docx": _word("consent.md", "Consent", setup, common),
        "survey/questionnaire-on-paper.docx": _word("paper.md", "Questionnaire", setup, _paper(survey, instrument)),
        "data-dictionary.docx": _word("dictionary.md", "Data dictionary", setup, {
            "tables": tables, "items": _rows(instrument.items), "questions": _rows(instrument.questions),
            "codes": _rows(codebook.codes), "options": [*instrument.options, *instrument.apart],
        }),
    }  # fmt: skip
    for post in (*setup.posts, *(["external"] if setup.external else [])):
        label = POSTS.get(post, EXTERNAL)
        facts = {**common, "post": label, "about": GUIDES["posts"][post]["about"], "themes": _themes(codebook, post)}
        files[f"interviews/guide-{post.replace('_', '-')}.docx"] = _word("guide.md", "Interview guide", setup, facts)
    return files


def milestones(opens: date) -> list[tuple[str, str]]:
    """Return the days of the plan, with what is due; a day on a weekend moves to the Monday after it.

    >>> milestones(date(2026, 9, 1))[4]
    ('Tuesday 1 September 2026', 'Open the survey; send the board workbooks')
    """
    days = [(opens + timedelta(days=shift), what) for shift, what in GUIDES["milestones"]]
    moved = [(day + timedelta(days=(7 - day.weekday()) % 7 if day.weekday() > 4 else 0), what) for day, what in days]
    return [(f"{day:%A} {in_full(day)}", what) for day, what in moved]


def _next(setup: Setup, survey: Questionnaire) -> dict[str, Any]:
    file = FILES[setup.tool][0] if setup.tool in FILES else ""
    return {
        "called": Safe(CALLED),
        "load": Safe(LOAD[setup.tool].format(file=file)),
        "export": Safe(f"survey_wave_{setup.wave}.{EXPORTS[setup.tool]}"),
        "about": " and ".join(f"“{question.text}”" for question in survey.questions if question.needed),
        "kept": ("capacity", "communications", "actions"),
    }


def _plan(setup: Setup, codebook: Codebook, instrument: Instrument) -> dict[str, Any]:
    labels = [POSTS[post] for post in setup.posts]
    return {
        "themes": _rows(codebook.themes),
        "pairs": len(setup.arrangements),
        "least": LEAST_PAIRS_FOR_P,
        "respondents": Disclosure().min_respondents,
        "posts": [*labels, *([EXTERNAL] if setup.external else [])],
        "tool": TOOLS[setup.tool],
        "questions": len(instrument.questions),
        "milestones": milestones(setup.opens),
    }


def _asks(setup: Setup) -> dict[str, Any]:
    names = [f"{one.supporter.name} and {one.receiver.name}" for one in setup.arrangements]
    asks = "A survey of about ten minutes"
    asks += ", and with some people an interview of about 45 minutes." if setup.posts else "."
    report = next(day for day, what in milestones(setup.opens) if what == GUIDES["milestones"][-3][1])
    return {"trusts": "; ".join(names), "asks": asks, "report": report}


def _paper(survey: Questionnaire, instrument: Instrument) -> dict[str, Any]:
    options = [*instrument.options, *instrument.apart]
    return {"survey": survey, "options": options, "about": ABOUT, "statements": STATEMENTS, "words": WORDS}


def _themes(codebook: Codebook, post: str) -> list[dict[Any, Any]]:
    listed = []
    for theme in _rows(codebook.themes):
        opening = GUIDES["themes"].get(theme["theme"]) or GUIDES["any"].format(label=theme["label"])
        codes = _rows(codebook.codes[codebook.codes["theme"] == theme["theme"]])
        more = GUIDES["posts"][post].get(theme["theme"], "")
        listed.append({**theme, "opening": opening, "more": more, "codes": codes})
    return listed


def _rows(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    """The rows of a codebook or an instrument, in its own order."""
    ordered = frame.sort_values("position").astype("object").fillna("")
    return ordered.to_dict("records")


def _word(name: str, title: str, setup: Setup, facts: dict[str, Any]) -> bytes:
    return markdown_docx(template(name).render(facts), About(setup.title, title))


def template(name: str) -> Template:
    """Return a template of the kit; whatever is filled in stands there as text."""
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        finalize=_escaped,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 (Markdown, escaped by `finalize`)
    )


def _escaped(value: Any) -> Any:
    """Text from outside as text: no sign of it is mark-up."""
    return value if isinstance(value, Safe) else SIGN.sub(r"\\\1", " ".join(str(value).split()))
