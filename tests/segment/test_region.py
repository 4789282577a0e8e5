"""region: the run of blocks that holds the body."""

from __future__ import annotations

import itertools
import random

import pytest

from newsds.blocks import html_blocks, text_blocks
from newsds.model import Blocks
from newsds.segment.cues import read_cues
from newsds.segment.region import best_run, find_region, teaser_runs

PROSE = "The mayor said on Monday that the bridge over the river would not open again before the autumn, number {}."


def _region(blocks: Blocks, barriers: list[int] | None = None) -> list[str]:
    region = find_region(blocks, read_cues(blocks), [i in (barriers or []) for i in range(len(blocks))])
    return [blocks.text[i] for i in range(region.start, region.end)]


def _prose(*numbers: int) -> list[str]:
    return [PROSE.format(n) for n in numbers]


@pytest.mark.parametrize(
    ("values", "run"),
    [
        ([], (0, 0)),
        ([-1.0, -2.0], (0, 0)),
        ([0.0], (0, 0)),
        ([1.0], (0, 1)),
        ([-1, 2, -1, 3, -5, 1], (1, 4)),
        ([2, -2, 2], (0, 1)),
        ([1, -3, 2], (2, 3)),
    ],
)
def test_best_run(values: list[float], run: tuple[int, int]) -> None:
    assert best_run(values) == run


def test_best_run_is_the_greatest_of_all() -> None:
    dice = random.Random(7)
    for _ in range(200):
        values = [dice.randint(-5, 5) for _ in range(dice.randint(0, 9))]
        start, end = best_run(values)
        sums = [sum(values[a:b]) for a, b in itertools.combinations(range(len(values) + 1), 2)]
        assert sum(values[start:end]) == max([0, *sums])


def test_running_text_among_short_lines() -> None:
    body = [*_prose(1, 2), "A heading of some words", *_prose(3)]
    page = "\n".join(["Home", "World", "A headline of the page", *body, "Tags", "Tea", "Share", "Terms of use"])
    assert _region(text_blocks(page)) == body


def test_nothing_without_running_text() -> None:
    assert _region(text_blocks("Home\nWorld\nA headline of the page\nShare")) == []
    assert _region(text_blocks("")) == []


def test_a_sentence_is_no_article() -> None:
    assert _region(text_blocks("A headline\nWe use cookies to give you the best of this site.")) == []


def test_a_barrier_is_not_crossed() -> None:
    lines = [*_prose(1, 2, 3), "Related articles", *_prose(4)]
    assert _region(text_blocks("\n".join(lines)), barriers=[3]) == lines[:3]


def test_teasers_are_not_the_article() -> None:
    teasers = [
        x
        for i in range(5)
        for x in (f"A headline of some words number {i}", f"The mayor said that the bridge would not {i}...")
    ]
    blocks = text_blocks("\n".join([*_prose(1, 2), *teasers]))
    assert teaser_runs(read_cues(blocks)) == [(2, 12)]
    assert _region(blocks) == _prose(1, 2)


def test_elements_that_never_hold_an_article_are_left_out() -> None:
    aside = "".join(f"<p>{p}</p>" for p in _prose(1, 2))
    main = "".join(f"<p>{p}</p>" for p in _prose(3, 4, 5, 6))
    assert _region(
        html_blocks(f"<aside class=newsletter>{aside}</aside><main>{main}</main><footer>{aside}</footer>")
    ) == _prose(3, 4, 5, 6)
