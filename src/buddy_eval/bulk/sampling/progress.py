"""How sure a sample is as far as people coded it, and how many comments more it needs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buddy_eval.bulk.sampling.coded import codes_of
from buddy_eval.bulk.sampling.draw import Record, read_record
from buddy_eval.bulk.sampling.elsewhere import Elsewhere
from buddy_eval.bulk.sampling.estimate import more_needed, prevalence
from buddy_eval.bulk.sampling.people import by_people

COLUMNS = ("theme", "n_coded", "n_with", "estimate", "ci_low", "ci_high", "n_more", "caution")
Codes = tuple[pd.DataFrame, NDArray[np.bool_]]


def progress(sample: Path, coded: Path | Elsewhere | None = None, within: float = 0.05) -> pd.DataFrame:
    """Say how far the coding of a sample has come: each theme's share as it stands, and how many comments are to come.

    Parameters
    ----------
    sample, coded : as in `correct`; without `coded` by what people coded alone.

    Returns
    -------
    theme, n_coded, n_with (coded comments with the theme), estimate with its 95% interval, n_more (comments that bring
    half the interval to `within`, were they as those so far; missing where too few are coded to say), and the caution.

    Raises
    ------
    StudyError : as in `correct`.
    """
    record = read_record(sample)
    people, drawn = by_people(sample, record)
    return how_sure(people, record, None if coded is None else codes_of(coded, record, sample, drawn), within)


def how_sure(people: pd.DataFrame, record: Record, machine: Codes | None, within: float = 0.05) -> pd.DataFrame:
    """Do what `progress` does with codes at hand.

    `people` : stratum, and True or False under each theme. `machine` : its counts of everything and its codes of at
    least the comments of `people`, in their order.
    """
    sizes = [stratum.comments for stratum in record.strata]
    nobody = pd.DataFrame({"stratum": range(len(sizes)), "n_comments": sizes, "n_machine": 0})
    rows = []
    for place, theme in enumerate(record.codes):
        flags = False if machine is None else machine[1][: len(people), place]
        sample = pd.DataFrame({"stratum": people["stratum"], "human": people[theme], "machine": flags})
        strata = nobody if machine is None else machine[0][machine[0]["theme"] == theme]
        share = prevalence(sample, strata)
        cells = {"estimate": share.estimate, "ci_low": share.ci_low, "ci_high": share.ci_high, "caution": share.caution}
        n_of = {"n_coded": share.n, "n_with": int(sample["human"].sum())}
        rows.append({"theme": theme, **n_of, **cells, "n_more": more_needed(sample, strata, within)})
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"n_more": "Int64"})
