"""Text as code, data and typesetting leave it: names of variables, keys, tags, entities, marks, cells of LaTeX."""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape

INLINE = r"a|abbr|b|cite|code|em|i|kbd|mark|q|s|small|span|strong|sub|sup|u|var"
BLOCK = r"article|blockquote|br|caption|dd|div|dl|dt|figcaption|h[1-6]|hr|li|ol|p|pre|section|table|tbody|thead|ul"
NAMED = r"[^\W\d_][\w .-]*"  # a key, or a word in quotation marks
ABOUT = "~\u2245\u2248\u2243\u223c"  # so many
# What is undone, where one of the signs before it stands in a text.
STEPS: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("<", re.compile(rf"</?(?:{INLINE})(?:\s[^<>]*)?>", re.IGNORECASE), ""),
    ("<", re.compile(rf"</?(?:{BLOCK})(?:\s[^<>]*)?/?>", re.IGNORECASE), " "),
    ("<", re.compile(r"<(\w+)>(\d+)</\1>"), r"\1: \2 "),
    ("\\", re.compile(r"\\(?:text\w*|emph|caption|footnote\w*|num|mbox|multi\w+\{\w+\}\{\w+\})\{([^{}]*)\}"), r"\1"),
    ("\\", re.compile(r"\\(?:newcommand|def)\{?\\(\w+)\}?\{"), r"\1 = "),
    ("\\", re.compile(r"(?<!\\)&(?=[^\n]*\\\\)"), " | "),
    ("\\", re.compile(r"\\\\(?:\[\w+\])?\s*(?:$|\n)"), " \n"),
    ("\\", re.compile(r"\\(?:item|hline|(?:top|mid|bottom)rule)\b"), " "),
    ("\\", re.compile(r"\\([%&_#$])"), r"\1"),
    (ABOUT, re.compile(rf"(?<=[a-zA-Z)])(?:\s?[{ABOUT[1:]}]|\s~)\s?(?=\d)"), " = "),
    ("*_~`", re.compile(r"(?<![\w*])[*_~`]{1,3}(?=\w)|(?<=\w)[*_~`]{1,3}(?![\w*(])"), ""),
    ("_", re.compile(r"(?<=[^\W_])_+(?=[^\W_])"), " "),
    ("", re.compile(r"[A-Z](?<=[a-z].)(?=[a-z])"), r" \g<0>"),
    ("'\"", re.compile(rf"""(["'])({NAMED})\1(?=\s*(?:[,:=)}}\]]|$))"""), r"\2"),
    ("<>=", re.compile(r"\s*(?:<-|:=|=>|->|={2,3}|: ?int ?=)\s*"), " = "),
    ("L", re.compile(r"(?<== )(\d+)L\b"), r"\1"),
    ("=", re.compile(r"\b\w+\((\w{3,}[\w .]*)\)(?= ?=)"), r"\1"),
    (":=", re.compile(r"""(?<=[:=])\s?(?:c\(|[\[({"'])\s?(?=\d+\b)"""), " "),
    (":=|", re.compile(r"(?<=[:=|] )[-+\u2212\u2013](?=\d)"), ""),
    (" ", re.compile(r"(?<=\w) {2,}(?=\d+[ ]*$)", re.MULTILINE), " | "),
)
MARKS = re.compile(r"[<&\\*_~`={\"\u2212\u2245\u2248\u2243\u223c]|'\s*[:,\])}]|[:|,] [-+\u2013]\d|[a-z][A-Z]|  ")


@lru_cache(maxsize=20_000)  # asked for several times of each text
def undressed(text: str) -> str:
    r"""Return a text as it is read: variables and keys as words, without tags, entities and marks.

    >>> undressed('{"role": "chair", "dateOfBirth": 3}'), undressed("<em>No</em>&nbsp;n_staff"), undressed(r"A & 6 \\")
    ('{role: chair, date Of Birth: 3}', 'No\xa0n staff', 'A  |  6  \n')
    """
    if not MARKS.search(text):
        return text
    for signs, form, plain in STEPS:
        if not signs or any(sign in text for sign in signs):
            text = form.sub(plain, text)
    return unescape(text)


def in_address(word: re.Match[str]) -> bool:
    """Whether a word is part of an address or of a file's name, where all is written in small letters.

    >>> [in_address(re.search("hill", text)) for text in ("see www.hill.uk", "plan_hill", "a hill, and/or a dale")]
    [True, True, False]
    """
    before = re.split(r"\s", word.string[: word.start()])[-1]
    after = re.split(r"\s", word.string[word.end() :], maxsplit=1)[0]
    return re.search(r"\w[/_]\w|\w\.\w", f"{before}a{after}") is not None
