"""Tables of plain text."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest


def align(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of cells as lines, column under column: the first to the left, the others to the right.

    >>> print(align([["page", "ms"], ["a", "12"]]))
    page  ms
    a     12
    """
    widths = [max(map(len, column)) for column in zip_longest(*rows, fillvalue="")]
    lines = ([c.rjust(w) if i else c.ljust(w) for i, (c, w) in enumerate(zip(r, widths, strict=False))] for r in rows)
    return "\n".join("  ".join(line).rstrip() for line in lines)
