"""Reporting checklists, filled from the study where it knows, with the rest asked for."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from buddy_eval.base.numbers import many
from buddy_eval.disclose.results import Results
from buddy_eval.present import tables
from buddy_eval.present.tables.people import in_words

FILE = Path(__file__).resolve().parents[1] / "instrument" / "checklists.yaml"
ANSWERS = "checklists.csv"  # checklist, item, answer: what the team adds, in the study's folder
ASKED = f"The team is asked for this: add a line to {ANSWERS} in the study's folder (checklist, item, answer)."


def checklists(results: Results) -> pd.DataFrame:
    """Return one row an item: checklist, source, item, label, status, answer.

    Status: `filled` (from the study), `answered` (by the team, in `checklists.csv` of the study's folder) or
    `missing`. An answer may say why the item does not apply.
    """
    known, answers = facts(results), _team_answers(results.study.root / ANSWERS)
    rows = []
    for name, listed in yaml.safe_load(FILE.read_text(encoding="utf-8")).items():
        for number, text in enumerate(listed["items"], 1):
            label, _, fact = (part.strip() for part in text.partition("|"))
            answer = answers.get((name, str(number))) or known.get(fact, "")
            status = "answered" if (name, str(number)) in answers else "filled" if answer else "missing"
            rows.append((name, listed["source"], number, label, status, answer or ASKED))
    return pd.DataFrame(rows, columns=["checklist", "source", "item", "label", "status", "answer"])


def facts(results: Results) -> dict[str, str]:
    """Return what the study's tables say, in words that the public may read; an empty text where they are silent."""
    read = results.table
    people = read("participants")
    roles = sorted(people["role"].map(lambda role: str(role).replace("_", " ")).unique())
    flow = "; ".join(text for text, _ in tables.flow_in_words(results).sentences)
    labels = list(results.labels.values())
    spoken, answers = (people["kind"] == "interview").any(), len(read("responses")) > 0
    coders = read("codings")["coder"].nunique()
    dropped = read("imports")["action"].eq("dropped").sum()
    waves = max([int(read(name)["wave"].max()) for name in ("sources", "responses") if len(read(name))], default=0)
    texts: dict[str, Any] = {
        "title": results.study.title,
        "summary": "The public summary opens with it.",
        "purpose": "To see how both sides of each pair see the partnership, and where they differ.",
        "orientation": "Framework analysis of interviews, survey within pairs, board answers, outcome series.",
        "pairs": f"{len(read('pairs'))} pairs of trusts; none is named to the public.",
        "sampling": "Both sides of every pair; see the table of who was asked and who took part." if flow else "",
        "collection": flow,
        "interviewed": flow if spoken else "",
        "answered": flow if answers else "",
        "refused": "See the table of who was asked and who took part." if len(read("invitations")) else "",
        "response": "See the table of who was asked and who took part." if len(read("invitations")) else "",
        "roles": f"Groups of posts: {', '.join(roles)}." if roles else "",
        "interviewers": "",
        "themes": ("Five-theme codebook: " if len(labels) == 5 else "Themes: ") + ", ".join(labels) + ".",
        "codebook": f"{many(len(read('codes')), 'code')}; see codebook.yaml.",
        "origin": "Deductive, from a public bulletin; the place of each code in it is named in the codebook.",
        "coders": "One coder."
        if coders == 1
        else f"{coders} coders, in part on the same interviews; agreement is measured before consensus."
        if coders
        else "",
        "agreement": "Krippendorff's alpha by theme and code, before consensus." if len(read("agreement")) else "",
        "negative": "Enablers and barriers are counted apart for each theme." if spoken else "",
        "quotes": "Each quote has consent and an approval; where posts are few only the side is named, or nothing.",
        "transcripts": in_words("transcripts", "transcripts.", results) if spoken else "",
        "waves": f"{many(waves, 'wave')}." if waves else "",
        "consent": "Only people who consented are in the data; ethics: to be added by the team." if len(people) else "",
        "instrument": "See the codebook page; the instrument is unvalidated.",
        "dropped": f"{dropped} identifying columns were dropped on reading." if dropped else "",
        "software": "buddy_eval and the libraries in manifest.json.",
        "analysis": "See methods.html.",
        "integration": "Joint display of interviews, survey and boards, by rule.",
        "results": "See data/findings.csv and the reports.",
        "limits": " ".join(results.study.limits.split()),
    }
    return {name: str(text) for name, text in texts.items()}


def _team_answers(path: Path) -> dict[tuple[str, str], str]:
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {(row["checklist"], row["item"]): row["answer"] for row in csv.DictReader(file) if row["answer"].strip()}
