"""The page 'bring your data': every example is read from a file in the shape of its tool."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import damage
import held
from buddy_eval.cli.main import parser
from buddy_eval.read import read_raw
from buddy_eval.study.settings import load_study
from test_exchange import MONTH, sheet, study

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "bring-your-data.md").read_text("utf-8")
EXAMPLES = {
    re.findall(r"^#+ (.+)$", before, re.MULTILINE)[-1] + f" {n}": block
    for n, (before, block) in enumerate(
        (PAGE[: match.start()], match.group(1)) for match in re.finditer(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    )
}
SENTENCES = [["source_id", "text", "Code 1", "Code 2"], ["I1", "It went well", "CB1", "CB2"]]
HIGHLIGHTS = [["id", "document", "tag", "content"], ["1", "Anna.txt", "CB1", "It went well"]]


def file_of(name: str, folder: Path) -> bytes:
    """A file in the shape of the tool that its name stands for."""
    projects = {"nvivo": held.NVIVO, "maxqda": held.MAXQDA, "atlas": held.ATLAS, "qualcoder": held.QUALCODER}
    surveys = {"msforms": "MS Forms", "google": "Google Forms", "qualtrics": "Qualtrics, three header rows"}
    surveys |= {"smartsurvey": "SmartSurvey", "lime": "LimeSurvey"}
    stem, suffix = name.split(".")
    if stem in projects:
        return held.project(projects[stem])
    if stem in surveys:
        rows = sheet(surveys[stem])
        return held.workbook(rows) if suffix == "xlsx" else held.comma(rows)
    others = {"highlights": held.comma(HIGHLIGHTS), "wide": held.workbook(SENTENCES)}
    return others[stem] if stem in others else damage.samples(folder)["labels.sav"][0]


@pytest.mark.parametrize("heading", EXAMPLES)
def test_every_example_of_the_page_reads_its_file(tmp_path: Path, heading: str) -> None:
    block = EXAMPLES[heading]
    root = study(tmp_path / "study")
    settings = root / "study.toml"
    if "[study]" in block:
        (root / "private").mkdir()
        (root / "private" / "key.csv").write_text("name,pseudonym\nAnna,P1\n")
        settings.write_text(settings.read_text().replace("[study]\n", block))
        wanted = "key.csv"
    elif "[raw]\n" in block:
        settings.write_text(
            settings.read_text().replace(
                "[raw]\n", block.replace('sources = "sources.csv"\n', "").replace('transcripts = "transcripts"\n', "")
            )
        )
        wanted = "transcripts/Anna.txt"
    else:
        settings.write_text(settings.read_text() + block)
        wanted = re.findall(r'files? = "(.+?)"', block)[0].replace("*", "AE-August-2024")
        path = root / "data" / "raw" / wanted
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(held.comma(MONTH) if "monthly" in block else file_of(wanted, tmp_path))
    raw = read_raw(load_study(root))
    faults = [fault for fault in raw.faults if "is not in the codebook" not in fault.problem]
    assert faults == []
    surveyed = [survey.file for survey, frame in raw.surveys if len(frame)]
    assert wanted in surveyed or any(str(line["file"]).endswith(wanted) and int(line["n"]) for line in raw.log)


def test_every_command_of_the_page_is_one() -> None:
    commands = re.findall(r"^python3 do.py (.+?)(?:\s+#.*)?$", PAGE, re.MULTILINE)
    assert len(commands) == 7
    for command in commands:
        assert callable(parser().parse_args(command.split()).call)
