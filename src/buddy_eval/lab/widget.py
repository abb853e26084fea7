"""The start page as a widget: how the study stands, and a button for each command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import anywidget

from buddy_eval.base.dates import day
from buddy_eval.base.errors import BuddyError, counted, raised
from buddy_eval.base.profiles import PROFILES, READERS
from buddy_eval.coder.widget import Coder, View
from buddy_eval.lab.child import Child, beside
from buddy_eval.lab.quotes import Quotes
from buddy_eval.pipeline import run as pipeline
from buddy_eval.start.companion import ASIDE, TO_MEND, Standing, standing
from buddy_eval.study.settings import find_study, load_study

HERE = Path(__file__).parent
KEPT = 2000  # lines of a command that the page shows; a run prints some fifty
Told = dict[str, Any]


class Start(anywidget.AnyWidget):
    """The start page of the study that a notebook stands in: ``Start()`` as the last line of a cell.

    Commands run as processes of their own, one at a time, with their lines shown as they come: the page can be read
    while they run, and closing the tab ends none of them.

    Parameters
    ----------
    folder : the study, or a folder in it (default: where the notebook stands).

    Raises
    ------
    StudyError : no study there.

    >>> Start()  # doctest: +SKIP
    """

    _esm = HERE / "start.js"
    _css = HERE / "start.css"
    _open: ClassVar[dict[Path, Start]] = {}

    def __init__(self, folder: str | Path | None = None) -> None:
        self.root = find_study(Path(folder or Path.cwd()))
        if (before := self._open.pop(self.root, None)) is not None:
            before.close()  # the same cell, run again
        super().__init__()
        self._child: Child | None = None
        self._lines: list[str] = []
        self._open[self.root] = self
        self.on_msg(self._asked)

    def _asked(self, _: object, told: Told, __: object) -> None:
        """Do what a button asks; what is refused is said on the page."""
        try:
            ACTS[str(told.get("do"))](self, told)
        except BuddyError as error:
            self.send({"kind": "refused", "lines": str(error).splitlines()})

    def _about(self, told: Told) -> None:
        """Say what stays, what a command that runs has said so far, and in a while how the study stands."""
        running = self._child and {"seconds": self._child.seconds}
        self.send({"kind": "about", "readers": READERS, "lines": self._lines, "running": running})
        beside(self._stand)

    def _stand(self) -> None:
        try:
            settings = load_study(self.root)
            said = {"title": settings.title, "team": settings.team, **_shown(standing(settings))}
        except BuddyError as error:
            said = _broken(self.root, str(error).splitlines())
        except Exception as error:  # what nobody foresaw ends in words on the page, not in a log that nobody sees
            said = _broken(self.root, [raised(type(error).__name__, str(error))])
        self.send({"kind": "stands", **said, "pages": _pages(self.root)})

    def _run(self, words: list[str]) -> None:
        if self._child is not None:
            raise BuddyError("another command is running; wait for its end, or stop it")
        self._lines = []
        self._child = Child([*words, str(self.root)], self._said, self._ended)
        self.send({"kind": "running"})

    def _said(self, line: str) -> None:
        self._lines = [*self._lines[-KEPT:], line]
        self.send({"kind": "line", "line": line})

    def _ended(self, status: int, seconds: float) -> None:
        self._child = None
        self.send({"kind": "ended", "status": status, "seconds": seconds})
        self._stand()

    def _stop(self, told: Told) -> None:
        if self._child is not None:
            self._child.stop()

    def _publish(self, told: Told) -> None:
        if (readers := told.get("readers")) not in PROFILES:
            raise BuddyError("choose who will read the reports")
        self._run(["publish", "--profile", str(readers)])

    def _round(self, told: Told) -> None:
        if (opens := day(str(told.get("opens", "")))) is None:
            raise BuddyError("choose the day on which the survey of the next round opens")
        self._run(["round", "--opens", str(opens)])

    def _quotes(self, told: Told) -> None:
        if not (name := str(told.get("by", "")).strip()):
            raise BuddyError("choose under whose name quotes are approved")
        beside(self._choosing, name)

    def _choosing(self, name: str) -> None:
        try:
            settings = load_study(self.root)
            pipeline.run(settings, self._said)
            quotes = Quotes(settings, name)
            self.send({"kind": "view", "model": Choosing(quotes, quotes.path).model_id})
        except BuddyError as error:
            self.send({"kind": "refused", "lines": str(error).splitlines()})

    def _code(self, told: Told) -> None:
        if not (coder := str(told.get("coder", "")).strip()):
            raise BuddyError("choose who codes")
        self.send({"kind": "view", "model": Coder(coder, self.root).model_id})


class Choosing(View):
    """The view of `buddy-eval quotes --choose` in a notebook; a choice is in the list before it is shown as saved."""

    _esm = HERE / "quotes.js"
    _css = HERE / "quotes.css"


def _shown(stands: Standing) -> Told:
    parts = stands.parts()
    ends = {"mend": (TO_MEND, parts.pop(TO_MEND)), "aside": (ASIDE, parts.pop(ASIDE))}
    steps = [{"words": step.words, "do": step.command.partition(" ")[0]} for step in stands.next]
    said = {"parts": [*parts.items()], "next": steps, "outcome": counted(stands.faults), "coders": stands.coders}
    return said | ends


def _broken(root: Path, lines: list[str]) -> Told:
    return {"title": root.name, "mend": (TO_MEND, lines), "outcome": "it cannot be read yet"}


def _pages(root: Path) -> list[tuple[str, str]]:
    """What there is to open: what it is called, and where it lies in the study."""
    reports = {"All reports": "index.html", **{f"For {READERS[name]}": f"{name}/index.html" for name in PROFILES}}
    places = {label: root / "reports" / place for label, place in reports.items()}
    places["What to do with the kit"] = root / "kit" / "what-to-do-next.docx"
    return [(label, path.relative_to(root).as_posix()) for label, path in places.items() if path.is_file()]


ACTS: dict[str, Callable[[Start, Told], None]] = {
    "about": Start._about,
    "run": lambda start, told: start._run(["run"]),
    "publish": Start._publish,
    "round": Start._round,
    "code": Start._code,
    "quotes": Start._quotes,
    "stop": Start._stop,
}
