"""How sure the segmenter is of a page: probabilities of blocks, summed up for each field and calibrated.

Of each field the surprise is what counts: how unlikely it is that all its blocks are right, if each were judged by
itself. A curve, fitted on pages that the forests had not seen, says what share of pages with that surprise were right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Final

import numpy as np
import numpy.typing as npt

from newsds.model import Confidence, Role
from newsds.segment.arrays import Bools, Ints, Runs
from newsds.segment.context import ROLES
from newsds.segment.weights import Curve

FIELDS: Final[Mapping[str, tuple[Role, ...]]] = {
    "title": (Role.TITLE,),
    "body": (Role.BODY,),
    "tags": (Role.TAG,),
    "neighbours": (Role.PREVIOUS, Role.NEXT),
    "recommendations": (Role.REC_TITLE,),
}
"""Field of `Confidence` → roles of its blocks; `page` is by the amount of body."""
_LEAST: Final = 1 << 6
"""Probability, in 2 ** -16, below which a block is no more surprising."""
_LOG: Final = -np.log(np.maximum(np.arange((1 << 16) + 1), _LEAST) / (1 << 16))


def surprises(chances: Ints, roles: Ints, words: Ints, pages: Runs) -> Mapping[str, npt.NDArray[np.float64]]:
    """Return for each field a number for each page: the higher, the less sure; for `page`, the more body the surer.

    Args:
        chances: shape (blocks, roles), in 2 ** -16.
        roles: as decoded.
        words: tenths of words of each block.
        pages: which blocks are of which page.
    """
    out: dict[str, npt.NDArray[np.float64]] = {}
    for field, of in FIELDS.items():
        columns = [ROLES.index(r) for r in of]
        chance = np.minimum(chances[:, columns].sum(axis=1), 1 << 16)
        right = np.where(np.isin(roles, columns), chance, (1 << 16) - chance)
        surprise = _LOG[right]
        if field == "body":  # by the words that stand to be wrong
            body = np.bincount(pages.page, weights=words * (roles == columns[0]), minlength=len(pages.sizes))
            surprise = surprise * words
            out[field] = _by_page(surprise, pages) / np.maximum(body, 1)
        else:
            out[field] = _by_page(surprise, pages)
    amount = words * chances[:, ROLES.index(Role.BODY)] / (10 * (1 << 16))
    out["page"] = np.log2(1 + _by_page(amount, pages))
    return out


def _by_page(x: npt.NDArray[np.float64], pages: Runs) -> npt.NDArray[np.float64]:
    return np.asarray(np.bincount(pages.page, weights=x, minlength=len(pages.sizes)), np.float64)


def confidences(
    found: Mapping[str, npt.NDArray[np.float64]], curves: Mapping[str, Curve], count: int
) -> list[Confidence]:
    """Return how sure the segmenter is of each page."""
    columns = {field: np.interp(found[field], *curves[field]) if field in curves else np.ones(count) for field in found}
    names = [f.name for f in fields(Confidence)]
    return [
        Confidence(**dict(zip(names, row, strict=True)))
        for row in zip(*(columns[n].tolist() for n in names), strict=True)
    ]


def fit_curve(raw: npt.NDArray[np.float64], right: Bools, *, rising: bool = False, bins: int = 12) -> Curve:
    """Fit the share of right pages to raw figures: equal bins, made monotone (pool adjacent violators).

    >>> fit_curve(np.array([0.0, 1.0, 2.0, 3.0]), np.array([True, True, False, True]), bins=2)
    ((0.5, 2.5), (0.833, 0.5))
    """
    order = np.argsort(raw, kind="stable")
    parts = [p for p in np.array_split(order, bins) if len(p)]
    pooled: list[tuple[float, float, float]] = []  # sum of raw, of right, count
    for part in parts:
        # one page of each kind more than there are: no share is 0 or 1
        pooled.append((float(raw[part].sum()), float(right[part].sum()), float(len(part))))
        while len(pooled) > 1 and _violates(pooled[-2], pooled[-1], rising):
            b, a = pooled.pop(), pooled.pop()
            pooled.append((a[0] + b[0], a[1] + b[1], a[2] + b[2]))
    xs = tuple(round(x / n, 4) for x, _, n in pooled)
    ys = tuple(round((r + 0.5) / (n + 1), 3) for _, r, n in pooled)
    return xs, ys


def _violates(a: Sequence[float], b: Sequence[float], rising: bool) -> bool:
    left, right = (a[1] + 0.5) / (a[2] + 1), (b[1] + 0.5) / (b[2] + 1)
    return right < left if rising else right > left
