"""Groups of posts, and other bodies, in the words of a questionnaire and of a guide."""

from __future__ import annotations

POSTS = {
    "board": "Member of a board",
    "senior_management": "Senior manager",
    "clinical_leadership": "Clinical leader",
    "improvement_team": "Member of an improvement team",
    "operational_clinical": "Clinical work day to day",
    "operational_nonclinical": "Other work day to day",
}
EXTERNAL = "Another organisation"
WHICH_PAIR = "Which partnership do you answer about?"
WHICH_TRUST = "Which organisation do you work for?"
WHICH_POST = "Which of these comes nearest to your post?"
OF_TRUST = {"pair": "pair of the trust", "side": "side of the trust"}  # columns that the answer on the trust tells
