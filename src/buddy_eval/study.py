"""A study is a folder: `study.toml`, `data/raw`, `data/processed`, `notebooks`, `reports`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from buddy_eval.errors import Fault, StudyError, nearest

FILE = "study.toml"
PROFILES = ("internal", "partners", "public")
TABLES = (
    "pairs",
    "trusts",
    "participants",
    "invitations",
    "sources",
    "assignments",
    "codings",
    "approvals",
    "summaries",
    "comments",
    "outcomes",
)


@dataclass(frozen=True)
class SurveyFile:
    """One survey export: the file below `data/raw`, and the wave where the file has no such column."""

    file: str
    wave: int | None = None


@dataclass(frozen=True)
class Disclosure:
    """How small a count may be before it is withheld from a published report.

    Counts of people from 1 to `suppress_below` - 1 are withheld and others rounded to `round_to`; a figure that
    rests on fewer than `min_respondents` survey answers is withheld.
    """

    profile: str = "internal"
    suppress_below: int = 8
    round_to: int = 5
    min_respondents: int = 10


@dataclass(frozen=True)
class Study:
    """The settings of one study, as `study.toml` has them; paths are absolute."""

    root: Path
    title: str
    team: str
    notice: str = ""
    limits: str = ""
    codebook: Path | None = None
    instrument: Path | None = None
    linked: bool = False
    interviewers: tuple[str, ...] = ("Interviewer",)
    raw: dict[str, str] = field(default_factory=dict)
    survey: tuple[SurveyFile, ...] = ()
    disclosure: Disclosure = field(default_factory=Disclosure)

    @property
    def raw_folder(self) -> Path:
        """Where the raw files lie; nothing ever writes there."""
        return self.root / "data" / "raw"

    @property
    def processed(self) -> Path:
        """Where the pipeline writes its tables."""
        return self.root / "data" / "processed"

    @property
    def notebooks(self) -> Path:
        """The notebooks that carry out the analysis."""
        return self.root / "notebooks"

    @property
    def reports(self) -> Path:
        """Where the published reports go."""
        return self.root / "reports"

    def raw_path(self, kind: str) -> Path | None:
        """Return the path of the raw file or folder of a kind, or None where the study has none."""
        return self.raw_folder / self.raw[kind] if kind in self.raw else None


def find_study(start: Path) -> Path:
    """Return the study folder that `start` is, or lies in.

    Raises
    ------
    StudyError : neither the folder nor any above it holds a `study.toml`.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / FILE).is_file():
            return folder
    raise StudyError([Fault(FILE, 0, f"no study in {start.name!r}", "start one with: buddy-eval init FOLDER")])


def load_study(folder: Path) -> Study:
    """Read `study.toml` of a study folder; every unknown or ill-typed setting is a fault.

    Raises
    ------
    StudyError : with all faults of the file at once.
    """
    root = find_study(folder)
    try:
        settings = tomllib.loads((root / FILE).read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StudyError([Fault(FILE, 0, f"is not TOML: {error}", "mend the line that it names")]) from None
    faults = [*_unknown(settings), *_wrong(settings)]
    if faults:
        raise StudyError(faults)
    return _made(root, settings)


STUDY_KEYS = {
    "title": str,
    "team": str,
    "notice": str,
    "limits": str,
    "codebook": str,
    "instrument": str,
    "linked": bool,
    "interviewers": list,
}
RAW_KEYS: dict[str, type] = {**dict.fromkeys((*TABLES, "transcripts", "boards"), str), "survey": list}
DISCLOSURE_KEYS = {"profile": str, "suppress_below": int, "round_to": int, "min_respondents": int}
SECTIONS: dict[str, dict[str, type]] = {"study": STUDY_KEYS, "raw": RAW_KEYS, "disclosure": DISCLOSURE_KEYS}


def _unknown(settings: dict[str, Any]) -> list[Fault]:
    faults = [
        Fault(FILE, 0, f"[{name}] is not a section", nearest(name, SECTIONS))
        for name in settings
        if name not in SECTIONS
    ]
    for section, keys in SECTIONS.items():
        for key in settings.get(section, {}):
            if key not in keys:
                faults.append(Fault(FILE, 0, f"[{section}] {key} is not a setting", nearest(key, keys)))
    return faults


def _wrong(settings: dict[str, Any]) -> list[Fault]:
    faults = []
    for section, keys in SECTIONS.items():
        for key, kind in keys.items():
            value = settings.get(section, {}).get(key)
            if value is not None and (not isinstance(value, kind) or value == ""):
                faults.append(
                    Fault(FILE, 0, f"[{section}] {key} = {value!r}", f"give a {kind.__name__}, not empty")
                )
    for key in ("title", "team"):
        if key not in settings.get("study", {}):
            faults.append(Fault(FILE, 0, f"[study] has no {key}", f'add {key} = "..."'))
    for number, entry in enumerate(settings.get("raw", {}).get("survey", []), 1):
        if not isinstance(entry, dict) or not isinstance(entry.get("file"), str) or set(entry) - {"file", "wave"}:
            faults.append(Fault(FILE, 0, f"[[raw.survey]] number {number} is not clear", "give file, and wave"))
    profile = settings.get("disclosure", {}).get("profile", "internal")
    if profile not in PROFILES:
        faults.append(Fault(FILE, 0, f"[disclosure] profile {profile!r}", nearest(str(profile), PROFILES)))
    return faults


def _made(root: Path, settings: dict[str, Any]) -> Study:
    general = dict(settings["study"])
    raw = dict(settings.get("raw", {}))
    surveys = tuple(SurveyFile(entry["file"], entry.get("wave")) for entry in raw.pop("survey", []))
    for key in ("codebook", "instrument"):
        if key in general:
            general[key] = root / general[key]
    if "interviewers" in general:
        general["interviewers"] = tuple(map(str, general["interviewers"]))
    disclosure = Disclosure(**settings.get("disclosure", {}))
    return Study(root=root, raw=raw, survey=surveys, disclosure=disclosure, **general)
