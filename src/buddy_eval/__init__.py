"""Evaluate organisational buddying between NHS trusts: code, compare, publish.

In a notebook::

    from buddy_eval import open_results, plots, tables

    results = open_results()
    tables.flow(results)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from buddy_eval.base.errors import nearest

if TYPE_CHECKING:
    from buddy_eval.analyse.compare import compare
    from buddy_eval.analyse.spc import signals
    from buddy_eval.coder.disagreements import Disagreements
    from buddy_eval.coder.widget import Coder, SampleCoder
    from buddy_eval.coding.agreement import agreement
    from buddy_eval.disclose import rules as disclosure
    from buddy_eval.disclose.results import Results, open_results
    from buddy_eval.lab.widget import Start
    from buddy_eval.present import plots, tables

    __version__: str

PLACES = {  # module, and the name in it; empty where the module itself is meant
    "Coder": ("coder.widget", "Coder"),
    "Disagreements": ("coder.disagreements", "Disagreements"),
    "Results": ("disclose.results", "Results"),
    "SampleCoder": ("coder.widget", "SampleCoder"),
    "Start": ("lab.widget", "Start"),
    "agreement": ("coding.agreement", "agreement"),
    "compare": ("analyse.compare", "compare"),
    "disclosure": ("disclose.rules", ""),
    "open_results": ("disclose.results", "open_results"),
    "plots": ("present.plots", ""),
    "signals": ("analyse.spc", "signals"),
    "tables": ("present.tables", ""),
}
__all__ = ["__version__", *PLACES]


def __getattr__(name: str) -> Any:
    """Load what is asked for when it is asked for: importing the package itself stays quick."""
    if name == "__version__":
        from importlib.metadata import version

        return version("buddy_eval")
    if name not in PLACES:
        raise AttributeError(f"buddy_eval has no {name!r}; {nearest(name, PLACES)}", name=name)
    module, within = PLACES[name]
    place = import_module(f"buddy_eval.{module}")
    return getattr(place, within) if within else place


def __dir__() -> list[str]:
    """Offer what people come for, and nothing else."""
    return sorted(__all__)
