"""Where somebody works, as the kit's questionnaire asks it, becomes pair and side; the words for a post its group."""

from __future__ import annotations

import pandas as pd

from buddy_eval.base.errors import Fault, nearest
from buddy_eval.schemas.posts import EXTERNAL, OF_TRUST, POSTS

Places = dict[str, list[tuple[str, str]]]
POST_OF = {label.casefold(): post for post, label in POSTS.items()}


def places(pairs: pd.DataFrame, trusts: pd.DataFrame) -> Places:
    """Return for every trust, by its code and by its name, the pairs it stands in and on which side."""
    named = trusts.dropna(subset=["ods", "name"])
    names = dict(zip(named["ods"], named["name"], strict=True))
    standing: Places = {}
    for side in ("supporter", "receiver"):
        for pair, code in pairs[["pair", side]].dropna().itertuples(index=False, name=None):
            for called in {_plain(code), _plain(names.get(code, code))}:
                standing.setdefault(called, []).append((pair, side))
    return standing


def placed(
    frame: pd.DataFrame, columns: dict[str, str], known: Places, file: str
) -> tuple[pd.DataFrame, dict[str, str], list[Fault]]:
    """Add pair and side to a survey that asks for the trust instead, and put posts in the study's words.

    A trust that stands in one pair tells it; where it stands in several, and for other bodies, the survey asks for the
    pair too. Returns the frame, its columns by what they hold, and a fault for every trust that the study lacks.
    """
    if "role" in columns:
        posts = frame[columns["role"]].str.strip().str.casefold().map(POST_OF)
        frame = frame.assign(**{columns["role"]: posts.fillna(frame[columns["role"]])})
    if "trust" not in columns or "side" in columns:
        return frame, columns, []
    faults: list[Fault] = []
    asked = frame[columns["pair"]] if "pair" in columns else pd.Series(pd.NA, index=frame.index, dtype="str")
    answers = zip(frame.index, frame[columns["trust"]], asked, strict=True)
    rows = [_place(int(str(row)), trust, pair, known, file, faults) for row, trust, pair in answers]
    added = {**OF_TRUST, **({"pair": columns["pair"]} if "pair" in columns else {})}
    cells = zip(added.values(), zip(*rows, strict=True) if rows else ((), ()), strict=True)
    stand = {name: pd.Series(list(each), index=frame.index, dtype="str") for name, each in cells}
    return frame.assign(**stand), {**columns, **added}, faults


def _place(
    row: int, trust: object, pair: object, known: Places, file: str, faults: list[Fault]
) -> tuple[str | None, str | None]:
    pairs = {name for stands in known.values() for name, _ in stands}
    asked = pair.strip() if isinstance(pair, str) else None
    if asked not in pairs and asked and asked.partition(":")[0] in pairs:  # the kit's option says who supports whom
        asked = asked.partition(":")[0]
    if not isinstance(trust, str) or not pairs:
        return asked, None  # whoever reads the answers says what is empty
    if _plain(trust) == _plain(EXTERNAL):
        return asked or (min(pairs) if len(pairs) == 1 else None), "external"
    stands = known.get(_plain(trust), [])
    fits = [one for one in stands if asked in {None, one[0]}] or stands or [(min(pairs), "supporter")]
    if not stands:
        shown = repr(trust) if len(trust) <= 60 else "a long text"
        remedy = nearest(_plain(trust), known, "write the trust's name as trusts.csv has it")
        faults.append(Fault(file, row, f"trust {shown} stands in no pair", remedy, "trust"))
    elif len(fits) > 1:
        problem = f"trust {trust!r} stands in {len(fits)} pairs, and none is named"
        faults.append(Fault(file, row, problem, "name the pair in a column 'pair'", "pair"))
    return asked or fits[0][0], fits[0][1]


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
