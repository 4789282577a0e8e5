"""Trees in C and in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.native import kernels
from newsds.segment.forest import Forest

pytestmark = pytest.mark.skipif(kernels is None, reason="the kernels were not built")


@given(
    seed=st.integers(0, 2**32 - 1),
    trees=st.integers(0, 9) | st.integers(120, 300),
    depth=st.integers(0, 6),
    roles=st.integers(1, 17),
)
def test_sums_are_the_same(seed: int, trees: int, depth: int, roles: int) -> None:
    draw = np.random.default_rng(seed)
    features, blocks = int(draw.integers(1, 7)), int(draw.integers(0, 700))
    forest = Forest(
        features=tuple(map(str, range(features))),
        feature=draw.integers(0, features, (trees, depth)),
        border=draw.integers(0, 256, (trees, depth), np.uint8),
        leaves=draw.choice(np.array([-128, -128, 5, 127]), (trees, 2**depth, roles)).astype(np.int8),
        bias=draw.integers(-1000, 1000, roles, np.int32),
    )
    table = draw.integers(0, 256, (features, blocks), np.uint8)
    in_c = forest.scores(table)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("newsds.segment.forest.kernels", None)
        assert np.array_equal(in_c, forest.scores(table))


@pytest.mark.parametrize(
    "changed",
    [
        {"feature": np.array([[2]])},
        {"feature": np.array([[-1]])},
        {"feature": np.array([[0]], np.int32)},
        {"border": np.zeros((1, 0), np.uint8)},
        {"leaves": np.zeros((1, 1, 16), np.int16)},
        {"leaves": np.zeros((1, 2, 16), np.int8)},
        {"sums": np.zeros((2, 16), np.int32)},
        {"sums": bytes(192)},
        {"table": np.zeros((2, 6), np.uint8)[:, ::2]},
        {"blocks": -1},
        {"blocks": 2**62},
        {"trees": 2**62},
        {"depth": -1},
        {"depth": 9},
    ],
)
def test_what_does_not_fit_is_an_error(changed: dict[str, Any]) -> None:
    good: dict[str, Any] = {
        "table": np.zeros((2, 3), np.uint8),
        "feature": np.zeros((1, 1), np.int64),
        "border": np.zeros((1, 1), np.uint8),
        "leaves": np.zeros((1, 2, 16), np.int16),
        "sums": np.zeros((3, 16), np.int32),
        "blocks": 3,
        "trees": 1,
        "depth": 1,
    }
    assert kernels is not None
    kernels.add_leaves(*good.values())
    with pytest.raises((ValueError, TypeError, BufferError, OverflowError)):
        kernels.add_leaves(*(good | changed).values())
