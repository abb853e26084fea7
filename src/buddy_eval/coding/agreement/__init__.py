"""Agreement between coders: Krippendorff's alpha and its companions, with intervals that cover.

Sources: Krippendorff (2011) Computing Krippendorff's alpha-reliability; Gwet (2008) for AC1; Fleiss (1971); for the
intervals see `intervals`. Values of the published examples stand in the tests.
"""

from __future__ import annotations

from buddy_eval.coding.agreement.in_study import code_agreement
from buddy_eval.coding.agreement.ratings import agreement, agreement_by_part, alpha
from buddy_eval.coding.agreement.reading import reading
from buddy_eval.coding.agreement.statistics import LEVELS
