"""Patterns looked for in many texts at once, by RE2: it reads all alternatives in one pass, in linear time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from newsds.segment.arrays import Bools


def strings(texts: Sequence[str]) -> pa.Array:
    """Return texts as a column; lone surrogates, which decoded pages do not hold, become question marks."""
    try:
        return pa.array(texts, pa.string())
    except UnicodeEncodeError:
        return pa.array([t.encode("utf-8", "replace").decode() for t in texts], pa.string())


def found(column: pa.Array, pattern: str, *, ignore_case: bool = False) -> Bools:
    """Return in which texts a pattern is found.

    >>> found(strings(["© 2024 Courier", "Rain"]), r"^©|copyright").tolist()
    [True, False]
    """
    return np.asarray(pc.match_substring_regex(column, pattern, ignore_case=ignore_case), np.bool_)
