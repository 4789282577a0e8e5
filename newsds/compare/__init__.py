"""Two versions of a dataset: which rows were added, removed and changed, and what else differs.

    difference.py   what was found: Difference
    version.py      a version on disk, read a batch at a time
    cells.py        columns → a number for each cell, equal where the cells are
    match.py        which row of one version is which of the other
    run.py          compare(): the whole in one page
    examples.py     a few rows of each kind, with what changed in them

Memory is that of some fifty bytes a row, and some three hundred for each row that changed; text is never held.
"""

from __future__ import annotations

from newsds.compare.difference import Difference, Example, Rows, SchemaChange, Side
from newsds.compare.run import compare, count_rows, differing

__all__ = ["Difference", "Example", "Rows", "SchemaChange", "Side", "compare", "count_rows", "differing"]
