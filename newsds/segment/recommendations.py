"""Recommendations: headlines of other articles and the teasers under them, outside the body."""

from __future__ import annotations

import re
from typing import Final

from newsds.model import Role
from newsds.segment import lexicon
from newsds.segment.cues import is_figures, is_notice
from newsds.segment.draft import Draft

_HREF: Final = re.compile(r"(?:[^/-]+[-_]){3,}[^/]*/?(?:[?#].*)?$|\d{4,}|\.s?html?\b")
"""The address of an article: its headline as a slug, or a number."""
_NOWHERE: Final = ("#", "mailto:", "tel:", "javascript:")


def label_recommendations(draft: Draft) -> None:
    """Label headings, headlines and teasers of other articles."""
    cues, blocks = draft.cues, draft.blocks
    headed = any(draft.free(i) and cues.heads_list[i] for i in range(draft.region.end, draft.size))
    listing = False
    for i in range(draft.size):
        text = blocks.text[i]
        if not draft.free(i):
            listing = listing and draft.roles[i] is not Role.BODY
        elif cues.hidden[i]:
            continue
        elif cues.heads_list[i] and not cues.ends[i]:
            listing = True
            draft.set(i, Role.REC_HEADING, "heads a list of other articles")
        elif lexicon.split_marker(text, "inline_related") is not None and 3 <= cues.words[i] < 30:
            draft.set(i, Role.REC_TITLE, "a lead-in to another article")
        elif cues.categories[i] or is_notice(text) or _is_detail(draft, i) or lexicon.opens_chrome(text):
            ends = cues.categories[i] & {"comments", "tags"} or is_notice(text) or lexicon.opens_chrome(text)
            listing = listing and not ends
        elif _is_snippet(draft, i):
            draft.set(i, Role.REC_SNIPPET, "the teaser of the title above")
        elif draft.is_html:
            if _is_link(draft, i):
                draft.set(i, Role.REC_TITLE, "a headline that is a link, outside the body")
        elif draft.title_like(i):
            if _teaser_follows(draft, i):
                draft.set(i, Role.REC_TITLE, "a headline with a teaser")
            elif draft.region and i >= draft.region.end and (listing or (not headed and cues.words[i] >= 5)):
                draft.set(i, Role.REC_TITLE, "a headline below the body")


def _is_detail(draft: Draft, i: int) -> bool:
    """A rank, date or author's name, as it stands between headline and teaser."""
    return draft.cues.date[i] or is_figures(draft.blocks.text[i]) or draft.byline_like(i)


def _teaser_follows(draft: Draft, i: int) -> bool:
    """A teaser, cut off, stands below, with nothing but a date between."""
    cues = draft.cues
    j = i + 1
    while j < draft.size and j < i + 3 and _is_detail(draft, j):
        j += 1
    return j < draft.size and cues.cut[j] and cues.words[j] >= 4


def _is_snippet(draft: Draft, i: int) -> bool:
    """Text under a recommended headline."""
    cues, text = draft.cues, draft.blocks.text[i]
    j = i - 1
    while j >= 0 and i - j < 3 and _is_detail(draft, j):
        if draft.roles[j] is Role.REC_TITLE:
            break
        j -= 1
    if j < 0 or draft.roles[j] is not Role.REC_TITLE or draft.in_body(i):
        return False
    if cues.framed[i] or cues.words[i] < 4 or (cues.linked[i] > 0.9 and cues.words[i] < 9):
        return False
    if cues.cut[i]:
        return True
    if text[-1] in "?!？！" and cues.words[i] <= 16 and draft.title_like(i):
        # a headline may be a question: it is one if a teaser stands below, or the titles above have none
        teaser_below = i + 1 < draft.size and (cues.cut[i + 1] or cues.prose[i + 1])
        return not teaser_below and j > 0 and draft.roles[j - 1] is Role.REC_SNIPPET
    return (cues.ends[i] and cues.words[i] <= 70) or (cues.words[i] >= 18 and cues.linked[i] < 0.9)


def _is_link(draft: Draft, i: int) -> bool:
    """A link that reads, and leads, like one to another article."""
    cues = draft.cues
    anchors, text, words = draft.blocks.anchors[i], draft.blocks.text[i], cues.words[i]
    if not anchors or cues.linked[i] < 0.6 or cues.framed[i]:
        return False
    if not (10 <= len(text) <= 250 and 2.5 <= words <= 40) or words / len(anchors) < 2.5 + (len(anchors) > 1):
        return False
    if anchors[0].href.startswith(_NOWHERE):
        return False
    return words >= 6 or cues.level[i] > 0 or bool(_HREF.search(anchors[0].href))
