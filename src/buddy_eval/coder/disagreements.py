"""What coders coded otherwise, shown with both codings, memos and the code's rule; and decided by people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import pandas as pd

from buddy_eval.base.errors import BuddyError, nearest
from buddy_eval.base.markup import table
from buddy_eval.base.numbers import many, number
from buddy_eval.clean.comments import counted_in
from buddy_eval.clean.decisions import decided_units, on_their_units, texts
from buddy_eval.coding import consensus, consensus_basis, disagreements, disagreements_by_code
from buddy_eval.coding.by_hand.journal import Journal
from buddy_eval.coding.disagreements import OPEN
from buddy_eval.disclose.results import Results
from buddy_eval.read.decisions import decisions_folder, placed
from buddy_eval.read.journals import Act, read_journals, span
from buddy_eval.schemas import VALUES
from buddy_eval.study.codebook import load_codebook

BOTH, NEITHER, ELSE = "both", "neither", "else"
AROUND = 240  # characters of the interview shown before and after


@dataclass(frozen=True)
class Case:
    """One unit that coders coded otherwise: its place and words, every coder's codes and memos, the codes' rules."""

    unit: str
    source: str
    start: int
    end: int
    before: str
    words: str
    after: str
    state: str
    said: tuple[tuple[str, str], ...]  # coder; codes with valence and memo
    rules: tuple[str, ...]
    decided: tuple[str, ...]

    def _repr_html_(self) -> str:
        """Show the case in a notebook, to be unfolded."""
        said = "".join(f"<li><b>{escape(coder)}</b>: {escape(codes)}</li>" for coder, codes in self.said)
        rules = "".join(f"<li>{escape(rule)}</li>" for rule in self.rules)
        decided = "".join(f"<p>{escape(line)}</p>" for line in self.decided)
        words = f"{escape(self.before)}<mark>{escape(self.words)}</mark>{escape(self.after)}"
        return (
            f"<details><summary>{escape(self.unit)}: {escape(self.state)}</summary>"
            f'<p style="white-space: pre-line">{words}</p>'
            f"<ul>{said}</ul><ul>{rules}</ul>{decided}</details>"
        )


class Disagreements:
    """Every unit that coders coded otherwise, the code with most of them first, to look at and to decide.

    In a notebook, ``Disagreements(results)`` as the last line of a cell shows them. For the team: it holds what people
    said. `decide` writes one line into the journal of whoever decides, in `data/coding/decisions`; the next run rests
    the consensus on it. Agreement is computed from the codings alone, before any decision.

    Raises
    ------
    BuddyError : the readers are outside of the team, or the study has not been run.
    """

    def __init__(self, results: Results) -> None:
        if results.outside:
            raise BuddyError("disagreements hold what people said: they are for the team")
        self.folder = decisions_folder(results.study)
        names = ("codings", "assignments", "units", "codes", "memos", "agreement")
        self._tables = {name: results.table(name) for name in names}
        self._texts = texts(results.table("sources"), self._tables["units"])
        self._codebook = load_codebook(results.study.codebook)
        self.refresh()

    def refresh(self) -> None:
        """Read the decisions again, also those that came from elsewhere."""
        rows, _ = placed(read_journals(self.folder).acts, self._texts, self._codebook)
        self._laid = on_their_units(rows, self._tables["units"])
        self.decisions = decided_units(self._laid)
        self.frame = disagreements(self._tables["codings"], self._tables["assignments"], self.decisions)

    @property
    def by_code(self) -> pd.DataFrame:
        """A row for each code and pair of coders: how many they coded otherwise, how many are open, and alpha."""
        alpha = self._tables["agreement"]
        alpha = alpha[(alpha["statistic"] == "alpha") & (alpha["level"] == "code")]
        codes = disagreements_by_code(self.frame)
        codes = codes.merge(alpha[["code", "estimate"]].rename(columns={"estimate": "alpha"}), on="code", how="left")
        codes["worst"] = codes.groupby("code")["n_units"].transform("sum")
        codes = codes.sort_values(["worst", "code", "n_units"], ascending=[False, True, False], ignore_index=True)
        return codes.drop(columns="worst")

    @property
    def basis(self) -> pd.DataFrame:
        """On what the codes of the consensus rest as things stand: the frame `consensus_basis`."""
        return consensus_basis(consensus(self._tables["codings"], self._tables["assignments"], self.decisions))

    def cases(self, *, all_of_them: bool = False) -> list[Case]:
        """Return the units that are open (or all of them), those with the worst code first."""
        rank = {code: place for place, code in enumerate(dict.fromkeys(self.by_code["code"]))}
        rows = self.frame if all_of_them else self._open
        worst = rows.assign(rank=rows["code"].map(rank)).groupby("unit")["rank"].min()
        order = worst.reset_index().sort_values(["rank", "unit"])["unit"]
        return [self._case(unit) for unit in order]

    def decide(self, unit: str, choice: str, *, by: str, why: str, codes: Mapping[str, str] | None = None) -> Act:
        """Decide one unit, and return the line of the journal once it is on the disk.

        Parameters
        ----------
        unit : as in `frame` and `cases`. choice : the coder whose coding stands, ``both``, ``neither``, or ``else``
            with the `codes` that hold instead, each with its valence or "". by, why : who decides, and the reason.

        Raises
        ------
        BuddyError : no such disagreement, choice or code, no reason, or it could not be saved; nothing was written.
        """
        rows = self.frame[self.frame["unit"] == unit]
        if rows.empty:
            raise BuddyError(f"nobody coded unit {unit!r} otherwise; {nearest(unit, set(self.frame['unit']))}")
        coders = list(dict.fromkeys([*rows["one"], *rows["other"]]))
        if choice not in (*coders, BOTH, NEITHER, ELSE):
            raise BuddyError(f"{choice!r} is no choice; {nearest(choice, [*coders, BOTH, NEITHER, ELSE])}")
        if not why.strip():
            raise BuddyError("a decision needs a reason")
        if bool(codes) != (choice == ELSE):
            raise BuddyError("name codes with the choice 'else', and only with it")
        known = set(self._tables["codes"]["code"])
        for code, direction in (codes or {}).items():
            if code not in known:
                raise BuddyError(f"code {code!r} is not in the codebook; {nearest(code, known)}")
            if direction not in ("", *VALUES["valence"]):
                raise BuddyError(f"valence {direction!r} is not allowed; {nearest(direction, VALUES['valence'])}")
        before = self._laid[self._laid["unit"] == unit]
        outcome: dict[str, str | None] = dict.fromkeys([*before["code"], *rows["code"]])
        codings = self._of("codings", unit)
        codings = codings[codings["code"].isin(rows["code"])]
        stand = {BOTH: coders, NEITHER: [], ELSE: []}.get(choice, [choice])
        for name, theirs in codings[codings["coder"].isin(stand)].groupby("code"):
            valences = sorted(set(theirs["valence"].fillna("")))
            outcome[str(name)] = str(valences[0]) if len(valences) == 1 else "mixed"
        outcome |= codes or {}
        over = sorted(set(before.loc[before["code"].isin(outcome), "act"]))
        source, start, end = self._place(unit)
        told = {"source": source, "codes": outcome, "choice": choice, "why": why.strip(), "over": over}
        act = Journal(self.folder, by).add("decide", **told, **span(self._texts[source], start, end))
        self.refresh()
        return act

    def undo(self, by: str) -> bool:
        """Take back the last decision of somebody; tell whether there was one."""
        done = Journal(self.folder, by).back() is not None
        self.refresh()
        return done

    def in_short(self) -> str:
        """Say how many there are, how many are open, and how much of the consensus rests on a lead's word alone."""
        basis = self.basis.set_index("decided_by")["n_codes"]
        lead, every = int(basis.get("lead", 0)), int(basis.sum())
        return (
            f"{many(self.frame['unit'].nunique(), 'unit was', 'units were')} coded otherwise, "
            f"of which open: {self._open['unit'].nunique()}. "
            f"{lead} of {many(every, 'code')} on double-coded units rest on the lead coder's word alone."
        )

    @property
    def _open(self) -> pd.DataFrame:
        return self.frame[self.frame["state"].isin(OPEN)]

    def _case(self, unit: str) -> Case:
        source, start, end = self._place(unit)
        text, rows = self._texts[source], self.frame[self.frame["unit"] == unit]
        codings, memos = self._of("codings", unit), self._of("memos", unit)
        noted = {key: "; ".join(part["memo"]) for key, part in memos.groupby(["coder", "code"])}
        said = []
        for coder in dict.fromkeys([*rows["one"], *rows["other"]]):
            theirs = codings[codings["coder"] == coder]
            told = [
                f"{code}{f' {valence}' if isinstance(valence, str) else ''}"
                + (f" (memo: {noted[coder, code]})" if (coder, code) in noted else "")
                for code, valence in zip(theirs["code"], theirs["valence"], strict=True)
            ]
            said.append((coder, "; ".join(told) or "no code"))
        codes = self._tables["codes"].set_index("code").loc[list(dict.fromkeys(rows["code"]))]
        rules = [
            " ".join(
                [f"{code} {row['name']}: {row['definition']}"]
                + [f"{name.capitalize()}: {row[name]}" for name in ("include", "exclude") if isinstance(row[name], str)]
            )
            for code, row in codes.iterrows()
        ]
        decided = [
            f"{row['code']} {'holds' if row['present'] else 'does not hold'}: {row['choice']}, by {row['coder']}, "
            f"{row['why']}" + ("" if row["settled"] else " (two decided otherwise: decide again)")
            for row in self.decisions[self.decisions["unit"] == unit].to_dict("records")
        ]
        state = next((state for state in (*OPEN, "adjudicated") if state in set(rows["state"])), "decided")
        around = (text[max(0, start - AROUND) : start], text[start:end], text[end : end + AROUND])
        return Case(unit, source, start, end, *around, state, tuple(said), tuple(rules), tuple(decided))

    def _of(self, table: str, unit: str) -> pd.DataFrame:
        frame = self._tables[table]
        return frame[frame["unit"] == unit]

    def _place(self, unit: str) -> tuple[str, int, int]:
        units = self._of("units", unit)
        row = units.assign(text_of=counted_in(units)).iloc[0]
        return str(row["text_of"]), int(row["start"]), int(row["end"])

    def __repr__(self) -> str:
        return self.in_short()

    def _repr_html_(self) -> str:
        rows = (
            (code, f"{one}, {other}", n, open_, number(alpha))
            for code, one, other, n, open_, alpha in self.by_code.itertuples(index=False, name=None)
        )
        cases = "".join(case._repr_html_() for case in self.cases(all_of_them=True))
        return table(("Code", "Coders", "Otherwise", "Open", "Alpha"), rows, self.in_short()) + cases
