"""The commands that exchange files with other tools: import, export, map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from buddy_eval.base.called import call
from buddy_eval.base.errors import BuddyError
from buddy_eval.base.numbers import many
from buddy_eval.cli.declare import STUDY, argument, command, shown, to_read
from buddy_eval.study.settings import load_study


@command(
    argument("file", file=to_read(), help=".qdpx, .qde, .qdc, or a sheet of codings"),
    argument("folder", type=Path, help="a new folder for the study"),
    argument("--coder", default="", help="who coded, where the file names nobody"),
    argument("--offsets", default="", help="how the tool counted characters, where its passages do not tell"),
    argument("--consent", choices=("yes", "no"), help="whether people agreed to take part, where the file is silent"),
)
def import_(file: Path, folder: Path, coder: str, offsets: str, consent: str | None) -> None:
    """Draft a study from a project of NVivo, MAXQDA, ATLAS.ti, Taguette ..."""
    from buddy_eval.start.import_project import draft

    files, project = draft(file, folder, coder=coder, offsets=offsets, consent=consent or "yes")
    print("\n".join(log_lines(project.log)))
    if consent is None and any("consent" in str(row["item"]) for row in project.log):
        people = shown(folder.resolve() / "data" / "raw" / "participants.csv")
        print(
            f"nobody has said that these people agreed to take part: correct consent in {people} before you use a word"
        )
    print(f"{many(len(files), 'file')} in {folder}; complete the lists, then: {call('check', folder)}")


@command(
    argument("--to", required=True, metavar="FORMAT", help="qdc, qdpx, taguette, maxqda or csv"),
    argument("--out", type=Path, help="folder to write to (default: exports/ in the study)"),
    argument("--no-machine", action="store_true", help="without the lexicon's suggestions"),
    STUDY,
)
def export(study: Path, to: str, out: Path | None, no_machine: bool) -> None:
    """Write a study for another tool (for the team: it holds what people said)."""
    from buddy_eval.exchange.export import export

    files, data = export(load_study(study), to, out, machine=not no_machine)
    print(f"{many(len(data.codes), 'code')}, {many(len(data.texts), 'text')}, {many(len(data.passages), 'coding')}")
    for coder, n in data.passages.groupby("coder").size().items():
        print(f"  {n:>7}  {coder}")
    print(f"{many(len(files), 'file')} in {files[0].parent}; they hold what people said: for the team only")


@command(STUDY)
def map_(study: Path) -> None:
    """Draft which column of a survey is which item, for you to confirm."""
    from buddy_eval.read.mapping import draft_maps

    settings = load_study(study)
    if not settings.survey:
        raise BuddyError(
            'study.toml names no survey; add [[raw.survey]] with file = "..." and wave = 1 to map its columns'
        )
    drafts = list(draft_maps(settings))
    for path, exact, guessed, alone, new in drafts:
        stays = "" if new else " (it was there, and stays as it is; to have it drafted again, delete it)"
        print(f"  {path}: {many(exact, 'column matches', 'columns match')} exactly, {guessed} to confirm{stays}")
        if alone:
            columns = many(alone, "column resembles", "columns resemble")
            print(f"    {columns} no item's wording that is left; where you know better, write the item's id beside it")
    if any(draft.guessed or draft.alone for draft in drafts):
        print("look at every row, write yes under 'confirmed', name the file in study.toml: map = \"...\"")
    else:
        print("every column is an item by its own wording: nothing to confirm, and no map is needed")


def log_lines(log: Iterable[Mapping[str, object]]) -> list[str]:
    """Return the import log as lines of text: done, number, what, why, an example."""
    lines = []
    for row in log:
        why = f": {row['reason']}" if row["reason"] else ""
        example = f" (such as {row['example']})" if row.get("example") else ""
        lines.append(f"  {row['action']:<10}{row['n']:>7}  {row['item']}{why}{example}")
    return lines
