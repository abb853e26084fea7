"""Pictures for notebooks: they draw, they compute no result, and each brings its alt text.

Each takes the `Results` of `open_results` and returns a `Picture`, or None where these readers may see nothing of it.

>>> from buddy_eval import plots
>>> plots.gasp
Traceback (most recent call last):
AttributeError: plots has no 'gasp'; did you mean 'gaps'?
"""

import inspect
from typing import TYPE_CHECKING, NoReturn

from buddy_eval.base import errors
from buddy_eval.present.plots.charts import charts, dashboard
from buddy_eval.present.plots.coding import co_occurrence
from buddy_eval.present.plots.context import directions, joint
from buddy_eval.present.plots.form import Picture
from buddy_eval.present.plots.rare_events import rare_events
from buddy_eval.present.plots.rounds import capacity
from buddy_eval.present.plots.survey import answers, gaps, sides

__all__ = [name for name, shown in vars().items() if inspect.isfunction(shown) or inspect.isclass(shown)]


if not TYPE_CHECKING:  # a type checker would take every misspelt name for one that exists

    def __getattr__(name: str) -> NoReturn:
        """Name the nearest where a name is misspelt."""
        raise AttributeError(f"plots has no {name!r}; {errors.nearest(name, __all__)}", name=name)
