"""The names of trusts as people shorten them: the words by which one is told from others, alone or with "team"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from buddy_eval.publish.gate.names import INITIALS, ORDINARY, PART, PLAIN_PART, TRUST, WITH, Tokens, words_of_reports
from buddy_eval.publish.gate.rules import tokens

COMMON = frozenset({"nhs", "foundation", "trust", "invented", "the"})
# Words of what a trust is: they tell none from another.
WHAT = COMMON | frozenset(
    """
    hospital hospitals university universities teaching general district infirmary healthcare health care college
    medical school centre clinic community mental partnership partnerships ambulance service services acute integrated
    social primary specialist children childrens child women womens people learning disability s board group authority
    orthopaedic orthopaedics eye ear throat nose cancer heart chest lung neurology neurological psychiatric dental
    maternity rehabilitation and of for in at on upon by with to a
    """.split()
)
BODY, BODIES = frozenset({"nhs", "foundation", "trust"}), ("", "ft", "nt", "nft", "nhst", "nhsft")
LINKS = frozenset("and of for in at on upon by with to the a s invented".split())
# Words that say which of many: with "team" they are ordinary English.
WHICH = frozenset(
    """
    north south east west northern southern eastern western mid central great greater royal county city borough upper
    lower united national regional imperial free best good old new young high long strong saint st isle queen queens
    kings princess lady victoria england english wales welsh scotland scottish ireland irish britain british
    """.split()
)
# Words that many places bear: they name one with a capital, and with what it is ("the Hill trust").
PLAIN = (ORDINARY - WHICH) | frozenset(
    """
    valley vale coast coastal seaside bay harbour port water waters river bank moor end fields meadow meadows bridge
    gate town village island islands cliffs beach sands sea shore downs dales glen forest common fen fens heights
    view side wold peak crown union alliance shire
    """.split()
)
SHARED = 2  # trusts of a study that may share a word before it tells none of them
SHORT = 3  # letters of a word that is too short to be known alone, and of initials that are long enough
OFFICES = frozenset({"icu", "ceo", "coo", "cfo", "cqc", "icb", "ics", "hdu", "mdt", "ccg", "pct", "nhs", "nhse"})


def trust_names(names: Iterable[str], own: Iterable[str] = ()) -> dict[Tokens, str]:
    """Return every form of trusts' names, with what it is; words of the readers' `own` trusts are none.

    >>> sorted(trust_names(["Marram Hill University Hospitals NHS Foundation Trust"], ["Hill End NHS Trust"]))[:4]
    [('marram',), ('marram', 'hill'), ('marram', 'hill', 'university', 'hospitals'), ('marramhill',)]
    """
    names, own = list(names), list(own)
    whole = {tuple(word for word in tokens(name) if word not in COMMON) for name in names}
    theirs = {word for name in own for word in tokens(name)}
    bearers = Counter(word for words in whole for word in set(words))
    patterns = {words: TRUST for words in whole if len("".join(words)) > SHORT - 1}
    patterns |= {short: INITIALS for short in _initials(names) - _initials(own) if "".join(short) not in OFFICES}
    spelt = (re.sub(r"['\u2019]s\b", "s", name) for name in names)  # as in an address
    for words in whole | {tuple(tokens(name)) for name in spelt}:
        for form, kind in _parts([word for word in words if word not in WHAT]):
            telling = [word for word in form if word not in WITH]
            if not theirs.issuperset(telling) and min(bearers[word] for word in telling) <= SHARED:
                patterns.setdefault(form, kind)
    together = [form for form, kind in patterns.items() if kind in {PART, PLAIN_PART} and WITH.isdisjoint(form)]
    return {("".join(form),): PART for form in together if len(form) > 1 and not WHICH.issuperset(form)} | patterns


def _initials(names: Iterable[str]) -> set[Tokens]:
    """The initials of names, alone and with those of "NHS Foundation Trust"; in two where "and" is written "&"."""
    whole = [[word for word in tokens(name) if word not in BODY | (LINKS - {"and"})] for name in names]
    cut = {tuple("".join(w[0] for w in part.split()) for part in " ".join(words).split(" and ")) for words in whole}
    short = {form for parts in cut for form in (parts, ("".join(parts),))}
    return {
        (*form[:-1], form[-1] + body) for form in short for body in BODIES if len("".join(form)) + len(body) >= SHORT
    }


def _parts(core: list[str]) -> Iterator[tuple[Tokens, str]]:
    """The words of a name without what a trust is, as they are said of it."""
    if len(core) > 1:
        yield tuple(core), PLAIN_PART if (PLAIN | WHICH | words_of_reports("a-z")).issuperset(core) else PART
    for word in core:
        if word in PLAIN or word in words_of_reports("a-z") or (1 < len(word) <= SHORT and word not in WHICH):
            yield from (((word, more), PLAIN_PART) for more in sorted(WITH))
        elif len(word) > SHORT and word not in WHICH:
            yield (word,), PART
