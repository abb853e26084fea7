"""Codes, cases and variables of a REFI-QDA project, and the count of what could not be taken over."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import pandas as pd

from buddy_eval.base.names import unique
from buddy_eval.read.project import ATTRIBUTES, CODES, Project
from buddy_eval.read.refi_xml import bare, below, child_text, children, guid, local

NOT_TAKEN = {"Links": "Link", "Sets": "Set", "Graphs": "Graph"}


def read_codes(root: Element, project: Project) -> None:
    """Take the hierarchy of codes out of a project or codebook, in the order of the file."""
    book = root if local(root) == "CodeBook" else next(children(root, "CodeBook"), None)
    stack = [("", code) for code in reversed(list(below(book, "Codes", "Code")))] if book is not None else []
    rows = []
    while stack:
        parent, code = stack.pop()
        codable = code.get("isCodable", "true").lower() != "false"
        name, description = code.get("name", "").strip() or guid(code)[:8], child_text(code, "Description")
        rows.append((guid(code), name, parent, description or "", codable, code.get("color", "")))
        stack += [(guid(code), inner) for inner in reversed(list(children(code, "Code")))]
    project.codes = _told_apart(pd.DataFrame(rows, columns=CODES))
    if book is not None:
        project.note("sets of codes", "left out", len(list(below(book, "Sets", "Set"))), "we know no sets")


def _told_apart(codes: pd.DataFrame) -> pd.DataFrame:
    """Name codes that share a name by as much of their place in the tree as it takes: "Time / Early"."""
    parents = dict(zip(codes["guid"], codes["parent"], strict=True))
    names = dict(zip(codes["guid"], codes["name"], strict=True))
    paths: dict[str, list[str]] = {}
    for key in parents:
        above, seen = key, list[str]()
        while above in names and above not in seen:
            seen.append(above)
            above = parents[above]
        paths[key] = [names[one] for one in seen]
    taken: set[str] = set()
    apart = list[str]()
    for key, name in names.items():
        like = [path for other, path in paths.items() if names[other].casefold() == name.casefold()]
        least = next((n for n in range(1, 9) if len({tuple(path[:n]) for path in like}) == len(like)), 1)
        short = " / ".join(reversed(paths[key][:least]))
        apart.append(unique(short, lambda candidate: candidate.casefold() in taken))
        taken.add(apart[-1].casefold())
    return codes.assign(name=codes["guid"].map(dict(zip(names, apart, strict=True))))


def read_cases(root: Element, project: Project, names: dict[str, str]) -> None:
    """Take cases, their variables and their sources out of a project; `names` maps GUIDs of sources to names."""
    listed = below(root, "Variables", "Variable")
    variables = {guid(v): (v.get("name", ""), v.get("typeOfVariable", "Text")) for v in listed}
    owners = [("case", case, case.get("name") or guid(case)[:8]) for case in below(root, "Cases", "Case")]
    sources = [source for kind in children(root, "Sources") for source in kind]
    owners += [("source", source, names[guid(source)]) for source in sources if guid(source) in names]
    rows = []
    for owner, element, name in owners:
        for value in children(element, "VariableValue"):
            ref = next((bare(r.get("targetGUID", "")) for r in children(value, "VariableRef")), "")
            held = next((v.text or "" for v in value if local(v).endswith("Value")), "")
            rows.append((owner, name, *variables.get(ref, (ref[:8], "Text")), held))
        if owner == "case":
            linked = [names.get(bare(ref.get("targetGUID", ""))) for ref in children(element, "SourceRef")]
            project.members += [(name, source) for source in linked if source]
            if not linked and not list(children(element, "VariableValue")):
                rows.append((owner, name, "", "Text", ""))
    project.attributes = pd.DataFrame(rows, columns=ATTRIBUTES)


def count(root: Element, project: Project, whys: dict[str, str], notes: int) -> None:
    """Write into the log what was read, and what a project holds that we have no place for."""
    owned = project.attributes
    cases = {*owned.loc[owned["owner"] == "case", "name"], *(case for case, _ in project.members)}
    held = {"users": len(project.users), "codes": len(project.codes), "texts": len(project.texts), "cases": len(cases)}
    for item, n in {**held, "notes": notes}.items():
        project.note(item, "read", n)
    for reason in sorted(set(whys.values())):
        lost = sorted(name for name, why in whys.items() if why == reason)
        project.note("sources", "left out", len(lost), reason, lost[0])
    for group, kind in NOT_TAKEN.items():
        unknown = list(below(root, group, kind))
        example = unknown[0].get("name", "") if unknown else ""
        project.note(group.lower(), "left out", len(unknown), f"we know no {group.lower()}", example)
