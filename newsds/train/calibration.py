"""Whether confidence keeps its word: of answers given with 0.8, four in five should be right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from newsds.train.tables import align


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Answers given with about the same confidence."""

    low: float
    """confidence from which"""
    high: float
    """and up to which, not included but in the last bin"""
    count: int
    confidence: float
    """mean confidence; 0 where there is no answer"""
    right: float
    """share that is right; 0 where there is no answer"""


def reliability(confidence: npt.NDArray[Any], right: npt.NDArray[Any], bins: int = 10) -> tuple[Bin, ...]:
    """Sort answers into bins of equal width by confidence: what was promised there, and what was kept.

    Args:
        confidence: of each answer, 0–1.
        right: whether it is right: booleans, or 0 and 1.
        bins: how many.

    Raises:
        ValueError: the arrays differ in length, hold anything but one dimension, or a confidence is outside 0–1.

    >>> last = reliability(np.array([0.1, 0.9, 1.0]), np.array([False, True, False]), bins=2)[1]
    >>> last.count, last.confidence, last.right
    (2, 0.95, 0.5)
    """
    confidence, right = np.asarray(confidence, np.float64), np.asarray(right, np.float64)
    if confidence.ndim != 1 or confidence.shape != right.shape:
        raise ValueError(f"confidence is of shape {confidence.shape}, right of {right.shape}: one number each a row")
    if not ((confidence >= 0) & (confidence <= 1)).all():
        raise ValueError("a confidence lies outside 0–1")
    edges = np.linspace(0.0, 1.0, bins + 1)
    place = np.minimum((confidence * bins).astype(np.intp), bins - 1)
    count = np.bincount(place, minlength=bins)
    some = np.maximum(count, 1)
    promised = np.bincount(place, weights=confidence, minlength=bins) / some
    kept = np.bincount(place, weights=right, minlength=bins) / some
    return tuple(
        Bin(low=float(a), high=float(b), count=int(n), confidence=float(p), right=float(k))
        for a, b, n, p, k in zip(edges[:-1], edges[1:], count, promised, kept, strict=True)
    )


def expected_calibration_error(confidence: npt.NDArray[Any], right: npt.NDArray[Any], bins: int = 10) -> float:
    """Return how far confidence is from the share that is right, bin by bin, on average over answers.

    As Guo et al., On Calibration of Modern Neural Networks, ICML 2017. 0 where there is no answer.

    Args:
        confidence: of each answer, 0–1.
        right: whether it is right: booleans, or 0 and 1.
        bins: of equal width.

    Raises:
        ValueError: as `reliability`.

    >>> round(expected_calibration_error(np.array([0.8, 0.8]), np.array([True, False])), 3)
    0.3
    """
    found = reliability(confidence, right, bins)
    total = sum(b.count for b in found)
    return sum(b.count * abs(b.confidence - b.right) for b in found) / total if total else 0.0


def reliability_table(bins: Sequence[Bin]) -> str:
    """Return bins as text, a line each.

    >>> print(reliability_table(reliability(np.array([0.25, 0.75]), np.array([False, True]), bins=2)))
    confidence  answers   mean  right
    0.00–0.50         1  0.250  0.000
    0.50–1.00         1  0.750  1.000
    """
    rows = [["confidence", "answers", "mean", "right"]]
    for b in bins:
        shares = (f"{b.confidence:.3f}", f"{b.right:.3f}") if b.count else ("–", "–")
        rows.append([f"{b.low:.2f}–{b.high:.2f}", str(b.count), *shares])
    return align(rows)
