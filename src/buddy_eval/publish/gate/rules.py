"""What a study knows and a reader may not: names, identifiers, trusts, pairs, and words without approval."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from buddy_eval.disclose import rules as disclosure
from buddy_eval.disclose.results import Results, for_readers
from buddy_eval.pipeline.processed import read
from buddy_eval.publish.gate.allowed import allowed
from buddy_eval.publish.gate.names import TOKEN, Index, Tokens, fold, identifier, people_names
from buddy_eval.read.exports import read_export
from buddy_eval.read.names import read_names
from buddy_eval.read.private import private_columns
from buddy_eval.read.table import read_table
from buddy_eval.study.settings import Study

if TYPE_CHECKING:
    import pandas as pd

GENERIC = {"interviewer", "facilitator", "moderator", "observer", "speaker", "participant", "respondent", "unknown"}
COMMON = {"nhs", "foundation", "trust", "invented", "the"}
SHARED = 6  # words in a row that a page may not share with somebody's words
STEP = 3  # every run of SHARED words holds a run of STEP words that starts at a multiple of STEP

SMALL = frozenset(
    "a an the and or but of to in on at by for from with as is are was were be been it its this that these those he "
    "she they we i you who which what there their our his her your my not no so do did has have had would could can "
    "will if than then when all more most one two other each end day time way side well out up about into over "
    "between".split()
)
BACKWARDS = re.compile("\u202e(?P<text>[^\u202c\n]*)\u202c?")  # shown from right to left
OWN = 2  # words of a run that are not small ones
ORDINARY_FROM = 3  # texts in which a word stands in lower case before it is taken for an ordinary one


@dataclass(frozen=True)
class Known:
    """What may not stand in a report for the readers of one profile (and one pair).

    Attributes
    ----------
    profile, pair : the readers.
    suppress_below : counts of people from 1 to one less are withheld from readers outside of the team.
    names : what kind of name each sequence of words is; words as written where case tells, else in lower case.
    quotes : the passages that these readers may see, as sequences of words in lower case.
    spoken : everything that participants said or wrote, one text a unit; empty for the team.
    ordinary : words that people of the study use in lower case: alone they are no name.
    allowed : what a person has let pass, with the reason.
    results : what these readers may have of the study, or None where there is none.
    """

    profile: str
    pair: str = ""
    suppress_below: int = 0
    names: dict[Tokens, str] = field(default_factory=dict)
    quotes: tuple[str, ...] = ()
    spoken: tuple[str, ...] = ()
    ordinary: frozenset[str] = frozenset()
    allowed: dict[str, str] = field(default_factory=dict)
    results: Results | None = None

    @property
    def outside(self) -> bool:
        """Whether the readers are outside of the team."""
        return self.profile != "internal"

    def named(self, text: str, page: frozenset[str] = frozenset()) -> Iterator[tuple[str, str]]:
        """Yield (kind, the words) for every name in a text; `page` holds the lower-case words of the whole page.

        A single surname or place counts only where the page does not also use it as an ordinary word.

        >>> known = Known("public", names={("doe",): "a surname", ("za1",): "a trust"})
        >>> list(known.named("Dr Doe of ZA1, not a doe", frozenset({"doe"})))
        [('a trust', 'ZA1')]
        """
        yield from self._index.found(plain(text), page)

    @cached_property
    def _index(self) -> Index:
        return Index(self.names, self.ordinary)

    def unapproved(self, text: str) -> Iterator[str]:
        """Yield the beginning of every run of six or more words that somebody said and nobody approved here."""
        words = tokens(text)
        runs = {tuple(words[n : n + STEP]) for n in range(len(words) - STEP + 1)}
        joined = f" {' '.join(words)} "
        for said in self.spoken if runs else ():
            theirs = tokens(said)
            if any(tuple(theirs[n : n + STEP]) in runs for n in range(0, len(theirs) - STEP + 1, STEP)):
                for n in range(len(theirs) - SHARED + 1):
                    run, more = (" ".join(theirs[n : n + length]) for length in (SHARED, SHARED + 1))
                    told = f" {run} " in joined and (_telling(run) or (more != run and f" {more} " in joined))
                    if told and not any(run in quote for quote in self.quotes):
                        yield " ".join(theirs[n : n + 3])
                        break


def known(study: Study, profile: str, pair: str = "") -> Known:
    """Gather what a report of a profile may not show, from the study's tables and from its raw files.

    Names, addresses and numbers that reading dropped are read again here, and nowhere kept. `[raw] names` may
    name a list of people (any table, every cell a name) who appear in no other file.
    """
    tables = {
        name: read(study, name)
        for name in ("pairs", "trusts", "participants", "sources", "units", "approvals", "consensus")
    }
    spoke, said = tables["participants"], tables["units"]
    begun = _begun(study, spoke)
    names = dict(people(study, spoke))
    if profile != "internal":
        names |= _pseudonyms([*spoke.loc[spoke["kind"] == "interview", "participant"], *begun])
        names |= organisations(tables, pair if profile == "partners" else "")
    quoted = disclosure.visible_quotes(
        tables["approvals"], tables["sources"], said, spoke, tables["consensus"], profile
    )
    if pair:
        quoted = quoted[quoted["pair"] == pair]
    spoken = said.loc[said["codable"].astype(bool) & (profile != "internal"), "text"]
    return Known(
        profile,
        pair,
        study.disclosure.suppress_below,
        names,
        tuple(" ".join(tokens(quote)) for quote in quoted["quote"]),
        tuple(spoken),
        _ordinary(said["text"]),
        allowed(study.root),
        for_readers(study, profile, pair or None),
    )


def plain(text: str) -> str:
    """Undo what hides a word from a search: look-alike forms, soft hyphens, characters without width."""
    shown = BACKWARDS.sub(lambda match: match["text"][::-1], text)
    return "".join(c for c in unicodedata.normalize("NFKC", shown) if unicodedata.category(c) not in {"Cf", "Me", "Mn"})


def tokens(text: str) -> list[str]:
    """Return the words of a text in lower case, without accents, or anything between them."""
    return [fold(word) for word in TOKEN.findall(plain(text))]


def _telling(run: str) -> bool:
    """Whether a run of words is anybody's own: more than "at the end of the day" is."""
    return len(set(run.split()) - SMALL) >= OWN


def people(study: Study, participants: pd.DataFrame) -> Iterator[tuple[Tokens, str]]:
    """Yield every form of the names of people that any file of the study holds, with what it is."""
    labels = {*_labels(study, participants)} - _begun(study, participants)
    return people_names(map(str, {*_dropped(study), *labels}))


def _begun(study: Study, participants: pd.DataFrame) -> set[str]:
    """Labels of speakers that begin a participant's id: pseudonyms themselves, and no names."""
    ids, labels = participants["participant"].astype("str"), set(_labels(study, participants))
    return {label for label in labels if identifier(label) and ids.str.startswith(label).any()}


def _ordinary(texts: Iterable[str]) -> frozenset[str]:
    """The words that stand in lower case in several texts."""
    seen = Counter(word for text in texts for word in set(re.findall(r"\b[a-z]{4,}\b", text)))
    return frozenset(word for word, n in seen.items() if n >= ORDINARY_FROM)


def _pseudonyms(names: Iterable[str]) -> dict[Tokens, str]:
    every = (tuple(tokens(str(name))) for name in names)
    return {words: "a participant's pseudonym" for words in every if len(words) > 1 or len("".join(words)) > 3}


def _dropped(study: Study) -> Iterator[str]:
    """The names that have pseudonyms, the cells of every column that reading drops, and the study's list of names."""
    if (names := read_names(study)) is not None:
        yield from set(names.key) - set(names.key.values())
    for survey in study.survey:
        frame = read_export(study.raw_folder / survey.file, survey.file).frame
        for column in private_columns(frame):
            yield from frame[column].dropna().astype("str")
    files = [path for kind, name in study.raw.items() if (path := study.raw_folder / name).suffix and kind != "trusts"]
    for path in files:
        if not path.is_file():
            continue
        frame = read_table(path, path.name)
        every = path == study.raw_path("names")
        for column in frame.columns if every else private_columns(frame):
            yield from frame[column].dropna().astype("str")
        if every:
            yield from map(str, frame.columns)


def _labels(study: Study, participants: pd.DataFrame) -> Iterator[str]:
    """Speakers as the transcripts call them, where that is not the pseudonym, and who interviewed."""
    path, found = study.raw_path("sources"), list(study.interviewers)
    if path is not None and path.is_file():
        found += list(read_table(path, path.name).get("speaker", []))
    pseudonyms = set(participants["participant"])
    for label in found:
        if str(label) not in pseudonyms and not set(tokens(str(label))) & GENERIC:
            yield str(label)


def organisations(tables: dict[str, pd.DataFrame], pair: str) -> dict[Tokens, str]:
    """Pairs, trusts and interviews that the readers may not be told of: all but those of their own pair."""
    pairs, trusts = tables["pairs"], tables["trusts"]
    own = pairs[pairs["pair"] == pair]
    mine = {*own["supporter"].dropna(), *own["receiver"]}
    found: dict[Tokens, str] = {}
    for kind, values in (
        ("a pair", set(pairs["pair"]) - set(own["pair"])),
        ("a trust's code", (set(pairs["supporter"].dropna()) | set(pairs["receiver"]) | set(trusts["ods"])) - mine),
        ("an interview", set(tables["sources"]["source"])),
        ("a trust", _short(trusts.loc[~trusts["ods"].isin(mine), "name"])),
    ):
        for value in values:
            words = tuple(tokens(str(value)))
            if len("".join(words)) > 2:
                found[words] = kind
    return found


def _short(names: Iterable[str]) -> set[str]:
    """Trusts' names without the words that all of them share."""
    return {" ".join(word for word in tokens(name) if word not in COMMON) for name in names}


def file_name(path: str | Path) -> str:
    """Return a file's name without folder and ending, as words.

    >>> file_name("public/minutes_jane-doe.html")
    'minutes jane doe'
    """
    return " ".join(TOKEN.findall(Path(path).stem))
