"""Features of where a block stands among the elements of its page, and where its links lead: 0 in text dumps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import numpy as np

from newsds.segment.arrays import Ints, capped, logged, numbered_texts, share
from newsds.segment.columns import Column, Columns, Feature, rows_of
from newsds.segment.links import TARGETS, target
from newsds.segment.places import AROUND, LABELS, LEVELS, TAGS, element, label


def in_html(column: Callable[[Columns], Column]) -> Callable[[Columns], Column]:
    """A column that is 0 in text dumps, whose one element is the whole page."""
    return lambda c: np.where(c.table.places.is_html, column(c), 0)


def links() -> Iterator[Feature]:
    """Yield how much of a block is link, and where that leads."""
    yield from rows_of(
        {
            "link_share": ("characters of link text", lambda c: share(c.table.links.chars, c.table.words.chars)),
            "links": ("links", lambda c: capped(c.table.links.links)),
            "target_depth": ("parts of the first link's path", lambda c: capped(c.table.links.segments)),
            "target_length": ("characters of the longest", lambda c: capped(c.table.links.longest)),
            "target_hyphens": ("hyphens in that", lambda c: capped(c.table.links.hyphens)),
            "target_query": ("the address has a query", lambda c: c.table.links.query),
            "target_foreign": ("another host than most links of the page", lambda c: c.table.links.foreign),
            "target_again": ("blocks with the same target", lambda c: capped(c.table.links.again)),
        }
    )
    for name in TARGETS:
        yield Feature(
            name=f"target_{name}",
            meaning=f"the first link's address looks like: {name}",
            column=lambda c, name=name: target(c.table.links.bits, name),  # type: ignore[misc]
        )
    for name in ("rel_tag", "tag", "previous", "next", "title", "byline"):
        yield Feature(
            name=f"link_label_{name}",
            meaning=f"the first link's own labels say: {name}",
            column=lambda c, name=name: label(_link_labels(c), name),  # type: ignore[misc]
        )


def _link_labels(c: Columns) -> Ints:
    def make() -> Ints:
        places, node = c.table.places, c.table.links.node
        rows = np.minimum(places.offsets[:-1][c.table.pages.page] + np.maximum(node, 0), len(places.labels) - 1)
        return np.where(node >= 0, places.labels[rows], 0)

    found: Ints = c.kept("link labels", make)
    return found


def elements() -> Iterator[Feature]:
    """Yield what the elements around a block are, say and hold."""
    yield from rows_of(
        {
            "depth": ("elements around it", in_html(lambda c: capped(c.table.places.depth[c.table.places.node]))),
            "element": ("its element", lambda c: c.table.places.tag[c.table.places.node]),
            "element_1": ("the one around that", lambda c: c.table.places.tag[c.table.places.above(1)]),
            "element_2": ("the one around that", lambda c: c.table.places.tag[c.table.places.above(2)]),
            "block_element": (
                "its innermost block element",
                _block_elements,
            ),
            "hidden": ("not shown", lambda c: c.table.places.hidden[c.table.places.node] > 0),
        }
    )
    for name in AROUND:
        yield Feature(
            name=f"in_{name}",
            meaning=f"inside an element of the kind: {name}",
            column=lambda c, name=name: element(c.table.places.around[c.table.places.node], name),  # type: ignore[misc]
        )
    for name in LABELS:
        yield Feature(
            name=f"near_{name}",
            meaning=f"labels of the innermost four elements say: {name}",
            column=lambda c, name=name: label(c.table.places.near_labels[c.table.places.node], name),  # type: ignore[misc]
        )
        yield Feature(
            name=f"any_{name}",
            meaning=f"labels of some element around it say: {name}",
            column=lambda c, name=name: label(c.table.places.all_labels[c.table.places.node], name),  # type: ignore[misc]
        )
    for level in range(LEVELS):
        for name, (meaning, of) in _CONTENTS.items():
            yield Feature(
                name=f"{name}_{level}",
                meaning=f"of the element {level} above its own: {meaning}",
                column=in_html(lambda c, level=level, of=of: of(c, c.table.places.above(level))),  # type: ignore[misc]
            )


def _block_elements(c: Columns) -> Column:
    number, names = numbered_texts([t for b in c.table.batch for t in b.tag])
    return np.array([TAGS.get(name, 0) for name in names], np.int64)[number]


def _held(c: Columns, name: str, node: Ints) -> Ints:
    return c.between(name, c.table.places.first[node], c.table.places.end[node])


def _blocks_in(c: Columns, node: Ints) -> Ints:
    return c.table.places.end[node] - c.table.places.first[node]


_CONTENTS: Final[Mapping[str, tuple[str, Callable[[Columns, Ints], Column]]]] = {
    "held_blocks": ("blocks in it (logarithm)", lambda c, n: logged(_blocks_in(c, n))),
    "held_words": ("words in it (logarithm)", lambda c, n: logged(_held(c, "words", n) // 10)),
    "held_links": ("share of link text", lambda c, n: share(_held(c, "linked", n), _held(c, "chars", n))),
    "held_running": (
        "its share of the page's running text",
        lambda c, n: share(_held(c, "running", n), c.total_running()),
    ),
    "held_prose": (
        "share of blocks that read as running text",
        lambda c, n: share(_held(c, "prose", n), _blocks_in(c, n)),
    ),
    "held_place": ("blocks in it above this one", lambda c, n: capped(c.table.pages.row - c.table.places.first[n])),
}


def main() -> Iterator[Feature]:
    """Yield how far the element is that holds most of the running text."""
    for percent in (50, 80, 95):
        for name, meaning in (
            ("outside", "elements between the element that holds {} % of the running text and one that holds this too"),
            ("inside", "1 inside that element"),
            ("below", "elements between that element and this"),
            ("from_first", "128 and blocks since the first running text in it"),
            ("from_last", "128 and blocks since the last"),
        ):
            yield Feature(
                name=f"main{percent}_{name}",
                meaning=meaning.format(percent),
                column=lambda c, percent=percent, name=name: _of_main(c, percent)[name],  # type: ignore[misc]
            )


def _of_main(c: Columns, percent: int) -> Mapping[str, Column]:
    def make() -> Mapping[str, Column]:
        places, pages, prose = c.table.places, c.table.pages, c.table.prose
        main = places.main(c.table.running, percent)
        common, depth = places.common_depth(main), places.depth[main][pages.page]
        html = places.is_html
        inside = html & (common == depth)
        first = np.full(len(main), pages.rows, np.int64)
        last = np.full(len(main), -1, np.int64)
        running = np.flatnonzero(inside & prose)
        np.minimum.at(first, pages.page[running], running)
        np.maximum.at(last, pages.page[running], running)
        any_running = html & (last[pages.page] >= 0)
        return {
            "outside": np.where(html, capped(depth - common), 0),
            "inside": inside,
            "below": np.where(inside, capped(places.depth[places.node] - common), 0),
            "from_first": np.where(any_running, 128 + np.clip(pages.row - first[pages.page], -120, 120), 0),
            "from_last": np.where(any_running, 128 + np.clip(pages.row - last[pages.page], -120, 120), 0),
        }

    found: Mapping[str, Column] = c.kept(f"main {percent}", make)
    return found


def alike() -> Iterator[Feature]:
    """Yield what the blocks are like that stand in elements of the same path."""
    for name, meaning in (
        ("path", "blocks of the page in elements of the same names and labels"),
        ("tags", "blocks of the page in elements of the same names"),
    ):
        for figure, what in (
            ("count", "how many (logarithm)"),
            ("words", "their mean words (twice, logarithm)"),
            ("prose", "share that reads as running text"),
            ("running", "their share of the page's running text"),
            ("links", "mean share of link text"),
            ("rank", "which of them it is"),
        ):
            yield Feature(
                name=f"{name}_{figure}",
                meaning=f"{meaning}: {what}",
                column=lambda c, name=name, figure=figure: _group(c, name)[figure],  # type: ignore[misc]
            )


def _group(c: Columns, name: str) -> Mapping[str, Column]:
    def make() -> Mapping[str, Column]:
        table = c.table
        group, rank = c.groups(name)
        count = np.bincount(group)

        def mean(x: Column) -> Column:
            return (np.bincount(group, weights=x) / np.maximum(count, 1))[group]

        html = table.places.is_html
        columns: dict[str, Column] = {
            "count": logged(count[group]),
            "words": logged(mean(table.words.tenths) // 5),
            "prose": share(mean(table.prose), np.ones(len(group))),
            "running": share(np.bincount(group, weights=table.running)[group], c.total_running()),
            "links": share(mean(c["link_share"]), np.full(len(group), 255)),
            "rank": capped(rank),
        }
        return {figure: np.where(html, column, 0) for figure, column in columns.items()}

    found: Mapping[str, Column] = c.kept("group " + name, make)
    return found
