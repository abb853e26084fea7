"""Who may read a report: three circles of readers, from the narrowest to the widest."""

from __future__ import annotations

READERS = {"internal": "the team", "partners": "the boards of each pair", "public": "the public"}
PROFILES = tuple(READERS)
