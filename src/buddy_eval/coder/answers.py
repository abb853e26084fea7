"""The three questions that the view asks, in a notebook or on the page, and their answers with a status of HTTP."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from buddy_eval.base.errors import BuddyError
from buddy_eval.coder.session import Session

Answered = tuple[HTTPStatus, dict[str, Any]]


def answer(session: Session, path: str, told: object) -> Answered:
    """Answer ``about``, ``source`` or ``act``; what is not known, or not for this coder, is forbidden."""
    if path == "act":
        return _act(session, told)
    if path == "about":
        return HTTPStatus.OK, {**session.about(), "sources": session.progress()}
    if path == "source" and isinstance(told, dict) and told.get("name") in session.sources.texts:
        return HTTPStatus.OK, session.source(told["name"])
    return HTTPStatus.FORBIDDEN, {}


def _act(session: Session, told: object) -> Answered:
    """Do one act, and say so once it is on the disk; insufficient storage where it could not be saved."""
    try:
        if not isinstance(told, dict):
            raise ValueError("the act is not known")
        said = session.act(told)
    except ValueError as error:
        return HTTPStatus.BAD_REQUEST, {"problem": str(error)}
    except BuddyError as error:
        return HTTPStatus.INSUFFICIENT_STORAGE, {"problem": str(error)}
    after = session.codings(said["source"]) if said["source"] in session.sources.texts else {}
    return HTTPStatus.OK, {**said, **after, "sources": session.progress()}
