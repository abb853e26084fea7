"""Evaluate organisational buddying between NHS trusts: code, compare, publish.

In a notebook::

    from buddy_eval import open_results, plots, tables

    results = open_results()
    tables.flow(results)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from buddy_eval.disclose.results import Results, open_results

    __version__: str

__all__ = ["Results", "__version__", "open_results", "plots", "tables"]


def __getattr__(name: str) -> Any:
    """Load what a notebook needs when it asks for it: importing the package itself stays quick."""
    import importlib

    if name in {"plots", "tables"}:
        return importlib.import_module(f"buddy_eval.present.{name}")
    if name in {"Results", "open_results"}:
        return getattr(importlib.import_module("buddy_eval.disclose.results"), name)
    if name == "__version__":
        from importlib.metadata import version

        return version("buddy_eval")
    raise AttributeError(name)
