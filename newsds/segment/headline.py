"""The headline, and what stands between it and the body: standfirst, author, date, caption."""

from __future__ import annotations

import re
from typing import Final

from newsds.dates import find_date
from newsds.metadata import strip_site
from newsds.model import Role
from newsds.segment import lexicon
from newsds.segment.cues import CLOSERS, is_figures, is_number
from newsds.segment.draft import Draft
from newsds.segment.elements import looks_like

_WINDOW: Final = 60
"""Blocks before the body in which its headline is looked for in a text dump."""
_LONGEST: Final = 300
"""Characters of a headline, at most."""
_SITE_SUFFIX: Final = re.compile(r"\s[|\-–—·•:»›]\s|[|｜_]")
_CRUMBS: Final = re.compile(r"\s[|>›»·/]\s")
_SENTENCE_END: Final = (".", "。", "।")


def find_title(draft: Draft) -> None:
    """Find the headline: the block above the first paragraph that most speaks for, and label its repeats."""
    if not draft.region:
        return
    cues, region = draft.cues, draft.region
    first = next((i for i in range(region.start, region.end) if cues.prose[i]), region.start)
    document = _document_title(draft)
    names = (lexicon.key(document), lexicon.key(strip_site(document)))
    low = 0 if draft.is_html or document else max(0, first - _WINDOW)
    scores = {i: _score(draft, i, first, names) for i in range(low, first + 1) if _may_be_title(draft, i)}
    best = max(scores, key=lambda i: (scores[i], -i), default=-1)
    if best < 0 or scores[best] <= 0:
        return
    key = cues.key[best]
    if not draft.is_html:  # of a headline that stands twice in a row, the first is the title
        while draft.free(best - 1) and cues.key[best - 1] == key:
            best -= 1
    draft.title = best
    draft.set(best, Role.TITLE, "the headline above the body")
    for i in range(draft.size):
        if cues.key[i] == key and draft.free(i) and (i < first or cues.level[i]):
            draft.set(i, Role.BOILERPLATE, "the headline again")


def label_head(draft: Draft) -> None:
    """Label what stands between headline and body, and author and date a little above the headline."""
    if not draft.region:
        return
    cues, title, first = draft.cues, draft.title, draft.region.start
    for i in range(max(0, (title if title >= 0 else first) - 6), first):
        text = draft.blocks.text[i]
        if not draft.free(i) or cues.hidden[i]:
            continue
        below = i > title >= 0
        if cues.date[i] and (cues.words[i] < 20):
            draft.set(i, Role.DATE, "a date above the body")
        elif draft.byline_like(i) and (below or looks_like("byline", cues.labels[i])):
            draft.set(i, Role.BYLINE, "names the author")
        elif not below:
            continue
        elif draft.caption_like(i):
            draft.set(i, Role.CAPTION, "marked as a caption")
        elif _is_standfirst(draft, i):
            draft.set(i, Role.SUBTITLE, "the line under the headline")
        elif looks_like("date", cues.labels[i]) and find_date(text):
            draft.set(i, Role.DATE, "marked as a date")


def _is_standfirst(draft: Draft, i: int) -> bool:
    cues = draft.cues
    if cues.linked[i] > 0.3 or lexicon.opens_chrome(draft.blocks.text[i]) or cues.categories[i]:
        return False
    if looks_like("subtitle", cues.labels[i]) and cues.words[i] >= 4:
        return True
    above = [j for j in range(draft.title + 1, i) if draft.roles[j] is not Role.BOILERPLATE]
    return not above and 4 <= cues.words[i] <= 60


def _document_title(draft: Draft) -> str:
    """What the page calls itself out of sight; a dump often begins with it."""
    head = draft.blocks.head
    if head is not None:
        return (head.meta.get("og:title") or head.title or "")[:_LONGEST]
    return draft.blocks.text[0][:_LONGEST] if draft.size else ""


def _may_be_title(draft: Draft, i: int) -> bool:
    text, cues = draft.blocks.text[i], draft.cues
    if not draft.free(i) or cues.hidden[i] or cues.date[i] or is_number(text):
        return False
    return 1 <= cues.words[i] <= 40 and len(text) <= _LONGEST


def _score(draft: Draft, i: int, first: int, names: tuple[str, str]) -> float:
    """What speaks for block `i` as the headline, less what speaks against it.

    `first` is the first paragraph, `names` the folded title of the document with and without the site's name.
    """
    blocks, cues = draft.blocks, draft.cues
    text, words, key = blocks.text[i], cues.words[i], cues.key[i]
    score = -0.02 * (first - i)
    if draft.is_html or i > 0:  # in a dump the first block is what the others are compared with
        if key and key in names:
            score += 3.0
        elif len(key) >= 8 and key in names[0]:
            score += 2.5
        elif names[0] and _overlap(key, names[0]) > 0.6:
            score += 1.5
    elif _SITE_SUFFIX.search(text) and any(len(k) >= 8 and k in key for k in cues.key[1 : first + 1]):
        score -= 3.0  # the document's title with the site's name; the headline itself stands below
    if i + 1 < draft.size and cues.key[i + 1] == key:
        score += 2.0  # the headline that a dump gives twice
    score += {0: 0.0, 1: 3.0, 2: 1.0}.get(cues.level[i], 0.0)
    if cues.categories[i] & {"chrome", "byline", "date", "tags", "related"}:
        score -= 3.0
    if draft.caption_like(i) or (not cues.level[i] and draft.byline_like(i)):
        score -= 3.0
    for j in range(i + 1, min(i + 5, first)):
        if cues.date[j] or draft.byline_like(j):
            score += 1.5 if j < i + 3 else 1.0  # author and date stand under a headline
            break
    if i and cues.date[i - 1]:
        score += 0.8  # or the date above it
    if i and not cues.level[i] and _may_be_title(draft, i - 1) and draft.title_like(i - 1) and words >= 5:
        score -= 1.0 * (cues.linked[i - 1] < 0.5) * (cues.words[i - 1] >= 4)  # a second line is the standfirst
    if cues.bad[i] and not cues.level[i]:
        score -= 1.0
    if cues.linked[i] > 0.7:
        score -= 1.0
    score += -1.0 if words < 3 else 0.7 if words >= 5 else 0.0
    score += 0.05 * min(words, 12)
    if i == 0 and first > 1 and not draft.is_html:
        score -= 0.7  # more often the site's name
    if is_figures(text):
        score -= 2.0
    if text.rstrip(CLOSERS).endswith(_SENTENCE_END) and not cues.cut[i]:
        score -= 1.2
    if len(_CRUMBS.findall(text)) > 1:
        score -= 2.0  # a path or a menu on one line
    if i == first:
        score -= 3.0
    return score


def _overlap(one: str, other: str) -> float:
    """Share of the words of the two that both have."""
    a, b = set(one.split()), set(other.split())
    return len(a & b) / len(a | b) if a and b else 0.0
