"""The one error of the gate."""

from __future__ import annotations

from buddy_eval.base.errors import StudyError


class RefusedError(StudyError):
    """A report that may not be published as it was built; every place and remedy is listed."""
