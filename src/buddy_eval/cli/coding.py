"""The commands that code text and judge codes: code, sample, code-sample, correct, learn, code-by-hand, agreement."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from buddy_eval.base.called import CALLED
from buddy_eval.base.errors import BuddyError
from buddy_eval.base.files import write_atomic
from buddy_eval.base.numbers import many
from buddy_eval.cli.declare import CODEBOOK, SOURCE, STUDY, TEXT, Either, argument, command, say, to_read, to_write
from buddy_eval.study.settings import load_study

if TYPE_CHECKING:
    from buddy_eval.bulk.sampling.elsewhere import Elsewhere
    from buddy_eval.coder.server import View


@command(
    SOURCE,
    TEXT,
    argument("--by", nargs="+", default=[], metavar="COLUMN", help="count by these columns"),
    Either(
        (
            argument("--codebook", file=CODEBOOK, metavar="FILE", help="a codebook (default: the five themes)"),
            argument("--suggester", file=to_read(".npz"), metavar="FILE.npz", help="what `learn` wrote"),
        )
    ),
    argument("--out", type=Path, required=True, metavar="FOLDER", help="where spans and counts go"),
    argument("--cluster", metavar="ADDRESS", help="do it on this Dask cluster, as tcp://host:8786"),
)
def code(
    source: Path,
    text: str,
    by: list[str],
    codebook: Path | None,
    suggester: Path | None,
    out: Path,
    cluster: str | None,
) -> None:
    """Code free text of any size with a lexicon or a learned suggester."""
    from buddy_eval.bulk.finished import inputs, keep_finished, parts_that_stand

    before = inputs(source, (text, *by), suggester or codebook)
    if parts := parts_that_stand(out, before):
        say(f"{parts} of {parts} parts were done before")
    else:
        from buddy_eval.bulk.job import learned_job, new_job
        from buddy_eval.bulk.run import code_files
        from buddy_eval.study.codebook import load_codebook

        where = (source, text, tuple(by), out)
        job = learned_job(*where, suggester) if suggester else new_job(*where, load_codebook(codebook))
        code_files(job, say, cluster)
        keep_finished(out, before)
    print(f"wrote {out.resolve() / 'counts.csv'} and the spans beside it")


@command(
    SOURCE,
    TEXT,
    argument("--by", nargs="+", default=[], metavar="COLUMN", help="draw from each group of these columns"),
    argument("--n", type=int, required=True, help="how many comments"),
    argument("--seed", type=int, required=True, help="any number: the same one draws the same comments"),
    argument("--codebook", file=CODEBOOK, metavar="FILE", help="its themes are to be coded (default: the five)"),
    argument("--out", type=Path, required=True, metavar="FILE.csv"),
)
def sample(source: Path, text: str, by: list[str], n: int, seed: int, codebook: Path | None, out: Path) -> None:
    """Draw the comments of a large text that people will code."""
    from buddy_eval.bulk.sampling.draw import draw
    from buddy_eval.study.codebook import load_codebook

    themes = load_codebook(codebook).themes["theme"].tolist()
    plan = draw(source, text, by, n, seed, out, themes)
    total = sum(stratum.comments for stratum in plan.strata)
    drawn = sum(stratum.sampled for stratum in plan.strata)
    print(f"{drawn} of {total:,} comments from {many(len(plan.strata), 'group')}, seed {plan.seed}")
    print(f"wrote {out} and its record; code from the top: 1 or 0 under {', '.join(themes)}")
    print(f"then: {CALLED} correct {out} --coded FOLDER")


SAMPLE = argument("sample", type=Path, help="the sample, with 1 or 0 under each theme")
MACHINE = (
    argument("--comments", type=Path, metavar="SOURCE", help="what was sampled, for codes made elsewhere"),
    argument("--key", default="", metavar="COLUMN", help="the column that names each comment, there and in the codes"),
    argument("--machine", default="", metavar="NAME", help="what made codes elsewhere; it stands in the methods"),
    argument("--version", default="", metavar="VERSION", help="its version"),
)


@command(
    SAMPLE,
    argument("--coded", type=Path, required=True, metavar="PLACE", help="folder of `code`, or codes made elsewhere"),
    *MACHINE,
    argument("--out", type=Path, metavar="FILE.csv", help="write the table here too"),
)
def correct(
    sample: Path, coded: Path, comments: Path | None, key: str, machine: str, version: str, out: Path | None
) -> None:
    """Give the shares of themes from a coded sample and a machine's codes."""
    from buddy_eval.base.numbers import interval, number
    from buddy_eval.bulk.sampling.coded import LABEL, correct
    from buddy_eval.present.cautions import cautions_in_words

    shares = correct(sample, _codes(coded, comments, key, machine, version))
    shares["caution"] = ["; ".join(cautions_in_words(row)) for row in shares.to_dict("records")]
    if coded.is_file():
        shares["machine"], shares["machine_version"] = machine, version
    if out:
        write_atomic(out, shares.to_csv(index=False, float_format="%.6g", lineterminator="\n").encode())
    for row in shares.to_dict("records"):
        where = f"{row['column']} {row['group']} {row['figure']}" if row["column"] else "all comments"
        said = f"{number(row['estimate'], 3)} ({interval(row['ci_low'], row['ci_high'], 3)})"
        said = said if row["estimate"] == row["estimate"] else ""
        said = "; ".join(filter(None, (said, row["caution"])))
        print(f"  {row['theme']:<16}{where}: {said}; the machine alone, uncorrected: {number(row[LABEL], 3)}")
    print("shares with 95% intervals that hold whatever the machine's errors; what is uncorrected is no finding")
    if coded.is_file():
        print(f"methods: {machine}, version {version}, coded every comment; a random sample by people corrects it")


@command(
    SAMPLE,
    argument("--coded", type=Path, metavar="PLACE", help="a machine's codes, as for `correct` (default: people alone)"),
    *MACHINE,
)
def progress(sample: Path, coded: Path | None, comments: Path | None, key: str, machine: str, version: str) -> None:
    """Say how sure a sample is as far as it is coded, and how many comments more make it sure to 5 points."""
    from buddy_eval.base.numbers import interval, number
    from buddy_eval.bulk.sampling.progress import progress
    from buddy_eval.present.cautions import cautions_in_words

    themes = progress(sample, _codes(coded, comments, key, machine, version) if coded else None)
    for row in themes.to_dict("records"):
        caution = "; ".join(cautions_in_words(row))
        if row["estimate"] != row["estimate"]:
            print(f"  {row['theme']:<16}{row['n_coded']} coded: {caution}")
            continue
        said = f"{number(row['estimate'], 3)} ({interval(row['ci_low'], row['ci_high'], 3)})"
        more = f"{row['n_more']:,} more make it sure to 5 points" if row["n_more"] else "sure to 5 points"
        print(f"  {row['theme']:<16}{row['n_coded']} coded, {row['n_with']} with it: {said}; {more}", end="")
        print(f"; {caution}" if caution else "")
    most = themes["n_more"].max()
    print("every theme is sure to 5 points" if most == 0 else "the comments to come are thought to be as those so far")


def _codes(coded: Path, comments: Path | None, key: str, machine: str, version: str) -> Path | Elsewhere:
    """Where a machine's codes are: a folder of `code`, or a table that was made elsewhere, with what made it."""
    from buddy_eval.bulk.sampling.elsewhere import Elsewhere

    if not coded.is_file():
        return coded
    if comments is None or not (key and machine and version):
        raise BuddyError(f"{coded.name} was made elsewhere: give --comments, --key, --machine and --version too")
    return Elsewhere(coded, comments, key, machine, version)


@command(
    SAMPLE,
    argument("--coded", type=Path, metavar="PLACE", help="a machine's codes, as for `correct` (default: people alone)"),
    *MACHINE,
    argument("--codebook", file=CODEBOOK, metavar="FILE", help="what its themes mean (default: the five)"),
)
def code_sample(
    sample: Path, coded: Path | None, comments: Path | None, key: str, machine: str, version: str, codebook: Path | None
) -> None:
    """Open the view in which one person codes a sample, a comment after another."""
    from buddy_eval.coder.sample import Sample
    from buddy_eval.coder.server import View
    from buddy_eval.study.codebook import load_codebook

    work = Sample(sample, load_codebook(codebook), _codes(coded, comments, key, machine, version) if coded else None)
    _serve(View(work), f"{many(work.total, 'comment')} of {sample.name}")


@command(argument("--out", file=to_write(".npz", "a suggester"), required=True, metavar="FILE.npz"), STUDY)
def learn(study: Path, out: Path) -> None:
    """Learn a suggester of codes from a study's human codings."""
    from buddy_eval.coding.suggester.in_study import whole
    from buddy_eval.pipeline import run as pipeline

    settings = load_study(study)
    pipeline.run(settings)
    suggester = whole(*(pipeline.read(settings, name) for name in ("units", "consensus", "assignments", "codes")))
    suggester.save(out)
    sure = int((suggester.arrays["threshold"] <= 1).sum())
    print(f"wrote {out}: {sure} of {len(suggester.codes)} themes and codes could be learned")
    print("it holds single words of what people said: for the team only")
    print(f"use it: {CALLED} code FILE --text COLUMN --suggester {out} --out FOLDER")


@command(STUDY, argument("--coder", required=True, help="who codes, as in assignments.csv"))
def code_by_hand(study: Path, coder: str) -> None:
    """Open the view in which one person codes the interviews."""
    from buddy_eval.coder.server import View
    from buddy_eval.lab.beside_coding import PAGES, CodingAndQuotes, answer

    work = CodingAndQuotes(load_study(study), coder)
    _serve(View(work, answer, PAGES), f"{work.session.coder} codes {many(len(work.session.sources.texts), 'source')}")


def _serve(view: View, what: str) -> None:
    """Serve the view of somebody's work, until Ctrl+C."""
    from buddy_eval.coder.server import serve

    with view:
        say(f"{what}; the address is for this computer alone:")
        serve(view, "everything is saved as you go; Ctrl+C here ends the view")


@command(
    argument("file", file=to_read(), help="one column a coder, one row a rating, counts, or a table of two coders"),
    argument("--unit", default="", metavar="COLUMN", help="the column that names the units"),
    argument("--coder", nargs="+", default=[], metavar="COLUMN", help="who rated, or a column a coder"),
    argument("--value", nargs="+", default=[], metavar="COLUMN", help="what was rated, or counts of it"),
    argument("--group", nargs="+", default=[], metavar="COLUMN", help="results for each group of these"),
    argument(
        "--level",
        choices=("nominal", "ordinal", "interval", "ratio"),
        default="nominal",
        help="what kind of scale the ratings are on (default: nominal)",
    ),
    argument("--json", dest="as_json", action="store_true", help="print JSON, for other programs"),
)
def agreement(
    file: Path, unit: str, coder: list[str], value: list[str], group: list[str], level: str, as_json: bool
) -> None:
    """Measure agreement between coders in a ratings file."""
    from buddy_eval.coding.agreement import agreement_by_part
    from buddy_eval.present.cautions import cautions_in_words
    from buddy_eval.read.rating_columns import Columns
    from buddy_eval.read.ratings import read_ratings_file

    ratings = read_ratings_file(file, Columns(unit, tuple(coder), tuple(value), tuple(group)))
    parts = ((part.group, part.variable, part.ratings) for part in ratings.parts)
    statistics = agreement_by_part(parts, level)
    statistics["caution"] = ["; ".join(cautions_in_words(row)) for row in statistics.to_dict("records")]
    for line in ratings.said:
        print(line, file=sys.stderr if as_json else sys.stdout)
    if as_json:
        print(json.dumps(json.loads(statistics.to_json(orient="records")), indent=1))
        return
    single = int(statistics.drop_duplicates(["group", "variable"])["n_single"].sum())
    if single:
        print(f"left out: {many(single, 'unit')} with one rating only")
    filled = statistics.drop(columns=[name for name in ("group", "variable") if not statistics[name].any()])
    print(filled.to_string(index=False, float_format=lambda number: f"{number:.3f}", na_rep=""))
