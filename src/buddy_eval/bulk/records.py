"""Where the records of a CSV file end: the one loop over its bytes, compiled."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

FIELD_START, PLAIN, QUOTED, QUOTE, RECORD_START = range(5)
RETURN, NEWLINE, MARK = 13, 10, 34


@numba.njit(nogil=True, cache=True)
def scan(
    data: NDArray[np.uint8], place: int, wanted: int, state: int, records: int, delimiter: int
) -> tuple[int, int, int, bool]:
    """Go on to the first end of a record at or after `wanted`: state, records so far, the byte after, whether
    found.

    A quotation mark opens a quoted cell at its beginning only, and stands in it doubled. Empty lines are no
    records.
    """
    while place < len(data):
        byte = data[place]
        place += 1
        if state == QUOTED:
            state = QUOTE if byte == MARK else QUOTED
        elif byte in (NEWLINE, RETURN):
            ended = state != RECORD_START
            state = RECORD_START
            records += ended
            if ended and place >= wanted:
                return state, records, place, True
        elif byte == delimiter:
            state = FIELD_START
        elif byte == MARK:
            state = PLAIN if state == PLAIN else QUOTED
        else:
            state = PLAIN
    return state, records, place, False
