"""Where each block stands among the elements of its page: what is around it, and where the bulk of the text is.

All elements of a batch are rows of one table, parents before their children. What elements inherit is found by pointer
doubling (each pass looks twice as far up), what they hold as the run of blocks from their first to their last.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from newsds.model import Blocks
from newsds.native import kernels
from newsds.segment.arrays import Bools, Ints, numbered_texts, summed
from newsds.segment.automaton import ASKED, automaton
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
When one is changed, `python -m tools.automata` is to be run.
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
_FEW: Final = 40
_FEW_CHARS: Final = 2000
"""Words, and characters of all of them, that are few."""


def _label_bits(labels: list[str]) -> Ints:
    """Return the bits of labels: those of their words, as no pattern reaches across a blank."""
    bits = automaton("labels").find(labels)
    asked = np.flatnonzero(bits == ASKED)
    if len(asked):
        bits[asked] = _bits_of_words([labels[i].split() for i in asked.tolist()])
    return bits


def _bits_of_words(labels: Sequence[Sequence[str]]) -> list[int]:
    if len(_known) > _KNOWN:
        _known.clear()
    new = list({word for words in labels for word in words if word not in _known})
    of_new = automaton("labels").find(new)
    rows = np.flatnonzero(of_new == ASKED)
    if len(rows):
        asked = [new[i] for i in rows.tolist()]
        of_new[rows] = sum(_found(asked, pattern) << i for i, pattern in enumerate(LABELS.values()))
    _known.update(zip(new, of_new.tolist(), strict=True))
    return [reduce(or_, [_known[word] for word in words], 0) for words in labels]


def _found(words: list[str], pattern: re.Pattern[str]) -> Ints:
    """Return 1 for each word that a pattern is found in; RE2 needs many, as it takes long to make ready."""
    if len(words) <= _FEW and sum(map(len, words)) <= _FEW_CHARS:
        return np.array([pattern.search(word) is not None for word in words], np.int64)
    return found(strings(words), pattern.pattern).astype(np.int64)


class Places:
    """Columns of elements, one row an element of the batch; text pages have one element, their document."""

    def __init__(self, batch: Sequence[Blocks], offsets: Ints) -> None:
        sizes = np.array([1 if b.nodes is None else len(b.nodes.tag) for b in batch], np.int64)
        self.offsets = summed(sizes)
        self.is_html: Bools = np.repeat(np.array([b.nodes is not None for b in batch], np.bool_), np.diff(offsets))
        parents: list[int] = []
        tags: list[str] = []
        labels: list[str] = []
        hidden: list[bool] = []
        node: list[int] = []
        for blocks in batch:
            nodes = blocks.nodes
            parents += (-1,) if nodes is None else nodes.parent
            tags += ("",) if nodes is None else nodes.tag
            labels += ("",) if nodes is None else nodes.label
            hidden += (False,) if nodes is None else nodes.hidden
            node += [0] * len(blocks) if nodes is None else blocks.node
        count = len(parents)
        self.parent: Ints = np.maximum(np.fromiter(parents, np.int64, count), 0)
        self.parent += np.repeat(self.offsets[:-1], sizes)
        self.node: Ints = np.fromiter(node, np.int64, len(node))
        """the element of each block"""
        self.node += np.repeat(self.offsets[:-1], np.diff(offsets))
        name, names = numbered_texts(tags)
        said, once = numbered_texts(labels)
        self.tag: Ints = np.array([TAGS.get(x, 0) for x in names], np.int64)[name]
        self.labels: Ints = _label_bits(once)[said]
        """bits of `LABELS` that the element itself bears"""
        self.around: Ints = np.array([_OWN.get(x, 0) for x in names], np.int64)[name]
        """bits of `AROUND`"""
        self.hidden: Ints = np.fromiter(hidden, np.int64, count)
        kind = (name * len(once) + said + 1).astype(np.uint64)
        self.near_labels: Ints = np.empty(count, np.int64)
        self.all_labels: Ints = np.empty(count, np.int64)
        self.depth: Ints = np.empty(count, np.int64)
        self.path = np.empty(count, np.uint64)
        """equal for elements with the same names and labels from the document down"""
        self.tag_path = np.empty(count, np.uint64)
        """equal for elements with the same names from the document down"""
        self.first: Ints = np.empty(count, np.int64)
        """the blocks in an element are rows `first` to `end` of the batch"""
        self.end: Ints = np.empty(count, np.int64)
        given = (self.parent, self.labels, self.tag.astype(np.uint64), kind, self.node)
        found = (self.around, self.hidden, self.near_labels, self.all_labels, self.depth, self.path, self.tag_path)
        if kernels is None or not kernels.inherit((*given, *found, self.first, self.end), count, len(self.node)):
            self._inherit(kind)
            self._find_contents()

    def _inherit(self, kind: npt.NDArray[np.uint64]) -> None:
        """Hand down what elements pass on to all inside them."""
        parent = self.parent
        root = parent == np.arange(len(parent))
        depth = (~root).astype(np.int64)
        around, hidden = self.around, self.hidden
        near, up = self.labels.copy(), parent
        for _ in range(_NEAR - 1):
            near |= self.labels[up]
            up = parent[up]
        self.near_labels = near
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
        self.depth, self.around, self.all_labels, self.hidden = depth, around, everywhere, hidden
        self.path, self.tag_path = path, tags

    def _find_contents(self) -> None:
        count, rows = len(self.parent), len(self.node)
        first, last = np.full(count, rows, np.int64), np.full(count, -1, np.int64)
        at = np.arange(rows)
        np.minimum.at(first, self.node, at)
        np.maximum.at(last, self.node, at)
        order = np.argsort(-self.depth, kind="stable")
        levels = np.split(order, np.flatnonzero(np.diff(self.depth[order])) + 1)
        for level in levels[:-1]:  # the last holds the documents
            np.minimum.at(first, self.parent[level], first[level])
            np.maximum.at(last, self.parent[level], last[level])
        self.end = last + 1
        self.first = np.minimum(first, self.end)

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
        pages, elements = len(self.offsets) - 1, len(self.parent)
        if kernels is not None:
            main = np.empty(pages, np.int64)
            columns = (summed(weight), self.offsets, self.depth, self.first, self.end, main)
            kernels.find_main(columns, pages, elements, len(self.node), percent)
            return main
        page = np.repeat(np.arange(pages), np.diff(self.offsets))
        held = self.inside(weight, np.arange(elements))
        total = held[self.offsets[:-1]]
        holds = (100 * held >= percent * total[page]) & (total[page] > 0)
        # the deepest; of equals, the first
        rank = np.where(holds, self.depth, 0) * elements - np.arange(elements)
        best = np.maximum.reduceat(rank, self.offsets[:-1])
        return np.flatnonzero(rank == best[page])

    def common_depth(self, main: Ints) -> Ints:
        """Return for each block the depth of the deepest element around both it and its page's `main` element."""
        common: Ints = np.empty(len(self.parent), np.int64)
        columns = (main, self.offsets, self.parent, self.depth, self.first, self.end, common)
        if kernels is not None and kernels.common_depth(columns, len(main), len(common)):
            return common[self.node]
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
