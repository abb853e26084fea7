"""What a team says of its evaluation before it begins: asked in plain words, or read from a file of answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from buddy_eval.base.errors import Fault, StudyError, nearest, refuse
from buddy_eval.schemas.posts import POSTS
from buddy_eval.start.setup import MORE, READERS, TOOLS, Setup, built, impossible
from buddy_eval.study.toml import load_toml

QUESTIONS: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "questions.yaml").read_text(encoding="utf-8"))
Read = Callable[[str], str]
Say = Callable[[str], None]


def ask(read: Read, say: Say) -> Setup | None:
    """Ask the questions one after another, each until its answer can be read; None where the first is left empty.

    `read` shows a prompt and returns what was typed, `say` prints a line.
    """
    answers: dict[str, Any] = {}
    for place, question in enumerate(QUESTIONS["study"]):
        if place == 0:
            say("A few questions, and the files of your evaluation are made of the answers.")
            if not (title := read(f"{question['ask']}\n({question['hint']} Enter alone: an empty study.)\n> ").strip()):
                return None
            answers["title"] = title
            continue
        answers[question["key"]] = _asked(question, read, say)
    pairs: list[dict[str, Any]] = []
    while not pairs or _asked({"ask": QUESTIONS["more"], "hint": "", "kind": "yes_or_no"}, read, say):
        pairs.append({question["key"]: _asked(question, read, say) for question in QUESTIONS["pair"]})
        if problem := impossible(pairs, answers):
            say(f"  {problem}; say this pair again")
            pairs.pop()
    return _setup({**answers, "pair": pairs}, "the answers")


def load_answers(path: Path) -> Setup:
    """Read the answers from a TOML file: the keys of `questions.yaml`, and a ``[[pair]]`` for each pair.

    Raises
    ------
    StudyError : with every fault at once: a key that is missing or unknown, an answer that cannot be read.
    """
    if not path.is_file():
        raise StudyError([Fault(path.name, 0, "the file of answers is not there", "check its name")])
    return _setup(load_toml(path), path.name)


def answers_file(setup: Setup) -> bytes:
    """Return the answers as a file that `load_answers` reads, to begin the next round with."""
    shown: dict[str, Any] = {
        "title": setup.title, "team": setup.team, "contact": setup.contact, "interviewed": list(setup.posts),
        "external": "yes" if setup.external else "no", "tool": setup.tool, "opens": str(setup.opens),
    }  # fmt: skip
    lines = [f"{key} = {_quoted(value)}" for key, value in shown.items()]
    for one in setup.arrangements:
        named = {"name": one.pair, "supporter": one.supporter.name, "supporter_code": one.supporter.code}
        named |= {"receiver": one.receiver.name, "receiver_code": one.receiver.code}
        named |= {"start": str(one.start), "end": str(one.end or "")}
        lines += ["", "[[pair]]", *(f"{key} = {_quoted(value)}" for key, value in named.items())]
    return "\n".join([*lines, ""]).encode()


def _quoted(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "")


def _asked(question: dict[str, str], read: Read, say: Say) -> Any:
    tools = ", ".join(f"{key} ({label})" for key, label in TOOLS.items())
    posts = ", ".join(f"{number} {label}" for number, label in enumerate(POSTS.values(), 1))
    hint = question["hint"].format(posts=posts, tools=tools)
    while True:
        typed = read(f"{question['ask']}\n" + (f"({hint})\n> " if hint else "> "))
        try:
            return READERS[question["kind"]](typed)
        except ValueError as problem:
            say(f"  {problem}")


def _setup(answers: dict[str, Any], file: str) -> Setup:
    faults: list[Fault] = []
    study = _read_all({key: value for key, value in answers.items() if key != "pair"}, "study", "", file, faults)
    listed = answers.get("pair", [])
    if not isinstance(listed, list) or not listed or not all(isinstance(one, dict) for one in listed):
        raise StudyError([*faults, Fault(file, 0, "no [[pair]] is named", "add one for each pair of trusts")])
    pairs = [_read_all(one, "pair", f"pair {n}: ", file, faults) for n, one in enumerate(listed, 1)]
    if not faults and (problem := impossible(pairs, study)):
        faults.append(Fault(file, 0, problem, "correct it"))
    refuse(faults)
    return built(study, pairs)


def _read_all(answers: dict[str, Any], part: str, place: str, file: str, faults: list[Fault]) -> dict[str, Any]:
    kinds = {question["key"]: question["kind"] for question in QUESTIONS[part]} | (MORE if part == "pair" else {})
    for key in answers:
        if key not in kinds:
            faults.append(Fault(file, 0, f"{place}{key} is no question", nearest(key, kinds)))
    read: dict[str, Any] = {}
    for key, kind in kinds.items():
        if key not in answers and kind in {"text", "day"}:
            faults.append(Fault(file, 0, f"{place}{key} is not answered", f'add {key} = "..."'))
            continue
        value = answers.get(key, {"yes_or_no": "no", "tool": "paper"}.get(kind, ""))
        try:
            read[key] = READERS[kind](value)
        except ValueError as problem:
            faults.append(Fault(file, 0, f"{place}{key} = {value!r}", str(problem)))
    return read
