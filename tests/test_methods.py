"""The methods of a release are those of the steps: nothing that a step computes with is left out, nothing is added."""

from __future__ import annotations

import ast
import dataclasses

import pytest

from buddy_eval.pipeline.methods import methods, texts
from buddy_eval.pipeline.step import Step
from buddy_eval.pipeline.steps import STEPS
from reached import defined, definitions, reached

ROOMS = ("buddy_eval.analyse.", "buddy_eval.coding.")
# Functions that name, cut or look up, and compute nothing that a reader has to know of.
WORDS = (
    "buddy_eval.coding.words.",
    "buddy_eval.coding.engine.",
    "buddy_eval.coding.kernel.",
)
HELPERS = {
    *("buddy_eval.analyse.compare.gaps.slug", "buddy_eval.analyse.compare.gaps.finding_id"),
    *("buddy_eval.coding.suggester.features.tokens", "buddy_eval.coding.suggester.features.pieces"),
    *("buddy_eval.coding.suggester.ridge.gram", "buddy_eval.coding.suggester.ridge.inverse"),
    "buddy_eval.analyse.t_interval.t_half",
    *(f"buddy_eval.analyse.spc.{name}" for name in ("monthly", "missing", "meaning", "reason")),
    "buddy_eval.analyse.rare_events.with_rare",
}


def computed_with(step: Step) -> set[str]:
    """The public functions of analysis and coding that a step reaches."""
    found = reached(step.call.__module__, step.call.__name__)
    functions = {
        name
        for name in found
        if isinstance(definitions(name.rpartition(".")[0])[name.rpartition(".")[2]], ast.FunctionDef)
    }
    public = {name for name in functions if name.startswith(ROOMS) and not name.rpartition(".")[2].startswith("_")}
    return {name for name in public - HELPERS if not name.startswith(WORDS)}


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_a_step_names_every_function_that_it_computes_with_and_no_other(step: Step) -> None:
    named = {".".join(target) for name in step.uses if (target := defined(name))}
    assert len(named) == len(step.uses)
    assert {name for name in named if name.rpartition(".")[2][0].islower()} == computed_with(step)


def test_a_function_that_a_step_no_longer_names_is_missed_and_one_added_is_told() -> None:
    (step,) = (step for step in STEPS if step.name == "compare")
    short = dataclasses.replace(step, uses=step.uses[1:])
    assert set(step.uses) - set(short.uses) <= computed_with(step)
    longer = dataclasses.replace(step, uses=(*step.uses, "buddy_eval.analyse.boards.readiness"))
    assert "readiness: Summarise" in " ".join(*(told for _, told in methods((longer,))))
    assert "readiness: Summarise" not in " ".join(*(told for _, told in methods((step,))))


def test_the_primary_test_stands_in_the_methods_with_its_sources() -> None:
    told = {title: " ".join(paragraphs) for title, paragraphs in methods()}
    assert len(told) == len(STEPS)
    (compared,) = (text for title, text in told.items() if title.startswith("Compare supporter and receiver"))
    assert "sign_flip: Two-sided exact p-value that the mean gap is zero" in compared
    for source in ("Canay, Romano and Shaikh (2017)", "Bell and McCaffrey (2002)", "Paule and Mandel (1982)"):
        assert source in compared
    assert ">>>" not in compared
    assert "------" not in compared


def test_sources_stand_once_a_module_after_its_last_function() -> None:
    told = texts([f"buddy_eval.analyse.compare.sign_flips.{name}" for name in ("sign_flip", "sign_patterns")])
    assert [text.split(":")[0] for text in told] == ["sign_flip", "sign_patterns", "Source"]
