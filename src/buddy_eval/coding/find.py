"""All matches of a lexicon in many texts: little text by the plain coder, much text by the compiled one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from buddy_eval.coding.engine import search_all
from buddy_eval.coding.lexicon import Hits, Lexicon

if TYPE_CHECKING:
    import pyarrow as pa

SMALL = 3_000_000  # bytes of text up to which the plain coder is done before the compiled one has started


def find_all(lexicon: Lexicon, texts: pa.Array | pa.ChunkedArray) -> Hits:
    """Find all matches in all texts; a missing text has none.

    >>> import pyarrow as pa
    >>> find_all(Lexicon(["trust*"]), pa.array(["We trusted them", None, "Trust"])).unit.tolist()
    [0, 2]
    """
    if texts.nbytes > SMALL:
        return search_all(lexicon, texts)
    matches = ((unit, *hit) for unit, text in enumerate(texts.to_pylist()) for hit in lexicon.find(text or ""))
    return Hits(*np.fromiter((cell for row in matches for cell in row), np.int32).reshape(-1, 6).T)
