"""What a study's own files tell of people, trusts and words: the gate knows it, and no reader outside may."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from buddy_eval.disclose import rules as disclosure
from buddy_eval.disclose.kept import POST_WORDS
from buddy_eval.disclose.results import for_readers
from buddy_eval.pipeline.processed import read
from buddy_eval.publish.gate.allowed import allowed
from buddy_eval.publish.gate.names import TRUST, Tokens, identifier, people_names
from buddy_eval.publish.gate.rules import Known, tokens
from buddy_eval.publish.gate.trusts import trust_names
from buddy_eval.read.exports import read_export
from buddy_eval.read.names import read_names
from buddy_eval.read.private import private_columns
from buddy_eval.read.table import read_table
from buddy_eval.study.settings import Study

if TYPE_CHECKING:
    import pandas as pd

GENERIC = {"interviewer", "facilitator", "moderator", "observer", "speaker", "participant", "respondent", "unknown"}
APPROVER, INITIALS = "approved_by", 3  # characters up to which a word may be initials
ORDINARY_FROM = 3  # texts in which a word stands in lower case before it is taken for an ordinary one
QUOTED = ("approvals", "sources", "units", "participants", "consensus")  # what tells which quotes readers may see
TABLES = (*QUOTED, "pairs", "trusts", "codes", "themes")


@dataclass(frozen=True)
class Knowledge:
    """What the tables and the raw files of a study hold that a report may not show; read once, for all its reports.

    Names, addresses and numbers that reading dropped are read again here, and nowhere kept. `[raw] names` may
    name a list of people (any table, every cell a name) who appear in no other file.
    """

    study: Study
    _by_readers: dict[tuple[str, str], Known] = field(default_factory=dict)
    _by_profile: dict[str, pd.DataFrame] = field(default_factory=dict)

    def known(self, profile: str, pair: str = "") -> Known:
        """Return what a report for the readers of a profile (and of one pair) may not show."""
        if (profile, pair) not in self._by_readers:
            self._by_readers[profile, pair] = self._gathered(profile, pair)
        return self._by_readers[profile, pair]

    def _gathered(self, profile: str, pair: str) -> Known:
        spoke = self.tables["participants"]
        names = dict(self.people)
        if profile != "internal":
            names |= pseudonyms(self.study, spoke)
            names |= organisations(self.tables, pair if profile == "partners" else "")
        quoted = self._quoted(profile)
        return Known(
            profile,
            pair,
            self.study.disclosure.suppress_below,
            names,
            tuple(" ".join(tokens(quote)) for quote in quoted.loc[quoted["pair"].eq(pair) | (pair == ""), "quote"]),
            self._spoken if profile != "internal" else (),
            self._ordinary,
            allowed(self.study.root),
            for_readers(self.study, profile, pair or None),
        )

    def _quoted(self, profile: str) -> pd.DataFrame:
        if profile not in self._by_profile:
            approvals, sources, units, people, consensus = (self.tables[name] for name in QUOTED)
            self._by_profile[profile] = disclosure.visible_quotes(approvals, sources, units, people, consensus, profile)
        return self._by_profile[profile]

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The processed tables that tell what may not be shown."""
        return {name: read(self.study, name) for name in TABLES}

    @cached_property
    def people(self) -> dict[Tokens, str]:
        """Every form of the names of people, with what it is (`people`)."""
        return dict(people(self.study, self.tables["participants"]))

    @cached_property
    def _spoken(self) -> tuple[str, ...]:
        units = self.tables["units"]
        return tuple(units.loc[units["codable"].astype(bool), "text"])

    @cached_property
    def _ordinary(self) -> frozenset[str]:
        codes, themes = self.tables["codes"], self.tables["themes"]
        told = [codes[["name", "definition", "include", "exclude"]], themes[["label", "definition"]]]
        return _ordinary(self.tables["units"]["text"]) | _words(str(c) for frame in told for c in frame.stack())


def known(study: Study, profile: str, pair: str = "") -> Known:
    """Return what one report of a study may not show; for several, ask its `Knowledge`."""
    return Knowledge(study).known(profile, pair)


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
    seen = Counter(word for text in texts for word in _words([text]))
    return frozenset(word for word, n in seen.items() if n >= ORDINARY_FROM)


def _words(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(word for text in texts for word in re.findall(r"\b[a-z]{4,}\b", text))


def pseudonyms(study: Study, participants: pd.DataFrame) -> dict[Tokens, str]:
    """Return the pseudonyms of those who were interviewed, which no reader outside of the team may see."""
    spoke = participants.loc[participants["kind"] == "interview", "participant"]
    every = (tuple(tokens(str(name))) for name in (*spoke, *_begun(study, participants)))
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
        if path == study.raw_path("approvals") and APPROVER in frame:
            yield from filter(_is_name, frame[APPROVER].dropna().astype("str"))
        if every:
            yield from map(str, frame.columns)


def _is_name(approver: str) -> bool:
    """Whether quotes were approved under a name, not under initials or a post: these stand for anything."""
    words = tokens(approver)
    return POST_WORDS.isdisjoint(words) and any(len(word) > INITIALS for word in words)


def _labels(study: Study, participants: pd.DataFrame) -> Iterator[str]:
    """Speakers as the transcripts call them, where that is not the pseudonym, and who interviewed."""
    path, labels = study.raw_path("sources"), list(study.interviewers)
    if path is not None and path.is_file():
        labels += list(read_table(path, path.name).get("speaker", []))
    pseudonyms = set(participants["participant"])
    for label in labels:
        if str(label) not in pseudonyms and not set(tokens(str(label))) & GENERIC:
            yield str(label)


def organisations(tables: dict[str, pd.DataFrame], pair: str) -> dict[Tokens, str]:
    """Pairs, trusts and interviews that the readers may not be told of: all but those of their own pair."""
    pairs, trusts = tables["pairs"], tables["trusts"]
    own = pairs[pairs["pair"] == pair]
    mine = {*own["supporter"].dropna(), *own["receiver"]}
    others: dict[Tokens, str] = {}
    for kind, values in (
        ("a pair", set(pairs["pair"]) - set(own["pair"])),
        ("a trust's code", (set(pairs["supporter"].dropna()) | set(pairs["receiver"]) | set(trusts["ods"])) - mine),
        ("an interview", set(tables["sources"]["source"])),
    ):
        for value in values:
            words = tuple(tokens(str(value)))
            if len("".join(words)) > 2:
                others[words] = kind
    ours = trusts["ods"].isin(mine)
    named = trust_names(trusts.loc[~ours, "name"], trusts.loc[ours, "name"])
    return named | others | {words: kind for words, kind in named.items() if kind == TRUST}
