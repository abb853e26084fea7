"""The commands that lead from machine codes to findings: sample, correct, learn."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add_commands(commands: Any) -> None:
    """Add the commands to the parser of `buddy-eval`."""
    sample = commands.add_parser("sample", help="draw the comments of a large text that people will code")
    sample.add_argument("source", type=Path, help="a .csv or .parquet file, or a folder of them")
    sample.add_argument("--text", required=True, metavar="COLUMN", help="the column of text")
    sample.add_argument("--by", nargs="+", default=[], metavar="COLUMN", help="draw from each group of these columns")
    sample.add_argument("--n", type=int, required=True, help="how many comments")
    sample.add_argument("--seed", type=int, required=True, help="any number: the same one draws the same comments")
    sample.add_argument("--codebook", type=Path, metavar="FILE", help="its themes are to be coded (default: the five)")
    sample.add_argument("--out", type=Path, required=True, metavar="FILE.csv")
    sample.set_defaults(call=_sample)

    correct = commands.add_parser("correct", help="shares of themes from a coded sample and a machine's codes")
    correct.add_argument("sample", type=Path, help="the sample, with 1 or 0 under each theme")
    correct.add_argument("--coded", type=Path, required=True, metavar="FOLDER", help="what `buddy-eval code` wrote")
    correct.add_argument("--out", type=Path, metavar="FILE.csv", help="write the table here too")
    correct.set_defaults(call=_correct)

    learn = commands.add_parser("learn", help="learn a suggester of codes from a study's human codings")
    learn.add_argument("study", nargs="?", type=Path, default=Path(), help="the study's folder (default: here)")
    learn.add_argument("--out", type=Path, required=True, metavar="FILE.npz")
    learn.set_defaults(call=_learn)


def _sample(options: argparse.Namespace) -> int:
    from buddy_eval.bulk.sampling.draw import draw
    from buddy_eval.study.codebook import load_codebook

    themes = load_codebook(options.codebook).themes["theme"].tolist()
    made = draw(options.source, options.text, options.by, options.n, options.seed, options.out, themes)
    total = sum(stratum.comments for stratum in made.strata)
    drawn = sum(stratum.sampled for stratum in made.strata)
    print(f"{drawn} of {total:,} comments from {len(made.strata)} groups, seed {made.seed}")
    print(f"wrote {options.out} and its record; code from the top: 1 or 0 under {', '.join(themes)}")
    print(f"then: buddy-eval correct {options.out} --coded FOLDER")
    return 0


def _correct(options: argparse.Namespace) -> int:
    from buddy_eval.base.files import write_atomic
    from buddy_eval.base.numbers import interval, number
    from buddy_eval.bulk.sampling.coded import LABEL, correct
    from buddy_eval.present.cautions import cautions_in_words

    made = correct(options.sample, options.coded)
    made["caution"] = ["; ".join(cautions_in_words(row)) for row in made.to_dict("records")]
    if options.out:
        write_atomic(options.out, made.to_csv(index=False, float_format="%.6g", lineterminator="\n").encode())
    for row in made.to_dict("records"):
        where = f"{row['column']} {row['group']} {row['figure']}" if row["column"] else "all comments"
        said = f"{number(row['estimate'], 3)} ({interval(row['ci_low'], row['ci_high'], 3)})"
        said = said if row["estimate"] == row["estimate"] else ""
        said = "; ".join(filter(None, (said, row["caution"])))
        print(f"  {row['theme']:<16}{where}: {said}; the machine alone, uncorrected: {number(row[LABEL], 3)}")
    print("shares with 95% intervals that hold whatever the machine's errors; what is uncorrected is no finding")
    return 0


def _learn(options: argparse.Namespace) -> int:
    from buddy_eval.coding.suggester.in_study import whole
    from buddy_eval.pipeline import run as pipeline
    from buddy_eval.study.settings import load_study

    study = load_study(options.study)
    pipeline.run(study)
    made = whole(*(pipeline.read(study, name) for name in ("units", "consensus", "assignments", "codes")))
    made.save(options.out)
    sure = int((made.arrays["threshold"] <= 1).sum())
    print(f"wrote {options.out}: {sure} of {len(made.codes)} themes and codes could be learned")
    print("it holds single words of what people said: for the team only")
    print(f"use it: buddy-eval code FILE --text COLUMN --suggester {options.out} --out FOLDER")
    return 0
