"""Features of what is around a block: windows, landmarks above and below, its neighbours, its place on the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import numpy as np

from newsds.segment.arrays import capped, logged, share
from newsds.segment.columns import Column, Columns, Feature, rows_of
from newsds.segment.place_features import in_html

_SIDES: Final = {"around": "{0} blocks either way", "after": "{0} blocks below", "above": "{0} blocks above"}


def page() -> Iterator[Feature]:
    """Yield what a block's place on the page and the blocks around it show."""
    yield from rows_of(
        {
            "page_blocks": (
                "blocks of the page (logarithm)",
                lambda c: logged(c.table.pages.sizes[c.table.pages.page]),
            ),
            "page_running": ("words of running text on it (logarithm)", lambda c: logged(c.total_running() // 10)),
            "place": ("blocks above it", lambda c: capped(c.table.pages.row - c.table.pages.first)),
            "place_share": (
                "blocks above it, of the page's",
                lambda c: share(c.table.pages.row - c.table.pages.first, c.table.pages.sizes[c.table.pages.page]),
            ),
            "below": ("blocks below it", lambda c: capped(c.table.pages.end - 1 - c.table.pages.row)),
            "running_before": (
                "the page's running text above it",
                lambda c: share(c.between("running", c.table.pages.first, c.table.pages.row), c.total_running()),
            ),
            "running_after": (
                "the page's running text below it",
                lambda c: share(c.between("running", c.table.pages.row + 1, c.table.pages.end), c.total_running()),
            ),
            "prose_run": ("blocks around it that are running text, or not, as it is", lambda c: _prose_run(c)[0]),
            "prose_run_place": ("which of them it is", lambda c: _prose_run(c)[1]),
        }
    )
    for width in (2, 7, 15):
        for side, where in _SIDES.items():
            for name in ("running", "prose", "short", "cut", "dated", "link", "headline", "ends"):
                yield Feature(
                    name=f"{name}_{side}_{width}",
                    meaning=f"{where.format(width)}: "
                    + ("mean words of running text (logarithm)" if name == "running" else f"share of {name}"),
                    column=lambda c, name=name, side=side, width=width: _window(c, name, side, width),  # type: ignore[misc]
                )


def _window(c: Columns, name: str, side: str, width: int) -> Column:
    pages = c.table.pages
    a, b = c.kept(f"window {width}", lambda: pages.window(width, width))
    if side == "after":
        a = pages.row + 1
    elif side == "above":
        b = pages.row
    if name == "running":
        return logged(4 * c.between(name, a, b) // (10 * np.maximum(b - a, 1)))
    return share(c.between(name, a, b), b - a)


def _prose_run(c: Columns) -> tuple[Column, Column]:
    def make() -> tuple[Column, Column]:
        pages, prose = c.table.pages, c.table.prose
        begins = np.ones(pages.rows, np.bool_)
        begins[1:] = (prose[1:] != prose[:-1]) | (pages.page[1:] != pages.page[:-1])
        run, starts = np.cumsum(begins) - 1, np.flatnonzero(begins)
        return capped(np.bincount(run)[run]), capped(pages.row - starts[run])

    found: tuple[Column, Column] = c.kept("prose runs", make)
    return found


_LANDMARKS: Final[Mapping[str, tuple[str, Callable[[Columns], Column]]]] = {
    "related": ("heads a list of articles", lambda c: (c["whole_related"] | c["whole_inline_related"]) > 0),
    "tags": ("heads tags", lambda c: (c["whole_tags"] | c["marker_tags"]) > 0),
    "comments": ("heads comments", lambda c: c["whole_comments"] > 0),
    "chrome": ("words of the page's frame", lambda c: c["whole_chrome"] > 0),
    "prose": ("running text", lambda c: c.table.prose),
    "paragraph": ("running text of 20 words", lambda c: c.table.prose & (c.table.words.tenths >= 200)),
    "h1": ("in h1", lambda c: c["in_h1"] > 0),
    "heading": ("in a heading", lambda c: c["in_heading"] > 0),
    "title": ("equal to a declared title", lambda c: c["declared_title"] == 3),
    "title_part": ("in a declared title, or one in it", lambda c: c["declared_title"] >= 2),
    "date": ("a date", lambda c: (c["sign_ago"] | c["sign_date"]) > 0),
    "cut": ("cut off", lambda c: c.table.words.cut),
    "notice": ("a copyright line", lambda c: c["sign_notice"] > 0),
    "neighbour": (
        "marked as previous or next",
        lambda c: (
            ((c["whole_previous"] | c["whole_next"] | c["marker_previous"] | c["marker_next"]) > 0)
            | np.isin(c["arrow_edge"], (1, 2))
        ),
    ),
}
_SHIFTED: Final = {
    **dict.fromkeys(("chars", "words", "prose", "ends", "element", "link_share"), (-3, -2, -1, 1, 2, 3)),
    **dict.fromkeys(
        (
            "cut",
            "capital_share",
            "terminal",
            "first",
            "element_1",
            "gap",
            "sign_date_inside",
            "sign_date",
            "whole_related",
            "whole_tags",
            "whole_chrome",
            "whole_comments",
            "whole_byline",
            "whole_previous",
            "whole_next",
            "marker_tags",
            "same",
            "depth",
            "target_hyphens",
            "target_depth",
            "target_tag",
            "in_li",
            "held_blocks_1",
            "declared_title",
            "arrow_edge",
            "digit_share",
            "comma_count",
            "path_count",
            "told_share",
            "told_times",
            "nested",
            "told_best",
            "pair_previous",
            "pair_next",
        ),
        (-2, -1, 1, 2),
    ),
}
"""Features of neighbours, and how far away."""


def around() -> Iterator[Feature]:
    """Yield how far landmarks are, and features of neighbours."""
    for name, (meaning, _) in _LANDMARKS.items():
        yield Feature(
            name=f"since_{name}",
            meaning=f"blocks since the last that is: {meaning}; 255 without one",
            column=lambda c, name=name: c.table.pages.since(_landmark(c, name)),  # type: ignore[misc]
        )
        yield Feature(
            name=f"until_{name}",
            meaning=f"blocks until the next that is: {meaning}; 255 without one",
            column=lambda c, name=name: c.table.pages.until(_landmark(c, name)),  # type: ignore[misc]
        )
    for name, steps in _SHIFTED.items():
        for by in steps:
            yield Feature(
                name=f"{name}{by:+d}",
                meaning=f"{name} of the block {by:+d} from it",
                column=lambda c, name=name, by=by: c.table.pages.shifted(c[name], by),  # type: ignore[misc]
            )
    for by in (-2, -1, 1, 2):
        for name, what in (("path", "path of elements"), ("parent", "parent element"), ("node", "element")):
            yield Feature(
                name=f"same_{name}{by:+d}",
                meaning=f"the block {by:+d} from it has the same {what}",
                column=in_html(lambda c, name=name, by=by: _same(c, name, by)),  # type: ignore[misc]
            )
        yield Feature(
            name=f"longer{by:+d}",
            meaning=f"128 and how much longer it is than the block {by:+d} from it (half logarithms)",
            column=lambda c, by=by: 128 + (c["chars"].astype(np.int64) - c.table.pages.shifted(c["chars"], by)) // 2,  # type: ignore[misc]
        )


def _landmark(c: Columns, name: str) -> Column:
    return np.asarray(c.kept("landmark " + name, lambda: np.asarray(_LANDMARKS[name][1](c), np.bool_)))


def _same(c: Columns, name: str, by: int) -> Column:
    places = c.table.places
    key = {"path": places.path, "parent": places.parent, "node": np.arange(len(places.parent))}[name][places.node]
    if name == "path":
        return np.asarray(c.table.pages.shifted(key, by) == key)
    return np.asarray(c.table.pages.shifted(key + 1, by) == key + 1)
