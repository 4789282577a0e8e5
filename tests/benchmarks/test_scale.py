"""The model and the simulation of builds of very many pages, and the tables of docs/scale.md."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import scale
from benchmarks.scale import Fleet, simulate

PAGE = Path(__file__).parents[2] / "docs/scale.md"


def test_the_tables_of_the_page_are_those_of_the_script() -> None:
    model, simulation = scale.tables().split("\n\n")
    text = PAGE.read_text(encoding="utf-8")
    assert model in text
    assert simulation in text


fleets = st.builds(
    Fleet,
    tasks=st.integers(1, 200),
    workers=st.integers(1, 20),
    spread=st.floats(0, 1),
    slow_share=st.floats(0, 0.5),
    losses=st.sampled_from([0.0, 0.5, 5.0]),
    hand_out_seconds=st.sampled_from([0.0, 0.02]),
)


@given(fleets, st.integers(0, 99))
def test_a_simulation_is_one_that_could_be(fleet: Fleet, seed: int) -> None:
    found = simulate(fleet, seed)
    assert simulate(fleet, seed) == found
    assert found.seconds >= found.ideal * 0.999, "no machine is faster than one as it should be"
    assert 0 <= found.tail <= found.seconds
    if not fleet.losses:
        assert (found.lost, found.wasted) == (0, 0.0)
    one = simulate(replace(fleet, workers=1, losses=0.0, slow_share=0.0), seed)
    assert one.seconds == pytest.approx(one.ideal + fleet.tasks * fleet.hand_out_seconds)


def test_losses_and_slow_machines_cost_time() -> None:
    calm = simulate(Fleet(tasks=500, workers=20))
    assert simulate(Fleet(tasks=500, workers=20, losses=2.0)).lost > 0
    assert simulate(Fleet(tasks=500, workers=20, losses=2.0)).seconds > calm.seconds
    assert simulate(Fleet(tasks=500, workers=20, slow_share=0.2)).seconds > calm.seconds


def test_constants_are_measured(tmp_path: Path) -> None:
    found = scale.measure(40, tmp_path)
    assert 10_000 < found.input_bytes < 30_000
    assert min(found.page_seconds, found.merge_seconds, found.task_seconds) > 0
    assert 0 < found.dataset_bytes < found.input_bytes * 3
