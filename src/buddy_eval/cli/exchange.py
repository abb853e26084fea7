"""The commands that exchange files with other tools: import, export, map."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from pathlib import Path

FORMATS = ("qdc", "qdpx", "taguette", "maxqda", "csv")


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands to the parser of `buddy-eval`."""
    draft = commands.add_parser("import", help="draft a study from a project of NVivo, MAXQDA, ATLAS.ti, Taguette ...")
    draft.add_argument("file", type=Path, help=".qdpx, .qdc, or a sheet of codings")
    draft.add_argument("folder", type=Path, help="a new folder for the study")
    draft.add_argument("--coder", default="", help="who coded, where the file names nobody")
    draft.add_argument("--offsets", default="", help="how the tool counts characters, where its passages do not tell")
    draft.set_defaults(call=_import)

    export = commands.add_parser(
        "export", help="write a study for another tool (for the team: it holds what people said)"
    )
    export.add_argument("--to", required=True, choices=FORMATS)
    export.add_argument("--out", type=Path, help="folder to write to (default: exports/ in the study)")
    export.add_argument("--no-machine", action="store_true", help="without the lexicon's suggestions")
    export.set_defaults(call=_export)

    matching = commands.add_parser("map", help="draft which column of a survey is which item, for you to confirm")
    matching.set_defaults(call=_map)
    for command in (export, matching):
        command.add_argument("study", nargs="?", type=Path, default=Path(), help="the study's folder (default: here)")


def log_lines(log: Iterable[Mapping[str, object]]) -> list[str]:
    """Return the import log as lines of text: done, number, what, why, an example."""
    lines = []
    for row in log:
        why = f": {row['reason']}" if row["reason"] else ""
        example = f" (such as {row['example']})" if row.get("example") else ""
        lines.append(f"  {row['action']:<10}{row['n']:>7}  {row['item']}{why}{example}")
    return lines


def _import(options: argparse.Namespace) -> int:
    from buddy_eval.start.import_project import draft

    files, project = draft(options.file, options.folder, coder=options.coder, offsets=options.offsets)
    print("\n".join(log_lines(project.log)))
    print(f"{len(files)} files in {options.folder}; complete the lists, then: buddy-eval check {options.folder}")
    return 0


def _export(options: argparse.Namespace) -> int:
    from buddy_eval.exchange.export import export
    from buddy_eval.study.settings import load_study

    files, bundle = export(load_study(options.study), options.to, options.out, machine=not options.no_machine)
    by = bundle.passages.groupby("coder").size()
    print(f"{len(bundle.codes)} codes, {len(bundle.texts)} texts, {len(bundle.passages)} codings")
    for coder, n in by.items():
        print(f"  {n:>7}  {coder}")
    print(f"{len(files)} files in {files[0].parent}; they hold what people said: for the team only")
    return 0


def _map(options: argparse.Namespace) -> int:
    from buddy_eval.read.mapping import draft_maps
    from buddy_eval.study.settings import load_study

    for path, sure, open_ in draft_maps(load_study(options.study)):
        print(f"  {path}: {sure} columns match exactly, {open_} to confirm")
    print("look at every row, write yes under 'confirmed', name the file in study.toml: map = \"...\"")
    return 0
