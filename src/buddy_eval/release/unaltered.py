"""The files of an earlier release, as they were when it was made: its manifest holds the hash of each."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from buddy_eval.base.errors import BuddyError
from buddy_eval.base.files import load_json, sha256

MANIFEST, CRATE = "manifest.json", "ro-crate-metadata.json"  # the second is written after the first, and says its day
REMEDY = "take the release as it was published, or make it again from its data"


def unaltered(folder: Path, names: Iterable[str]) -> dict[str, bytes]:
    """Return the manifest of a release, its description, and those of the named files that the manifest lists.

    Raises
    ------
    BuddyError : there is no manifest, or one of these files is missing or is not the one that was released: what a
        later release tells can be judged beside the whole of it alone.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     place = Path(folder) / "1"
    ...     place.mkdir()
    ...     _ = (place / "manifest.json").write_text('{"files": {"a.csv": "0"}}')
    ...     try:
    ...         unaltered(place, ["a.csv"])
    ...     except BuddyError as error:
    ...         print(str(error).partition(";")[0])
    1 cannot be compared: a.csv is missing
    """
    try:
        listed = {str(name): str(value) for name, value in load_json(folder / MANIFEST)["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        text = f"{folder.name} cannot be compared: it holds no manifest as this version writes them"
        raise BuddyError(f"{text}; {REMEDY}") from None
    kept = [name for name in names if name in listed or (folder / name).exists()]
    for name in kept:
        path = folder / name
        problem = "is missing" if not path.is_file() else "was changed or added"
        if not path.is_file() or sha256(path) != listed.get(name):
            raise BuddyError(f"{folder.name} cannot be compared: {name} {problem}; {REMEDY}")
    described = [CRATE] if (folder / CRATE).is_file() else []
    return {name: (folder / name).read_bytes() for name in (MANIFEST, *described, *kept)}
