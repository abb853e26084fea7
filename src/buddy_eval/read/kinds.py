"""What a file is, told by its first bytes and never by its name; what no reader takes is refused with its way out."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

START = 4096
# What reading a damaged or encrypted archive raises.
DAMAGED = (zipfile.BadZipFile, OSError, RuntimeError, EOFError, ValueError, zlib.error)
BEGINNINGS = (
    (b"%PDF-", "pdf"),
    (b"SQLite format 3\0", "sqlite"),
    (b"\x1f\x8b", "packed"),
    (b"7z\xbc\xaf\x27\x1c", "packed"),
    (b"Rar!", "packed"),
    (b"PAR1", "parquet"),
    (b"<stata_dta>", "stata"),
    (b"RDX", "r"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"$FL2", "sav"),
    (b"$FL3", "sav"),
    (b"{\\rtf", "rtf"),
)
OLE, ZIP = b"\xd0\xcf\x11\xe0", (b"PK\x03\x04", b"PK\x05\x06")
STREAMS = (("EncryptedPackage", "encrypted"), ("WordDocument", "doc"), ("Workbook", "xls"), ("Book", "xls"))
PARTS = (
    ("xl/workbook.xml", "xlsx"),
    ("xl/workbook.bin", "xlsb"),
    ("word/", "docx"),
    ("ppt/", "slides"),
    ("Index/Document.iwa", "apple"),
)
OFFICE = {".xlsx", ".xlsm", ".docx"}
OPEN = {"spreadsheet": "ods", "text": "odt", "presentation": "slides"}
MARKUP = (
    (r"urn:QDA-XML|<(?:Project|CodeBook)\b", "qde"),
    (r"urn:schemas-microsoft-com:office:spreadsheet|progid=.Excel", "xml2003"),
    (r"<(?:!doctype\s+html|html|head|body|table)\b", "html"),
)
JSON = re.compile(r'\ufeff?\s*(?:\{\s*["}]|\[\s*(?:[{\[]\s*["{\[\d]|"))')  # no "[00:01] Anna:" of a transcript
TABLE, AGAIN = "export it there as .xlsx or .csv", "open it in a spreadsheet and save it as .xlsx"
REFUSED = {
    "pdf": ("a PDF", "save what it was made from: a table as .xlsx or .csv, a transcript as .docx or .txt"),
    "sqlite": (
        "a database (SQLite), as QualCoder and MAXQDA keep their projects",
        "export it there as a REFI-QDA project (.qdpx)",
    ),
    "packed": ("a packed file", "unpack it"),
    "parquet": ("a Parquet file", "save it as .csv"),
    "stata": ("a Stata file", TABLE),
    "r": ("a file of R", TABLE),
    "picture": ("a picture", "give the data themselves"),
    "doc": ("a Word file of before 2007 (.doc)", "save it in Word as .docx"),
    "encrypted": ("encrypted", "save it again without a password"),
    "xlsb": ("a binary workbook (.xlsb)", "save it in Excel as .xlsx"),
    "slides": ("a file of slides", "give the data themselves"),
    "apple": ("a file of Apple's Numbers or Pages", "export it there as .xlsx or .docx"),
    "ole": ("a file of NVivo or of an older program", "export it there as .qdpx, .xlsx or .docx"),
    "html": ("a web page (HTML), whatever its name", AGAIN),
    "json": ("a JSON file", "export the table as .csv or .xlsx, a transcript as .docx, .vtt or .txt"),
    "xml2003": ("an Excel file of 2003 (XML)", AGAIN),
}
WORKBOOKS = {"xlsx", "xls", "ods"}
NO_TABLE = {
    "docx": ("a Word file", "copy its table into a workbook"),
    "odt": ("a text document (.odt)", "copy its table into a workbook"),
    "rtf": ("a text document (.rtf)", "copy its table into a workbook"),
    "sav": ("an SPSS file", TABLE),
    "qde": ("a REFI-QDA project", "name it under [[raw.project]] in study.toml"),
    "qdpx": ("a REFI-QDA project", "name it under [[raw.project]] in study.toml"),
    "zip": ("a zip archive, or a damaged workbook", "unpack it, or save the workbook again"),
}


def kind_of(path: Path) -> str:
    """Return what a file is: text, xlsx, xls, ods, sav, docx, odt, rtf, qde, qdpx, zip, or a key of `REFUSED`.

    Raises
    ------
    OSError : it cannot be opened.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "answers.csv"
    ...     _ = path.write_bytes(b"%PDF-1.7")
    ...     kind_of(path)
    'pdf'
    """
    with path.open("rb") as file:
        start = file.read(START)
    for mark, kind in BEGINNINGS:
        if start.startswith(mark):
            return kind
    if start.startswith(OLE):
        whole = path.read_bytes()
        other = "encrypted" if path.suffix.lower() in OFFICE else "ole"  # a password makes a zip such a file
        return next((kind for name, kind in STREAMS if f"{name}\0".encode("utf-16-le") in whole), other)
    if start.startswith(ZIP):
        return _zipped(path)
    text = start.decode("utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", errors="replace")
    if JSON.match(text):
        return "json"
    if text.lstrip("\ufeff \r\n\t").startswith("<"):
        return next((kind for form, kind in MARKUP if re.search(form, text, re.IGNORECASE)), "text")
    return "text"


def _zipped(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names, kind = archive.namelist(), ""
            if "mimetype" in names:
                with archive.open("mimetype") as part:  # not all of it: what it says of its size may be untrue
                    kind = part.read(80).decode("ascii", "replace")
    except DAMAGED:
        return "zip"
    if "opendocument" in kind:
        return OPEN.get(kind.rpartition(".")[2].partition("-")[0], "zip")
    if any(name.lower().endswith(".qde") for name in names):
        return "qdpx"
    if "content.xml" in names:  # an OpenDocument file that does not say of what kind
        return path.suffix.lower().removeprefix(".")
    return next((kind for part, kind in PARTS if any(name.startswith(part) for name in names)), "zip")
