"""Tags: marked lines, hashtags, lists under a heading, links named as tags, bare lines before the neighbours."""

from __future__ import annotations

import re
from typing import Final

from newsds.model import Role
from newsds.segment import lexicon
from newsds.segment.cues import count_words, is_figures, is_notice
from newsds.segment.draft import Draft
from newsds.segment.elements import looks_like

_HASHTAGS: Final = re.compile(r"^(?:[#＃][^\s#＃]+[\s,，、·|]*)+$")
_HREF: Final = re.compile(
    r"/(?:tags?|topics?|tema|temas|thema|themen|keywords?|etiquetas?|hashtag|sujets?|argomenti)/[^/]"
)
"""Addresses of topic pages, as the common blog and news software writes them."""
_LINE: Final = 300
_LABEL: Final = 60
"""Characters of one tag, at most."""
_BARE: Final = 14
"""Blocks between the body and the neighbours that may be bare tag lines."""
_ABOVE: Final = 4
"""Blocks above the headline in which its section may be named."""


def label_tags(draft: Draft) -> None:
    """Label tags wherever a mark, an element or their place names them."""
    cues, blocks = draft.cues, draft.blocks
    for i in range(draft.size):
        if not draft.free(i) or cues.hidden[i]:
            continue
        text = blocks.text[i]
        if _HASHTAGS.match(text) and len(text) < _LINE:
            draft.set(i, Role.TAG, "hashtags")
        elif _marked(draft, i):
            draft.set(i, Role.TAG, "marked as tags")
        elif "tags" in cues.categories[i] and i >= draft.title and not cues.linked[i]:
            _label_list(draft, i)
        elif draft.is_html and _linked(draft, i):
            draft.set(i, Role.TAG, "links named as tags")
    if not draft.region:
        return
    if draft.is_html:
        _label_kicker(draft)
        _label_breadcrumb(draft)
    else:
        _label_bare_lines(draft)


def _marked(draft: Draft, i: int) -> bool:
    """`Tags: rust, planes`, `Tagged rust, planes`."""
    cues, text = draft.cues, draft.blocks.text[i]
    if cues.ends[i] or len(text) > _LINE or cues.words[i] >= 45:
        return False
    start = lexicon.split_marker(text, "tags")
    if start is not None:
        return count_words(text[start:]) > 0
    return lexicon.split_phrase(text, "tags") is not None and "," in text and len(text) < 200


def _label_list(draft: Draft, heading: int) -> None:
    """Short lines under a heading `Tags`."""
    cues, blocks = draft.cues, draft.blocks
    i = heading + 1
    while draft.free(i) and i < heading + 21 and len(blocks.text[i]) <= _LABEL and not cues.ends[i]:
        if cues.words[i] > 9 or cues.categories[i] or cues.date[i] or is_notice(blocks.text[i]):
            break
        if cues.heads_list[i]:
            break
        if draft.is_html and (not blocks.anchors[i] or cues.framed[i]):
            break
        if not draft.is_html and i > heading + 1 and blocks.gap[i] > 2 * max(1, blocks.gap[heading + 1]):
            break
        draft.set(i, Role.TAG, "under a heading of tags")
        i += 1
    if i > heading + 1:
        draft.set(heading, Role.BOILERPLATE, "heads the tags")


def _linked(draft: Draft, i: int) -> bool:
    """Links whose element or address names them as tags, near the article."""
    blocks, cues = draft.blocks, draft.cues
    anchors, nodes = blocks.anchors[i], blocks.nodes
    if not anchors or nodes is None or cues.linked[i] < 0.5 or any(a.end - a.start > 50 for a in anchors):
        return False
    if draft.title >= 0 and not draft.title - 12 <= i <= draft.region.end + 30:
        return False
    if all("tag" in nodes.label[a.node].split() for a in anchors):
        return True
    if cues.framed[i] or cues.level[i] or cues.words[i] / len(anchors) > 5:
        return False
    return any(_HREF.search(a.href) for a in anchors) or looks_like("tag", cues.labels[i])


def _label_bare_lines(draft: Draft) -> None:
    """Short lines between the body and the neighbours, where nothing marks tags."""
    cues, blocks, end = draft.cues, draft.blocks, draft.region.end
    within = range(end, min(draft.size, end + _BARE))
    stop = next((i for i in within if draft.roles[i] in (Role.PREVIOUS, Role.NEXT)), end)
    if any(draft.roles[i] is Role.TAG for i in range(end, stop)):
        return
    for i in range(end, stop):
        bare = len(blocks.text[i]) <= _LABEL and cues.words[i] <= 8 and not cues.ends[i]
        bare = bare and not (is_figures(blocks.text[i]) or cues.date[i] or draft.byline_like(i))
        if bare and draft.free(i) and "chrome" not in cues.categories[i]:
            draft.set(i, Role.TAG, "a bare line between body and neighbours")


def _label_kicker(draft: Draft) -> None:
    """A link of a word or three right above the headline: the section the article is in."""
    cues, blocks = draft.cues, draft.blocks
    kickers = [
        i
        for i in range(max(0, draft.title - _ABOVE), draft.title)
        if draft.free(i)
        and len(blocks.anchors[i]) == 1
        and blocks.anchors[i][0].href.rstrip("/").count("/") - 2 * ("://" in blocks.anchors[i][0].href) > 0
        and cues.linked[i] > 0.8
        and cues.words[i] <= 3
        and not (cues.framed[i] or cues.bad[i] or cues.categories[i] or cues.hidden[i])
    ]
    if len(kickers) <= 2:  # more are a menu
        for i in kickers:
            draft.set(i, Role.TAG, "a short link above the headline")


def _label_breadcrumb(draft: Draft) -> None:
    """The last breadcrumb above the headline, where nothing else names the category."""
    if Role.TAG in draft.roles or draft.title < 0:
        return
    anchors, cues = draft.blocks.anchors, draft.cues
    crumbs = [i for i in range(draft.title) if cues.crumb[i] and anchors[i] and not cues.categories[i]]
    if crumbs and draft.free(crumbs[-1]) and len(anchors[crumbs[-1]]) == 1 and cues.words[crumbs[-1]] <= 4:
        draft.set(crumbs[-1], Role.TAG, "the last breadcrumb")
