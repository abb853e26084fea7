"""The letters that an RTF file shows: the second reading of such a file, which shares nothing with the first."""

from __future__ import annotations

import re
from typing import NamedTuple

TOKEN = re.compile(r"\\([a-zA-Z]+)(-?\d+)? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)")
FONT = re.compile(r"\\f(\d+)[^;{}]*?\\fcharset(\d+)")
CHARSETS = {
    "128": "cp932", "129": "cp949", "134": "cp936", "136": "cp950", "161": "cp1253", "162": "cp1254", "163": "cp1258",
    "177": "cp1255", "178": "cp1256", "186": "cp1257", "204": "cp1251", "222": "cp874", "238": "cp1250",
}  # fmt: skip
SIGNS = {
    "emdash": "\u2014", "endash": "\u2013", "bullet": "\u2022", "lquote": "\u2018", "rquote": "\u2019",
    "ldblquote": "\u201c", "rdblquote": "\u201d", "emspace": " ", "enspace": " ", "qmspace": " ",
    "~": "\u00a0", "-": "\u00ad", "_": "\u2011", "\r": "\n", "\n": "\n",
}  # fmt: skip
BREAKS = {"par", "line", "sect", "page", "cell", "nestcell", "row", "nestrow", "tab"}
HIDDEN = set(
    "fonttbl colortbl stylesheet info pict object nonshppict shprslt fldinst bkmkstart bkmkend atnid atnauthor atndate "
    "atnref atrfstart atrfend pntext pntxta pntxtb listtable listoverridetable xe tc template generator".split()
)
SHOWN = {"annotation", "shptxt", "dptxbxtext", "footnote"}  # words for readers within what programs may skip
BESIDE = {"annotation", "footnote", *(f"{edge}{kind}" for edge in ("header", "footer") for kind in ("", *"lrf"))}


class _State(NamedTuple):
    """What holds within a group: nothing is shown, or never, it stands beside, signs after one of Unicode, the font.

    What was deleted or moved away while changes were tracked is not shown until a word takes it back or its group ends.
    What is secret is no part of what people read, and stands beside.
    """

    hidden: bool = False
    never: bool = False
    beside: bool = False
    follow: int = 1
    font: str = ""
    deleted: bool = False
    secret: bool = False


def rich_letters(data: bytes) -> str:
    """Return the letters that are shown: the body, tables, text boxes, notes and comments, page heads and feet."""
    text = data.decode("cp1252", errors="replace")
    page = re.search(r"\\ansicpg(\d+)", text)
    plain = f"cp{page[1]}" if page and page[1] != "0" else "cp1252"
    fonts = {font: CHARSETS.get(charset, plain) for font, charset in FONT.findall(text)}
    shown, octets, stack, now, skip = (list[str](), list[str]()), bytearray(), list[_State](), _State(), 0
    for word, number, octet, sign, brace, letters in TOKEN.findall(text):
        if octets and not octet:
            shown[now.beside or now.secret].append(_decoded(octets, fonts.get(now.font, plain)))
            octets.clear()
        if letters or octet:
            if not now.hidden and not now.deleted and letters:
                shown[now.beside or now.secret].append(letters[skip:])
            elif not now.hidden and not now.deleted and not skip:
                octets.append(int(octet, 16))
            skip = max(0, skip - (len(letters) or 1))
        elif brace:
            skip = 0
            if brace == "{":
                stack.append(now)
            else:
                within, now = now, stack.pop() if stack else now
                shown[1].append("\n" * ((within.beside, within.secret) > (now.beside, now.secret)))
                if not stack:
                    break
        else:
            skip = now.follow if word == "u" and number else 0
            was, now = now.secret, _after(word, number, sign, now)
            shown[1].append("\n" * (was and (not now.secret or word in BREAKS)))
            apart = now.secret and word not in BREAKS  # what parts words parts them on either side
            shown[now.beside or apart].append("" if now.hidden or now.deleted else _sign(word, number, sign))
    return "".join([*shown[0], "\n", *shown[1]]).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _after(word: str, number: str, sign: str, now: _State) -> _State:
    """What holds after a control word."""
    if word == "uc":
        return now._replace(follow=int(number or 1))
    if word == "f":
        return now._replace(font=number)
    if word in {"deleted", "mvf", "plain"}:
        secret = now.secret and word != "plain"
        return now._replace(deleted=word != "plain" and number != "0", secret=secret)
    if word == "v":
        return now._replace(secret=number != "0")
    if word in HIDDEN or sign == "*":
        return now._replace(hidden=True, never=now.never or word == "shprslt")  # the boxes again, for old programs
    return now._replace(hidden=now.hidden and (now.never or word not in SHOWN), beside=now.beside or word in BESIDE)


def _decoded(octets: bytearray, encoding: str) -> str:
    try:
        return octets.decode(encoding, errors="replace")
    except LookupError:
        return octets.decode("cp1252", errors="replace")


def _sign(word: str, number: str, sign: str) -> str:
    """What a control word or sign shows."""
    if word == "u" and number:
        return chr(int(number) % 65536)
    if word:
        return "\n" if word in BREAKS else SIGNS.get(word, "")
    return SIGNS.get(sign, sign if sign in "{}\\" else "")
