"""Build a study from real public data: the hospital pairs of 2013, their figures, and NHS patients' comments.

    python tests/real_study.py FOLDER [--data DATA]
    python do.py run FOLDER

Nothing of the data is part of this project; `DATA` is the folder that holds it (default: the environment
variable BUDDY_EVAL_REAL_DATA, else ../shared/data beside the checkout).
"""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path(os.environ.get("BUDDY_EVAL_REAL_DATA") or ROOT.parent / "shared" / "data")
SETTINGS = """\
[study]
title = "The hospital pairs of 2013 in public figures"
team = "A test of buddy_eval on real data"
notice = "A test on public figures: pairs compiled by hand from press and official pages, not an official list."
limits = \"\"\"
The pairs were compiled from press reports and official pages and are not an official list; one supporting trust is \
not known. Staff survey scores changed their scale in 2015, so the years before and after are separate indicators. \
After a merger a trust's figures are those of the merged trust. The comments are patients' words about their care, not \
staff's words about a partnership: for culture, capacity and communication they are a proxy at best, for evaluation \
and regulation not even that. None of them is printed.\"\"\"

[raw]
pairs = "pairs.csv"
trusts = "trusts.csv"
outcomes = "outcomes.csv"
comments = "comments.csv"

[disclosure]
profile = "public"
"""
SCORES = {
    "staff_engagement_1_to_5": ("Engagement.Index", None, "higher_is_better"),
    "staff_engagement_0_to_1": (None, "Engagement", "higher_is_better"),
    "staff_recommend_care_1_to_5": ("RecommendCare.Index", None, "higher_is_better"),
    "staff_recommend_care_0_to_1": (None, "RecommendCare", "higher_is_better"),
    "staff_work_stress": ("WorkStress.Index", "WorkStress", "lower_is_better"),
}


def build(folder: Path, data: Path = FOLDER) -> None:
    """Write the study; an existing folder is not touched."""
    raw = folder / "data" / "raw"
    raw.mkdir(parents=True)
    (folder / "study.toml").write_text(SETTINGS, encoding="utf-8")
    trusts = data / "trusts"
    given = pd.read_csv(trusts / "special_measures_2013_pairs.csv", dtype="str")
    pairs(given).to_csv(raw / "pairs.csv", index=False)
    successions(given, trusts).to_csv(raw / "trusts.csv", index=False)
    pd.concat([staff_survey(trusts), emergency(trusts)]).to_csv(raw / "outcomes.csv", index=False)
    comments(data / "nhs_comments").to_csv(raw / "comments.csv", index=False)
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".*"))


def pairs(given: pd.DataFrame) -> pd.DataFrame:
    """One spell a row; dates known to the month or the year begin with its first day."""
    return pd.DataFrame(
        {
            "pair": given["receiving_code"] + "-" + given["relation_start"].str[:4],
            "supporter": given["supporting_code"],
            "receiver": given["receiving_code"],
            "start": given["relation_start"].map(whole_date),
            "end": given["special_measures_exit"].map(whole_date, na_action="ignore"),
            "note": "confidence: " + given["confidence"] + "; " + given["pair_source"],
        }
    )


def whole_date(text: str) -> str:
    """Complete YYYY or YYYY-MM to a date."""
    return f"{text}-01-01"[:10] if len(text) == 4 else f"{text}-01"[:10]


def successions(given: pd.DataFrame, trusts: Path) -> pd.DataFrame:
    """The trusts of the pairs with their names then, and the codes that took them over later."""
    names = pd.concat(
        [
            given[[f"{side}_code", f"{side}_name"]].set_axis(["ods", "name"], axis=1)
            for side in ("receiving", "supporting")
        ]
    )
    names = names.dropna().drop_duplicates("ods")
    changes = pd.read_csv(trusts / "ods_trust_changes.csv", dtype="str")
    changes = changes[changes["old_code"].str.len() == 3].drop_duplicates("old_code")
    made = names.merge(changes, left_on="ods", right_on="old_code", how="left")
    ended = pd.to_datetime(made["date"], format="%Y%m%d").dt.strftime("%Y-%m-%d")
    return made.assign(successor=made["new_code"], valid_from="", valid_to=ended)[
        ["ods", "name", "valid_from", "valid_to", "successor"]
    ]


def staff_survey(trusts: Path) -> pd.DataFrame:
    """Yearly scores; a score of exactly 0 in the early file stands for 'not asked' and is left out."""
    early = pd.read_csv(trusts / "staff_survey_2012_2014.csv").rename(columns={"Year.Index": "year"})
    late = pd.read_csv(trusts / "staff_survey_2015_2019.csv").rename(columns={"Year.index": "year"})
    parts = []
    for indicator, (first, second, direction) in SCORES.items():
        for frame, column in ((early, first), (late, second)):
            if column:
                part = frame[["Code", "year", column]].set_axis(["ods", "period", "value"], axis=1)
                parts.append(part.assign(indicator=indicator, direction=direction))
    made = pd.concat(parts).dropna(subset=["ods", "value"])
    made = made[made["value"] > 0].drop_duplicates(["ods", "indicator", "period"])
    return made.assign(source="NHS Staff Survey, by trust and year, OGL v3")


def emergency(trusts: Path) -> pd.DataFrame:
    """Monthly A&E attendances within four hours, all types of department together."""
    given = pd.read_csv(trusts / "ae_attendances_2016_2019.csv", dtype={"org_code": "str"})
    summed = given.groupby(["org_code", "period"], as_index=False)[["attendances", "breaches"]].sum()
    summed = summed[summed["attendances"] > 0]
    return pd.DataFrame(
        {
            "ods": summed["org_code"],
            "indicator": "ae_within_four_hours",
            "period": summed["period"].str[:7],
            "numerator": summed["attendances"] - summed["breaches"],
            "denominator": summed["attendances"],
            "direction": "higher_is_better",
            "source": "NHS England A&E attendances, OGL v3",
        }
    )


def comments(folder: Path) -> pd.DataFrame:
    """All patients' comments under names of their own; whoever wrote them is not carried over."""
    first = pd.read_csv(folder / "phase1_trusts_a_b.csv", dtype="str", keep_default_na=False)
    second = pd.read_csv(folder / "qdc_v6_neas.csv", dtype="str", keep_default_na=False)
    parts = (first[["feedback", "organization"]], second[["FFT answer", "Trust"]])
    made = pd.concat([part.set_axis(["text", "group"], axis=1) for part in parts], ignore_index=True)
    return made.assign(comment=[f"C{number:05d}" for number in range(1, len(made) + 1)])


def main() -> None:
    """Build the study in the folder named on the command line."""
    parser = argparse.ArgumentParser(description="Build a study from real public data.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, default=FOLDER)
    options = parser.parse_args()
    build(options.folder, options.data)
    print(f"built {options.folder}; now: python do.py run {options.folder}")


if __name__ == "__main__":
    main()
