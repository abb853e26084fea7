"""The tables of the survey and the comparison: quality of scores, gaps, effects, findings."""

from __future__ import annotations

from buddy_eval.schemas.form import Frame, frame

RELIABILITY = frame(
    "reliability",
    "one property of one theme's scale",
    key="theme wave side statistic",
    columns="theme! wave! side! statistic! estimate ci_low ci_high n! n_items! n_groups caution",
    wave="int number of the wave; 0 for all",
    side="str supporter, receiver or all",
    statistic="str alpha, omega, icc1 or icc2",
    n="int[people] people",
    n_items="int[items] items",
)
WITHIN = frame(
    "within",
    "how far the people of one side of one pair agree on one theme",
    key="pair side wave theme",
    columns="pair! side! wave! theme! n! mean sd ci_low ci_high rwg split! low! middle! high!",
    n="int[people] people with a score",
    ci_low="float lower end of the 95% interval of the mean",
    ci_high="float upper end of the 95% interval of the mean",
)
ITEM_QUALITY = frame(
    "item_quality",
    "one item of the survey on one side in one wave",
    key="item wave side",
    columns="theme! item! wave! side! n! answered! missing! not_applicable! dont_know! mean sd item_rest scored!",
    side="str supporter, receiver or all",
    n="int[people] people who were asked",
    answered="int[answers] answers on the scale",
    missing="int[answers] left empty",
    mean="float[points] mean answer after reversing, 1 to 5",
    scored="bool everybody was asked it, in every wave: it counts in the score of its theme",
)
WITHIN_ITEMS = frame(
    "within_items",
    "how far the people of one side of one pair agree over the items of one theme",
    key="pair side wave theme",
    columns="pair! side! wave! theme! n! n_items! variance! rwg_j! rwg_star! split!",
    n="int[people] people who answered",
    n_items="int[items] items that two or more answered",
    split="bool people disagree (rwg_star below .70)",
)
GAPS = frame(
    "gaps",
    "supporter minus receiver in one pair, theme and wave",
    key="outcome pair wave theme",
    columns="outcome! contrast_kind! pair! wave! theme! estimate ci_low ci_high n_supporter! n_receiver! caution",
    contrast_kind="contrast_kind gap: between the sides in a wave; series: of an indicator",
    theme="str the theme, or the indicator",
    estimate="float difference of the means",
    ci_low="float lower end of the 95% Welch interval",
    ci_high="float upper end of the 95% Welch interval",
)
SIDE_CHANGES = frame(
    "side_changes",
    "how the mean of one side of one pair moved from one wave to the next",
    key="pair side theme wave_before wave_after",
    columns=(
        "pair! side! theme! wave_before! wave_after! mean_before! mean_after! estimate! ci_low ci_high n! caution"
    ),
    estimate="float[points] later mean minus earlier mean",
    ci_low="float lower end of the 95% Welch interval",
    ci_high="float upper end of the 95% Welch interval",
    n="int[people] people in the wave in which fewer answered",
)
FINDINGS = frame(
    "findings",
    "one result of the comparison",
    key="finding",
    columns=(
        "finding! outcome! theme! contrast! contrast_kind! wave wave_before wave_after estimate ci_low ci_high "
        "p_value p_adjusted stands! n_looks! df n_pairs! n_clusters! n_supporter! n_receiver! n_either n_both method! "
        "caution"
    ),
    outcome="str survey, interviews, or the name of an indicator",
    theme="str the theme, or the indicator",
    wave="int number of the wave, where it is one",
    estimate="float the effect, in the outcome's units",
    caution="cautions what it cannot say",
)
COMPARISONS = frame(
    "comparisons",
    "one result of the comparison as one view gives it; the view 'pairs' is the primary one",
    key="finding",
    columns=(
        "finding! primary! view! role outcome! theme! contrast! contrast_kind! wave wave_before wave_after estimate "
        "ci_low ci_high p_value p_adjusted stands! n_looks! df n_pairs! n_clusters! n_supporter! n_receiver! n_either "
        "n_both method! caution"
    ),
    finding="str short name of the row",
    view="str pairs, cr2, bootstrap, mixed, pooled, order, linked or role",
    role="role the group of posts, in the view role",
    theme="str the theme, or the indicator",
    wave="int number of the wave, where it is one",
    estimate="float the effect, in the outcome's units; Cliff's delta in the view order",
    p_value="float missing where none may be given",
    p_adjusted="float Holm's, over all that a report says, for the primary view; missing where p_value is",
    stands="bool whether it carries a direction once all that a report says is allowed for; primary view alone",
    n_looks="int[results] results that are allowed for together; 0 outside of the primary view",
    caution="cautions what it cannot say",
)
POOLED = frame(
    "pooled",
    "one pair's survey gap after partial pooling over the pairs: a sensitivity view",
    key="pair wave theme",
    columns="pair! wave! theme! measured! estimate! ci_low! ci_high! pull!",
    estimate="float the gap after pooling",
    ci_low="float lower end of its approximate 95% interval",
    ci_high="float upper end of its approximate 95% interval",
)
ORDINAL = frame(
    "ordinal",
    "how often somebody of the supporter's side scores higher than somebody of the receiver's, in one pair",
    key="pair wave theme",
    columns="pair! wave! theme! superiority! ci_low ci_high delta! n_supporter! n_receiver!",
    ci_low="float lower end of its 95% interval",
    ci_high="float upper end of its 95% interval",
    n_supporter="int[people] people on the supporter's side",
    n_receiver="int[people] people on the receiver's side",
)
EFFECTS = frame(
    "effects",
    "one change of an outcome series when support began, or why it cannot be told",
    key="kind indicator pair side term",
    columns=(
        "kind! indicator! pair! side! term! placebo! estimate ci_low ci_high p_value p_adjusted stands! "
        "n_looks! rho n_before! n_after! n_treated! n_comparators! method! caution"
    ),
    kind="str interrupted series or difference-in-differences",
    pair="str the pair, or 'all'",
    side="str supporter or receiver",
    term="str level, slope (a month), after_12 (level and 12 months of slope), difference, or a placebo",
    estimate="float in the indicator's units; missing where the data do not allow it",
    p_value="float by randomisation for difference-in-differences; missing otherwise",
    p_adjusted="float Holm's, over all that a report says",
    caution="cautions what it cannot say, or what the data lack",
)
TABLES: tuple[Frame, ...] = (
    RELIABILITY, WITHIN, ITEM_QUALITY, WITHIN_ITEMS, GAPS, SIDE_CHANGES, FINDINGS, COMPARISONS, POOLED, ORDINAL,
    EFFECTS,
)  # fmt: skip
