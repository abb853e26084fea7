"""Names as people write them: folded over accents, case, look-alikes and marks; in parts, any order, with initials."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache

from buddy_eval.base.manifest import PACKAGE
from buddy_eval.publish.gate.dressed import in_address
from buddy_eval.publish.gate.folded import PIECE, TOKEN, Stand, as_read, fold
from buddy_eval.publish.gate.nicknames import ACTED, CALLS, nicknames
from buddy_eval.publish.gate.nouns import ACTS

LETTERS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "Ø": "Oe"}
)
# First names and surnames that are English words as well: they are names where the page does not use them as words.
ORDINARY = frozenset(
    """
    abbey angel archer art autumn baker ball banks bell berg berry bird bishop black bond book booth bow
    bridge bright brook brown bush butcher butler carpenter carter cash chance chase church clay cliff cole
    cook cooper cross crystal daisy dale dawn day dean doe drake driver duke earl east faith field finch
    fisher flower ford forest forester fox frank freeman french frost garden gardener gale gill glass gold
    good grace grant gray green grey guy hall hand hardy harper hart hay heath heather high hill hobbs holly
    holmes hood hope house hunt hunter iris ivy jack joy judge key king knight lake lamb lane law lily little
    long love major marsh mark mason may mercy miles mill miller moon moore moss neat new noble north old
    olive page park parker parish pat patience penny pepper pike pitt plant pole pool poole pope porter potter
    pound power price prince prior proper read reed rice rich ridge ring rivers robin rock rose rowan rush
    sage sandy savage self sharp shepherd short singer skinner small smart smith snow south speed spring stamp
    star stark steel still stone street strong summer summers swan sweet swift tailor taylor temple thorn
    tower trust turner underwood violet walker wall ward warden waters way weaver webb well wells west wheeler
    white wild will wills winter wise wolf wood woods word worth young
    """.split()
)
NAME, SURNAME, FIRST = "a person's name", "a person's surname", "a person's first name"
IDENTIFIER, INITIAL = "a person's name or identifier", "a person's initial and surname"
TRUST, PART, PLAIN_PART = "a trust", "a part of a trust's name", "a part of a trust's name, with a capital"
INITIALS, NEAR, NICK = "the initials of a trust", "perhaps a name, misspelt", "perhaps a person's nickname"
WITH = frozenset({"trust", "hospital", "hospitals", "team", "teams", "board", "site", "staff", "side"})
PARTS = frozenset({PART, PLAIN_PART, INITIALS, NEAR, NICK})
OF_PEOPLE = frozenset({NAME, SURNAME, FIRST, IDENTIFIER, INITIAL})
COMPASS = frozenset({"north", "south", "east", "west"})
SONS = (("mac", "mc"), ("mc", "mac"))  # one name, however it is spelt
BEGINS = re.compile(r"(?:^|(?<!\b[DM]r)(?<!\bM[sx])(?<!\bMrs)(?<!\bProf)[.!?]\s|\|\s)[^\w.]*$")
LABELS = re.compile(r"\s\d|[^.;!?|]*[:=] ?\d[\d,]*$|\s\w+ed (?:was|were|is|are)\b")  # Ward 7; miles travelled: 412
RUNS_ON = re.compile(rf"\s(?!(?:{ACTS})\b|and [A-Z])[a-z]")
LONG = 6  # letters from which a name is known with one letter wrong
RARE = 2  # people of a study who bear a first name that is told alone
WRITE = ("present", "analyse", "schemas")  # the rooms in whose words reports speak
Tokens = tuple[str, ...]


def pieces(words: Iterable[str]) -> Tokens:
    """Return folded words, parted where letters meet figures: SYN01, syn 01 and SYN-01 are the same."""
    return tuple(piece for word in words for piece in PIECE.findall(fold(word)))


def identifier(name: str) -> bool:
    """Whether every word of a name holds a figure: an identifier has no surname.

    >>> identifier("SYN01-S1"), identifier("Jane Doe2")
    (True, False)
    """
    words = TOKEN.findall(fold(name))
    return bool(words) and all(any(map(str.isdigit, word)) for word in words)


def people_names(names: Iterable[str]) -> Iterator[tuple[Tokens, str]]:
    """Yield every form of people's names or identifiers, with what it is.

    >>> dict(people_names(["Zoe Ashworth-Patel"]))[("patel",)]
    "a person's surname"
    """
    names = list(names)
    spelt = dict.fromkeys([*names, *(name.translate(LETTERS) for name in names)])
    whole = {name: tuple(TOKEN.findall(fold(name))) for name in spelt}
    bearers = Counter(words[0] for words in whole.values() if len(words) > 1)
    for first in (first for first, n in bearers.items() if n <= RARE and first.isalpha()):
        yield from (((short,), NICK) for short in nicknames(first))  # what follows is more than perhaps a name
    for name, words in whole.items():
        if len(words) > 1 or (words and len(words[0]) > 3):
            yield words, IDENTIFIER
        if len(words) < 2 or "@" in name or identifier(name) or any(word.isdigit() for word in words):
            continue
        first, *_, last = words
        spaced = [TOKEN.findall(fold(part)) for part in re.split(r"[\s_]+", name.strip())]
        yield from (((*words[1:], first), IDENTIFIER), (("".join(words),), NAME))
        yield from (((first, last), NAME), ((last, first), NAME))
        yield from (((first[:1], last), INITIAL), ((last, first[:1]), NAME))
        if len(last) >= LONG:
            yield (first[:1] + last,), NAME  # of an account
        surnames = {"".join(spaced[-1]), *(part for part in spaced[-1] if len(part) > 3)} if spaced[-1] else set()
        surnames |= {other + one[len(of) :] for one in surnames for of, other in SONS if one.startswith(of)}
        yield from (((surname + more,), SURNAME) for surname in surnames if len(surname) > 3 for more in ("", "s"))
        if len(words) > 2:
            yield ("".join(words[1:]),), SURNAME
        if len(spaced[-1]) > 1:
            yield tuple(spaced[-1]), SURNAME
            yield from (((first, part), NAME) for part in spaced[-1] if len(part) > 1)
            yield from (((first[:1], part), NAME) for part in spaced[-1] if len(part) > 2)
        if len(first) > 3 and bearers[first] <= RARE:
            yield (first,), FIRST


class Index:
    """Names by their pieces, found in a text in the order in which they stand."""

    def __init__(self, names: Mapping[Tokens, str], ordinary: frozenset[str]) -> None:
        self.kinds = {pieces(words): kind for words, kind in names.items() if words}
        self.kinds |= {  # written together
            ("".join(words),): kind
            for words, kind in self.kinds.items()
            if kind == TRUST and len(words) > 1 and ("".join(words),) not in self.kinds
        }
        self.ordinary = ordinary | ORDINARY
        self.kinds = {  # who is of a place
            (word + ending,): PART
            for (word, *more), kind in self.kinds.items()
            if kind in {TRUST, PART} and not more and len(word) >= LONG and word not in self.ordinary
            for ending in ("ian", "ians", "ite", "ites", "er", "ers")
        } | self.kinds
        self.starts = {words[0] for words in self.kinds if words}
        self.longest = max(map(len, self.kinds), default=0)
        told = {SURNAME, FIRST, TRUST, PART}
        alone = {words[0] for words, kind in self.kinds.items() if len(words) == 1 and kind in told}
        self.near = {form for word in alone - self.ordinary if len(word) >= LONG for form in _spelt(word)}

    def named(self, text: str, page: frozenset[str]) -> Iterator[tuple[str, str]]:
        """Yield (kind, the words) for every name in a text, as they stand there, however they are dressed."""
        for stand in as_read(text):
            yield from self._in(stand, page)

    def _in(self, stand: Stand, page: frozenset[str]) -> Iterator[tuple[str, str]]:
        small = [piece for piece, _ in stand]
        whole = 0  # up to where a longer name stands, whose parts are not told apart
        for place, piece in enumerate(small):
            if piece not in self.starts:
                if self._misspelt(piece, stand[place][1], page):
                    yield NEAR, stand[place][1].group()
                continue
            for length in range(self.longest, 0, -1):
                words = tuple(small[place : place + length])
                kind = self.kinds.get(words) if len(words) == length else None
                if kind in PARTS and place + length <= whole:
                    continue
                here = [word for _, word in stand[place : place + length]]
                if kind and self._meant(words, here, page):
                    whole = max(whole, place + length)
                    yield kind, " ".join(dict.fromkeys(word.group() for word in here))

    def _misspelt(self, piece: str, word: re.Match[str], page: frozenset[str]) -> bool:
        """Whether a word that has a capital of its own is a long name but for one letter, and no word of reports."""
        if len(piece) < LONG or not word.group()[:1].isupper() or not _spelt(piece) & self.near:
            return False
        after = word.string[word.end() :]
        own = not BEGINS.search(word.string[: word.start()]) or re.match(r"\s[A-Z]", after) or ACTED.match(after)
        return bool(own) and piece not in page | self.ordinary | words_of_reports()

    def _meant(self, words: Tokens, here: list[re.Match[str]], page: frozenset[str]) -> bool:
        """Whether words are a name here: an initial has a capital, and an ordinary word has one that is not its own."""
        written = [word.group() for word in here]
        following = TOKEN.search(here[-1].string, here[-1].end())
        after = following.group() if following else ""
        if words[0] in COMPASS and len(words) == 1 and after[:1].isupper():
            return False  # West Yorkshire
        if min(map(len, words)) == 1 and all(word.isalpha() for word in words):
            return all(word[:1].isupper() for word in written)
        if self.kinds[words] == NICK:
            beside = CALLS.search(here[0].string[: here[0].start()]) or ACTED.match(here[0].string, here[0].end())
            common = page | self.ordinary | words_of_reports()
            return bool(beside) and written[0][:1].isupper() and words[0] not in common and not after[:1].isupper()
        if self.kinds[words] == INITIALS:
            return all(word.isupper() for word in written)
        if self.kinds[words] == PLAIN_PART:
            return all(word[:1].isupper() for word in (written[:-1] if words[-1] in WITH else written))
        if self.kinds[words] == PART and len(words) == 1 and words[0] not in self.ordinary:
            return any(map(str.isupper, written[0])) or fold(after) in WITH or in_address(here[0])
        if len(words) == 1 and not self.ordinary.isdisjoint({words[0], words[0].removesuffix("s")}):
            return (
                written[0][:1].isupper() and words[0] not in page and not _as_a_word(here[0], words[0] in self.ordinary)
            )
        return True


@lru_cache(maxsize=100_000)
def _spelt(word: str) -> frozenset[str]:
    """A word as it is and without any one letter but the first: two that share a form are a letter apart, or two."""
    return frozenset({word, *(word[:n] + word[n + 1 :] for n in range(1, len(word)))})


@cache
def words_of_reports(letters: str = "A-Za-z") -> frozenset[str]:
    """The words in which reports themselves speak, in lower case; with letters `a-z` those that stand so."""
    files = (path for room in WRITE for path in sorted((PACKAGE / room).rglob("*.py")))
    texts = (path.read_text("utf-8") for path in files)
    return frozenset(word.lower() for text in texts for word in re.findall(rf"\b[{letters}]{{4,}}\b", text))


def _as_a_word(word: re.Match[str], singular: bool) -> bool:
    """Whether an ordinary word with a capital is no name: a figure follows, or it begins a sentence and nobody acts."""
    after, begins = word.string[word.end() :], BEGINS.search(word.string[: word.start()]) is not None
    return LABELS.match(after) is not None or (begins and (not singular or RUNS_ON.match(after) is not None))
