"""Links in C and in Python."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.blocks import html_blocks
from newsds.model import Blocks
from newsds.native import kernels
from newsds.segment.arrays import Runs
from newsds.segment.links import Links, _read_targets
from tests.native.pages import corpus, in_python
from tests.property.strategies import any_str
from tests.segment.strategies import pages, sites

pytestmark = pytest.mark.skipif(kernels is None, reason="the kernels were not built")

_COLUMNS = ("chars", "links", "node", "bits", "segments", "longest", "hyphens", "query", "foreign", "again")
_PIECES = (
    "https://", "http:", "//", "/", "www.", "a.example", "b.example", "?", "#", "-", "_", "2024", "/2024/05",
    "/2024-05",
    "/19990", "123456", "٣", "é", "javascript:", "JavaScript", "\n", "\ud800", "tag/", "/p/3", "about",
    "x.com/", "abc" * 120,
)  # fmt: skip
addresses = st.lists(st.sampled_from(_PIECES) | any_str, max_size=8).map("".join)


@given(st.lists(addresses | st.text("/0129-5aht:?#", max_size=16), max_size=8))
def test_what_addresses_show_is_the_same(texts: list[str]) -> None:
    in_c, hosts = _read_targets(texts)
    with in_python():
        plain, others = _read_targets(texts)
    assert hosts == others
    assert in_c.tolist() == plain.tolist()


def _hold(batch: list[Blocks]) -> None:
    offsets = Runs([len(b) for b in batch]).offsets
    in_c = Links(batch, offsets)
    with in_python():
        plain = Links(batch, offsets)
    for name in _COLUMNS:
        one, other = getattr(in_c, name), getattr(plain, name)
        assert one.dtype == other.dtype == np.int64
        assert np.array_equal(one, other), name


@given(st.lists(pages | sites.map(html_blocks), max_size=4))
def test_columns_are_the_same(batch: list[Blocks]) -> None:
    _hold(batch)


def test_pages_of_the_corpus_are_the_same() -> None:
    _hold(list(corpus()))


@pytest.mark.parametrize(
    "changed",
    [
        {0: ("a",)},
        {0: ["a", 1]},
        {0: ["a", "b", "c"]},
        {1: -1},
        {2: tuple(np.zeros((4, 2), np.int64))},
        {2: tuple(np.zeros((5, 2), np.int32))},
        {2: (bytes(16),) * 5},
    ],
)
def test_what_does_not_fit_is_an_error(changed: dict[int, Any]) -> None:
    good = [["a", "é"], 300, tuple(np.zeros((5, 2), np.int64))]
    assert kernels is not None
    kernels.read_addresses(*good)  # type: ignore[arg-type]
    with pytest.raises((ValueError, TypeError, BufferError)):
        kernels.read_addresses(*[changed.get(i, argument) for i, argument in enumerate(good)])
