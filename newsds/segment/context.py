"""What the first look at a page says of the blocks around each block: features of the second look.

The first forest sees a block and its near neighbours; how far the body is, what the rest of a list is taken for, and
whether another block is the better headline, it cannot know. Its probabilities, as bytes, become columns here, and the
second forest decides with them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from newsds.model import Role
from newsds.native import kernels
from newsds.segment.arrays import Bytes, Ints, capped, logged, summed
from newsds.segment.columns import Columns
from newsds.segment.forest import Scores

ROLES: Final = tuple(Role)
"""Roles in the order of the columns of scores."""
UNIT: Final = 64
"""Scores are in 64ths of a natural logarithm."""
_FLOOR: Final = 16 * UNIT
_EXP: Final = np.round((1 << 24) * np.exp(-np.arange(_FLOOR + 1) / UNIT)).astype(np.int64)
_SURE: Final = 127
"""Probability, of 255, from which a block counts as found."""
_SHARES: Final = np.minimum(255 * np.arange(256) // np.maximum(np.arange(256), 1)[:, None], 255).astype(np.uint8)
"""Of bytes: 255 for the whole, which is the first index; the second is no larger."""
_LANDMARKS: Final = (
    Role.TITLE,
    Role.BODY,
    Role.TAG,
    Role.BYLINE,
    Role.DATE,
    Role.REC_TITLE,
    Role.REC_HEADING,
    Role.COMMENT,
    Role.PREVIOUS,
    Role.NEXT,
)


def probabilities(scores: Scores) -> Ints:
    """Return the probability of each role in 2 ** -16, in whole numbers throughout.

    >>> probabilities(np.array([[0, 0]], np.int32)).tolist()
    [[32768, 32768]]
    """
    if kernels is not None:
        out = np.empty(scores.shape, np.int64)
        kernels.probabilities(np.ascontiguousarray(scores, np.int32), _EXP, out, scores.shape[1])
        return out
    below = np.minimum(scores.max(axis=1, keepdims=True) - scores, _FLOOR)
    weight = _EXP[below]
    return np.asarray((weight << 16) // weight.sum(axis=1, keepdims=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextFeature:
    """A feature of the second look: a column for each role."""

    name: str
    meaning: str
    column: Callable[[Context], npt.NDArray[Any]]
    """bytes of shape (blocks, roles)"""


class Context:
    """The columns of the second look, each computed when it is first asked for."""

    def __init__(self, columns: Columns, scores: Scores) -> None:
        self.columns = columns
        self.pages = columns.table.pages
        # columns of roles one after the other in memory: whole roles are what is asked for
        self.probability: Bytes = np.asfortranarray(np.minimum(probabilities(scores) >> 8, 255).astype(np.uint8))
        self.sums: Ints = np.zeros((self.pages.rows + 1, len(ROLES)), np.int64, order="F")
        np.cumsum(self.probability, axis=0, out=self.sums[1:])
        self._done: dict[str, npt.NDArray[Any]] = {}

    def __getitem__(self, name: str) -> Bytes:
        feature, _, role = name.partition(" of ")
        found = self._done.get(feature)
        if found is None:
            found = self._done[feature] = context_features()[feature].column(self)
        column: Bytes = found[:, ROLES.index(Role(role))].astype(np.uint8)
        return column

    def between(self, a: Ints, b: Ints) -> npt.NDArray[Any]:
        """Return the mean probabilities of the blocks `a` to `b`."""
        if kernels is not None:
            means = np.empty(self.probability.T.shape, np.uint8)
            kernels.mean_between(self.sums.T, a, b, len(ROLES), means)
            return means.T
        return np.asarray((self.sums[b] - self.sums[a]) // np.maximum(b - a, 1)[:, None])


@cache
def context_features() -> Mapping[str, ContextFeature]:
    """Return the features of the second look by name; in the weights, `NAME of ROLE`."""
    return {f.name: f for f in _features()}


def names() -> list[str]:
    """Return the names of all columns of the second look."""
    return [f"{name} of {role}" for name in context_features() for role in ROLES]


def _features() -> Iterator[ContextFeature]:
    yield ContextFeature(name="chance", meaning="probability of the role", column=lambda c: c.probability)
    for by in (-3, -2, -1, 1, 2, 3):
        yield ContextFeature(
            name=f"chance{by:+d}",
            meaning=f"of the block {by:+d} from it",
            column=lambda c, by=by: _shifted(c, by),  # type: ignore[misc]
        )
    for width in (5, 15):
        yield ContextFeature(
            name=f"above_{width}",
            meaning=f"mean of {width} blocks above",
            column=lambda c, width=width: c.between(c.pages.window(width, 0)[0], c.pages.row),  # type: ignore[misc]
        )
        yield ContextFeature(
            name=f"below_{width}",
            meaning=f"mean of {width} blocks below",
            column=lambda c, width=width: c.between(c.pages.row + 1, c.pages.window(0, width)[1]),  # type: ignore[misc]
        )
    yield ContextFeature(
        name="of_best",
        meaning="probability, of the highest on the page",
        column=_of_best,
    )
    yield ContextFeature(
        name="on_page",
        meaning="blocks of the page, by probability (logarithm of eight times)",
        column=lambda c: logged(_on_page(c) // 32)[c.pages.page],
    )
    yield ContextFeature(
        name="so_far",
        meaning="of those, above it",
        column=_so_far,
    )
    yield ContextFeature(
        name="alike",
        meaning="HTML: mean of blocks in elements of the same names and labels; text: of the run of lines alike",
        column=_alike,
    )
    for level in (1, 2, 3):
        yield ContextFeature(
            name=f"held_{level}",
            meaning=f"HTML: mean over the element {level} above its own; text: over three lines either way",
            column=lambda c, level=level: _held(c, level),  # type: ignore[misc]
        )
    for name, meaning in (("since", "blocks since the last found"), ("until", "blocks until the next found")):
        yield ContextFeature(
            name=name,
            meaning=meaning + "; 255 without one",
            column=lambda c, name=name: _far(c, name),  # type: ignore[misc]
        )


def _shifted(c: Context, by: int) -> npt.NDArray[Any]:
    return np.asarray([c.pages.shifted(column, by) for column in c.probability.T]).T


def _of_best(c: Context) -> npt.NDArray[Any]:
    best = np.zeros((len(c.pages.sizes), len(ROLES)), np.uint8)
    full = np.flatnonzero(c.pages.sizes)
    if len(full):
        best[full] = np.maximum.reduceat(c.probability, c.pages.offsets[full], axis=0)
    return np.asarray([_SHARES[of[c.pages.page], part] for of, part in zip(best.T, c.probability.T, strict=True)]).T


def _on_page(c: Context) -> Ints:
    """The sum over each page."""
    return c.sums[c.pages.offsets[1:]] - c.sums[c.pages.offsets[:-1]]


def _so_far(c: Context) -> npt.NDArray[Any]:
    if kernels is not None:
        shares = np.empty(c.probability.T.shape, np.uint8)
        kernels.share_so_far(c.probability.T, c.pages.offsets, len(ROLES), shares)
        return shares.T
    on_page = np.maximum(_on_page(c), 1)[c.pages.page]
    return np.asarray(255 * (c.sums[c.pages.row] - c.sums[c.pages.first]) // on_page)


def _alike(c: Context) -> npt.NDArray[Any]:
    places = c.columns.table.places
    group, _ = c.columns.groups("path")
    if not places.is_html.all():
        _, group = np.unique(np.where(places.is_html, group, _line_runs(c) + len(group)), return_inverse=True)
    if kernels is not None:
        means = np.empty(c.probability.T.shape, np.uint8)
        kernels.mean_alike(c.probability.T, group, len(group), len(ROLES), means)
        return means.T
    count = np.bincount(group)
    order = np.argsort(group, kind="stable")
    sums = np.zeros((len(group) + 1, len(ROLES)), np.int64)
    np.cumsum(c.probability[order], axis=0, out=sums[1:])
    ends = summed(count)
    of_group = (sums[ends[1:]] - sums[ends[:-1]]) // count[:, None]
    return np.asarray(of_group[group])


def _line_runs(c: Context) -> Ints:
    """Number the runs of lines of a text dump that are set alike: as much white space before, running text or not."""
    key = c.columns["gap"].astype(np.int64) * 2 + c.columns["prose"]
    begins = np.ones(len(key), np.bool_)
    begins[1:] = (key[1:] != key[:-1]) | (c.pages.page[1:] != c.pages.page[:-1])
    return np.cumsum(begins)


def _held(c: Context, level: int) -> npt.NDArray[Any]:
    places = c.columns.table.places
    node = places.above(level)
    near = c.pages.window(3, 3)
    first = np.where(places.is_html, places.first[node], near[0])
    end = np.where(places.is_html, places.end[node], near[1])
    return c.between(first, end)


def _far(c: Context, name: str) -> npt.NDArray[Any]:
    out = np.zeros(c.probability.shape, np.uint8, order="F")
    for role in _LANDMARKS:
        at = ROLES.index(role)
        found = c.probability[:, at] > _SURE
        out[:, at] = c.pages.since(found) if name == "since" else c.pages.until(found)
    return capped(out)
