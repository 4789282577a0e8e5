"""Blocks → roles: a model of two looks, fitted from labelled pages, computed for a batch of pages in columns.

    lexicon.py     words that head lists and mark lines, in all languages
    table.py       the blocks of a batch as columns: words, marks, links, places, evidence
    features.py    every feature by name
    forest.py      trees that score the roles of a block
    context.py     what the first look says of the page around a block, as features of the second
    decode.py      the best sequence of roles, under what a page obeys
    confidence.py  how sure all this is
    weights.py     the fitted numbers

The seam: `segment` takes the blocks of a batch of pages and returns labels for each; nothing outside this folder knows
how they come about, but for `newsds.train`, which fits the weights.
"""

from __future__ import annotations

from collections.abc import Sequence

from newsds.metadata import Metadata
from newsds.model import Blocks, Labels
from newsds.segment.explaining import explain
from newsds.segment.labelling import label
from newsds.segment.weights import weights_digest

__all__ = ["explain", "segment", "weights_digest"]


def segment(
    batch: Sequence[Blocks], declared: Sequence[Metadata] | None = None, *, weights: str | None = None
) -> list[Labels]:
    """Return one role for each block of each page, and how sure it is, in the order given.

    Args:
        batch: the blocks of the pages.
        declared: what the head of each page declares, where the caller has read it already.
        weights: a file that `newsds train` wrote; without it those of newsds.

    >>> from newsds.blocks import text_blocks
    >>> [str(r) for r in segment([text_blocks(">>:  The next one")])[0].roles]
    ['next']
    """
    return label(batch, declared, weights)
