"""What a text has to hold before a long pattern is searched for in it: most texts lack it, and are done at once."""

from __future__ import annotations

# What each kind of number or address needs, in small letters; a hint may be too wide, and never too narrow.
IDENTIFIERS = {
    "an e-mail address": r"@|[\[({]at[\])}]|\(a\)| at ",
    "a name of an account": (
        r"@|(?:zoom|meeting|webinar) id|cid\.|snapchat|instagram|twitter|tiktok|bluesky|discord|skype"
        r"|(?:host|device|computer) ?name|(?:laptop|desktop|tablet)-|log-?in|user ?(?:name|id)"
    ),
    "a file path": r"\\|~/|\b[a-z]:/|file:/|/[a-z]+/[\w.-]",
    "a link to a private place": r"/|\.com\b|scholar\.google",
    "a postcode": r"\d[a-z]{2}",
    "a street address": "[a-z]",
    "a place on a map": r"///|grid ref|(?:49|5\d|60)\.\d{4}",
    "a number of a vehicle": r"\d",
    "the address of a machine": r"[:-][\da-f]{2}[:-]|imei",
    "a number of a licence": r"\d",
    "a secret": (
        r"private key|passw|pwd|secret|token|pass ?(?:phrase|code)|(?:pw|pass)\s?[:=]|key ?safe|akia|asia\w{16}"
        r"|(?:_|api-?|fi |(?:account|access|storage|recovery|licen[cs]e) ?)key|gh[pousr]_|github_pat_|xox|\bsk[-_]|eyj"
        r"|bearer |\bpin\b|ssh-|aiza|code (?:for|to|of) the|(?:door|gate|entry|access|alarm|pad|safe|locker) ?code"
    ),
    "a National Insurance number": r"\d",
    "a number in a register": r"\d\d[-/ ]?[a-z]?\d\d",
    "a number of an author": r"000\d-\d{4}|researcher ?id|scopus|isni|publons",
    "a bank account": "sort ?code",
    "a day of birth": r"born|birth|\bd\.?o\.?b|\bb\. ?\d",
    "an age": r"\bage\s?[:=]|\d-year-old|\baged \d",
    "a traceback": r"traceback \(|ipykernel_\d",
}
