"""Boosted trees over byte features, evaluated for all blocks of a batch at once, in whole numbers.

A tree asks the same question of all blocks at each of its levels (oblivious trees: J. Langley and S. Sage, 1994;
A. Dorogush et al., "CatBoost", 2018), so its leaf is a number whose bits are the answers. Leaves hold a score for each
role; they are whole numbers, so the sums are the same on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from newsds.native import kernels
from newsds.segment.arrays import Bytes

_ROWS: Final = 4096
"""Blocks at a time: what the answers of all trees take in memory stays in the cache."""

_WIDE: Final = 16
"""Scores that the kernel adds at once."""
_LANES: Final = 3
"""Scores that are summed side by side in one 64-bit number."""
_BITS: Final = 21
"""Of each: room for the sum of 8,192 leaves of one byte."""

Scores = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Forest:
    """Trees of equal depth."""

    features: tuple[str, ...]
    """names of the rows of the feature table that the trees read"""
    feature: npt.NDArray[np.int64]
    """shape (trees, depth): row of the feature asked at each level"""
    border: Bytes
    """shape (trees, depth): the answer is whether the feature is greater"""
    leaves: npt.NDArray[np.int8]
    """shape (trees, 2 ** depth, roles): score of each role; a leaf's number has the first answer in its lowest bit"""
    bias: npt.NDArray[np.int32]
    """shape (roles,): score of each role before any tree is asked"""

    def scores(self, table: Bytes) -> Scores:
        """Return the sum of the leaves that each block falls into.

        Args:
            table: shape (features, blocks).

        Returns:
            Shape (blocks, roles).

        >>> tree = Forest(features=("words",), feature=np.array([[0]]), border=np.array([[5]], np.uint8),
        ...               leaves=np.array([[[1, 2], [3, 4]]], np.int8), bias=np.array([0, 7], np.int32))
        >>> tree.scores(np.array([[4, 6]], np.uint8)).tolist()
        [[1, 9], [3, 11]]
        """
        blocks, roles = table.shape[1], len(self.bias)
        if kernels is not None and roles <= _WIDE:
            trees, depth = self.feature.shape
            wide = np.zeros((blocks, _WIDE), np.int32)
            kernels.add_leaves(table, self.feature, self.border, _padded(self), wide, blocks, trees, depth)
            return wide[:, :roles] + self.bias
        packed = _packed(self)
        sums = np.zeros((blocks, packed.shape[2]), np.uint64)
        for start in range(0, blocks, _ROWS):
            part = sums[start : start + _ROWS]
            found = np.empty_like(part)
            for values, leaf in zip(packed, self.leaf(table[:, start : start + _ROWS]), strict=True):
                np.take(values, leaf, axis=0, out=found, mode="clip")
                part += found
        out = np.empty((blocks, roles), np.int32)
        for role in range(roles):
            lane = sums[:, role // _LANES] >> np.uint64(_BITS * (role % _LANES))
            out[:, role] = (lane & np.uint64((1 << _BITS) - 1)).astype(np.int64) - 128 * len(packed) + self.bias[role]
        return out

    def leaf(self, table: Bytes) -> Bytes:
        """Return the leaf that each block falls into, shape (trees, blocks)."""
        leaf = np.zeros((len(self.feature), table.shape[1]), np.uint8)
        for level in range(self.feature.shape[1]):
            answer = table[self.feature[:, level]] > self.border[:, level, None]
            leaf |= answer.view(np.uint8) << np.uint8(level)
        return leaf


@lru_cache(maxsize=8)
def _padded(forest: Forest) -> npt.NDArray[np.int16]:
    """Return the leaves with as many scores as the kernel adds at once."""
    trees, leaves, roles = forest.leaves.shape
    out = np.zeros((trees, leaves, _WIDE), np.int16)
    out[:, :, :roles] = forest.leaves
    return out


@lru_cache(maxsize=8)
def _packed(forest: Forest) -> npt.NDArray[np.uint64]:
    """Return the leaves with 128 added, so that none is negative, three to a number: shape (trees, leaves, numbers)."""
    trees, leaves, roles = forest.leaves.shape
    out = np.zeros((trees, leaves, -(-roles // _LANES)), np.uint64)
    for role in range(roles):
        value = (forest.leaves[:, :, role].astype(np.int64) + 128).astype(np.uint64)
        out[:, :, role // _LANES] |= value << np.uint64(_BITS * (role % _LANES))
    return out
