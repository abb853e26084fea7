"""What of a study goes into an export: codes, texts, passages with their coders, people as cases."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from buddy_eval.base.errors import refuse
from buddy_eval.clean import clean
from buddy_eval.clean.comments import batches, counted_in
from buddy_eval.coding import suggest
from buddy_eval.read import Raw, read_raw
from buddy_eval.read.projects import named_sources
from buddy_eval.schemas import raw as forms
from buddy_eval.study.codebook import UNTOLD, load_codebook
from buddy_eval.study.inputs import DECIDED, MACHINE
from buddy_eval.study.instrument import load_instrument
from buddy_eval.study.settings import Study

MARKS = ("valence", "about", "stance", "suggestion")
PASSAGES = ["source_id", "start", "end", "code", "coder", "memo", "machine"]
DECISIONS = ["source_id", "start", "end", "code", "present", "valence", "choice", "coder", "why", "at", "settled"]
ATTRIBUTES = ["owner", "name", "variable", "type", "value"]


@dataclass(frozen=True)
class ExportData:
    """A study ready to be written.

    Attributes
    ----------
    codes : code, theme, label ('CB1 Cultural difference'), description.
    themes : theme, label, definition.
    texts : source to text (LF line ends, no mark), with the consent of whoever speaks.
    passages : source_id, start, end (code points), code, coder, memo (marks such as ``valence: barrier`` as lines
        of their own), machine.
    decisions : source_id, start, end, code, and what was decided on it: present, valence, choice, coder, why, at,
        settled.
    attributes : owner ('case' or 'source'), name, variable, type, value; members: pairs (case, source).
    """

    title: str
    codes: pd.DataFrame
    themes: pd.DataFrame
    texts: dict[str, str]
    passages: pd.DataFrame
    decisions: pd.DataFrame
    attributes: pd.DataFrame
    members: list[tuple[str, str]]


def collect(study: Study, *, machine: bool = True) -> ExportData:
    """Read and check a study, and put together what an export holds.

    Raises
    ------
    StudyError : the study has faults.
    """
    codebook = load_codebook(study.codebook)
    raw = read_raw(study)
    cleaned = clean(raw, study, codebook, load_instrument(study.instrument, codebook))
    refuse(cleaned.faults)
    tables = cleaned.tables
    heard = set(tables["units"]["source"])  # the sources of those who did not consent have no units
    sources = tables["sources"]
    texts = {name: text for name, text in zip(sources["source"], sources["text"], strict=True) if name in heard}
    comments = batches(tables["units"][tables["units"]["channel"] == "comment"], tables["items"])
    lies = {unit: (name, turn.start) for name, batch in comments.items() for unit, turn in batch.turns.items()}
    asides = [row for joined in raw.projects for row in joined.aside]
    named = tables["units"].assign(source_id=counted_in(tables["units"]))[["unit", "source_id"]]
    decisions = _in_batches(tables["decisions"].merge(named, on="unit")[DECISIONS], lies)
    passages = [_in_batches(_human(cleaned.passages, asides), lies), _decided(decisions)]
    if machine:
        passages.append(_machine(tables))
    together = pd.concat([part for part in passages if len(part)] or passages[:1], ignore_index=True)
    texts |= {name: batch.transcript.text for name, batch in comments.items() if name in set(together["source_id"])}
    together = together[together["source_id"].isin(texts)].drop_duplicates(PASSAGES[:5])
    attributes, members = _people(tables, raw.tables.get("sources"), texts)
    foreign, linked = _foreign(raw, texts)
    attributes = pd.concat([attributes, foreign]).drop_duplicates(["owner", "name", "variable"], ignore_index=True)
    codes = codebook.codes.assign(
        label=[_label(*pair) for pair in zip(codebook.codes["code"], codebook.codes["name"], strict=True)],
        description=_described(codebook.codes),
    )
    members = sorted({*members, *linked})
    return ExportData(
        study.title,
        codes,
        codebook.themes.assign(definition=lambda themes: themes["definition"].mask(themes["definition"] == UNTOLD, "")),
        texts,
        together.sort_values(PASSAGES[:5], ignore_index=True),
        decisions.sort_values(DECISIONS[:4], ignore_index=True),
        attributes,
        members,
    )


def _label(code: str, name: str) -> str:
    """The short name before the name, unless it was made from the name: who imports it again knows it by that."""
    plain = "-".join(re.findall(r"[\w.]+", name.casefold()))
    return name if re.sub(r"-\d+$", "", code.casefold()) == plain else f"{code} {name}"


def _described(codes: pd.DataFrame) -> pd.Series:
    text = codes["definition"].mask(codes["definition"] == UNTOLD, "")
    for name in ("include", "exclude", "example"):
        text = text + ("\n" + name.capitalize() + ": " + codes[name]).fillna("")
    return text


def _in_batches(passages: pd.DataFrame, lies: dict[str, tuple[str, int]]) -> pd.DataFrame:
    """Passages of comments as passages of the text in which the comments of their file and pair stand together."""
    source, at = ([lies.get(name, (name, 0))[part] for name in passages["source_id"]] for part in (0, 1))
    return passages.assign(source_id=source, start=passages["start"] + at, end=passages["end"] + at)


def _human(coded: pd.DataFrame, asides: list[dict[str, object]]) -> pd.DataFrame:
    """The passages that people coded, from the table of codings and from projects; marks go into the memo."""
    parts = [part for part in (coded.astype("str"), pd.DataFrame(asides, dtype="str")) if len(part)]
    if not parts:
        return pd.DataFrame(columns=PASSAGES)
    passages = pd.concat(parts, ignore_index=True).reindex(columns=forms.CODINGS.names)
    lines = [
        [f"{name}: {value}" for name, value in zip(MARKS, row[:-1], strict=True) if isinstance(value, str)]
        + ([row[-1]] if isinstance(row[-1], str) else [])
        for row in passages[[*MARKS, "memo"]].itertuples(index=False, name=None)
    ]
    memo = pd.Series(["\n".join(line) for line in lines], index=passages.index, dtype="str")
    return passages.astype({"start": "int64", "end": "int64"}).assign(memo=memo, machine=False)[PASSAGES]


def _decided(decisions: pd.DataFrame) -> pd.DataFrame:
    """The codes that were decided to hold, under a user of their own; the memo says by whom and why."""
    held = decisions[decisions["present"] & decisions["settled"]].astype({"start": "int64", "end": "int64"})
    memo = ("valence: " + held["valence"] + "\n").fillna("") + "decided by " + held["coder"] + ": " + held["choice"]
    memo = memo + (", " + held["why"]).fillna("")
    return held.assign(coder=DECIDED, memo=memo, machine=False)[PASSAGES]


def _machine(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The lexicon's suggestions on interviews, with the term that each rests on."""
    units = tables["units"][tables["units"]["channel"] == "interview"]
    if units.empty or tables["terms"].empty:
        return pd.DataFrame(columns=PASSAGES)
    suggested = suggest(units, tables["terms"], tables["negations"])
    suggested = suggested.merge(units[["unit", "source", "start"]].rename(columns={"start": "offset"}), on="unit")
    offset = suggested["offset"]
    placed = suggested.assign(source_id=suggested["source"], start=suggested["start"] + offset)
    placed = placed.assign(end=suggested["end"] + offset).astype({"start": "int64", "end": "int64"})
    return placed.assign(coder=MACHINE, memo="term: " + suggested["term"], machine=True)[PASSAGES]


def _people(
    tables: dict[str, pd.DataFrame], listed: pd.DataFrame | None, texts: dict[str, str]
) -> tuple[pd.DataFrame, list[tuple[str, str]]]:
    """Interviewed people as cases with pair, side and role; the sources that each speaks in."""
    people = tables["participants"]
    people = people[(people["kind"] == "interview") & people["consent"].astype(bool)]
    people = people.merge(tables["pairs"].drop(columns="note"), on="pair", how="left")
    for name in ("consent", "quotes"):
        people[name] = people[name].map({True: "yes", False: "no"})
    for name in ("start", "end"):
        people[name] = people[name].dt.strftime("%Y-%m-%d")
    variables = [name for name in people.columns if name not in {"participant", "kind"}]
    long = people.astype("str").melt("participant", variables, "variable").dropna(subset=["value"])
    long = long.rename(columns={"participant": "name"})
    pairs = [] if listed is None else zip(listed["participant"], listed["source"], strict=True)
    members = [(p, s) for p, s in pairs if p in set(people["participant"]) and s in texts]
    waves = tables["sources"][tables["sources"]["source"].isin(texts)].astype({"wave": "str"})
    wave = waves.rename(columns={"source": "name", "wave": "value"}).assign(owner="source", variable="wave")
    parts = (long.assign(owner="case", type="Text"), wave.assign(type="Integer"))
    return pd.concat([part[ATTRIBUTES] for part in parts]), members


def _foreign(raw: Raw, texts: dict[str, str]) -> tuple[pd.DataFrame, list[tuple[str, str]]]:
    """Cases and variables that came with projects of other tools."""
    parts, members = [pd.DataFrame(columns=ATTRIBUTES)], []
    for joined in raw.projects:
        names = {name: source for name, (source, _) in named_sources(raw, joined).items() if source in texts}
        values = joined.project.attributes
        ours = values["name"].map(names).where(values["owner"] == "source", values["name"])
        parts.append(values.assign(name=ours).dropna(subset=["name"]))
        members += [(case, names[source]) for case, source in joined.project.members if source in names]
    filled = [part for part in parts if len(part)]
    return (pd.concat(filled) if filled else parts[0]), members
