"""What may leave the team: small counts withheld, quotes only with consent and approval, posts generalised.

Three profiles: ``internal`` (the team) sees everything; ``partners`` (the two boards of one pair) see their own
pair and the study as a whole; ``public`` (the sector) sees the study as a whole, with small counts withheld.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

import pandas as pd

from buddy_eval.base.profiles import PROFILES
from buddy_eval.study.settings import Disclosure

AUDIENCES = {profile: circle for circle, profile in enumerate(PROFILES)}  # from the narrowest circle out
SENSITIVE = "SENS"
LEAST_POSTS = {"internal": 2, "partners": 2, "public": 3}  # people of a post whom a quote's attribution may name
SMALL, SECONDARY, NOT_RECORDED, ROUNDED, SHOWN = "small", "secondary", "not_recorded", "rounded", "shown"
WITHHELD = (SMALL, SECONDARY)


def cell_id(table: str, row: Iterable[object], column: object) -> str:
    """Name one count by ids: the table, the row, the column; no two counts share a name.

    >>> cell_id("themes", ("culture", "receiver"), "asked"), cell_id("flow", ("a/b", 1), "invited")
    ('themes/culture/receiver/asked', 'flow/a%2Fb/1/invited')
    """
    return "/".join(quote(str(part), safe=" ") for part in (table, *row, column))


def withhold(counts: pd.DataFrame, rules: Disclosure) -> pd.DataFrame:
    """Withhold small counts of people in a table without totals, and round the rest.

    Counts from 1 to `suppress_below` - 1 become missing, others are rounded to the nearest `round_to`, so that a
    total known from elsewhere does not give a withheld count back to the person. A zero stays: it says that
    nobody did (but see `withhold_row`).

    Source: the disclosure rule of NHS Hospital Episode Statistics (1-7 suppressed, others to the nearest 5).

    >>> withhold(pd.DataFrame({"n": [0, 3, 8, 23]}), Disclosure()).iloc[:, 0].tolist()
    [0, <NA>, 10, 25]
    """
    whole = counts.astype("Int64")
    rounded = ((whole + rules.round_to // 2) // rules.round_to * rules.round_to).astype("Int64")
    return rounded.mask((whole > 0) & (whole < rules.suppress_below))


def statuses(true: pd.DataFrame, shown: pd.DataFrame, rules: Disclosure) -> pd.DataFrame:
    """Say of every count how it is shown: as it is, rounded, withheld as small or to protect others, not recorded.

    >>> true = pd.DataFrame({"n": [0, 3, 8, pd.NA]}, dtype="Int64")
    >>> statuses(true, withhold(true, Disclosure()), Disclosure())["n"].tolist()
    ['shown', 'small', 'rounded', 'not_recorded']
    """
    value = true.astype("Int64")
    some, few = ((mask).fillna(False) for mask in (value > 0, (value > 0) & (value < rules.suppress_below)))
    status = pd.DataFrame(SHOWN, index=shown.index, columns=shown.columns)
    status = status.mask(some & (rules.round_to > 1), ROUNDED).mask(shown.isna(), SECONDARY)
    return status.mask(shown.isna() & few, SMALL).mask(value.isna(), NOT_RECORDED)


def withhold_row(counts: pd.DataFrame, rules: Disclosure) -> pd.DataFrame:
    """Withhold small counts of a table whose rows add up to a total that is printed beside them.

    Where one cell of a row is withheld it could be had by subtraction, so the next smallest count of the row that
    is not zero is withheld with it; rounding hides what is left. Where there is no other, the zeros beside the
    cell would say that these few people all said the same, and are withheld with it.
    """
    printed = withhold(counts, rules)
    alone = (printed.isna() & counts.notna()).sum(axis=1) == 1
    for row in counts.index[alone]:
        others = counts.loc[row][counts.loc[row] >= rules.suppress_below]
        if len(others):
            printed.loc[row, str(others.idxmin())] = pd.NA
        else:
            printed.loc[row] = pd.NA
    return printed


def enough(answers: pd.DataFrame, rules: Disclosure) -> pd.Series:
    """Tell which rows of survey figures rest on `min_respondents` people or more, on each side they speak of.

    >>> rows = pd.DataFrame({"n_supporter": [12, 9], "n_receiver": [10, 40]})
    >>> enough(rows, Disclosure()).tolist()
    [True, False]
    """
    people = [name for name in ("n", "n_supporter", "n_receiver") if name in answers]
    return (answers[people] >= rules.min_respondents).all(axis=1)


def visible_quotes(
    approvals: pd.DataFrame,
    sources: pd.DataFrame,
    units: pd.DataFrame,
    participants: pd.DataFrame,
    consensus: pd.DataFrame,
    profile: str,
) -> pd.DataFrame:
    """The passages that a reader of a profile may see: the speaker consented, and somebody approved each one.

    A passage that any coder marked as sensitive is never shown, nor one that holds words of two participants.
    Returns one row a quote: source, start, end, quote, participant, pair, side, role.
    """
    allowed = approvals[approvals["audience"].map(AUDIENCES) >= AUDIENCES[profile]]
    cited = allowed.merge(sources[["source", "text"]], left_on="source_id", right_on="source")
    quotes = [row["text"][row["start"] : row["end"]] for row in cited.to_dict("records")]
    cited = cited.drop(columns="text").assign(quote=quotes)  # a whole interview is not carried along
    said = units.loc[units["codable"], ["source", "participant", "start", "end"]]
    said = cited.reset_index().merge(said, on="source", suffixes=("", "_unit"))
    said = said[(said["start_unit"] < said["end"]) & (said["end_unit"] > said["start"])]
    speakers = said.drop_duplicates(["index", "participant"]).drop_duplicates("index", keep=False)
    cited = cited.join(speakers.set_index("index")["participant"]).merge(participants, on="participant")
    cited = cited[cited["consent"] & cited["quotes"]]
    sensitive = consensus.loc[consensus["code"] == SENSITIVE].merge(units[["unit", "source"]], on="unit")
    touched = cited.reset_index().merge(sensitive, on="source", suffixes=("", "_bad"))
    bad = touched[(touched["start_bad"] < touched["end"]) & (touched["end_bad"] > touched["start"])]
    columns = ["source", "start", "end", "quote", "participant", "pair", "side", "role"]
    return cited.loc[~cited.index.isin(bad["index"]), columns]


def attribution(quotes: pd.DataFrame, participants: pd.DataFrame, profile: str, least: int) -> pd.Series:
    """Say whose words a quote is, as far as that gives nobody away.

    The ladder: role and side, where at least `least` people interviewed in the study hold such a post on that
    side; else the side alone, where at least `least` people were interviewed on it; else nothing. In a report
    for one pair the posts of that pair count, not those of the study. The team sees the pseudonym.
    """
    if profile == "internal":
        return quotes["participant"]
    spoken = participants[participants["kind"] == "interview"]
    where = ["pair", "side"] if profile == "partners" else ["side"]
    posts = spoken.groupby([*where, "role"]).size()
    sides = spoken.groupby(where).size()
    names = []
    for row in quotes.to_dict("records"):
        place = tuple(row[name] for name in where)
        role = str(row["role"]).replace("_", " ")
        if posts.get((*place, row["role"]), 0) >= least:
            names.append(f"{role}, {row['side']}")
        elif sides.get(place if len(place) > 1 else place[0], 0) >= least:
            names.append(str(row["side"]))
        else:
            names.append("a participant")
    return pd.Series(names, index=quotes.index, dtype="str")
