"""Where each block stands among the elements of its page: what is around it, and where the bulk of the text is.

All elements of a batch are rows of one table, parents before their children. What elements inherit is found by pointer
doubling (each pass looks twice as far up), what they hold as the run of blocks from their first to their last.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import reduce
from itertools import repeat
from operator import or_
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from newsds.model import Blocks
from newsds.segment.arrays import Bools, Ints, summed
from newsds.segment.patterns import found, strings


def _words(parts: str, *, whole: str = "", also: str = "") -> str:
    """Find words in a label: `parts` between hyphens, underscores, blanks; `whole` between blanks; `also` anywhere.

    A word that may begin with anything may begin with 64 characters: without end, time would grow with their square.
    """
    alternatives = [rf"(?:^|[\s_-])(?:{'|'.join(parts.split())})(?:$|[\s_-])"]
    if whole:
        alternatives.append(rf"(?:^|\s)(?:{'|'.join(whole.split())})(?:$|\s)")
    return "|".join([*alternatives, *also.split()])


LABELS: Final[Mapping[str, re.Pattern[str]]] = {
    name: re.compile(pattern, re.ASCII)
    for name, pattern in {
        "boxed": _words(
            r"nav\w* menu\w* breadcrumb\w* footer\w* sidebar\w* aside comment\w* disqus\w* respond share\w* sharing"
            r" social\w* newsletter\w* subscri\w* signup promo\w* advert\w* sponsor\w* outbrain taboola cookie\w*"
            r" consent gdpr popup\w* login related\w* recommend\w* recirc\w* popular\w* trending most-?\w{0,64}read\w*"
            r" mostread\w* teaser\w* readmore read-?next author-?(?:bio|box|info|card) about-author toolbar pagination"
            r" pager taglist search\w* visually-hidden sr-only screen-reader\w* complementary navigation contentinfo"
            r" toc callout cta siblings? carousel product-?card donat\w* survey poll quiz",
            whole=r"hidden ads? ad-\w* side print dialog banner widget bio modal overlay masthead latest slider price"
            r" rating",
        ),
        "framed": _words(
            r"nav\w* \w{0,64}nav menu\w* sub-?menu mega-?menu dropdown\w* breadcrumbs? \w{0,64}footer\w* toolbar toc"
            r" table-of-contents social\w* share\w* sharing cookie\w* consent author\w* byline\w* login signin skip\w*"
            r" cta button btn categor(?:y|ies)-?list widget_categories widget_archive tagcloud lang\w{0,64}-?switch\w*"
        ),
        "article_text": r"article-?_?(?:body|content|text|copy)|story-?_?(?:body|content|text)"
        r"|post-?_?(?:body|content|text|entry)|entry-?_?content|body-?copy|content-?_?body|rich-?text|field-name-body"
        r"|page-?content|main-?content",
        "crumbs": r"breadcrumb|(?:^|[\s_-])crumbs?(?:$|[\s_-])",
        "tag": r"(?:^|[\s_-])(?:tags?|taglist|tag-?links?|post-?tags?|article-?tags?|entry-?tags?|topics?|keywords?"
        r"|hashtags?|labels?|categor(?:y|ies)|cat-?links?|kicker|eyebrow|rubric\w*|section-?(?:name|label|link)|tagged"
        r"|themen?|schlagw\w*|etiquetas?)(?:$|\s|__?|-(?:list|links?|item|name|label|wrap\w*|container|s)\b)|article:tag",
        "comment": _words(
            r"comments? comment-?(?:body|content|text|list|area) commentlist disqus\w* responses? replies"
        ),
        "caption": _words(r"image-?credit photo-?credit credits? legend", also="caption"),
        "byline": _words(r"by-?line\w* authors? author-?name writers? contributors? creator", also="byline"),
        "date": _words(
            r"dates? time timestamp datetime pub-?date published posted-?on dateline datepublished datemodified"
        ),
        "subtitle": _words(
            r"sub-?title sub-?head(?:line|ing)? dek deck standfirst stand-first lead lede intro teaser-?text summary"
            r" excerpt article-?(?:intro|lead|summary|description) chapeau sommario entradilla bajada ingress"
        ),
        "previous": _words(r"nav-?previous prev(?:ious)?(?:-?(?:post|article|story|link))? post-?prev(?:ious)?"),
        "next": _words(r"nav-?next next(?:-?(?:post|article|story|link))? post-?next"),
        "recommended": r"related|recommend|recirc|popular|trending|most-?\w{0,64}read|teaser|read-?next|latest"
        r"|more-?(?:from|stor|art|news)|outbrain|taboola|also|card|carousel|swiper",
        "share": r"shar(?:e|ing)|social|follow",
        "promotion": r"newsletter|subscri|signup|promo|advert|sponsor|paywall|banner|cta|donat"
        r"|(?:^|[\s_-])ads?(?:$|[\s_-])",
        "menu": r"nav|menu|breadcrumb|toolbar|dropdown|header|masthead",
        "foot": r"foot",
        "side": r"side|aside|rail|widget",
        "author": r"author|byline|writer|profile|bio",
        "title": r"title|headline|heading",
        "text": r"paragraph|text|content|body|copy|entry|prose|wysiwyg",
        "article": r"article|story|post(?:$|[\s_-])|single",
        "overlay": r"hidden|sr-only|screen-reader|modal|popup|cookie|consent|gdpr|dialog|overlay|print",
        "list": r"list|grid|item|row|feed|archive",
        "meta": r"meta|info|detail|date|time",
        "excerpt": r"excerpt|summary|dek|lead|standfirst|intro|description|teaser-?text|subtitle|sub-?head|deck",
        "shop": r"price|product|shop|cart|rating|review|buy",
        "contents": r"toc|table-of-contents|contents",
        "rel_tag": r"(?:^|\s)tag(?:$|\s)",
        "headline": r"(?:^|\s)headline(?:$|\s)|entry-title|article-?title|post-?title",
        "article_body": r"articlebody",
        "aria_hidden": r"aria-hidden",
    }.items()
}
"""What class, id, role, itemprop and rel say of an element.

Class names follow no standard; the words are those of the common blog and news software and its themes.
"""
TAGS: Final[Mapping[str, int]] = {
    tag: i
    for i, tag in enumerate(
        "p h1 h2 h3 h4 h5 h6 li div span a td th figcaption figure blockquote pre dt dd article section main aside nav"
        " header footer ul ol table tr form button time label address strong b em body html center summary details cite"
        " small img picture".split(),
        1,
    )
}
"""Element names as numbers from 1; 0 for all others."""
AROUND: Final[Mapping[str, frozenset[str]]] = {
    name: frozenset(tags.split())
    for name, tags in {
        "nav": "nav menu",
        "footer": "footer",
        "header": "header",
        "aside": "aside",
        "form": "form button label select fieldset",
        "article": "article",
        "main": "main",
        "figure": "figure figcaption picture",
        "list": "ul ol",
        "li": "li",
        "table": "table",
        "cell": "td th",
        "a": "a",
        "heading": "h1 h2 h3 h4 h5 h6",
        "quote": "blockquote",
        "section": "section",
        "p": "p",
        "h1": "h1",
        "time": "time",
        "dl": "dl dt dd",
    }.items()
}
"""Elements around a block, by what they mean."""
_OWN: Final = {
    tag: sum(1 << i for i, tags in enumerate(AROUND.values()) if tag in tags)
    for tag in frozenset().union(*AROUND.values())
}
LEVELS: Final = 6
"""Elements around a block whose contents are measured: itself, its parent, and so on."""
_NEAR: Final = 4
"""Elements around a block whose labels name what it is."""
_TAG_MIX: Final = np.uint64(0xC2B2AE3D27D4EB4F)
_LABEL_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_STEP: Final = np.uint64(0x100000001B3)


_known: dict[str, int] = {}
"""Word of a label → its bits: themes share their words, though hardly two elements bear the same label."""
_KNOWN: Final = 1 << 16
"""Words that are kept."""


def _label_bits(labels: Sequence[str]) -> Ints:
    """Return the bits of labels: those of their words, as no pattern reaches across a blank."""
    words = {label: label.split() for label in set(labels)}
    if len(_known) > _KNOWN:
        _known.clear()
    new = list({word for of in words.values() for word in of if word not in _known})
    if new:
        column = strings(new)
        bits = np.zeros(len(new), np.int64)
        for i, pattern in enumerate(LABELS.values()):
            bits |= found(column, pattern.pattern).astype(np.int64) << i
        _known.update(zip(new, bits.tolist(), strict=True))
    of_label = {label: reduce(or_, [_known[word] for word in of], 0) for label, of in words.items()}
    return np.fromiter(map(of_label.__getitem__, labels), np.int64, len(labels))


class Places:
    """Columns of elements, one row an element of the batch; text pages have one element, their document."""

    def __init__(self, batch: Sequence[Blocks], offsets: Ints) -> None:
        sizes = np.array([1 if b.nodes is None else len(b.nodes.tag) for b in batch], np.int64)
        self.offsets = summed(sizes)
        starts = self.offsets[:-1].tolist()
        count = int(self.offsets[-1])
        self.is_html: Bools = np.repeat(np.array([b.nodes is not None for b in batch], np.bool_), np.diff(offsets))
        parent = np.repeat(self.offsets[:-1], sizes)
        node = np.zeros(int(offsets[-1]), np.int64)
        tags: list[str] = []
        labels: list[str] = []
        hidden = np.zeros(count, np.int64)
        for i, (blocks, at) in enumerate(zip(batch, starts, strict=True)):
            nodes = blocks.nodes
            if nodes is None:
                node[offsets[i] : offsets[i + 1]] = at
                tags.append("")
                labels.append("")
                continue
            end = at + len(nodes.tag)
            parent[at:end] += np.maximum(np.asarray(nodes.parent), 0)
            hidden[at:end] = nodes.hidden
            node[offsets[i] : offsets[i + 1]] = np.asarray(blocks.node) + at
            tags += nodes.tag
            labels += nodes.label
        self.parent: Ints = parent
        self.node: Ints = node
        """the element of each block"""
        self.tag: Ints = np.fromiter(map(TAGS.get, tags, repeat(0)), np.int64, count)
        self.labels: Ints = _label_bits(labels)
        """bits of `LABELS` that the element itself bears"""
        around = np.fromiter(map(_OWN.get, tags, repeat(0)), np.int64, count)
        named = list(zip(tags, labels, strict=True))
        number = dict(zip(named, range(1, count + 1), strict=True))
        kind = np.fromiter(map(number.__getitem__, named), np.uint64, count)
        self._inherit(around, hidden, kind)
        self._find_contents(len(self.is_html))

    def _inherit(self, around: Ints, hidden: Ints, kind: npt.NDArray[np.uint64]) -> None:
        """Hand down what elements pass on to all inside them."""
        parent = self.parent
        root = parent == np.arange(len(parent))
        depth = (~root).astype(np.int64)
        near, up = self.labels.copy(), parent
        for _ in range(_NEAR - 1):
            near |= self.labels[up]
            up = parent[up]
        self.near_labels: Ints = near
        everywhere = self.labels.copy()
        path = np.where(root, np.uint64(0), kind * _LABEL_MIX)
        tags = np.where(root, np.uint64(0), (self.tag.astype(np.uint64) + np.uint64(1)) * _TAG_MIX)
        step, up = _STEP, parent.copy()
        while True:
            deeper = depth + depth[up]
            path = path + step * path[up]
            tags = tags + step * tags[up]
            around = around | around[up]
            everywhere = everywhere | everywhere[up]
            hidden = hidden | hidden[up]
            if np.array_equal(deeper, depth):
                break
            depth, up = deeper, up[up]
            with np.errstate(over="ignore"):
                step = step * step
        self.depth: Ints = depth
        self.around: Ints = around
        """bits of `AROUND`"""
        self.all_labels: Ints = everywhere
        self.hidden: Ints = hidden
        self.path = path
        """equal for elements with the same names and labels from the document down"""
        self.tag_path = tags
        """equal for elements with the same names from the document down"""

    def _find_contents(self, rows: int) -> None:
        count = len(self.parent)
        first, last = np.full(count, rows, np.int64), np.full(count, -1, np.int64)
        at = np.arange(rows)
        np.minimum.at(first, self.node, at)
        np.maximum.at(last, self.node, at)
        order = np.argsort(-self.depth, kind="stable")
        levels = np.split(order, np.flatnonzero(np.diff(self.depth[order])) + 1)
        for level in levels[:-1]:  # the last holds the documents
            np.minimum.at(first, self.parent[level], first[level])
            np.maximum.at(last, self.parent[level], last[level])
        self.end: Ints = last + 1
        self.first: Ints = np.minimum(first, self.end)
        """the blocks in an element are rows `first` to `end` of the batch"""

    def above(self, level: int) -> Ints:
        """Return for each block the element `level` steps above its own."""
        node = self.node
        for _ in range(level):
            node = self.parent[node]
        return node

    def inside(self, x: npt.NDArray[Any], node: Ints) -> Ints:
        """Return the sums of a column of blocks over what elements hold."""
        sums = summed(x)
        return sums[self.end[node]] - sums[self.first[node]]

    def main(self, weight: Ints, percent: int) -> Ints:
        """Return for each page the deepest element that holds a share of a weight; its document if there is none.

        Args:
            weight: of each block.
            percent: of the page's weight that the element holds at least.
        """
        pages = len(self.offsets) - 1
        page = np.repeat(np.arange(pages), np.diff(self.offsets))
        held = self.inside(weight, np.arange(len(self.parent)))
        total = held[self.offsets[:-1]]
        holds = (100 * held >= percent * total[page]) & (total[page] > 0)
        # the deepest; of equals, the first
        rank = np.where(holds, self.depth, 0) * len(self.parent) - np.arange(len(self.parent))
        best = np.maximum.reduceat(rank, self.offsets[:-1])
        return np.flatnonzero(rank == best[page])

    def common_depth(self, main: Ints) -> Ints:
        """Return for each block the depth of the deepest element around both it and its page's `main` element."""
        main = np.repeat(main, np.diff(self.offsets))
        # what holds all that `main` holds and is no deeper is around it
        on_path = (self.first <= self.first[main]) & (self.end >= self.end[main]) & (self.depth <= self.depth[main])
        common = np.where(on_path, self.depth, 0)
        up = self.parent
        while up.any():
            common = np.maximum(common, common[up])
            further = up[up]
            if np.array_equal(further, up):
                break
            up = further
        return common[self.node]


def label(column: Ints, name: str) -> Ints:
    """Return the bit of a name in `LABELS`."""
    return (column >> list(LABELS).index(name)) & 1


def element(column: Ints, name: str) -> Ints:
    """Return the bit of a name in `AROUND`."""
    return (column >> list(AROUND).index(name)) & 1
