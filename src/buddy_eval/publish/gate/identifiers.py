"""Numbers and addresses that lead to a person or a machine, by their normal forms and check digits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from buddy_eval.publish.gate.allowed import KINDS
from buddy_eval.publish.gate.form import Form
from buddy_eval.publish.gate.needs import IDENTIFIERS
from buddy_eval.publish.gate.nouns import ONE_PERSON

AT, DOT = r"\s?(?:@|\[at\]|\(at\)|\{at\}|\(a\))\s?", r"\s?(?:\.|\[(?:dot|\.)\]|\((?:dot|\.)\))\s?"
CELL = r"\s?\|[^\d.]{0,60}?(?<!\w)"  # from a label at the head of a column to what stands below it
SEPARATED = r"[ .\-\u2010-\u2014/_]{0,2}"
PATTERNS = {
    "an e-mail address": (
        rf"(?<![\w.+-])[\w.+-]+(?:{AT}[\w-]+(?:{DOT}[\w-]+)+| at [\w-]+(?: dot [\w-]+)+)"
        r"|\b\w+[._]\w+ at [\w-]+(?:\.[\w-]+)+"
    ),
    "a name of an account": (
        r"(?<![\w.@/])@(?!type\b|graph\b|context\b|id\b)[a-z_]\w{3,}"
        r"|\b(?:zoom|meeting|webinar) id\W{0,3}\d[\d ]{8,}"
        r"|\blive:\.?cid\.\w+|\b(?:snapchat|instagram|twitter|tiktok|bluesky|discord|skype|host ?name|device name"
        r"|computer name)\b\W{1,3}"
        r"(?=[\w.-]*[\d_.])\w[\w.-]{3,}|\b(?-i:LAPTOP|DESKTOP|TABLET)-(?=\w*\d)\w{4,}"
        r"|\b(?:log-?in|user ?name|user ?id)\b\W{0,3}(?=\w*[a-z])(?=\w*\d)\w{4,}"
    ),
    "a file path": (
        r"(?<![\w/.:])(?:~|/(?:home|Users|Volumes|root|tmp|var|mnt|media|opt|srv|private|work|workspace|data|etc"
        r"|usr))/[\w.-]+"
        r"|\b[A-Za-z]:\\+\w|\b[A-Z]:/\w|\\\\[\w.$-]+\\+\w|\bfile:/"
    ),
    "a link to a private place": (
        r"\b(?:\w+\.sharepoint|teams\.microsoft|onedrive\.live|(?:docs|drive)\.google|dropbox|icloud|wetransfer)\.com\b"
        r"|\b1drv\.ms/|\b(?:app\.slack|trello|miro|chat\.whatsapp|surveymonkey|qualtrics|typeform|notion|box)\.(?:com"
        r"|so)/\w"
        r"|\bhttps?://\S+[?&](?:token|key|sig|auth|pwd|code)=\w{6,}|:(?<=\w:)//[^\s/@]+:[^\s/@]+@"
        r"|\bforms\.(?:office|microsoft)\.com/|\bforms\.gle/|\bzoom\.us/(?:j|rec|my)/|\bmeet\.google\.com/"
        r"|\bhttps?://[\w-]+(?::\d+)?(?:/|$|\s)"  # a host without a dot is one of a house
        r"|\bhttps?://[^\s/]+/(?:\S*/)?(?:~[\w.-]|users/[\w.-]+/)\w*"  # somebody's own folder
        r"|\b(?:s3|gs|s?ftp|smb|ssh|abfss?|nfs)://\w"
        r"|\b(?:linkedin\.com/in|(?:twitter|instagram|facebook|tiktok|threads)\.(?:com|net)|wa\.me|t\.me)/@?\w"
        r"|\b(?:x\.com|bsky\.app/profile)/@?\w|\bhttps?://\S+/(?:@|u/|user/)\w|\.(?<=\w\.)com/@\w"
        r"|\w\.(?:substack|wordpress|blogspot|tumblr)\.com\b|\bstrava\.com/athletes/\w|\bscholar\.google\.\S+user=\w|\bresearchgate\.net/profile/\w"
        r"|\bu/[a-z]\w*_\w+"
    ),
    "a postcode": (
        r"\b(?-i:GIR ?0AA|[A-PR-UWYZ](?:\d[\dA-HJKPSTUW]?|[A-HK-Y]\d[\dABEHMNPRV-Y]?)[ -]?\d[ABD-HJLNP-UW-Z]{2})\b"
        r"|\b[a-pr-uwyz][a-hk-y]?\d{1,2}[a-z]? \d(?!st\b|nd\b|rd\b|th\b)[abd-hjlnp-uw-z]{2}\b"
        r"|\b(?=\w*[g-z])[a-pr-uwyz][a-hk-y]?\d{1,2}[a-z]?\d[abd-hjlnp-uw-z]{2}\b"  # no piece of a digest
    ),
    "a street address": (
        r"\b(?-i:(?!19\d\d|20\d\d)\d{1,4}[a-z]?,? (?:[A-Z][\w']+ ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Close|Drive"
        r"|Crescent|Terrace|Gardens|Court|Grove|Mews|Square|Row|Rise|Croft|Parade|Wharf|Yard|Fold|Walk))\b"
        r"|\b(?-i:Flat|Apartment) \d+[a-z]?,? (?-i:\d* ?[A-Z][a-z])"
        r"|\b(?-i:(?:[A-Z]\w+ )?(?:Cottage|House|Farm|Lodge|Barn|Vicarage|Rectory|Bungalow|Grange|Manor|Villa),? "
        r"(?:[A-Z]\w+ ){1,3}(?:Street|Road|Avenue|Lane|Close|Drive|Crescent|Terrace|Gardens|Grove|Mews|Square))\b"
    ),
    "a place on a map": (
        r"///\w+\.\w+\.\w+\b|\bgrid ref\w*\W{0,3}[A-Z]{2} ?\d{2,5} ?\d{2,5}\b|\b(?:49|5\d"
        r"|60)\.\d{4,}[^\d.]{1,9}[0-8]\.\d{4,}"
    ),
    "a number of a vehicle": (
        r"\b(?:car|van|vehicle|registration|reg|number ?plate|plate)\b\W{0,3}(?:(?:no|number|mark|is)\b\W{0,3})?"
        r"(?-i:[A-Z]{2}\d{2} ?[A-Z]{3}|[A-Z]\d{1,3} ?[A-Z]{3}|[A-Z]{3} ?\d{1,3}[A-Z])\b"
        r"|\b(?-i:(?!NG|CG|PH|QS|TA|DG|MT|SG)[A-HJ-PR-Y]{2}[0-7]\d (?!NHS|CQC)[A-Z]{3})\b"
    ),
    "the address of a machine": r"\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b|\bIMEI\W{0,3}\d{15}\b",
    "a number of a licence": r"\b(?-i:[A-Z][A-Z9]{4} ?\d{6} ?[A-Z][A-Z9] ?\w{3})\b",
    "a secret": (
        r"-----BEGIN [A-Z ]*PRIVATE KEY|_(?:key|token|secret|password|pwd)\s*[=:]\s*\S{8,}"
        r"|(?:password|passwd|pwd|secret|api[_-]?key|token|pass ?phrase|wi-?fi key)\s*[=:]\s*['\"]?[^\s'\"]{6,}"
        r"|\b(?:(?:AKIA|ASIA)[0-9A-Z]{16}\b|gh[pousr]_\w{20,}|github_pat_\w{20,}"
        r"|xox[abprs]-[\w-]{10,}|sk[-_][\w-]{16,}|token (?=\w*[a-f])(?=\w*\d)[0-9a-f]{8,}\b"
        r"|eyJ[\w-]{10,}\.[\w-]{10,}\.|Bearer [\w.-]{16,}"
        r"|(?:password|pass ?phrase|pass ?code|pwd)\b(?:[^.;:=\n]{0,40}[:=\u201c\u2013\"']| is)?\s?(?=\S*[a-z])"
        r"(?=\S*\d)[^\s.,]{6,}"
        r"|pin(?: (?:code|number))?\W{1,3}(?:is )?\d{4,6}\b"
        r"|(?:pw|pass)\s?[:=]\s?(?=\S*\d)\S{6,}"
        r"|(?:account|access|storage|recovery|licen[cs]e)[ _]?key\W{1,3}(?=\S*\d)\S{8,}|ssh-(?:rsa|ed25519) \w{8,}"
        r"|code (?:for|to|of) the (?:\w+ )?(?:door|gate|cupboard|store|room|safe|alarm)\b[^.;\d]{0,12}(?=\w*\d)\w{4,}"
        r"|key ?safe\W{1,3}(?:code )?\d{4,}|(?-i:AIza)[\w-]{30,}"
        r"|(?:door|gate|entry|access|alarm|key ?pad|safe|locker) ?code\W{0,3}(?:is )?(?=\w*\d)\w{4,}\b)"
    ),
    "a National Insurance number": (
        rf"\b[A-Z]{{2}}{SEPARATED}\d{{2}}{SEPARATED}\d{{2}}{SEPARATED}\d{{2}}{SEPARATED}[A-D]\b"
    ),
    "a number in a register": (
        r"\b(?:(?:MRN|GMC|NMC|HCPC|GPhC|GDC|ESR|Datix|smart ?card|passport|CHI|STEIS|Ulysses(?: incident)?|SWE"
        r"|Social Work England|serial|payroll(?= \d{5})|DECT|badge(?=\W{1,3}\d{5})|H&C(?: number)?|DBS(?:"
        r" certificate)?|crime ref"
        r"(?:erence)?|account(?= ?\W{0,3}\d{6}))"
        r"|(?:hospital|patient|staff|payroll|NHS|employee|assignment|badge|incident|case(?: ?notes?)?|complaint|claim"
        r"|SI|pension|unit|licence|member"
        r"|student|warrant|membership|certificate|PMI|PAS|library card)"
        r" ?(?:id|no|number|ref|reference))\b\W{0,3}"
        r"(?:(?:pin|no|number|web|badge|u?u?id|ref|reference|registration|assignment)\b\W{0,3}){0,2}"
        rf"(?:{CELL}(?=[A-Z/-]{{0,4}}\d{{5}}))?"
        r"(?!\W?(?:19|20)\d\d\b(?![-/ ]?\d))[A-Z]{0,3}[-/ ]?\d{2,}[-/ ]?[A-Z]?\d{2,}\w*"
        r"|\b(?:incident|case|complaint|claim|referral|ticket|patient)s?\b\W{1,3}"
        r"(?-i:[A-Z]{1,6})[-/ ]?\d{5,}\b"
        r"|\b(?-i:\d{2}[A-L]\d{4}[EWSNOC])\b"  # the form of a PIN of the NMC
    ),
    "a number of an author": (
        r"\b(?:orcid\.org/|ORCID\b\W{0,3}(?:iD\W{1,3})?)?(?<!\d-)000\d-\d{4}-\d{4}-\d{3}[\dX]\b(?!-)"
        r"|\b(?:Researcher ?ID|Scopus(?: author)?(?: ID)?|ISNI|Publons)\b\W{0,3}[A-Z]{0,3}-?(?=[\d -]*\d{4})"
        r"[\d -]{8,}\b"
    ),
    "a bank account": r"\bsort ?code\W{0,3}\d\d\W?\d\d\W?\d\d\b",
    "a day of birth": (
        r"\b(?:born|d\.?o\.?b\.?|date ?of ?birth|birth ?date)"
        rf"(?:[\s:=(]{{1,3}}|{CELL}(?=\d{{1,4}}[-/. ]\w+[-/. ]\d{{1,4}}\b))(?:on )?(?:the )?"
        r"\d[\d/.\-]*(?:\s\w+\s\d{4})?"
        r"|\bborn\b(?! (?:of|out|from)\b)(?: [\w,'’]+){0,6}? \d{1,2}(?:st|nd|rd|th)?[ /.-]\w+[ /.-](?:19|20)\d\d\b"
        r"|\bbirthday\b[^.;\d]{0,12}\d{1,2}(?:st|nd|rd|th)? (?-i:[JFMASOND][a-z]{2,8})\b"
        r"|\bbirthday\b[^.;\d]{0,12}\d{1,2}(?:st|nd|rd|th)?[ /.-]\w+[ /.-](?:19|20)?\d\d\b"
        r"|\byear of birth\W{1,3}(?:19|20)\d\d|\bborn (?:in )?(?-i:[JFMASOND][a-z]{2,8}) (?:19|20)\d\d"
        r"|\bb\. ?\d{1,2}[ /.-]\w+[ /.-]\d{2,4}\b"
    ),
    "an age": (
        rf"(?<!mean )(?<!median )(?<!average )\bage\s?[:=]\s?\d\d\b(?!\s?[-\u2013+%]|\s?to)"
        rf"|\b\d\d-year-old (?:[a-z-]+ ){{0,2}}?{ONE_PERSON}\b|\baged \d\d(?=[.,;)]|$)"
    ),
    "a traceback": r"Traceback \(most recent call last\)|\bipykernel_\d+",
}
TEN = Form(
    rf"(?<![^\W_])(?<![.,\-])(?:\d{{3}}{SEPARATED}\d{{3}}{SEPARATED}\d{{4}}"
    r"|\d{5}[ .\-/_]\d{5}|\d{3}[ .\-/_]\d{4}[ .\-/_]\d{3}|\d{4}[ .\-/_]\d{3}[ .\-/_]\d{3})"
    r"(?![^\W_]|[.,\-]\d)",
    r"\d{3}",
)
ACCOUNT = Form(r"(?-i:\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b)", r"\d\d ?[a-z\d]{4}")
CARD = Form(r"(?<![\w.,-])[3-6]\d{3}(?P<by>[ -]?)\d{4}(?P=by)\d{4}(?P=by)\d{4}(?!\w|[.,-]\d)", r"\d{4}[ -]?\d{4}")
BLEEP = Form(
    r"\b(?:extn?|bleep|pager|(?:telephone |phone )?extension(?! (?:19|20)\d\d\b))\b\W{0,3}"
    r"(?:(?:no|number|on)\b\W{0,3})?\d{3,6}\b",
    r"(?:ext|bleep|pager|extn|extension)\b",
)
PHONE = Form(r"(?<![^\W_])(?<![.,-])(?:\+|\(|\d)[\d\s().\-]{8,22}\d(?!\w|[.,]\d)", r"[\d+(][\d\s().\-]{8}")
ADDRESS = Form(
    r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?!\d|\.\d)|\b(?:[0-9a-f]{1,4}:){3,7}(?::?[0-9a-f]{1,4}){1,4}\b"
    r"|\b[0-9a-f]{2,4}::(?:[0-9a-f]{1,4}:){1,6}[0-9a-f]{1,4}\b",
    r"\.\d{1,3}\.|:[\da-f]{0,4}:",
)
NUMBERED = re.compile(
    r"(?:ISBN|ISSN|doi|section|version|chapter|part|paragraph|v|§|10\.\d{4})[\s:.\d/-]*$", re.IGNORECASE
)
FIGURE = re.compile(r"\d+(?:\.\d+)?")  # of an estimate and its interval: each with as many decimals
OCTET = 20  # sections of a document are numbered lower


@lru_cache(maxsize=40_000)  # a text stands in the page, in Word and in the PDF
def identifiers(text: str, *, may_pass: bool) -> tuple[tuple[str, str], ...]:
    """Return (kind, the words) for each address, path, secret or number of a person that can be let pass, or cannot.

    >>> text = "call +44 (0)20 7946 0958 about 943.476.5919; see section 2.4.1.30, ISBN 0-306-40615-2"
    >>> identifiers(text, may_pass=True), identifiers(text, may_pass=False)
    ((('a telephone number', '+44 (0)20 7946 0958'),), (('a valid NHS number', '943.476.5919'),))
    """
    return tuple(
        (kind, match.group())
        for kind, form, valid in FORMS
        if (kind in KINDS) is may_pass
        for match in form.finditer(text)
        if valid(match)
    )


def _phone(match: re.Match[str]) -> bool:
    return not _statistics(match.group()) and any(map(_telephone, _parts(match.group()))) and not _numbered(match)


def _address(match: re.Match[str]) -> bool:
    """Whether figures are no number of a section."""
    parts = [int(part) for part in match.group().split(".") if part.isdigit()]
    return not (parts and (max(parts) < OCTET or max(parts) > 255 or _numbered(match)))


def _nhs(match: re.Match[str]) -> bool:
    return valid_nhs_number(match.group()) and not _numbered(match)


def _numbered(match: re.Match[str]) -> bool:
    return NUMBERED.search(match.string[: match.start()]) is not None


def _telephone(text: str) -> bool:
    """Whether figures are a number of the United Kingdom: ten or eleven from 0, or +44, in groups that phones have."""
    text = text.replace("(0)", "0", 1) if text.startswith("(0)") else text
    figures = re.sub(r"\D", "", text)
    if text.lstrip("(").startswith("+") or figures.startswith("0044"):
        rest = re.sub(r"^(?:00)?44\(?0?", "", figures)
        home = figures.removeprefix("00").startswith("44")
        return 9 <= len(rest) <= 10 if home else text.lstrip("(").startswith("+") and 10 <= len(figures) <= 14
    groups = [group for group in re.split(r"\D+", text) if group]
    dotted = "." in text and (re.search(r"[\s\-]", text) is not None or len(groups[0]) < 3)
    right = 10 <= len(figures) <= 11 and figures[0] == "0" and figures[1] in "1235789"
    return right and len(groups[0]) >= 3 and len(groups) <= 4 and not dotted


def _statistics(text: str) -> bool:
    """Whether these are an estimate and others of as many decimals: +0.9927 (0.9887."""
    decimals = [len(figure.partition(".")[2]) for figure in FIGURE.findall(text)]
    return len(decimals) > 1 and len(set(decimals)) == 1 and decimals[0] > 0


def _parts(text: str) -> Iterator[str]:
    """Figures as they stand together, then every run of them, none cut: an hour or a year may stand beside a number."""
    yield text
    starts = [match.start() for match in re.finditer(r"(?<![.\d])[+(]*\d", text)]
    ends = [match.end() for match in re.finditer(r"\d+(?!\.?\d)", text)]
    yield from (text[start:end] for start in starts for end in ends if start < end)


def _account(match: re.Match[str]) -> bool:
    """Whether letters and figures have the check digits of an international bank account (ISO 13616, modulus 97)."""
    bare = match.group().replace(" ", "")
    return int("".join(str(int(c, 36)) for c in bare[4:] + bare[:4])) % 97 == 1


def _card(match: re.Match[str]) -> bool:
    """Whether figures have the check digit of a card (Luhn, ISO 7812)."""
    figures = [int(c) for c in reversed(match.group()) if c.isdigit()]
    return sum(figures[::2] + [sum(divmod(2 * f, 10)) for f in figures[1::2]]) % 10 == 0


def valid_nhs_number(text: str) -> bool:
    """Tell whether ten figures have the check digit of an NHS number (modulus 11).

    Source: NHS Data Dictionary, NHS number.

    >>> valid_nhs_number("943 476 5919"), valid_nhs_number("943 476 5918")
    (True, False)
    """
    figures = [int(c) for c in text if c.isdigit()]
    check = 11 - sum(f * weight for f, weight in zip(figures, range(10, 1, -1), strict=False)) % 11
    return len(figures) == 10 and len(set(figures)) > 1 and check % 11 == figures[9] and check != 10


FORMS: tuple[tuple[str, Form, Callable[[re.Match[str]], object]], ...] = (
    *((kind, Form(pattern, IDENTIFIERS[kind]), re.Match.group) for kind, pattern in PATTERNS.items()),
    ("a telephone number", PHONE, _phone),
    ("a valid NHS number", TEN, _nhs),
    ("a telephone number", BLEEP, re.Match.group),
    ("a bank account", ACCOUNT, _account),
    ("a number of a card", CARD, _card),
    ("an address of a computer", ADDRESS, _address),
)
