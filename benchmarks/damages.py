"""Damage the code in more than twenty places, and see that a fast test notices each: signs turned, thresholds moved,
columns swapped, in coding, analyse and disclose.

    python benchmarks/damages.py

Every damage is done to a copy; the tests that are named pass there before it. Prints a line a damage, and exits with 1
where a test does not notice one, or the words that a damage replaces do not stand in their file exactly once.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
FAILED = 1  # the exit code of pytest where tests ran and some failed


class Damage(NamedTuple):
    """Words of a file of the package, what stands there instead, and the test that has to notice."""

    file: str
    sound: str
    damaged: str
    test: str


DAMAGES = (
    Damage(
        "coding/agreement/statistics.py",
        "1 - (weights @ held.within) / between",
        "1 + (weights @ held.within) / between",
        "test_agreement.py::test_alpha_of_krippendorffs_example_is_the_published_one",
    ),
    Damage(
        "coding/agreement/statistics.py",
        "(n - 1 if finite else n)",
        "(n if finite else n)",
        "test_agreement.py::test_alpha_of_krippendorffs_example_is_the_published_one",
    ),
    Damage(
        "coding/agreement/reading.py",
        "RELIABLE, TENTATIVE = 0.8, 0.667",
        "TENTATIVE, RELIABLE = 0.8, 0.667",
        "test_agreement.py::test_krippendorffs_marks_are_read_from_the_mark_on",
    ),
    Damage(
        "coding/agreement/intervals.py",
        "effect = max(1.0, together / alone)",
        "effect = max(1.0, alone / together)",
        "test_code_agreement.py::test_disagreements_that_all_lie_in_one_source_are_worth_less_than_as_many_in_several",
    ),
    Damage(
        "coding/agreement/in_study.py",
        'assignments["role"] != "adjudicator"',
        'assignments["role"] != "second"',
        "test_code_agreement.py::test_the_adjudicator_does_not_count",
    ),
    Damage(
        "coding/consensus.py",
        '"lead": 1, "second": 2',
        '"lead": 2, "second": 1',
        "test_consensus.py::test_a_single_coder_two_who_agree_and_a_lead_decide",
    ),
    Damage(
        "coding/validity.py",
        '"recall": both / len(theirs), "precision": both / len(ours)',
        '"precision": both / len(theirs), "recall": both / len(ours)',
        "test_consensus.py::test_from_five_units_on_the_machine_has_figures",
    ),
    Damage(
        "coding/validity.py",
        "FEWEST = 5",
        "FEWEST = 6",
        "test_consensus.py::test_from_five_units_on_the_machine_has_figures",
    ),
    Damage(
        "schemas/vocabulary.py",
        '{"enabler": "barrier", "barrier": "enabler"}',
        '{"enabler": "enabler", "barrier": "barrier"}',
        "test_coding.py::test_a_negation_turns_enabler_and_barrier_and_nothing_else",
    ),
    Damage(
        "analyse/compare/gaps.py",
        'mean["supporter"] - mean["receiver"]',
        'mean["receiver"] - mean["supporter"]',
        "test_gaps.py::test_estimates_and_intervals_are_those_of_r",
    ),
    Damage(
        "analyse/compare/gaps.py",
        "ours - theirs",
        "theirs - ours",
        "test_gaps.py::test_monthly_series_compare_twelve_months_before_with_those_from_the_month_of_the_start",
    ),
    Damage(
        "analyse/compare/gaps.py",
        "periods.year == start.year - 1",
        "periods.year == start.year",
        "test_gaps.py::test_yearly_series_leave_out_the_year_of_the_start",
    ),
    Damage(
        "analyse/compare/sign_flips.py",
        "reference >= reference[0] - TIE * np.abs(filled).sum(axis=0)",
        "reference > reference[0] + TIE * np.abs(filled).sum(axis=0)",
        "test_sign_flips.py::test_the_smallest_p_is_two_in_all_patterns",
    ),
    Damage(
        "analyse/thresholds.py",
        "LEAST_PAIRS_FOR_P = 6",
        "LEAST_PAIRS_FOR_P = 5",
        "test_compare.py::test_below_six_pairs_there_is_no_p_and_the_caution_says_why",
    ),
    Damage(
        "analyse/compare/allowance.py",
        "np.arange(len(order), 0, -1)",
        "np.arange(1, len(order) + 1)",
        "test_compare.py::test_everything_said_is_allowed_for_together_and_few_pairs_too",
    ),
    Damage(
        "analyse/scores.py",
        '(OPTIONS + 1) - answers["answer"]',
        'OPTIONS - answers["answer"]',
        "test_scores.py::test_a_reversed_item_is_turned_once_and_others_never",
    ),
    Damage(
        "analyse/spc.py",
        "RUN = 7",
        "RUN = 6",
        "test_outcomes.py::test_seven_on_one_side_are_a_shift_and_six_are_not",
    ),
    Damage(
        "analyse/spc.py",
        "np.abs(far) > 3 * sigma",
        "np.abs(far) > 2 * sigma",
        "test_outcomes.py::test_limits_and_rules_are_those_of_the_r_package",
    ),
    Damage(
        "analyse/evidence.py",
        "balance = (enabler - barrier)",
        "balance = (barrier - enabler)",
        "test_joint_display.py::test_an_interview_strand_has_a_direction_or_says_why_not",
    ),
    Damage(
        "analyse/evidence.py",
        '"positive" if share >= 2 / 3',
        '"positive" if share > 2 / 3',
        "test_joint_display.py::test_a_board_strand_needs_three_rated_questions",
    ),
    Damage(
        "disclose/rules.py",
        ".mask((whole > 0) & (whole < rules.suppress_below))",
        ".mask((whole > 1) & (whole < rules.suppress_below))",
        "test_disclosure.py::test_a_small_count_is_withheld_and_every_other_is_rounded",
    ),
    Damage(
        "disclose/rules.py",
        "(answers[people] >= rules.min_respondents).all(axis=1)",
        "(answers[people] >= rules.min_respondents).any(axis=1)",
        "test_disclosure.py::test_figures_rest_on_enough_people_of_each_side_they_speak_of",
    ),
    Damage(
        "disclose/rules.py",
        'cited["consent"] & cited["quotes"]',
        'cited["consent"] | cited["quotes"]',
        "test_disclosure.py::test_without_consent_no_word_of_a_person_is_shown",
    ),
    Damage(
        "disclose/rules.py",
        ">= AUDIENCES[profile]",
        "<= AUDIENCES[profile]",
        "test_disclosure.py::test_a_quote_is_seen_by_those_it_was_approved_for",
    ),
    Damage(
        "disclose/suppression.py",
        "ends[0] > 1 or ends[1] < rules.suppress_below - 1",
        "ends[0] > 1 and ends[1] < rules.suppress_below - 1",
        "test_attack.py::test_two_that_say_one_each_are_pinned_though_two_are_withheld",
    ),
    Damage(
        "disclose/suppression.py",
        "for goal in (1.0, float(rules.suppress_below - 1)):",
        "for goal in (1.0, 1.0):",
        "test_attack.py::test_nothing_protected_is_pinned_and_nothing_small_is_shown",
    ),
    Damage(
        "disclose/results.py",
        "LEAST_PAIRS_PUBLIC = 3",
        "LEAST_PAIRS_PUBLIC = 2",
        "test_results.py::test_outside_of_the_team_two_pairs_have_no_whole_from_which_one_could_be_worked_out",
    ),
)


def outcome(source: Path, *tests: str) -> int:
    """The exit code of pytest for some tests, with the package that lies in a folder."""
    call = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider"]
    paths = [str(ROOT / "tests" / test) for test in dict.fromkeys(tests)]
    settings = {**os.environ, "PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([*call, *paths], cwd=ROOT, env=settings, capture_output=True, check=False).returncode


def noticed(source: Path, damage: Damage) -> str:
    """What the named test makes of one damage: noticed, or why it is not."""
    path = source / "buddy_eval" / damage.file
    sound = path.read_text(encoding="utf-8")
    if sound.count(damage.sound) != 1:
        return f"stands {sound.count(damage.sound)} times"
    path.write_text(sound.replace(damage.sound, damage.damaged), encoding="utf-8")
    try:
        return "noticed" if outcome(source, damage.test) == FAILED else "not noticed"
    finally:
        path.write_text(sound, encoding="utf-8")


def main() -> int:
    """Print one line a damage, and how many are noticed."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "src"
        shutil.copytree(ROOT / "src", source, ignore=shutil.ignore_patterns("__pycache__"))
        before = outcome(source, *(damage.test for damage in DAMAGES))
        print(f"the named tests before any damage: exit code {before} (bar: 0)", flush=True)
        said = []
        for damage in DAMAGES:
            said.append(noticed(source, damage))
            print(f"{damage.file}: {damage.damaged}: {said[-1]} (bar: noticed)", flush=True)
    count = said.count("noticed")
    print(f"damages noticed: {count} of {len(DAMAGES)} (bar: all of twenty or more)")
    return int(before != 0 or count < len(DAMAGES) or count < 20)


if __name__ == "__main__":
    sys.exit(main())
