"""Settings as TOML: small and flat, so that no file from outside takes the time or memory of whoever reads it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from buddy_eval.base.errors import Fault, StudyError

AT = re.compile(r" \(at line (\d+), column \d+\)")
REMEDY = 'text stands in straight quotes, as in title = "Ours"; lists in brackets, as in interviewers = ["KM"]'
MAX_BYTES, MAX_DOTS = 200_000, 100  # a key of a hundred thousand parts takes all memory to read


def load_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises
    ------
    StudyError : no TOML, too large, nested too deeply, or a line with a hundred full stops.
    """
    data = path.read_bytes()
    if len(data) > MAX_BYTES or any(line.count(b".") > MAX_DOTS for line in data.splitlines()):
        raise StudyError([Fault(path.name, 0, "is larger than 200 kB, or has a line of 100 full stops", "shorten it")])
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except RecursionError:
        raise StudyError([Fault(path.name, 0, "is nested too deeply", "settings have three levels")]) from None
    except ValueError as error:  # no TOML, no UTF-8, or a whole number of thousands of figures
        line = AT.search(str(error))
        problem = f"is not TOML: {AT.sub('', str(error))}"
        raise StudyError([Fault(path.name, int(line.group(1)) if line else 0, problem, REMEDY)]) from None
