"""A sample coded in the view: one comment after another, each theme a key, with how sure the shares are so far."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock, Timeout

from buddy_eval.base.errors import BuddyError, StudyError
from buddy_eval.base.files import write_atomic
from buddy_eval.bulk.sampling.coded import codes_of
from buddy_eval.bulk.sampling.draw import read_record
from buddy_eval.bulk.sampling.elsewhere import Elsewhere
from buddy_eval.bulk.sampling.people import drawn_rows, judged
from buddy_eval.bulk.sampling.progress import how_sure
from buddy_eval.coder.codes import DIGITS
from buddy_eval.present.cautions import cautions_in_words
from buddy_eval.read.codings import unguarded
from buddy_eval.read.table import read_table
from buddy_eval.study.codebook import Codebook

LOCK_SECONDS = 10


class Sample:
    """A sample that `buddy-eval sample` drew, as the view codes it; every answer is in the file before it is confirmed.

    A machine's codes (`coded`) make the interval narrower and are never shown.

    Raises
    ------
    StudyError : other rows than were drawn, a gap in the codes, codes that do not belong to the sample.
    BuddyError : the sample is no .csv file, or has more themes than there are keys.
    """

    def __init__(self, path: Path, codebook: Codebook, coded: Path | Elsewhere | None = None) -> None:
        self.path, self.record = path, read_record(path)
        if path.suffix.lower() != ".csv" or not 0 < len(self.record.codes) <= len(DIGITS):
            raise BuddyError(f"{path.name}: the view codes a .csv file with one to {len(DIGITS)} themes")
        table = drawn_rows(path, self.record)
        judged(table, self.record, path.name)
        self.total = len(table)
        self._texts = [unguarded(text) for text in table[self.record.text].fillna("")]
        self._machine = None if coded is None else codes_of(coded, self.record, path, table)
        told = codebook.themes.set_index("theme")
        self._themes = [
            {"theme": theme, "key": key, **{name: str(told[name].get(theme, "")) for name in ("label", "definition")}}
            for theme, key in zip(self.record.codes, DIGITS, strict=False)
        ]
        self._lock = threading.Lock()

    def ask(self, path: str, told: object) -> dict[str, Any] | None:
        """Answer ``about``, ``comment`` (a number) or ``sure``; None for what there is not."""
        if path == "about":
            about = {"sample": self.path.name, "total": self.total, "themes": self._themes}
            return {**about, "coded": len(self._people())}
        if path == "sure":
            return {"sure": self._sure()}
        if path == "comment" and isinstance(told, dict) and str(told.get("number")).isdecimal():
            number, people = int(told["number"]), self._people()
            if 0 < number <= min(len(people) + 1, self.total):
                row = people.iloc[number - 1 : number]
                codes = [theme for theme in self.record.codes if row[theme].any()]
                return {"number": number, "text": self._texts[number - 1], "codes": codes}
        return None

    def act(self, told: dict[str, Any]) -> dict[str, Any]:
        """Write the themes of one comment, or take back those of the last; return how many are coded then.

        Raises
        ------
        ValueError : no such comment or theme, or one ahead of the next; nothing was written.
        BuddyError : it could not be saved; the same act can be sent again.
        """
        number, codes, do = told.get("number"), told.get("codes", []), told.get("do")
        if type(number) is not int or do not in ("codes", "back") or not isinstance(codes, list):
            raise ValueError("the act is not known")
        if not set(codes) <= set(self.record.codes):
            raise ValueError("the theme is not one of the sample's")
        try:
            with self._lock, FileLock(self.path.with_name(f".{self.path.name}.lock"), timeout=LOCK_SECONDS):
                table = drawn_rows(self.path, self.record)  # as it is now: another view may have written
                last = len(judged(table, self.record, self.path.name))
                if not 0 < number <= min(last + (do == "codes"), self.total) or (do == "back" and number != last):
                    raise ValueError("the comments are coded in their order")
                whole, row = read_table(self.path, self.path.name), table.index[number - 1]
                for code in self.record.codes:
                    whole.loc[row, code] = pd.NA if do == "back" else str(int(code in codes))
                write_atomic(self.path, whole.to_csv(index=False, lineterminator="\n").encode("utf-8-sig"))
                return {"coded": number - 1 if do == "back" else max(last, number)}
        except Timeout:
            raise BuddyError("could not save: another program holds the sample; try again") from None
        except StudyError as error:
            raise ValueError(str(error)) from None
        except OSError as error:
            raise BuddyError(f"could not save: {error.strerror or 'the disk refused'}; make room and go on") from None

    def _people(self) -> pd.DataFrame:
        """What is coded now, by this view or another."""
        return judged(drawn_rows(self.path, self.record), self.record, self.path.name)

    def _sure(self) -> list[dict[Any, Any]]:
        """Each theme's share as it stands, with its interval and the comments that bring it to 5 points either way."""
        sureness = how_sure(self._people(), self.record, self._machine)
        cautions = ["; ".join(cautions_in_words(row)) for row in sureness.to_dict("records")]
        rows = sureness.assign(caution=cautions).astype(object)
        return rows.where(sureness.notna(), None).to_dict("records")
