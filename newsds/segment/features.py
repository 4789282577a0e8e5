"""Every feature of a block, by name, with its meaning: adding one is adding one row here.

A feature is one byte a block. Those that only HTML has are 0 in text dumps and the other way round, so one model reads
both. The weights name the features they use; no others are computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from newsds.segment.arrays import Bytes, Ints, capped, logged, share, summed
from newsds.segment.charclass import Kind
from newsds.segment.links import TARGETS, target
from newsds.segment.marks import CATEGORIES, SIGNS, bit, sign
from newsds.segment.places import AROUND, LABELS, LEVELS, TAGS, element, label
from newsds.segment.table import Table

Column = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """A feature and what it means."""

    name: str
    meaning: str
    column: Callable[[Columns], Column]
    """how it is computed: numbers from 0 to 255, one a block"""


class Columns:
    """The features of a batch, each computed when it is first asked for."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._done: dict[str, Bytes] = {}
        self._kept: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Bytes:
        found = self._done.get(name)
        if found is None:
            found = self._done[name] = features()[name].column(self).astype(np.uint8)
        return found

    def kept(self, name: str, make: Callable[[], Any]) -> Any:
        """Return what several features share, computed once."""
        if name not in self._kept:
            self._kept[name] = make()
        return self._kept[name]

    def sums(self, name: str) -> Ints:
        """Return running sums of a column named in `_SUMMED`."""
        found: Ints = self.kept("sums of " + name, lambda: summed(_SUMMED[name](self)))
        return found


@cache
def features() -> Mapping[str, Feature]:
    """Return all features by name.

    >>> features()["words"].meaning
    'words (twice, logarithm)'
    """
    found = {f.name: f for rows in _ROWS for f in rows()}
    return found


def _rows(rows: Mapping[str, tuple[str, Callable[[Columns], Column]]]) -> Iterator[Feature]:
    for name, (meaning, column) in rows.items():
        yield Feature(name=name, meaning=meaning, column=column)


def _html(column: Callable[[Columns], Column]) -> Callable[[Columns], Column]:
    """A column that is 0 in text dumps, whose one element is the whole page."""
    return lambda c: np.where(c.table.places.is_html, column(c), 0)


# ── the block itself ────────────────────────────────────────────────────────────────────────────────────────────────

_KINDS: Final = {
    "comma": Kind.COMMA,
    "colon": Kind.COLON,
    "quote": Kind.QUOTE,
    "bracket": Kind.OPENING,
    "dash": Kind.DASH,
    "bar": Kind.BAR,
    "arrow": Kind.ARROW,
    "guillemet": Kind.GUILLEMET,
    "hash": Kind.HASH,
    "at": Kind.AT,
    "copyright": Kind.COPYRIGHT,
    "amount": Kind.AMOUNT,
    "ellipsis": Kind.ELLIPSIS,
    "symbol": Kind.SYMBOL,
}


def _characters() -> Iterator[Feature]:
    yield from _rows(
        {
            "html": ("1 on an HTML page", lambda c: c.table.places.is_html),
            "chars": ("characters (logarithm)", lambda c: logged(c.table.words.chars)),
            "words": ("words (twice, logarithm)", lambda c: logged(c.table.words.tenths // 5)),
            "tokens": ("pieces between blanks (logarithm)", lambda c: logged(c.table.words.tokens)),
            "capitals": ("words that begin with a capital (logarithm)", lambda c: logged(c.table.words.capitals)),
            "sentences": ("ends of sentences (logarithm)", lambda c: logged(c.table.words.sentences)),
            "word_length": (
                "characters a word, times 8",
                lambda c: capped(8 * c.table.words.chars // np.maximum(c.table.words.tokens, 1)),
            ),
            "lower_share": ("small letters", lambda c: share(c.table.words.count(Kind.LOWER), c.table.words.chars)),
            "upper_share": ("capitals", lambda c: share(c.table.words.count(Kind.UPPER), c.table.words.chars)),
            "other_share": (
                "letters of scripts without case",
                lambda c: share(c.table.words.count(Kind.LETTER), c.table.words.chars),
            ),
            "ideograph_share": (
                "Chinese and Japanese characters",
                lambda c: share(c.table.words.count(Kind.IDEOGRAPH), c.table.words.chars),
            ),
            "digit_share": ("digits", lambda c: share(c.table.words.count(Kind.DIGIT), c.table.words.chars)),
            "letter_share": ("letters", lambda c: share(c.table.words.letters, c.table.words.chars)),
            "capital_share": (
                "words that begin with a capital, of all words",
                lambda c: share(c.table.words.capitals, c.table.words.tokens),
            ),
            "first": ("kind of the first character", lambda c: c.table.words.first),
            "last": ("kind of the last character", lambda c: c.table.words.last),
            "terminal": ("kind of the last character but for quotes and brackets", lambda c: c.table.words.terminal),
            "cut": ("cut off: … at its end", lambda c: c.table.words.cut),
            "ends": ("ends like a sentence", lambda c: c.table.words.ends),
            "prose": ("reads as running text", lambda c: c.table.prose),
            "gap": ("text: blank lines above it, and 1", lambda c: _of_lines(c, "gap")),
            "indent": ("text: columns it is set in, and 1", lambda c: _of_lines(c, "indent")),
            "arrow_edge": ("arrow at its edge: << >> left right, right at its end", lambda c: c.table.marks.arrow),
        }
    )
    for name, kind in _KINDS.items():
        yield Feature(
            name=f"{name}_count",
            meaning=f"characters of the kind {kind.name.lower()}",
            column=lambda c, kind=kind: capped(c.table.words.count(kind)),  # type: ignore[misc]
        )


def _of_lines(c: Columns, name: str) -> Column:
    return capped(np.concatenate([np.asarray(getattr(b, name), np.int64) for b in c.table.batch]) + 1)


def _said() -> Iterator[Feature]:
    for category in CATEGORIES:
        for part, meaning in (
            ("whole", "is a heading or marker word"),
            ("marker", "begins with such a word and a separator"),
            ("phrase", "begins with such a word"),
        ):
            yield Feature(
                name=f"{part}_{category}",
                meaning=f"the line {meaning}: {category}",
                column=lambda c, part=part, category=category: bit(getattr(c.table.marks, part), category),  # type: ignore[misc]
            )
    for name in SIGNS:
        yield Feature(
            name=f"sign_{name}",
            meaning=f"a pattern finds: {name}",
            column=lambda c, name=name: sign(c.table.marks.signs, name),  # type: ignore[misc]
        )


def _evidence() -> Iterator[Feature]:
    for name, meaning, make in (
        ("same", "blocks of the page with this text", capped),
        ("before", "of those, above it", capped),
        ("openings", "blocks of the page that begin alike", capped),
        ("openings_before", "of those, above it", capped),
        ("title", "held against the declared titles (text: the first lines): 3 equal, 2 inside", capped),
        ("title_words", "share of words in common with the declared title", capped),
        ("keyword", "a declared keyword", capped),
        ("section", "the declared section", capped),
        ("author", "names a declared author", capped),
        ("description", "begins as the declared description", capped),
        ("body", "2: in the declared body; 1: there is one, without it", capped),
    ):
        yield Feature(
            name=name if name.startswith(("same", "before", "open")) else f"declared_{name}",
            meaning=meaning,
            column=lambda c, name=name, make=make: make(getattr(c.table.evidence, name)),  # type: ignore[misc]
        )


# ── links and elements: HTML only ───────────────────────────────────────────────────────────────────────────────────


def _links() -> Iterator[Feature]:
    yield from _rows(
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


def _elements() -> Iterator[Feature]:
    yield from _rows(
        {
            "depth": ("elements around it", _html(lambda c: capped(c.table.places.depth[c.table.places.node]))),
            "element": ("its element", lambda c: c.table.places.tag[c.table.places.node]),
            "element_1": ("the one around that", lambda c: c.table.places.tag[c.table.places.above(1)]),
            "element_2": ("the one around that", lambda c: c.table.places.tag[c.table.places.above(2)]),
            "block_element": (
                "its innermost block element",
                lambda c: np.fromiter((TAGS.get(t, 0) for b in c.table.batch for t in b.tag), np.int64, c.table.pages.rows),
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
                column=_html(lambda c, level=level, of=of: of(c, c.table.places.above(level))),  # type: ignore[misc]
            )


def _held(c: Columns, name: str, node: Ints) -> Ints:
    places, sums = c.table.places, c.sums(name)
    return sums[places.end[node]] - sums[places.first[node]]


def _blocks_in(c: Columns, node: Ints) -> Ints:
    return c.table.places.end[node] - c.table.places.first[node]


_CONTENTS: Final[Mapping[str, tuple[str, Callable[[Columns, Ints], Column]]]] = {
    "held_blocks": ("blocks in it (logarithm)", lambda c, n: logged(_blocks_in(c, n))),
    "held_words": ("words in it (logarithm)", lambda c, n: logged(_held(c, "words", n) // 10)),
    "held_links": ("share of link text", lambda c, n: share(_held(c, "linked", n), _held(c, "chars", n))),
    "held_running": (
        "its share of the page's running text",
        lambda c, n: share(_held(c, "running", n), _total_running(c)),
    ),
    "held_prose": ("share of blocks that read as running text", lambda c, n: share(_held(c, "prose", n), _blocks_in(c, n))),
    "held_place": ("blocks in it above this one", lambda c, n: capped(c.table.pages.row - c.table.places.first[n])),
}


def _main() -> Iterator[Feature]:
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


def _alike() -> Iterator[Feature]:
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


def groups(c: Columns, name: str) -> Ints:
    """Return a number for each block, the same for blocks of one page in elements of the same path."""

    def make() -> Ints:
        places = c.table.places
        path = (places.path if name == "path" else places.tag_path)[places.node]
        salt = c.table.pages.page.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        found: Ints = np.unique(path * np.uint64(1_000_003) + salt, return_inverse=True)[1]
        return found

    found: Ints = c.kept("groups by " + name, make)
    return found


def _group(c: Columns, name: str) -> Mapping[str, Column]:
    def make() -> Mapping[str, Column]:
        table = c.table
        group = groups(c, name)
        count = np.bincount(group)
        order = np.argsort(group, kind="stable")
        rank = np.empty(len(group), np.int64)
        rank[order] = np.arange(len(group)) - np.repeat(summed(count)[:-1], count)

        def mean(x: Column) -> Column:
            return (np.bincount(group, weights=x) / np.maximum(count, 1))[group]

        html = table.places.is_html
        columns: dict[str, Column] = {
            "count": logged(count[group]),
            "words": logged(mean(table.words.tenths) // 5),
            "prose": share(mean(table.prose), np.ones(len(group))),
            "running": share(np.bincount(group, weights=table.running)[group], _total_running(c)),
            "links": share(mean(c["link_share"]), np.full(len(group), 255)),
            "rank": capped(rank),
        }
        return {figure: np.where(html, column, 0) for figure, column in columns.items()}

    found: Mapping[str, Column] = c.kept("group " + name, make)
    return found


# ── around the block ────────────────────────────────────────────────────────────────────────────────────────────────

_SUMMED: Final[Mapping[str, Callable[[Columns], Column]]] = {
    "running": lambda c: c.table.running,
    "prose": lambda c: c.table.prose,
    "words": lambda c: np.minimum(c.table.words.tenths, 2000),
    "chars": lambda c: c.table.words.chars,
    "linked": lambda c: c.table.links.chars,
    "short": lambda c: c.table.words.tenths <= 30,
    "cut": lambda c: c.table.words.cut,
    "ends": lambda c: c.table.words.ends,
    "dated": lambda c: _dated(c),
    "link": lambda c: 5 * c.table.links.chars > 4 * c.table.words.chars,
    "headline": lambda c: (c.table.words.tenths >= 40) & (c.table.words.tenths <= 200) & ~c.table.words.ends,
}
"""What windows and elements are measured by."""


def _dated(c: Columns) -> Column:
    return (c["sign_ago"] | c["sign_date"] | c["sign_date_near"]) > 0


def _total_running(c: Columns) -> Ints:
    found: Ints = c.kept("total running", lambda: c.table.pages.total(c.table.running))
    return found


def _page() -> Iterator[Feature]:
    yield from _rows(
        {
            "page_blocks": ("blocks of the page (logarithm)", lambda c: logged(c.table.pages.sizes[c.table.pages.page])),
            "page_running": ("words of running text on it (logarithm)", lambda c: logged(_total_running(c) // 10)),
            "place": ("blocks above it", lambda c: capped(c.table.pages.row - c.table.pages.first)),
            "place_share": (
                "blocks above it, of the page's",
                lambda c: share(c.table.pages.row - c.table.pages.first, c.table.pages.sizes[c.table.pages.page]),
            ),
            "below": ("blocks below it", lambda c: capped(c.table.pages.end - 1 - c.table.pages.row)),
            "running_before": (
                "the page's running text above it",
                lambda c: share(_between(c, "running", c.table.pages.first, c.table.pages.row), _total_running(c)),
            ),
            "running_after": (
                "the page's running text below it",
                lambda c: share(_between(c, "running", c.table.pages.row + 1, c.table.pages.end), _total_running(c)),
            ),
            "prose_run": ("blocks around it that are running text, or not, as it is", lambda c: _prose_run(c)[0]),
            "prose_run_place": ("which of them it is", lambda c: _prose_run(c)[1]),
        }
    )
    for width in (2, 7, 15):
        for side, where in (("around", "{0} blocks either way"), ("after", "{0} blocks below"), ("above", "{0} blocks above")):
            for name in ("running", "prose", "short", "cut", "dated", "link", "headline", "ends"):
                yield Feature(
                    name=f"{name}_{side}_{width}",
                    meaning=f"{where.format(width)}: "
                    + ("mean words of running text (logarithm)" if name == "running" else f"share of {name}"),
                    column=lambda c, name=name, side=side, width=width: _window(c, name, side, width),  # type: ignore[misc]
                )


def _between(c: Columns, name: str, a: Ints, b: Ints) -> Ints:
    sums = c.sums(name)
    return sums[b] - sums[a]


def _window(c: Columns, name: str, side: str, width: int) -> Column:
    pages = c.table.pages
    a, b = c.kept(f"window {width}", lambda: pages.window(width, width))
    if side == "after":
        a = pages.row + 1
    elif side == "above":
        b = pages.row
    if name == "running":
        return logged(4 * _between(c, name, a, b) // (10 * np.maximum(b - a, 1)))
    return share(_between(c, name, a, b), b - a)


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
        ),
        (-2, -1, 1, 2),
    ),
}
"""Features of neighbours, and how far away."""


def _around() -> Iterator[Feature]:
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
                column=_html(lambda c, name=name, by=by: _same(c, name, by)),  # type: ignore[misc]
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
        return c.table.pages.shifted(key, by) == key
    return c.table.pages.shifted(key + 1, by) == key + 1


_ROWS: Final = (_characters, _said, _evidence, _links, _elements, _main, _alike, _page, _around)
