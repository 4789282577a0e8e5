"""automaton: patterns found in one pass; the file is what the tool makes of the patterns."""

from __future__ import annotations

from importlib.resources import files

import numpy as np

from newsds.segment.links import SEARCHED, TARGETS
from newsds.segment.places import LABELS
from tools.automata import made


def test_the_tool_makes_the_committed_file() -> None:
    new = made()
    with files("newsds.segment").joinpath("automata.npz").open("rb") as file, np.load(file) as kept:
        assert set(new) == set(kept)
        assert all(np.array_equal(new[name], kept[name]) and new[name].dtype == kept[name].dtype for name in kept)


def test_bits_are_those_of_the_patterns() -> None:
    assert len(LABELS) < 63
    assert tuple(TARGETS)[: len(SEARCHED)] == SEARCHED
