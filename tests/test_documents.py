"""What the project says of itself: versions, the data's README, the commands of the README."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml

import describe
from buddy_eval.cli.main import main

ROOT = Path(__file__).resolve().parents[1]

README = (ROOT / "README.md").read_text("utf-8")
PAGES = ("methods", "large-text", "publishing-safely")
MOVED = "".join((ROOT / "docs" / f"{name}.md").read_text("utf-8") for name in PAGES)
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def test_the_readme_of_the_data_is_what_the_files_make_of_it() -> None:
    assert (ROOT / "data" / "README.md").read_text("utf-8") == describe.made()


def test_one_version_is_told_everywhere() -> None:
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))["version"] == VERSION
    assert f"## {VERSION} " in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_every_link_of_the_readme_to_a_file_leads_to_one() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert len(links) > 4
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_readme_is_read_in_one_go_and_the_pages_it_leads_to_have_their_links_too() -> None:
    assert len(README.splitlines()) <= 120
    for page in sorted((ROOT / "docs").glob("*.md")):
        links = re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8"))
        assert [link for link in links if not (page.parent / link).exists()] == [], page.name


def test_every_command_of_the_readme_exists() -> None:
    words = set(re.findall(r"(?:do\.py|buddy-eval) ([a-z]+)", README + MOVED)) - {"study", "test", "lab"}
    assert {"check", "run", "init", "publish", "agreement", "code", "correct", "trace", "release"} <= words
    for word in sorted(words):
        with pytest.raises(SystemExit) as ended:
            main([word, "--help"])
        assert ended.value.code == 0, word


def test_the_prose_of_a_notebook_is_true_for_every_reader_and_for_one_pair() -> None:
    cells = [
        "".join(cell["source"])
        for path in sorted((ROOT / "notebooks").glob("*.ipynb"))
        for cell in json.loads(path.read_text("utf-8"))["cells"]
        if cell["cell_type"] == "markdown"
    ]
    assert len(cells) > 30
    assert [cell for cell in cells if re.search(r"names no|beside the study as a whole|how far two coders", cell)] == []
