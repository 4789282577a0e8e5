"""Blocks → roles.

    lexicon.py  words that head lists and mark lines, in all languages
    cues.py     what a single block shows
    region.py   where the article's body is
    rules.py    a role and a reason for every block

The seam: `segment` takes the blocks of a batch of pages and returns labels for each; nothing outside this folder knows
how they come about.
"""

from __future__ import annotations

from collections.abc import Sequence

from newsds.model import Blocks, Labels
from newsds.segment.rules import label_page

__all__ = ["segment"]


def segment(batch: Sequence[Blocks]) -> list[Labels]:
    """Return one role and one reason for each block of each page, in the order given.

    >>> from newsds.blocks import text_blocks
    >>> [str(r) for r in segment([text_blocks(">>:  The next one")])[0].roles]
    ['next']
    """
    return [label_page(blocks) for blocks in batch]
