"""weights: the fitted numbers, and the file they are in."""

from __future__ import annotations

from importlib.resources import files
from io import BytesIO

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from newsds.segment.context import ROLES
from newsds.segment.forest import Forest
from newsds.segment.weights import FILE, Weights, WeightsFile, dump, parse, weights
from tests.segment.strategies import forests

_numbers = st.lists(st.floats(0, 9), min_size=1, max_size=4).map(tuple)
_curves = st.dictionaries(st.sampled_from(("page", "title")), st.tuples(_numbers, _numbers))
of_kinds: SearchStrategy[Weights] = st.builds(Weights, first=forests(), second=forests(), curves=_curves)
weights_files: SearchStrategy[WeightsFile] = st.builds(
    WeightsFile,
    kinds=st.fixed_dictionaries({"html": of_kinds, "text": of_kinds}),
    provenance=st.dictionaries(st.text(max_size=5), st.one_of(st.integers(), st.text(), st.floats(0, 1))),
)


def _bytes(of: WeightsFile) -> bytes:
    file = BytesIO()
    dump(of, file)
    return file.getvalue()


def _same(one: Forest, other: Forest) -> bool:
    return one.features == other.features and all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in ("feature", "border", "leaves", "bias")
    )


@given(weights_files)
def test_what_is_written_is_what_is_read(written: WeightsFile) -> None:
    read = parse(BytesIO(_bytes(written)))
    assert read.provenance == written.provenance
    assert set(read.kinds) == set(written.kinds)
    for kind, of_kind in written.kinds.items():
        assert _same(read.kinds[kind].first, of_kind.first)
        assert _same(read.kinds[kind].second, of_kind.second)
        assert read.kinds[kind].curves == of_kind.curves


@given(weights_files)
def test_the_same_weights_are_the_same_bytes(written: WeightsFile) -> None:
    content = _bytes(written)
    turned = WeightsFile(
        kinds=dict(list(written.kinds.items())[::-1]), provenance=dict(list(written.provenance.items())[::-1])
    )
    assert _bytes(turned) == content
    assert _bytes(parse(BytesIO(content))) == content


def test_the_committed_weights_are_small_and_score_every_role() -> None:
    assert len(files("newsds.segment").joinpath(FILE).read_bytes()) < 500_000
    for fitted in weights(None).kinds.values():
        for forest in (fitted.first, fitted.second):
            trees, depth = forest.feature.shape
            assert forest.border.shape == (trees, depth)
            assert forest.leaves.shape == (trees, 1 << depth, len(ROLES))
            assert forest.bias.shape == (len(ROLES),)
            assert forest.feature.max(initial=0) < len(forest.features)
            assert trees <= 8192  # as many as `forest` can sum up
