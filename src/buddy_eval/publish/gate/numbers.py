"""Numbers as people write them: in figures or words, of groups that have a name, and parts of a whole."""

from __future__ import annotations

UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
)
WORDS = {word: n for n, word in enumerate([*UNITS.split(), "eighteen", "nineteen"])} | {"dozen": 12}
TENS = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True))
FEW = {"couple": 2, "pair": 2, "duo": 2, "twosome": 2, "trio": 3, "threesome": 3, "handful": 3}  # a handful is few
FEW |= {"quartet": 4, "foursome": 4, "quintet": 5, "sextet": 6}
GROUPS = {f"{which} {word} of": n for word, n in FEW.items() for which in ("a", "the")}
GROUPS |= dict.fromkeys(("half a dozen", "half-a-dozen", "a half dozen", "half-dozen", "half dozen"), 6)
RARE_PARTS = {f"{a} {part}": 1 / n for a in ("a", "one") for part, n in (("twelfth", 12), ("twentieth", 20))}
PARTS = "third quarter fifth sixth seventh eighth ninth tenth".split()
ROMAN = {numeral: n for n, numeral in enumerate("ii iii iv v vi vii viii ix".split(), 2) if len(numeral) > 1}
FRACTIONS = (
    {"half": 1 / 2}
    | RARE_PARTS
    | {
        f"{words}{by}{part}{'s' * (times > 1)}": times / n
        for n, part in enumerate(PARTS, 3)
        for words, times in (("a", 1), ("one", 1), ("two", 2), ("three", 3), ("four", 4), ("five", 5))
        for by in " -"
        if times < n
    }
)
NUMBER = (
    rf"(?:\d{{1,6}}|(?:{'|'.join(TENS)})(?:-(?:{'|'.join(WORDS)}))?|(?:{'|'.join(WORDS)})(?: \(\d\d?\))?"
    rf"|a single|{'|'.join(GROUPS)})"
)


def number(text: str) -> float:
    """Return what a number in figures or words is worth, "five (5)" too; a couple are two."""
    text = text.lower().partition(" (")[0]
    if text[0].isdigit():
        return float(text) if "." in text else int(text)
    if text in GROUPS or text.startswith("a "):
        return GROUPS.get(text, GROUPS.get(f"{text} of", 1))
    tens, _, rest = text.partition("-")
    return TENS[tens] + WORDS.get(rest, 0) if tens in TENS else (WORDS | ROMAN)[text]
