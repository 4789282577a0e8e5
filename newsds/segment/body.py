"""The body: the run of blocks that holds it, and what stands in that run without being body."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from newsds.model import Role
from newsds.segment import lexicon
from newsds.segment.cues import CLOSERS, SENTENCE_ENDS, is_notice, is_number, is_promotion
from newsds.segment.draft import Draft
from newsds.segment.region import find_region

_ABOVE_SHARE: Final = 0.6
"""A line with more of the page's running text below it stands above the article and cannot end it."""
_GAP: Final = 15
"""Blocks between the first paragraph and the rest of the body, at most."""
_HEAD: Final = 12
"""Blocks under the headline among which author and date are."""
_BOX: Final = 30
"""Words of a line in a box that asks to subscribe, at most."""
_TAIL: Final = 3
"""Short sentences that may close a body, at most."""
_PARAGRAPH: Final = 12
"""Words of a paragraph that opens a body."""


def find_body(draft: Draft) -> None:
    """Set the region: the body's run of blocks."""
    if _is_error_page(draft):
        return
    draft.region = find_region(draft.blocks, draft.cues, _barriers(draft))


def fit_body(draft: Draft) -> None:
    """Let the region begin with the first paragraph under the headline, and behind author and date."""
    cues, region, title = draft.cues, draft.region, draft.title
    if not region or title < 0:
        return
    start = region.start
    for i in range(max(title + 1, start - _GAP), start):
        opens = cues.prose[i] and cues.words[i] >= _PARAGRAPH and not cues.bad[i] and not cues.hidden[i]
        if opens and not draft.caption_like(i):
            start = i
            break
    running = 0
    for i in range(title + 1, min(title + 1 + _HEAD, region.end)):
        if cues.date[i] or draft.byline_like(i):
            start = max(start, i + 1)
        elif cues.prose[i]:
            running += 1
            if running > 1 or cues.words[i] > 60:  # one paragraph above author and date is a standfirst, two are text
                break
    start = max(start, title + 1)
    end = region.end
    while draft.free(end) and end < region.end + _TAIL and _closes_body(draft, end):
        end += 1
    if start < end:
        draft.region = replace(region, start=start, end=end)


def _closes_body(draft: Draft, i: int) -> bool:
    """A short sentence right behind the last paragraph: too short for the run, and no label or headline either."""
    cues, text = draft.cues, draft.blocks.text[i]
    if not text.rstrip(CLOSERS).endswith(SENTENCE_ENDS) or cues.cut[i] or cues.categories[i] or cues.linked[i] > 0.5:
        return False
    if is_notice(text) or is_promotion(text) or cues.bad[i] or cues.hidden[i] or cues.date[i] or cues.repeated[i] > 1:
        return False
    nodes = draft.blocks.nodes
    return nodes is None or nodes.parent[draft.blocks.node[i]] == nodes.parent[draft.blocks.node[i - 1]]


def label_body(draft: Draft) -> None:
    """Label what stands in the region."""
    cues = draft.cues
    for i in range(draft.region.start, draft.region.end):
        if not draft.free(i):
            continue
        if not draft.in_body(i):
            if "figcaption " in cues.within[i] and not cues.bad[i]:  # beside the text, not of a teaser
                draft.set(i, Role.CAPTION, "marked as a caption")
            continue
        text, words = draft.blocks.text[i], cues.words[i]
        if cues.hidden[i]:
            draft.set(i, Role.BOILERPLATE, "hidden")
        elif cues.bad[i] and not cues.good[i]:
            continue
        elif lexicon.split_marker(text, "inline_related") is not None and words < 30:
            draft.set(i, Role.REC_TITLE, "a lead-in to another article")
        elif "inline_related" in cues.categories[i] or cues.heads_list[i]:
            draft.set(i, Role.REC_HEADING, "heads a list of other articles")
        elif draft.caption_like(i):
            draft.set(i, Role.CAPTION, "marked as a caption")
        elif _is_promotion(draft, i) or (not cues.ends[i] and words < 8 and _is_promotion(draft, i + 1)):
            draft.set(i, Role.BOILERPLATE, "asks to subscribe")
        elif cues.prose[i]:
            draft.set(i, Role.BODY, "running text inside the body")
        elif "td " in cues.within[i][:12] or "th " in cues.within[i][:12]:
            draft.set(i, Role.BODY, "a cell of a table inside the body")
        elif "chrome" in cues.categories[i] or is_number(text) or is_notice(text):
            draft.set(i, Role.BOILERPLATE, "words of the page's frame")
        elif cues.linked[i] > 0.8 and words >= 4 and not cues.ends[i] and cues.level[i] == 0:
            draft.set(i, Role.REC_TITLE, "a headline that is a link, inside the body")
        elif cues.linked[i] > 0.8 and "li " not in cues.within[i][:12]:
            continue
        elif cues.repeated[i] > 1 and words < 12:
            draft.set(i, Role.BOILERPLATE, "repeated on the page")
        elif cues.date[i] and words < 9:
            draft.set(i, Role.DATE, "a date")
        else:
            draft.set(i, Role.BODY, "a short line inside the body")


def _is_promotion(draft: Draft, i: int) -> bool:
    return draft.free(i) and draft.cues.words[i] < _BOX and is_promotion(draft.blocks.text[i])


def _barriers(draft: Draft) -> list[bool]:
    """Blocks that no body crosses: neighbours, and the heads of lists and comments, unless most text is below."""
    cues = draft.cues
    out = [False] * draft.size
    below = sum(w for w, p in zip(cues.words, cues.prose, strict=True) if p)
    most = _ABOVE_SHARE * below
    for i in range(draft.size):
        below -= cues.words[i] if cues.prose[i] else 0
        if below > most:
            continue
        if draft.roles[i] in (Role.PREVIOUS, Role.NEXT) or "comments" in cues.categories[i]:
            out[i] = True
        elif cues.heads_list[i]:
            following = range(i + 1, min(draft.size, i + 5))
            # a list of headlines follows, not one link inside the text
            out[i] = sum(not cues.prose[j] for j in following) >= min(2, len(following))
    return out


def _is_error_page(draft: Draft) -> bool:
    """The document's title, or a heading on the page, says that there is no such page."""
    head = draft.blocks.head
    said = [head.title] if head is not None and head.title else list(draft.blocks.text[:1])
    said += [draft.blocks.text[i] for i in range(draft.size) if draft.cues.level[i] == 1]
    return any(lexicon.names_error(x) for x in said if len(x) < 200)
