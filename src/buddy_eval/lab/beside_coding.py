"""The coder's view with quotes beside it: passages of finished interviews, approved by a click."""

from __future__ import annotations

from http import HTTPStatus

from buddy_eval.base.errors import BuddyError
from buddy_eval.coder import answers
from buddy_eval.coder.answers import Answered
from buddy_eval.coder.server import FILES
from buddy_eval.coder.session import Session
from buddy_eval.lab import quotes
from buddy_eval.lab.quotes import Quotes
from buddy_eval.pipeline import run as pipeline
from buddy_eval.study.settings import Study

PLACE = "quotes/"  # where the second view stands, below the address of the first
PAGES = {**FILES, **{f"{PLACE}{name}": file for name, file in quotes.PAGE.items()}}


class CodingAndQuotes:
    """One coder's work on a study, and the quotes that the coder may choose; raises as `Session`."""

    def __init__(self, study: Study, coder: str) -> None:
        self.study, self.session = study, Session(study, coder)
        self._quotes: Quotes | None = None

    def quotes(self, *, anew: bool) -> Quotes:
        """Return the quotes of what the coder has finished: what others coded shows before that nowhere.

        Raises
        ------
        BuddyError : nothing is finished, or the tables cannot be made; it says why.
        """
        if anew or self._quotes is None:
            finished = [row["source"] for row in self.session.progress() if row["done"]]
            if not finished:
                raise BuddyError(
                    "no interview is finished: quotes are chosen from those whose coding you have finished"
                )
            pipeline.run(self.study)
            self._quotes = Quotes(self.study, self.session.coder, of=finished)
        return self._quotes


def answer(work: CodingAndQuotes, path: str, told: object) -> Answered:
    """Answer what either view asks; the coder's is told where the quotes are."""
    inner = path.removeprefix(PLACE)
    if inner == path:
        status, said = answers.answer(work.session, path, told)
        return status, {**said, "quotes": PLACE} if path == "about" else said
    try:
        chosen = work.quotes(anew=inner == "about")
    except BuddyError as error:
        return HTTPStatus.CONFLICT, {"problem": str(error)}
    return answers.answer(chosen, inner, told)
