"""From a number in a report back to its method, its inputs and, for those who may, the rows and quotes behind it."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from buddy_eval.base.errors import BuddyError, nearest
from buddy_eval.base.files import sha256, write_atomic
from buddy_eval.base.manifest import MANIFEST, Manifest
from buddy_eval.base.numbers import many
from buddy_eval.disclose import rules as disclosure
from buddy_eval.disclose.results import Results
from buddy_eval.present import wording
from buddy_eval.present.cautions import cautions_in_words
from buddy_eval.publish import out_of_date
from buddy_eval.publish.gate.known import known
from buddy_eval.publish.gate.mentions import mentions

SIGN_OFF = "sign-off.csv"


def trace(results: Results, finding: str) -> Iterator[str]:
    """Yield lines on one finding: what it says, how it was made, from what, and what stands behind it.

    The rows of single pairs come only to the team, quotes as the profile allows.

    Raises
    ------
    BuddyError : no finding has that id; the nearest is named.
    """
    findings = results.across("findings").set_index("finding", drop=False)
    if finding not in findings.index:
        raise BuddyError(f"no finding {finding!r}; {nearest(finding, map(str, findings.index))}")
    row = findings.loc[finding].to_dict()
    themes = results.table("themes").set_index("theme")["label"]
    yield f"{finding}: {wording.finding(row, str(themes.get(row['theme'], row['theme'])))}"
    yield f"  n: {many(row['n_pairs'], 'pair')}; {_people_counted(results, row)}"
    yield f"  method: {row['method']}"
    if cautions := cautions_in_words(row):
        yield f"  caution: {'; '.join(cautions)}"
    yield from _inputs(results)
    yield from _rows(results, row)
    quoted = results.quotes(str(row["theme"])) if row["theme"] in themes.index else None
    for quote in () if quoted is None else quoted.drop_duplicates("quote").to_dict("records"):
        yield f"  quote: “{quote['quote']}” ({quote['attribution']})"


def register(results: Results) -> pd.DataFrame:
    """Return the quote register: one row an approved passage, with what a person has to decide on.

    Columns: source, start, end, audience, approved_by, approved_on, consent, quotes, shown_to (the widest readers to
    whom the passage is shown: consent, approval and sensitivity together), mentions (names, places, posts and dates
    in it, separated by ;), quote.
    """
    read = results.table
    sources, people = read("sources"), read("participants")
    passages = read("approvals").merge(sources[["source", "text"]], left_on="source_id", right_on="source")
    speakers = read("units").dropna(subset=["participant"]).drop_duplicates("source")[["source", "participant"]]
    passages = passages.merge(speakers, on="source", how="left")
    passages = passages.merge(people[["participant", "consent", "quotes"]], how="left")
    passages["quote"] = [t[a:b] for t, a, b in zip(passages["text"], passages["start"], passages["end"], strict=True)]
    passages["shown_to"] = "nobody"
    tables = (read("approvals"), sources, read("units"), people, read("consensus"))
    for profile in disclosure.AUDIENCES:
        visible = disclosure.visible_quotes(*tables, profile)
        keys = ["source", "start", "end"]
        passages.loc[passages.set_index(keys).index.isin(visible.set_index(keys).index), "shown_to"] = profile
    rules = known(results.study, "public")
    passages["mentions"] = ["; ".join(mentions(quote, list(rules.named(quote)))) for quote in passages["quote"]]
    columns = "source start end audience approved_by approved_on consent quotes shown_to mentions quote".split()
    return passages[columns].sort_values(["source", "start"], ignore_index=True)


def sign_off(results: Results, report: Path, name: str, on: date) -> list[str]:
    """Write down who approved which build of a report: its files by hash, in `sign-off.csv` beside them.

    Returns the lines written: report, sha256, name, date. Signing the same build again changes nothing.

    Raises
    ------
    BuddyError : the name is empty, or there is no such report.
    """
    endings = {".html", ".docx", ".pdf", ".pptx"}
    files = sorted(path for path in report.parent.glob(f"{report.stem}.*") if path.suffix in endings)
    if not files and out_of_date.aside(results.study, report).is_file():
        raise BuddyError(f"{report.name} is kept back at present; publish again to see why")
    if not files or report.parent.parent != results.study.reports:
        raise BuddyError(f"{report.name} is no report of this study; name one such as reports/public/summary.html")
    if not name.strip():
        raise BuddyError("a sign-off needs the name of who approves")
    kept = report.parent / SIGN_OFF
    lines = kept.read_text(encoding="utf-8").splitlines()[1:] if kept.is_file() else []
    new = []
    for path in files:
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="").writerow([path.name, sha256(path), name.strip(), on.isoformat()])
        start = buffer.getvalue().rpartition(",")[0]
        if not any(line.startswith(start) for line in lines):
            new.append(buffer.getvalue())
    write_atomic(kept, ("\n".join(["report,sha256,name,date", *lines, *new]) + "\n").encode())
    return new


def signed(folder: Path) -> dict[str, str]:
    """Return who signed off each file of a folder as it stands now; a file changed since is not signed."""
    kept = folder / SIGN_OFF
    rows = list(csv.DictReader(kept.read_text(encoding="utf-8").splitlines())) if kept.is_file() else []
    names = {}
    for row in rows:
        path = folder / row["report"]
        if path.is_file() and sha256(path) == row["sha256"]:
            names[row["report"]] = row["name"]
    return names


def _people_counted(results: Results, row: dict[Any, Any]) -> str:
    about = "about " * results.outside
    counts = {side: row[f"n_{side}"] for side in ("supporter", "receiver")}
    return ", ".join(f"{side} {'withheld' if pd.isna(n) else f'{about}{n}'}" for side, n in counts.items())


def _inputs(results: Results) -> Iterator[str]:
    """The chain of steps back to the raw files, each input by hash."""
    study = results.study
    steps = Manifest(study.root, study.processed / MANIFEST).steps
    maker = {name: step for step, kept in steps.items() for name in kept["outputs"]}
    waiting, visited = ["data/processed/findings.parquet"], set[str]()
    while waiting:
        step = maker.get(waiting.pop(0), "")
        if step in visited or step not in steps:
            continue
        visited.add(step)
        yield f"  step {step}: code {steps[step]['code'][:12]}"
        waiting += list(steps[step]["inputs"])
        yield from _by_folder(steps[step]["inputs"])


def _by_folder(inputs: dict[str, str]) -> Iterator[str]:
    """One line a file; the files of a folder of raw files together, for their names may say who was interviewed."""
    folders: dict[str, list[str]] = {}
    for name, value in inputs.items():
        parts = name.split("/")
        folders.setdefault("/".join(parts[:3]), []).append(value)
    for name, values in folders.items():
        if len(values) == 1:
            yield f"    from {name} {values[0][:16]}"
        else:
            joined = hashlib.sha256("".join(values).encode()).hexdigest()
            yield f"    from {name}, {many(len(values), 'file')}, together {joined[:16]}"


def _rows(results: Results, row: dict[Any, Any]) -> Iterator[str]:
    if results.outside:
        yield "  the rows of single pairs are for the team only"
        return
    gaps = results.table("gaps")
    mine = gaps[(gaps["outcome"] == row["outcome"]) & (gaps["theme"] == row["theme"])]
    if (waves := _waves(row)) is not None:
        mine = mine[mine["wave"].isin(waves)]
    for gap in mine.to_dict("records"):
        people = f"{gap['n_supporter']} supporter, {gap['n_receiver']} receiver"
        yield f"  row: {gap['pair']}, wave {gap['wave']}: {gap['estimate']:+.3f} ({people})"


def _waves(row: dict[Any, Any]) -> list[int] | None:
    """The waves that a finding rests on: its own, or the two of a change; None for outcome series, which have none."""
    if pd.notna(row["wave"]):
        return [int(row["wave"])]
    ends = [row["wave_before"], row["wave_after"]]
    return None if pd.isna(ends).any() else [int(wave) for wave in ends]
