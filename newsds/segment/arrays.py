"""Columns of small whole numbers: how counts, shares and distances become one byte each.

Every feature is a whole number from 0 to 255, so that the same page has the same features, and the trees that read
them the same answer, on every machine.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from newsds.native import kernels

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]

NONE: Final = 255
"""Distance to what is not there."""
_STEPS: Final = 16
"""Steps a doubling of a count."""
_LARGEST: Final = 65535
_LOG: Final = np.minimum(255, np.round(_STEPS * np.log2(1 + np.arange(_LARGEST + 1)))).astype(np.uint8)


def capped(x: npt.NDArray[Any]) -> Bytes:
    """Return numbers as they are, from 0 to 255.

    >>> capped(np.array([-3, 7, 1000])).tolist()
    [0, 7, 255]
    """
    return np.asarray(np.clip(x, 0, 255), np.uint8)


def logged(x: npt.NDArray[Any]) -> Bytes:
    """Return sixteen times the binary logarithm of counts plus one.

    >>> logged(np.array([0, 1, 3, 10**9])).tolist()
    [0, 16, 32, 255]
    """
    return np.asarray(_LOG[np.clip(x, 0, _LARGEST).astype(np.int64)])


def share(part: npt.NDArray[Any], whole: npt.NDArray[Any]) -> Bytes:
    """Return `part / whole` with 255 for one; 0 where there is no whole.

    >>> share(np.array([1, 5, 1]), np.array([2, 4, 0])).tolist()
    [127, 255, 0]
    """
    whole = np.asarray(whole)
    return np.clip(255 * np.asarray(part) / np.where(whole > 0, whole, np.inf), 0, 255).astype(np.uint8)


def summed(x: npt.NDArray[Any]) -> Ints:
    """Return running sums with a 0 in front: of the result, `[b]` less `[a]` is the sum of `x[a:b]`."""
    out = np.zeros(len(x) + 1, np.int64)
    np.cumsum(x, out=out[1:])
    return out


class Runs:
    """The pages of a batch as runs of rows, and what looks beyond a row within its page."""

    def __init__(self, sizes: npt.ArrayLike) -> None:
        self.sizes: Ints = np.asarray(sizes, np.int64)
        self.offsets = summed(self.sizes)
        self.rows = int(self.offsets[-1])
        self.page: Ints = np.repeat(np.arange(len(self.sizes)), self.sizes)
        self.row: Ints = np.arange(self.rows)
        self.first: Ints = self.offsets[:-1][self.page]
        self.end: Ints = self.offsets[1:][self.page]
        self._rows_beyond: dict[int, Ints] = {}

    def shifted(self, x: npt.NDArray[Any], by: int) -> npt.NDArray[Any]:
        """Return what stands `by` rows further on in the page, 0 beyond its ends."""
        out = np.zeros_like(x)
        if by > 0:
            out[:-by] = x[by:]
        else:
            out[-by:] = x[: max(0, len(x) + by)]
        out[self._beyond(by)] = 0
        return out

    def _beyond(self, by: int) -> Ints:
        """Rows whose page ends before the row that stands `by` rows further on."""
        found = self._rows_beyond.get(by)
        if found is None:
            at = self.row + by
            found = self._rows_beyond[by] = np.flatnonzero((at < self.first) | (at >= self.end))
        return found

    def window(self, before: int, after: int) -> tuple[Ints, Ints]:
        """Return for each row the run of rows from `before` above it to `after` below it, within its page."""
        return np.maximum(self.row - before, self.first), np.minimum(self.row + after + 1, self.end)

    def since(self, marked: Bools) -> Bytes:
        """Return rows since the last marked one, 0 at one, `NONE` above the first."""
        if kernels is not None:
            return self._distances(marked, back=True)
        last = np.maximum.accumulate(np.where(marked, self.row, -1)) if self.rows else self.row
        return np.where(last >= self.first, np.minimum(self.row - last, NONE - 1), NONE).astype(np.uint8)

    def until(self, marked: Bools) -> Bytes:
        """Return rows until the next marked one, 0 at one, `NONE` below the last."""
        if kernels is not None:
            return self._distances(marked, back=False)
        far = self.rows + NONE
        ahead = np.minimum.accumulate(np.where(marked, self.row, far)[::-1])[::-1] if self.rows else self.row
        return np.where(ahead < self.end, np.minimum(ahead - self.row, NONE - 1), NONE).astype(np.uint8)

    def _distances(self, marked: Bools, *, back: bool) -> Bytes:
        out = np.empty(self.rows, np.uint8)
        kernels.distances(np.ascontiguousarray(marked), self.offsets, back, out)
        return out

    def total(self, x: npt.NDArray[Any]) -> Ints:
        """Return for each row the sum over its page."""
        sums = summed(x)
        return (sums[self.end] - sums[self.first]) if self.rows else sums[:0]


def numbered(keys: npt.NDArray[np.uint64], pages: Runs) -> tuple[Ints, Ints]:
    """Return a number from 0 on for each row, the same for equal keys of one page; and which of those it is, from 0.

    >>> [x.tolist() for x in numbered(np.array([7, 5, 7, 7], np.uint64), Runs([3, 1]))]
    [[0, 1, 0, 2], [0, 0, 1, 0]]
    """
    numbers, ranks = np.empty(pages.rows, np.int64), np.empty(pages.rows, np.int64)
    if kernels is not None:
        kernels.number_groups(keys, pages.offsets, numbers, ranks)
        return numbers, ranks
    order = np.lexsort((keys, pages.page))
    begins = np.ones(pages.rows, np.bool_)
    begins[1:] = (keys[order][1:] != keys[order][:-1]) | (pages.page[order][1:] != pages.page[order][:-1])
    starts = np.flatnonzero(begins)
    ranks[order] = pages.row - np.repeat(starts, np.diff(starts, append=pages.rows))
    first = np.sort(order[starts])  # the sort is stable: the first row of a run is the first of its key
    number = np.empty(pages.rows, np.int64)
    number[first] = np.arange(len(first))
    numbers[order] = np.repeat(number[order[starts]], np.diff(starts, append=pages.rows))
    return numbers, ranks


def numbered_texts(texts: list[str]) -> tuple[Ints, list[str]]:
    """Return the number of each text, and the texts that have these numbers from 0 on.

    >>> numbered_texts(["ul", "li", "li"])[0].tolist(), numbered_texts(["ul", "li", "li"])[1]
    ([0, 1, 1], ['ul', 'li'])
    """
    numbers = np.empty(len(texts), np.int64)
    if kernels is not None:
        return numbers, kernels.number_strings(texts, numbers)
    once = list(dict.fromkeys(texts))
    number = {text: i for i, text in enumerate(once)}
    numbers[:] = [number[text] for text in texts]
    return numbers, once
