"""What the elements around a block say: containers that never hold an article's text, menus, names of its parts.

Class names follow no standard; the words here are those that the common blog and news software and its themes use.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from newsds.model import Blocks, Nodes

_MAIN_SHARE: Final = 0.4
"""An element with this share of the page's running text holds the article, whatever its class says."""
_DEPTH: Final = 120
"""Characters of the path of tags that are kept: deep nesting must not cost its square."""
_NEAR: Final = 4
"""Elements around a block whose labels name what it is."""
_ROOTS: Final = frozenset(("html", "body", "main", "article"))
_INLINE: Final = frozenset("a abbr b cite em font i label mark q s small span strong sub sup time u".split())
_BAD_TAGS: Final = frozenset("nav footer aside form button dialog menu header label legend fieldset search".split())
_FRAME_TAGS: Final = frozenset("nav footer button form address select".split())


def _pattern(parts: str, *, whole: str = "", also: str = "") -> re.Pattern[str]:
    """Find words in a label: `parts` between hyphens, underscores, blanks; `whole` between blanks; `also` anywhere."""
    alternatives = [rf"(?:^|[\s_-])(?:{'|'.join(parts.split())})(?:$|[\s_-])"]
    if whole:
        alternatives.append(rf"(?:^|\s)(?:{'|'.join(whole.split())})(?:$|\s)")
    return re.compile("|".join([*alternatives, *also.split()]))


_BAD: Final = _pattern(
    r"nav\w* menu\w* breadcrumb\w* footer\w* sidebar\w* aside comment\w* disqus\w* respond share\w* sharing social\w*"
    r" newsletter\w* subscri\w* signup promo\w* advert\w* sponsor\w* outbrain taboola cookie\w* consent gdpr popup\w*"
    r" login related\w* recommend\w* recirc\w* popular\w* trending most-?\w*read\w* mostread\w* teaser\w* readmore"
    r" read-?next author-?(?:bio|box|info|card) about-author toolbar pagination pager taglist search\w* visually-hidden"
    r" sr-only screen-reader\w* complementary navigation contentinfo toc callout cta siblings? carousel product-?card"
    r" donat\w* survey poll quiz",
    whole=r"hidden ads? ad-\w* side print dialog banner widget bio modal overlay masthead latest slider price rating",
)
"""What never holds an article's text."""
_CRUMB: Final = re.compile(r"breadcrumb|(?:^|[\s_-])crumbs?(?:$|[\s_-])")
_GOOD: Final = re.compile(
    r"article-?_?(?:body|content|text|copy)|story-?_?(?:body|content|text)|post-?_?(?:body|content|text|entry)"
    r"|entry-?_?content|body-?copy|content-?_?body|rich-?text|field-name-body|page-?content|main-?content"
)
"""What holds it."""
_FRAME: Final = _pattern(
    r"nav\w* \w*nav menu\w* sub-?menu mega-?menu dropdown\w* breadcrumbs? \w*footer\w* toolbar toc table-of-contents"
    r" social\w* share\w* sharing cookie\w* consent author\w* byline\w* login signin skip\w* cta button btn"
    r" categor(?:y|ies)-?list widget_categories widget_archive tagcloud lang\w*-?switch\w*"
)
"""Where a link leads to a part of the site, or off it, not to another article."""

Part = Literal["tag", "comment", "caption", "byline", "date", "subtitle", "previous", "next"]
_PARTS: Final[dict[Part, re.Pattern[str]]] = {
    "tag": re.compile(
        r"(?:^|[\s_-])(?:tags?|taglist|tag-?links?|post-?tags?|article-?tags?|entry-?tags?|topics?|keywords?|hashtags?"
        r"|labels?|categor(?:y|ies)|cat-?links?|kicker|eyebrow|rubric\w*|section-?(?:name|label|link)|tagged|themen?"
        r"|schlagw\w*|etiquetas?)(?:$|\s|__?|-(?:list|links?|item|name|label|wrap\w*|container|s)\b)|article:tag"
    ),
    "comment": _pattern(r"comments? comment-?(?:body|content|text|list|area) commentlist disqus\w* responses? replies"),
    "caption": _pattern(r"image-?credit photo-?credit credits? legend", also="caption"),
    "byline": _pattern(r"by-?line\w* authors? author-?name writers? contributors? creator", also="byline"),
    "date": _pattern(
        r"dates? time timestamp datetime pub-?date published posted-?on dateline datepublished datemodified"
    ),
    "subtitle": _pattern(
        r"sub-?title sub-?head(?:line|ing)? dek deck standfirst stand-first lead lede intro teaser-?text summary"
        r" excerpt article-?(?:intro|lead|summary|description) chapeau sommario entradilla bajada ingress"
    ),
    "previous": _pattern(r"nav-?previous prev(?:ious)?(?:-?(?:post|article|story|link))? post-?prev(?:ious)?"),
    "next": _pattern(r"nav-?next next(?:-?(?:post|article|story|link))? post-?next"),
}


def looks_like(part: Part, labels: str) -> bool:
    """Say whether element labels name a part of the page.

    >>> looks_like("tag", "post-tags list"), looks_like("tag", "stage")
    (True, False)
    """
    return bool(labels) and _PARTS[part].search(labels) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where each block stands, one column a cue; neutral in text, which has no elements."""

    level: Sequence[int]
    """1–6 in a heading element, else 0"""
    bad: Sequence[int]
    """elements around it that never hold an article's text"""
    framed: Sequence[bool]
    """in a menu, footer, share bar or the like"""
    crumb: Sequence[bool]
    """in the path of sections above the headline"""
    good: Sequence[bool]
    """an element around it is named as what holds an article's text"""
    within: Sequence[str]
    """tags of the elements around it, inside out"""
    labels: Sequence[str]
    """labels of the innermost elements around it"""
    hidden: Sequence[bool]
    """not shown to the reader"""


def totals(nodes: Nodes, at: Sequence[int], weights: Sequence[float]) -> list[float]:
    """Return for each element the sum of the weights in it; `weights[i]` stands in the element `at[i]`."""
    sums = [0.0] * len(nodes.tag)
    for node, weight in zip(at, weights, strict=True):
        sums[node] += weight
    for i in range(len(sums) - 1, 0, -1):  # children stand behind their parents
        sums[nodes.parent[i]] += sums[i]
    return sums


def read_places(blocks: Blocks, running_words: Sequence[float]) -> Places:
    """Return where the blocks stand.

    Args:
        blocks: the page.
        running_words: words of running text in each block; what holds most of them holds the article.
    """
    n, nodes = len(blocks), blocks.nodes
    if nodes is None:
        no = [False] * n
        zero, empty = [0] * n, [""] * n
        return Places(level=zero, bad=zero, framed=no, crumb=no, good=no, within=empty, labels=empty, hidden=no)
    count = len(nodes.tag)
    words = totals(nodes, blocks.node, running_words)
    most = _MAIN_SHARE * words[0]
    level, bad, within = [0] * count, [0] * count, [""] * count
    good, framed, crumb, hidden = ([False] * count for _ in range(4))
    for i in range(1, count):
        parent, tag, label = nodes.parent[i], nodes.tag[i], nodes.label[i]
        main = words[i] > most
        # inline, aria-hidden is but a hint to screen readers; a page that a script builds hides all until it has run
        unseen = (nodes.hidden[i] and not nodes.hidden[parent]) or (tag not in _INLINE and "aria-hidden" in label)
        hidden[i] = hidden[parent] or (unseen and not main)
        outer = main or tag in _ROOTS
        bad[i] = bad[parent] + (not outer and (tag in _BAD_TAGS or bool(label and _BAD.search(label))))
        framed[i] = framed[parent] or (not outer and (tag in _FRAME_TAGS or bool(label and _FRAME.search(label))))
        crumb[i] = crumb[parent] or bool(label and _CRUMB.search(label))
        good[i] = good[parent] or bool(label and _GOOD.search(label))
        level[i] = int(tag[1]) if len(tag) == 2 and tag[0] == "h" and tag[1] in "123456" else level[parent]
        within[i] = f"{tag} {within[parent]}"[:_DEPTH]
    labels = [
        " ".join(nodes.label[x] for x, _ in zip(nodes.ancestors(node), range(_NEAR), strict=False) if nodes.label[x])
        for node in blocks.node
    ]
    return Places(
        level=[level[x] for x in blocks.node],
        bad=[bad[x] for x in blocks.node],
        framed=[framed[x] for x in blocks.node],
        crumb=[crumb[x] for x in blocks.node],
        good=[good[x] for x in blocks.node],
        within=[within[x] for x in blocks.node],
        labels=labels,
        hidden=[hidden[x] for x in blocks.node],
    )
