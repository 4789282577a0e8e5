"""The blocks of a batch of pages as one table of columns: what the features are made of."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final

import numpy as np

from newsds.model import Blocks
from newsds.segment.arrays import Bools, Ints, Runs
from newsds.segment.evidence import Evidence
from newsds.segment.links import Links
from newsds.segment.marks import Marks
from newsds.segment.places import Places
from newsds.segment.words import Words

_COUNTED: Final = 80
"""Words of a paragraph that count; beyond, long is not better."""


class Table:
    """All blocks of a batch; every column has one row a block, in page order."""

    def __init__(self, batch: Sequence[Blocks]) -> None:
        self.batch = batch
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
        return Marks(self.texts)

    @cached_property
    def evidence(self) -> Evidence:
        return Evidence(self.batch, self.texts, self.pages.offsets)
