"""Ask the open database of vulnerabilities (https://osv.dev) about every library that the lock file pins.

Run: python benchmarks/vulnerabilities.py [address of the database]. Only names and versions of the libraries are sent.
Exits 1 where one is known to be vulnerable, 2 where the data cannot be had: then nothing is known, either way.
"""

from __future__ import annotations

import json
import re
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LOCK = Path(__file__).resolve().parents[1] / "requirements.lock"
DATABASE = "https://api.osv.dev/v1/querybatch"
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)", re.MULTILINE)
SECONDS = 30


def pinned(lock: str) -> list[tuple[str, str]]:
    """Name and version of every library of a lock file."""
    return sorted({(match["name"], match["version"]) for match in PINNED.finditer(lock)})


def known(libraries: list[tuple[str, str]], database: str = DATABASE) -> Iterator[tuple[str, str, str]]:
    """Yield (name, version, id of the vulnerability) for all that the database knows of these libraries.

    Raises
    ------
    OSError : the database cannot be reached.
    ValueError : what it answers is not about these libraries.
    """
    asked = [{"package": {"name": name, "ecosystem": "PyPI"}, "version": version} for name, version in libraries]
    body = json.dumps({"queries": asked}).encode()
    request = urllib.request.Request(database, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:
        results: list[dict[str, Any]] = json.load(answer)["results"]
    for (name, version), result in zip(libraries, results, strict=True):
        for found in result.get("vulns", []):
            yield name, version, str(found["id"])


def main(database: str = DATABASE) -> int:
    """Print one line a vulnerability and one line a figure."""
    libraries = pinned(LOCK.read_text("utf-8"))
    try:
        found = list(known(libraries, database))
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"the data cannot be had ({type(error).__name__}): nothing is known of the {len(libraries)} libraries")
        return 2
    for name, version, number in found:
        print(f"{name} {version}: https://osv.dev/{number}")
    print(f"libraries pinned: {len(libraries)}")
    print(f"known vulnerabilities: {len(found)} (bar: 0)")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
