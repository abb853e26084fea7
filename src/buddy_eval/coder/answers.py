"""What the view asks, in a notebook or on the page, and the answers with a status of HTTP."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Protocol

from buddy_eval.base.errors import BuddyError

Answered = tuple[HTTPStatus, dict[str, Any]]


class Work(Protocol):
    """What somebody codes: a `Session` on a study, or a `Sample`."""

    def ask(self, path: str, told: object) -> dict[str, Any] | None:
        """Answer a question; None for what is not known, or not for this coder.

        Raises
        ------
        BuddyError : a file cannot be read any more.
        """

    def act(self, told: dict[str, Any]) -> dict[str, Any]:
        """Do an act, and tell what was done once it is on the disk.

        Raises
        ------
        ValueError : nobody may do it. BuddyError : it could not be saved.
        """


def answer(work: Work, path: str, told: object) -> Answered:
    """Answer a question of the view, or do an act and say so once it is on the disk.

    What is not known, or not for this coder, is forbidden; storage is insufficient where a file could not be written,
    or read.
    """
    try:
        said = _act(work, told) if path == "act" else work.ask(path, told)
        return (HTTPStatus.FORBIDDEN, {}) if said is None else (HTTPStatus.OK, said)
    except ValueError as error:
        return HTTPStatus.BAD_REQUEST, {"problem": str(error)}
    except BuddyError as error:
        return HTTPStatus.INSUFFICIENT_STORAGE, {"problem": str(error)}


def _act(work: Work, told: object) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise ValueError("the act is not known")
    return work.act(told)
