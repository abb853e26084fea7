"""What a report of a study is."""

from __future__ import annotations

from dataclasses import dataclass

from buddy_eval.publish.facts import TITLES

STEP = "publish:"  # how the names of the steps that make reports begin, in the manifest


@dataclass(frozen=True)
class Document:
    """One report: its readers, its kind, the pair of a brief, and the notebooks it is made of."""

    profile: str
    kind: str
    pair: str
    notebooks: tuple[str, ...]

    @property
    def stem(self) -> str:
        """The file name without its ending."""
        return f"{self.kind}-{self.pair}" if self.pair else self.kind

    @property
    def step(self) -> str:
        """The name of the step in the manifest."""
        return f"{STEP}{self.profile}/{self.stem}"

    @property
    def title(self) -> str:
        """What the index calls it."""
        return f"{TITLES[self.kind]}: pair {self.pair}" if self.pair else TITLES[self.kind]
