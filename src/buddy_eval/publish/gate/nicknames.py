"""Short forms of first names: the usual ones that are no beginning of the name, and beginnings with an ending."""

from __future__ import annotations

import re
from collections.abc import Iterator

from buddy_eval.publish.gate.nouns import ACTS

# Each name (or the beginning of several) with what its bearers are called.
CALLED = {
    name: tuple(short.split())
    for name, short in (
        line.split(": ")
        for line in """
        william: bill billy liam willie
        robert: bob bobby bert
        richard: dick rick ricky
        edward: ted ned teddy
        theodore: ted teddy
        henry: harry hal
        james: jim jimmy jamie
        john: jack johnny
        charles: chuck charlie
        anthony: tony
        michael: mick mickey mike
        thomas: tommy
        andrew: drew
        elizabeth: liz lizzie beth betty libby
        margaret: maggie peggy meg
        catherine: kate katie cathy kitty
        katherine: kate katie kathy kitty kath
        rebecca: becky becca
        deborah: debbie
        sarah: sally
        mary: molly polly
        susan: sue susie
        jennifer: jenny
        patricia: trish tricia
        dorothy: dot dolly
        alexander: sandy sasha
        alexandra: sandy sasha
        """.strip().splitlines()
    )
    for name in (name.strip(),)
}
SHORT, LONG = 3, 6  # letters of a beginning that somebody may be called by, and of a name that is shortened so
ENDINGS = ("", "y", "ie", "i", "s")
WORDS = frozenset(  # of three letters, and months and days
    "the and but for not you all any can her was out new old see two who how she per pro sub par car cat "
    "mat bar far war jan feb mar apr may jun jul aug sep oct nov dec mon tue wed thu fri sat sun".split()
)
# Where a nickname is one: who is called, asked or thanked so, or does something.
CALLS = re.compile(
    r"\b(?:[Aa]sk(?:ed)?|[Tt]hank(?:s to|ed)?|with|to(?:ld)?|by|from|and|for|via|cc|phoned|rang|met|like) $"
)
ACTED = re.compile(rf"['\u2019]s\b|,? (?:{ACTS}|says|thinks)\b")


def nicknames(first: str) -> Iterator[str]:
    """Yield what somebody with a first name may be called.

    >>> {"chris", "barty"} <= {*nicknames("christopher"), *nicknames("bartholomew")}
    True
    """
    yield from CALLED.get(first, ())
    if len(first) >= LONG:
        stems = (first[:n] for n in range(SHORT, LONG))
        yield from (form for stem in stems for more in ENDINGS if (form := stem + more) != first and form not in WORDS)
        yield first[2 - LONG :]
