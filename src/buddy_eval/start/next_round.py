"""`buddy-eval round`: the next round of a study that `init` began, with last time's answers of the boards beside."""

from __future__ import annotations

import codecs
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd

from buddy_eval.analyse.boards import latest_returns
from buddy_eval.base.called import CALLED
from buddy_eval.base.dates import in_full
from buddy_eval.base.errors import BuddyError, refuse
from buddy_eval.base.files import refuse_filled, write_atomic
from buddy_eval.clean import clean
from buddy_eval.read import read_raw
from buddy_eval.start.answers import load_answers
from buddy_eval.start.kit import kit
from buddy_eval.start.kit.survey_files import EXPORTS
from buddy_eval.start.new_study import awaiting
from buddy_eval.start.setup import Setup, early
from buddy_eval.study.codebook import load_codebook
from buddy_eval.study.instrument import load_instrument
from buddy_eval.study.settings import FILE, Study

ANSWERS = "kit/answers.toml"
ENTRY = '\n[[raw.survey]]\nfile = "{file}"\nwave = {wave}\n'


def next_round(study: Study, opens: date) -> list[Path]:
    """Open the next round: a kit of its own, an empty survey file, the survey named in the settings, its day listed.

    The boards' workbooks show beside each question what the board answered last. Returns the files written.

    Raises
    ------
    BuddyError : the study was not begun with questions, the round is there already, or its day comes before the
        last round's or before a pair begins; nothing is written.
    StudyError : the raw files have faults: what the boards answered last cannot be told.
    """
    answers = study.root / ANSWERS
    if not answers.is_file():
        raise BuddyError(f"{ANSWERS} is not there; `{CALLED} init` makes it when it asks its questions")
    codebook = load_codebook(study.codebook)
    instrument = load_instrument(study.instrument, codebook)
    cleaned = clean(read_raw(study), study, codebook, instrument)
    refuse(cleaned.faults)
    wave = 1 + _last_open(study, cleaned.tables)
    folder, raw = study.root / "kit" / f"round-{wave}", study.raw_folder
    refuse_filled(folder)
    setup = replace(load_answers(answers), wave=wave, opens=opens)
    _refuse_early(study, setup)
    documents = kit(setup, codebook, instrument, latest_returns(cleaned.tables["board_answers"]))
    files = {folder / name: data for name, data in documents.items()}
    if study.survey:  # who took the survey out of the settings asks in another way
        survey = f"survey_wave_{wave}.{EXPORTS[setup.tool]}"
        if (raw / survey).exists():
            raise BuddyError(f"data/raw/{survey} is there already; name it in {FILE}, or move it away")
        files |= {raw / survey: awaiting(setup, instrument, survey)}
        files[study.root / FILE] = _settings(study.root / FILE, ENTRY.format(file=survey, wave=wave))
    days = dict(cleaned.tables["rounds"][["wave", "opens"]].dropna().itertuples(index=False, name=None))
    if (day := days.get(wave)) is not None and day.date() != opens:
        listed_on = f"data/raw/{study.raw['rounds']} says that round {wave} opens on {in_full(day)}"
        raise BuddyError(f"{listed_on}; give that day, or correct the row")
    listed = study.raw_path("rounds")
    if listed and listed.is_file() and wave not in set(cleaned.tables["rounds"]["wave"]):
        files[listed] = _with_row(listed.read_bytes(), wave, opens)
    for path, data in files.items():
        write_atomic(path, data)
    return list(files)


def _last_open(study: Study, tables: dict[str, pd.DataFrame]) -> int:
    """The last round that has begun: its survey is named, its kit is there, or boards or interviews are of it."""
    kits = (study.root / "kit").glob("round-[0-9]*/answers.toml")
    begun = {1, *(int(n) for path in kits if (n := path.parent.name.removeprefix("round-")).isdecimal())}
    begun |= {survey.wave for survey in study.survey if survey.wave}
    return max(begun.union(*(tables[name]["wave"].dropna().astype("int64") for name in ("board_answers", "sources"))))


def _with_row(listed: bytes, wave: int, opens: date) -> bytes:
    """The list of rounds that `init` began, with one more; one that a team keeps in another form stays as it is."""
    began = listed.removeprefix(codecs.BOM_UTF8).startswith(b"wave,opens")
    return listed.rstrip() + f"\n{wave},{opens}\n".encode() if began else listed


def _refuse_early(study: Study, setup: Setup) -> None:
    """Refuse a round that opens before the last one, with it, or before a pair begins."""
    of_last = study.root / "kit" / f"round-{setup.wave - 1}" / "answers.toml"
    last = load_answers(of_last if of_last.is_file() else study.root / ANSWERS).opens
    if setup.opens <= last:
        number, day = setup.wave - 1, in_full(last)
        files = f"kit/round-{number}, its file and its row of rounds.csv in data/raw"
        back = f"; to take it back, delete {files}, and its [[raw.survey]] in {FILE}"
        stands = "is open already: it opens on" if setup.opens == last else "opens later, on"
        raise BuddyError(f"round {number} {stands} {day}; give a later day for the next" + back * (number > 1))
    if problem := early(setup.opens, setup.arrangements):
        raise BuddyError(f"{problem}; give a later day")


def _settings(path: Path, entry: str) -> bytes:
    """The settings with one more survey, and nothing else changed."""
    text = path.read_text(encoding="utf-8-sig")
    before, after = tomllib.loads(text), tomllib.loads(new := text.rstrip("\n") + "\n" + entry)
    added = after["raw"]["survey"].pop()
    if after["raw"]["survey"] == [] and "survey" not in before.get("raw", {}):
        del after["raw"]["survey"]
    if before != after or added not in tomllib.loads(entry)["raw"]["survey"]:
        raise BuddyError(f"{FILE} cannot be added to; add by hand: {' '.join(entry.split())}")
    return new.encode()
