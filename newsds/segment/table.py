"""The blocks of a batch of pages as one table of columns: what the features are made of."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final

import numpy as np

from newsds.metadata import Metadata, read_metadata
from newsds.model import Blocks, Head
from newsds.segment.arrays import Bools, Ints, Runs
from newsds.segment.evidence import Evidence
from newsds.segment.links import Links
from newsds.segment.marks import Marks
from newsds.segment.places import Places
from newsds.segment.topic import Topic
from newsds.segment.words import Words

_COUNTED: Final = 80
"""Words of a paragraph that count; beyond, long is not better."""


class Table:
    """All blocks of a batch; every column has one row a block, in page order.

    Args:
        batch: the pages.
        declared: what the head of each says, where the caller has read it already.
    """

    def __init__(self, batch: Sequence[Blocks], declared: Sequence[Metadata] | None = None) -> None:
        self.batch = batch
        self._declared = declared
        self.pages = Runs([len(b) for b in batch])
        self.texts = [t for b in batch for t in b.text]
        self.words = Words(self.texts)
        self.links = Links(batch, self.pages.offsets)
        self.places = Places(batch, self.pages.offsets)
        self.prose: Bools = self.words.prose(self.links.chars)
        """reads as running text"""
        self.running: Ints = np.where(self.prose, np.minimum(self.words.tenths, 10 * _COUNTED), 0)
        """tenths of words of running text"""

    @cached_property
    def marks(self) -> Marks:
        """What the words say."""
        return Marks(self.texts)

    @cached_property
    def evidence(self) -> Evidence:
        """What the head of the page says."""
        declared = self._declared
        if declared is None:
            declared = [read_metadata(b.head or Head()) for b in self.batch]
        return Evidence(self.batch, declared, self.texts, self.pages.offsets)

    @cached_property
    def topic(self) -> Topic:
        """What lines share with the running text of their page."""
        return Topic(self.texts, self.words, self.prose, self.pages)
