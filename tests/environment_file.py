"""Write `environment.yml` from `pyproject.toml`: python tests/environment_file.py

The names are those of conda-forge. What is not there under a name that can be relied on comes from pip, inside.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "environment.yml"
# On conda-forge these packages go by another name, or (None) are taken from pip.
OTHER_NAMES: dict[str, str | None] = {
    "jupyter-client": "jupyter_client",
    "matplotlib": "matplotlib-base",
    "pypandoc-binary": None,
    "pypdfium2": None,
    "typst": "typst-py",
}
HEAD = """\
# Made by `python tests/environment_file.py` from pyproject.toml; a test says when it is stale.
# Use it with: conda env create --file environment.yml, then: conda activate buddy_eval, buddy-eval run .
name: buddy_eval
channels:
  - conda-forge
  - nodefaults
dependencies:
"""


def made() -> str:
    """Return what `environment.yml` has to hold."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    conda, pip = [f"python{project['requires-python']}", "pip"], []
    for requirement in project["dependencies"]:
        name, limits = split(requirement)
        other = OTHER_NAMES.get(name, name)
        if other is None:
            pip.append(requirement)
        else:
            conda.append(f"{other}{limits}")
    lines = [f'  - "{line}"' for line in conda]
    lines += ["  - pip:", *(f'      - "{line}"' for line in pip), '      - "-e ."']
    return HEAD + "\n".join(lines) + "\n"


def split(requirement: str) -> tuple[str, str]:
    """Return the name of a requirement and its limits.

    >>> split("numpy>=2.1,<2.5")
    ('numpy', '>=2.1,<2.5')
    """
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    if found is None:
        raise ValueError(requirement)
    return found.group(), requirement[found.end() :].replace(" ", "")


if __name__ == "__main__":
    TARGET.write_text(made(), encoding="utf-8")
