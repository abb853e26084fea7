"""What an exact match is, said slowly: one pattern a term, tried at every word of the text's NFC form."""

from __future__ import annotations

import re
import unicodedata

MARKS = r"\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
LETTER, SPACE = rf"[\w{MARKS}]", r"[\s\-\u2010-\u2015]+"
Match = tuple[int, int, int, int, int]


def reference(terms: list[str], text: str, negations: list[str], window: int) -> list[Match]:
    """All matches: start, end, number of the term, start and end of the nearest negation (or -1)."""
    made, starts, ends = composed(text)
    found = []
    without = [re.sub("(?i)(?<=[a-z])n't\\b", lambda at: at.group().replace("'", ""), plain(term)) for term in terms]
    negations = [*negations, *(re.sub("(?i)(?<=[a-z])n't\\b", "nt", plain(word)) for word in negations)]
    both = [*enumerate(terms), *((n, form) for n, form in enumerate(without) if form != terms[n])]
    for number, term in both:
        shown = plain(made) if term.startswith("=") else lower(made)
        for at in re.finditer(rf"(?<!{LETTER})(?={LETTER})", shown):
            if match := pattern(term).match(shown, at.start()):
                turned = negation(lower(made)[: match.start()], negations, window)
                found.append((starts[match.start()], ends[match.end() - 1], number, turned, starts, ends))
    return sorted((s, e, n, *((a[t[0]], b[t[1] - 1]) if t else (-1, -1))) for s, e, n, t, a, b in found)


def pattern(term: str) -> re.Pattern[str]:
    """A term as a regular expression."""
    text = plain(composed(term.removeprefix("="))[0])
    text = text if term.startswith("=") else lower(text)
    parts = re.findall(rf"({LETTER}+)(\*?)|((?:(?!{LETTER}).)+)", text, re.DOTALL)
    first = next(place for place, part in enumerate(parts) if part[0])
    last = max(place for place, part in enumerate(parts) if part[0])
    made = ""
    for word, star, gap in parts[first : last + 1]:
        made += (
            re.escape(word) + (f"{LETTER}*" if star else "")
            if word
            else SPACE
            if re.fullmatch(SPACE, gap)
            else re.escape(gap)
        )
    return re.compile(rf"{made}(?!{LETTER})")


def negation(before: str, negations: list[str], window: int) -> tuple[int, int] | None:
    """Where the nearest negation stands among the last words of the clause."""
    clause = max(before.rfind(stop) for stop in ".!?;:\n") + 1
    words = list(re.finditer(rf"{LETTER}+(?:'+{LETTER}+)*", before[clause:]))
    for word in words[::-1][:window]:
        if word.group() in {lower(composed(one)[0]) for one in negations}:
            return clause + word.start(), clause + word.end()
    return None


def plain(text: str) -> str:
    return re.sub("[\u2018\u2019\u02bc\uff07`\u00b4\u2032\u201b]", "'", text)


def lower(text: str) -> str:
    """Character for character: what has no single lower case stays, and the two sigmas are one."""
    return plain("".join(c.lower() if len(c.lower()) == 1 else c for c in text)).replace("\u03c2", "\u03c3")


def composed(text: str) -> tuple[str, list[int], list[int]]:
    """The NFC form of what is seen of a text, with where each of its characters came from."""
    seen, origin = "", list[int]()
    for place, character in enumerate(text):
        written = {"\u00ad": "", "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "", "\ufeff": ""}.get(character)
        if written is None:
            written = unicodedata.normalize("NFKC", character) if "\ufb00" <= character <= "\ufb06" else character
        seen, origin = seen + written, origin + [place] * len(written)
    made, starts, ends = in_pieces(seen)
    return made, [origin[start] for start in starts], [origin[end - 1] + 1 for end in ends]


def in_pieces(text: str) -> tuple[str, list[int], list[int]]:
    """The NFC form, with where each of its characters came from: the shortest pieces that compose on their own."""
    starts: list[int] = []
    ends: list[int] = []
    made, begin = "", 0
    while begin < len(text):
        end = begin + 1
        while end < len(text) and leans(text[end]):
            end += 1
        piece = unicodedata.normalize("NFC", text[begin:end])
        kept = piece == text[begin:end]
        starts += range(begin, end) if kept else [begin] * len(piece)
        ends += range(begin + 1, end + 1) if kept else [end] * len(piece)
        made, begin = made + piece, end
    assert made == unicodedata.normalize("NFC", text)
    return made, starts, ends


def leans(character: str) -> bool:
    """Whether it may join what stands before it."""
    first = unicodedata.normalize("NFD", character)[0]
    if unicodedata.combining(first) or 0x1161 <= ord(first) <= 0x1175 or 0x11A8 <= ord(first) <= 0x11C2:
        return True
    return first in SECONDS


SECONDS = {
    chr(int(parts[1], 16))
    for parts in (unicodedata.decomposition(chr(code)).split() for code in range(0x110000))
    if len(parts) == 2 and parts[0][0] != "<"
}
