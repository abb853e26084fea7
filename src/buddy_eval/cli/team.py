"""The commands of a team that codes: assign."""

from __future__ import annotations

from pathlib import Path

from buddy_eval.base.errors import BuddyError, StudyError
from buddy_eval.base.files import write_atomic
from buddy_eval.cli.declare import STUDY_OPTION, argument, command
from buddy_eval.study.settings import load_study


@command(
    argument("--coders", nargs="+", required=True, metavar="NAME", help="who codes in this round"),
    argument("--seed", type=int, required=True, help="any number: the same one makes the same plan"),
    argument("--share", type=float, default=0.2, help="how much of the interviews two people code (default: 0.2)"),
    argument("--unseen", nargs="+", default=[], metavar="NAME=TRUST", help="who may not see which trust's pairs"),
    argument("--out", type=Path, metavar="FILE.csv", help="write the plan here too, an interview a row"),
    STUDY_OPTION,
)
def assign(coders: list[str], seed: int, share: float, unseen: list[str], out: Path | None, study: Path) -> None:
    """Plan who codes what, and add it to the study's assignments."""
    from buddy_eval.clean import clean
    from buddy_eval.coding.assign import assign, barred, interviews, planned
    from buddy_eval.coding.by_hand.assignments import add_assignments
    from buddy_eval.read import read_raw
    from buddy_eval.study.codebook import load_codebook, load_instrument

    settings = load_study(study)
    path = settings.raw_path("assignments")
    if path is None:
        raise BuddyError('study.toml: [raw] names no assignments; add assignments = "assignments.csv"')
    if len({coder.casefold() for coder in coders}) < len(coders) or not 0 <= share <= 1:
        raise BuddyError("name each coder once, and a share from 0 to 1")
    codebook = load_codebook(settings.codebook)
    made = clean(read_raw(settings, journals=False), settings, codebook, load_instrument(settings.instrument, codebook))
    if made.faults:
        raise StudyError(made.faults)
    tables = made.tables
    sources = interviews(tables["units"])
    if sources.empty:
        raise BuddyError("the study has no interviews to assign")
    kept = tables["assignments"].merge(tables["units"][["unit", "source"]], on="unit")
    kept = kept.rename(columns={"source": "source_id"})[["source_id", "coder", "role"]].drop_duplicates()
    apart = barred(_unseen(unseen, coders), tables["units"], tables["pairs"], tables["trusts"])
    added = assign(sources, kept, coders, seed=seed, share=share, unseen=apart)
    laid = planned(sources, kept, added)
    if len(added):
        add_assignments(path, added)
    if out:
        write_atomic(out, laid.to_csv(index=False, lineterminator="\n").encode("utf-8-sig"))
    print(laid.to_string(index=False))
    words = sources.set_index("source")["words"]
    for coder in coders:
        new = added.loc[added["coder"] == coder, "source_id"]
        print(f"  {coder}: {len(new)} more, {words[new].sum():,} words")
    twice = laid[(laid["lead"] != "") & (laid["second"] != "")]
    print(
        f"two people code {len(twice)} of {len(laid)} interviews, {twice['words'].sum() / words.sum():.0%} of the words"
    )
    print(f"{len(added)} rows added to {path.name}" if len(added) else "nothing to add: every interview is assigned")


def _unseen(given: list[str], coders: list[str]) -> dict[str, list[str]]:
    """`NAME=TRUST` words as coder to trusts."""
    found: dict[str, list[str]] = {}
    for word in given:
        coder, _, trust = word.partition("=")
        if coder not in coders or not trust:
            raise BuddyError(f"--unseen {word}: write NAME=TRUST, with one of {', '.join(coders)}")
        found.setdefault(coder, []).append(trust)
    return found
