"""Survey exports: one row a person, one column an item, matched by the item's id or wording."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

import pandas as pd

from buddy_eval.base.categories import stacked
from buddy_eval.base.errors import Fault, nearest
from buddy_eval.read.exports import wordings
from buddy_eval.read.private import REPEATED
from buddy_eval.schemas import VALUES
from buddy_eval.schemas.posts import OF_TRUST, WHICH_PAIR, WHICH_POST, WHICH_TRUST
from buddy_eval.study.instrument import OPTIONS, Instrument, plain_label

STATUS = pd.CategoricalDtype(sorted(VALUES["status"]))
Texts = Mapping[str, tuple[str, ...]]


def plainer(text: str) -> str:
    """Compare names of columns without case, accents, punctuation or the number of spaces."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    return " ".join(re.findall(r"[a-z0-9]+", folded))


BETWEEN = r"\s*[-\u2013\u2014=:.,]?\s*"
BOTH = re.compile(rf"[(\[]?(\d{{1,2}})[)\]]?{BETWEEN}([^\W\d]\D*)|([^\W\d]\D*?){BETWEEN}[(\[]?(\d{{1,2}})[)\]]?")
ABOUT_PEOPLE = {
    "respondent": ("respondent", "id", "response id", "responseid", "participant", "unique id", "userno"),
    "pair": ("pair", "pair id", plainer(WHICH_PAIR)),
    "side": ("side",),
    "trust": ("trust", "organisation", "which trust do you work for", plainer(WHICH_TRUST)),
    "role": ("role", "role group", plainer(WHICH_POST)),
    "wave": ("wave",),
}


def answers(
    frame: pd.DataFrame,
    instrument: Instrument,
    file: str,
    wave: int | None,
    *,
    linked: bool,
    texts: Texts | None = None,
    mapping: Mapping[str, str] | None = None,
    labels: Mapping[str, Mapping[str, float]] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame, list[Fault], list[str]]:
    """Turn a wide survey export into long answers and comments.

    `texts` holds other texts of a column (the question, an SPSS label); `mapping` (item to column) decides before both.
    `labels` says which number each label of a column stands for, where the file does.

    Returns
    -------
    answers : participant, pair, side, role, wave, item, answer, status; one row a person and scale item, words as
        categories.
    comments : participant, pair, side, role, wave, item, text; one row a comment given. The index of both is the
        row of the file.
    faults : every missing column, unknown answer label, side or role.
    unused : columns that are neither about the person nor an item.
    """
    columns = {**matched(frame.columns, instrument, texts), **(mapping or {})}
    columns = {key: column for key, column in columns.items() if column in frame}
    if "respondent" not in columns and not linked:  # Google Forms numbers nobody: the row of the file does
        columns["respondent"] = "row of the file"
        frame = frame.assign(**{"row of the file": frame.index.astype("str")})
    faults = [*_absent(columns, instrument, file, wave), *_twice(frame, columns, file)]
    if faults:
        return pd.DataFrame(), pd.DataFrame(), faults, []
    people = _people(frame, columns, file, wave, linked=linked, faults=faults)
    kinds = instrument.items.set_index("item")["kind"]
    scale = [item for item in kinds.index if kinds[item] != "free_text" and item in columns]
    free = [item for item in kinds.index if kinds[item] == "free_text" and item in columns]
    for item in scale:
        faults += _half_labelled(frame[columns[item]], item, instrument, (labels or {}).get(columns[item], {}), file)
    words = people.astype(dict.fromkeys(people.select_dtypes("str"), "category"))
    asked = pd.CategoricalDtype(sorted(scale))
    long, said = [words.iloc[:0].assign(item="", answer=0, status="")], [people.iloc[:0].assign(item="", text="")]
    for item in scale:
        meant = _meant(frame[columns[item]], item, instrument.labels, file, faults)
        long.append(words.assign(item=pd.Series(item, words.index, asked), **meant))
    for item in free:
        said.append(people.assign(item=item, text=frame[columns[item]]).dropna(subset=["text"]))
    unused = [name for name in frame.columns if name not in columns.values()]
    return stacked(long[1:] or long), pd.concat(said[1:] or said), faults, unused


def matched(names: Iterable[str], instrument: Instrument, texts: Texts | None = None) -> dict[str, str]:
    """Map what we need (ids of items, and the columns about people) to the column that holds it.

    A column goes by its name, else by its other texts, else by either without its number or stem.
    """
    wanted = {other: name for name, others in ABOUT_PEOPLE.items() for other in others}
    for item, wording in instrument.items[["item", "wording"]].itertuples(index=False):
        wanted |= {plainer(item): item, plainer(wording): item, plainer(f"{item} {wording}"): item}
        wanted[plainer(f"{wording} {instrument.notice}")] = item
    columns: dict[str, str] = {}
    texts_of = [(name, (texts or {}).get(name, ())) for name in names]
    for forms in (
        lambda name, others: [name, *others],
        lambda name, others: [w for t in (name, *others) for w in wordings(t)],
    ):
        for name, others in texts_of:
            keys = (wanted.get(plainer(form)) for form in forms(name, others))
            key = next((key for key in keys if key), None)
            if key and key not in columns and name not in columns.values():
                columns[key] = name
    return columns


def _absent(columns: dict[str, str], instrument: Instrument, file: str, wave: int | None) -> list[Fault]:
    needed = ["respondent", "pair", "side", "role", *([] if wave else ["wave"])]
    faults = [
        Fault(file, 1, f"no column for {name}", f"name it {ABOUT_PEOPLE[name][0]!r}")
        for name in needed
        if name not in columns
    ]
    if not set(columns) & set(instrument.items["item"]):
        faults.append(Fault(file, 1, "no column matches an item", "use the item's id or its exact wording"))
    return faults


def _twice(frame: pd.DataFrame, columns: dict[str, str], file: str) -> list[Fault]:
    """Columns that are needed and stand twice in the file: the later ones are numbered, and hold something."""
    return [
        Fault(file, 1, f"column {column!r} stands twice", "keep one of them")
        for column in columns.values()
        for other in frame.columns
        if REPEATED.sub("", other) == column != other and frame[other].notna().any()
    ]


def _people(
    frame: pd.DataFrame, columns: dict[str, str], file: str, wave: int | None, *, linked: bool, faults: list[Fault]
) -> pd.DataFrame:
    """Who answered: one row a respondent, on the index of the file's rows."""
    people = pd.DataFrame({name: frame[columns[name]].str.strip() for name in ("respondent", "pair", "side", "role")})
    plain = {name for name, column in columns.items() if column.casefold() == name or column == OF_TRUST.get(name)}
    called = {name: name if name in plain else f"{name} (column {column!r})" for name, column in columns.items()}
    nobody = people[["pair", "side", "role"]].isna().all(axis=1)  # a total or a note below the answers
    for place in people.index[nobody]:
        problem = f"{called['pair']}, {called['side']} and {called['role']} are empty"
        faults.append(
            Fault(file, int(place), problem, "where it is nobody's answer, delete the row; else fill them in")
        )
    waves = frame[columns["wave"]] if "wave" in columns else pd.Series(str(wave or ""), index=frame.index)
    whole = waves.str.strip().str.fullmatch(r"[0-9]{1,4}").astype("boolean").fillna(False)
    people["wave"] = pd.to_numeric(waves.where(whole)).astype("Int64")
    for name in ("side", "role"):
        people[name] = people[name].str.casefold().str.replace(r"[\s-]+", "_", regex=True)
        for row, value in people.loc[~people[name].isin(VALUES[name]) & ~nobody, name].items():
            problem = f"{called[name]} {'is empty' if pd.isna(value) else f'{value!r} is not allowed'}"
            faults.append(Fault(file, int(str(row)), problem, nearest(str(value), VALUES[name])))
    for name in ("respondent", "pair", "wave"):
        for row in people.index[people[name].isna() & ~nobody]:
            faults.append(Fault(file, int(row), f"{called.get(name, name)} is empty or unreadable", "fill it in"))
    for row in people.index[people.duplicated(["respondent", "wave"]) & people["respondent"].notna()]:
        remedy = "where they are two people, give each an id of their own; where one answered twice, keep one row"
        faults.append(Fault(file, int(row), "this respondent stands twice in one wave", remedy))
    prefix = "P" if linked else "W" + people["wave"].astype("str") + "-"
    people["participant"] = prefix + people["respondent"]
    return people.drop(columns="respondent")


def _remedy(cell: str, labels: dict[str, int | str]) -> str:
    """What to write for an answer that is not on the scale; where number and words differ, that they do."""
    number, words = _parted(cell)
    if isinstance(meant := labels.get(plain_label(words)), int):
        return f"its words are {meant} on the scale of this study, not {number}; export the words alone"
    return nearest(cell.casefold(), labels)


def _half_labelled(
    cells: pd.Series, item: str, instrument: Instrument, codes: Mapping[str, float], file: str
) -> list[Fault]:
    """A column of which labels are given for some numbers alone, and may run against them: all are turned, or none.

    Where the file does not say which number a label is, a column is refused that has labels for both ends and numbers
    for nothing but the middle.
    """
    distinct = cells.dropna().drop_duplicates()
    bare = {int(cell) for cell in distinct.str.strip() if cell in OPTIONS}
    worded = {cell: code for cell in distinct if isinstance(code := _coded(cell, instrument.labels), int)}
    worded = {cell: code for cell, code in worded.items() if cell.strip() not in OPTIONS and not _parted(cell)[0]}
    against = [cell for cell, code in worded.items() if codes.get(cell, code) != code]
    if not codes and set(worded.values()) <= {1, 5} and 1 not in bare and 5 not in bare:
        against = list(worded)
    if not bare or not against:
        return []
    row, label = int(str(distinct.index[distinct == against[0]][0])), against[0]
    why = f"{label!r} is {codes[label]:g} in the file" if label in codes else f"nothing says which number {label!r} is"
    problem = f"{item} holds labels and bare numbers, and {why}"
    return [Fault(file, row, problem, "export labels for every answer, or numbers for every answer", item)]


def _meant(
    cells: pd.Series, item: str, labels: dict[str, int | str], file: str, faults: list[Fault]
) -> dict[str, pd.api.extensions.ExtensionArray]:
    """Answer and status of each cell of an item; what stands in many cells is looked at once."""
    places, distinct = pd.factorize(cells)
    meant = {cell: _coded(cell, labels) for cell in distinct}
    for row, cell in cells[cells.isin([cell for cell, value in meant.items() if value is None])].items():
        shown = cell if len(cell) <= 40 else "a long text"
        remedy = _remedy(cell, labels)
        faults.append(Fault(file, int(str(row)), f"answer {shown!r} to {item} is not on the scale", remedy))
    values = [*meant.values(), None]  # the last for cells that are empty, whose place is -1
    states = ["missing" if value is None else value if isinstance(value, str) else "answered" for value in values]
    numbers = [value if isinstance(value, int) else None for value in values]
    return {
        "answer": pd.array(numbers, dtype="Int64").take(places),
        "status": pd.Categorical(states, dtype=STATUS).take(places),
    }


def _coded(cell: str, labels: dict[str, int | str]) -> int | str | None:
    """What an answer means: a label, a number, or both where they say the same.

    >>> scale = {"agree": 4, "4": 4, "2": 2, "don't know": "dont_know"}
    >>> [_coded(cell, scale) for cell in ("4 - agree", "Agree (4)", "6: Don't know", "2 - agree", "4 - nearly")]
    [4, 4, 'dont_know', None, None]
    """
    number, words = _parted(cell)
    meant = labels.get(plain_label(words or cell))
    return meant if not number or meant == labels.get(number, meant) else None


def _parted(cell: str) -> tuple[str, str]:
    """Number and words of an answer that holds both, in either order; else nothing."""
    halves = BOTH.fullmatch(cell.strip())
    return ("", "") if halves is None else (halves[1] or halves[4], halves[2] or halves[3])
