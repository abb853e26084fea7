"""Pictures for notebooks: they draw, they compute no result, and each brings its alt text."""

from buddy_eval.present.plots.context import charts, directions, joint
from buddy_eval.present.plots.form import Picture
from buddy_eval.present.plots.survey import answers, gaps, sides

__all__ = ["Picture", "answers", "charts", "directions", "gaps", "joint", "sides"]
