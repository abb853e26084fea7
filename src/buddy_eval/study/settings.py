"""A study is a folder: `study.toml`, `data/raw`, `data/processed`, `notebooks`, `reports`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from buddy_eval.base.called import CALLED
from buddy_eval.base.dates import day
from buddy_eval.base.errors import Fault, StudyError, nearest, refuse
from buddy_eval.base.files import inside
from buddy_eval.base.profiles import PROFILES
from buddy_eval.schemas.raw import TABLES as RAW_TABLES
from buddy_eval.study.inputs import (
    ENTRIES,
    MonthlyFiles,
    ProjectFile,
    SurveyFile,
    as_written,
    entries,
    file_names,
    keys,
    wrong_entries,
)
from buddy_eval.study.look import Look, look, look_faults
from buddy_eval.study.toml import load_toml

FILE = "study.toml"
BESIDE = ("CITATION.cff", "LICENSE", "checklists.csv", "allowed.csv")  # files that a study may keep beside it
TABLES = tuple(table.name for table in RAW_TABLES)


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
    published: str = ""
    codebook: Path | None = None
    instrument: Path | None = None
    pseudonyms: Path | None = None
    linked: bool = False
    interviewers: tuple[str, ...] = ("Interviewer",)
    chapters: tuple[str, ...] = ()
    raw: dict[str, str] = field(default_factory=dict)
    survey: tuple[SurveyFile, ...] = ()
    projects: tuple[ProjectFile, ...] = ()
    monthly: tuple[MonthlyFiles, ...] = ()
    disclosure: Disclosure = field(default_factory=Disclosure)
    look: Look = field(default_factory=Look)

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

    def name_of(self, path: Path) -> str:
        """Return how faults and logs call a file of the study."""
        return path.relative_to(self.root).as_posix()

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
    raise StudyError([Fault(FILE, 0, f"no study in {start.name!r}", f"start one with: {CALLED} init FOLDER")])


def load_study(folder: Path) -> Study:
    """Read `study.toml` of a study folder; every unknown or ill-typed setting is a fault.

    Raises
    ------
    StudyError : with all faults of the file at once.
    """
    root = find_study(folder)
    settings = load_toml(root / FILE)
    sections = {name: part for name, part in settings.items() if isinstance(part, dict)}
    faults = [
        *_no_sections(settings),
        *_wrong(sections),
        *_disclosure(sections),
        *_outside(root, sections),
        *_chapters(root, sections),
        *look_faults(root, sections, FILE),
    ]
    refuse(faults)
    return _study(root, sections)


FILES = ("codebook", "instrument", "pseudonyms")  # of [study], named from the study's folder
LEAST = {"suppress_below": 0, "round_to": 1, "min_respondents": 0}
SECTIONS: dict[str, dict[str, type]] = {
    "study": keys(Study, ("root", "raw", "survey", "projects", "monthly", "disclosure", "look")),
    "raw": {**dict.fromkeys((*TABLES, "transcripts", "boards", "names"), str), **dict.fromkeys(ENTRIES, list)},
    "disclosure": keys(Disclosure),
    "look": keys(Look),
}


def _no_sections(settings: dict[str, Any]) -> list[Fault]:
    wrong = [name for name, part in settings.items() if name not in SECTIONS or not isinstance(part, dict)]
    remedies = {name: f"write [{name}] on a line of its own" for name in SECTIONS}
    return [
        Fault(FILE, 0, f"[{name}] is not a section", remedies.get(name) or nearest(name, SECTIONS)) for name in wrong
    ]


def _wrong(settings: dict[str, Any]) -> list[Fault]:
    faults = []
    for section, known in SECTIONS.items():
        for key, value in settings.get(section, {}).items():
            if key not in known:
                faults.append(Fault(FILE, 0, f"[{section}] {key} is not a setting", nearest(key, known)))
            elif type(value) is not known[key] or value == "":
                usual = f"{key} = {getattr(Disclosure(), key)}" if section == "disclosure" else ""
                remedy = f"write {usual or as_written(key, known[key])}"
                faults.append(Fault(FILE, 0, f"[{section}] {key} = {value!r}", remedy))
    for key in ("title", "team"):
        if key not in settings.get("study", {}):
            faults.append(Fault(FILE, 0, f"[study] has no {key}", f'add {key} = "..."'))
    return faults + list(wrong_entries(settings, FILE))


def _disclosure(settings: dict[str, Any]) -> list[Fault]:
    faults = []
    for key, least in LEAST.items():
        value = settings.get("disclosure", {}).get(key)
        if type(value) is int and value < least:
            faults.append(Fault(FILE, 0, f"[disclosure] {key} = {value}", f"give a number from {least} up"))
    published = settings.get("study", {}).get("published", "")
    if isinstance(published, str) and published and day(published) is None:
        faults.append(Fault(FILE, 0, f"[study] published {published!r}", 'give a day, as in published = "1 May 2026"'))
    profile = settings.get("disclosure", {}).get("profile", "internal")
    if profile not in PROFILES:
        faults.append(Fault(FILE, 0, f"[disclosure] profile {profile!r}", nearest(str(profile), PROFILES)))
    return faults


def _outside(root: Path, settings: dict[str, Any]) -> list[Fault]:
    """Raw files that are not below data/raw, other files that are not below the study; links are followed."""
    names = [name for name in settings.get("raw", {}).values() if isinstance(name, str)]
    names += file_names(settings)
    faults = [
        Fault(FILE, 0, f"[raw] {name!r} is not in data/raw", "put the file there, and give its name")
        for name in names
        if _leads_out(root / "data" / "raw", name)
    ]
    for key in FILES:
        name = settings.get("study", {}).get(key)
        if isinstance(name, str) and _leads_out(root, name):
            problem = f"[study] {key} {name!r} is not in the study's folder"
            faults.append(Fault(FILE, 0, problem, "put the file there, and name it from the study's folder"))
    return faults


def _chapters(root: Path, settings: dict[str, Any]) -> list[Fault]:
    """Notebooks of the study's own that are to be chapters of its report, and are not there."""
    named, there = (
        settings.get("study", {}).get("chapters", []),
        [path.name for path in (root / "notebooks").glob("*.ipynb")],
    )
    return [
        Fault(FILE, 0, f"[study] chapters: no notebook {name!r} in notebooks/", nearest(str(name), there))
        for name in (named if isinstance(named, list) else [])
        if name not in there
    ]


def _leads_out(folder: Path, name: str) -> bool:
    return Path(name).is_absolute() or ".." in Path(name).parts or not inside(folder, name)


def _study(root: Path, settings: dict[str, Any]) -> Study:
    general, raw = dict(settings["study"]), dict(settings.get("raw", {}))
    survey, projects, monthly = (entries(raw, kind) for kind in ENTRIES)
    general |= {key: root / general[key] for key in FILES if key in general}
    general |= {key: tuple(map(str, general[key])) for key in ("interviewers", "chapters") if key in general}
    if "published" in general:
        general["published"] = str(day(general["published"]))
    about: dict[str, Any] = {"look": look(root, settings), "disclosure": Disclosure(**settings.get("disclosure", {}))}
    return Study(root=root, raw=raw, survey=survey, projects=projects, monthly=monthly, **about, **general)
