"""Where the article's body is.

In a text dump it is the run of blocks with the most running text and the least else: the maximum-sum run of block
values (J. Pasternack and D. Roth, "Extracting article text from the web with maximum subsequence segmentation", WWW
2009), with values set by hand. In HTML that run only tells whether there is an article; its body goes from the first to
the last running text in the element that holds most of it, so that lists and boxes in between do not break it up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from newsds.model import Blocks, Nodes
from newsds.segment.cues import Cues, is_notice, is_number
from newsds.segment.elements import totals

_WORDS_COUNTED: Final = 60
"""Words of a paragraph that count towards its value; beyond, long is not better."""
_SMALLEST: Final = 30
"""Words of running text that make an article."""
_ITEM: Final = re.compile(r"(?:[*•‣▪●○■·–—-]|\(?\d{1,3}[.)])\s*\S{2}")
"""An item of a list: with bullet or number it belongs to a text more likely than to a menu."""
_MAIN_SHARE: Final = 0.8
"""Share of the page's running text that the element with the article holds."""
_BEHIND_SHARE: Final = 0.1
"""Share of an element's running text that may stand behind a line that ends the article."""
_STRAY: Final = 20
"""Blocks without running text that part a last paragraph from the article."""
_STRAY_SHARE: Final = 0.06
_BARRIER: Final = -12.0
"""Value of a line that ends an article for good: the head of a list of other articles, or of the comments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """The body's run of blocks: first, and one past the last; empty if there is no article."""

    start: int
    end: int
    inside: Sequence[bool] = ()
    """per block of the page: in the element that holds the body; empty if no element does"""

    def __bool__(self) -> bool:
        return self.end > self.start


def find_region(blocks: Blocks, cues: Cues, barriers: Sequence[bool]) -> Region:
    """Return the run of blocks that holds the body.

    Args:
        blocks: the page.
        cues: its cues.
        barriers: blocks that no body crosses.
    """
    n = len(blocks)
    values = [_BARRIER if barriers[i] else block_value(blocks, cues, i) for i in range(n)]
    for a, b in teaser_runs(cues):
        for i in range(a, b):
            values[i] = min(values[i], -1.0)
    start, end = best_run(values)
    if sum(cues.words[i] for i in range(start, end) if cues.prose[i] and values[i] > 0) < _SMALLEST:
        return Region(start=0, end=0)
    if blocks.nodes is not None:
        return _in_main_element(blocks, blocks.nodes, cues, values, barriers)
    return Region(start=start, end=end)


def _in_main_element(
    blocks: Blocks, nodes: Nodes, cues: Cues, values: Sequence[float], barriers: Sequence[bool]
) -> Region:
    """The blocks from the first to the last running text in the element that holds most of the page's running text."""
    n, count = len(blocks), len(nodes.tag)
    weight = [v if p and v > 0 else 0.0 for v, p in zip(values, cues.prose, strict=True)]
    total = sum(weight)
    mass = totals(nodes, blocks.node, weight)
    main = 0
    for i in range(1, count):  # children stand behind their parents, so one pass finds the deepest
        if nodes.parent[i] == main and mass[i] >= _MAIN_SHARE * total:
            main = i
    under = [False] * count
    under[main] = True
    for i in range(main + 1, count):
        under[i] = under[nodes.parent[i]]
    inside = [under[node] for node in blocks.node]
    running = [i for i in range(n) if inside[i] and weight[i] > 0]
    whole = sum(weight[i] for i in running)
    before = 0.0
    for i in range(n):
        if barriers[i] and before >= (1 - _BEHIND_SHARE) * whole:
            running = [j for j in running if j < i]
            break
        before += weight[i] if inside[i] else 0.0
    while len(running) > 2 and running[-1] - running[-2] > _STRAY and weight[running[-1]] < _STRAY_SHARE * whole:
        running.pop()
    while len(running) > 2 and running[1] - running[0] > _STRAY and weight[running[0]] < _STRAY_SHARE * whole:
        running.pop(0)
    return Region(start=running[0], end=running[-1] + 1, inside=inside)


def block_value(blocks: Blocks, cues: Cues, i: int) -> float:
    """Return what a block adds to a run: above 0 for running text, below for all else."""
    words = cues.words[i]
    if cues.hidden[i]:
        return -0.5
    if is_notice(blocks.text[i]):
        return -4.0
    if cues.prose[i]:
        value = min(words, _WORDS_COUNTED) / 10
        if cues.bad[i] and not cues.good[i]:
            value = -min(1.0, value)
        elif blocks.kind == "html":
            value *= 1.2 - cues.linked[i] + 0.3 * cues.good[i]
        if cues.repeated[i] > 1 and words < 30:
            value = min(value, -0.5)
        return value
    if cues.categories[i]:
        return -1.0
    if cues.bad[i] and not cues.good[i]:
        return -1.5
    if cues.good[i] and cues.linked[i] < 0.5:
        return -0.2
    if is_number(blocks.text[i]):
        return -0.5
    if cues.cut[i]:
        return -1.5
    if _ITEM.match(blocks.text[i]):
        return -0.2
    if cues.linked[i] > 0.5:
        return -1.2
    if cues.level[i] > 1:
        return -0.5
    return -0.8 if words > 2 else -0.6


def best_run(values: Sequence[float]) -> tuple[int, int]:
    """Return the run with the greatest sum: first and one past the last; empty if no value is above 0.

    >>> best_run([-1, 2, -1, 3, -5, 1])
    (1, 4)
    """
    best, best_start, best_end = 0.0, 0, 0
    total, start = 0.0, 0
    for i, value in enumerate(values):
        if total <= 0:
            total, start = 0.0, i
        total += value
        if total > best:
            best, best_start, best_end = total, start, i + 1
    return best_start, best_end


def teaser_runs(cues: Cues) -> list[tuple[int, int]]:
    """Return runs of three or more pairs of a headline and one short paragraph: lists of teasers, not an article.

    An article may have sub-headings over one paragraph each, so a run counts only if half of its paragraphs are cut
    off, or if more running text stands before it than in it.
    """
    runs = []
    n = len(cues.words)
    running = [w if p else 0.0 for w, p in zip(cues.words, cues.prose, strict=True)]
    before = 0.0
    i = 0
    while i < n:
        j = i
        while j + 1 < n and _is_headline(cues, j) and _is_teaser(cues, j + 1):
            j += 2
        cut = sum(cues.cut[i + 1 : j : 2])
        if j - i >= 6 and (4 * cut >= j - i or before > 1.5 * sum(running[i:j])):
            runs.append((i, j))
        j = max(j, i + 1)
        before += sum(running[i:j])
        i = j
    return runs


def _is_headline(cues: Cues, i: int) -> bool:
    return 3 <= cues.words[i] <= 22 and not cues.prose[i] and not cues.cut[i]


def _is_teaser(cues: Cues, i: int) -> bool:
    return cues.cut[i] or (5 <= cues.words[i] <= 30 and cues.ends[i])
