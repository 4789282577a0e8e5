"""Comments: what readers wrote, under the heading or in the elements that announce it."""

from __future__ import annotations

import re
from typing import Final

from newsds.model import Role
from newsds.segment.cues import is_notice
from newsds.segment.draft import Draft
from newsds.segment.elements import looks_like

_COUNTED: Final = re.compile(r"^\d{1,4}\s+(?:thoughts?|comments?|replies|responses)\b", re.IGNORECASE)
_FORM: Final = re.compile(r"\*|e-?mail", re.IGNORECASE)
"""Words of the form below the comments."""


def label_comments(draft: Draft) -> None:
    """Label the paragraphs of comments; names, dates and buttons among them are boilerplate."""
    if draft.is_html:
        _label_elements(draft)
    elif draft.region:
        _label_below_heading(draft)


def _label_elements(draft: Draft) -> None:
    cues = draft.cues
    for i in range(draft.size):
        if (
            draft.free(i)
            and looks_like("comment", cues.labels[i])
            and cues.words[i] >= 4
            and cues.linked[i] < 0.5
            and not cues.hidden[i]
            and not cues.date[i]
            and not cues.level[i]
            and "form " not in cues.within[i]
        ):
            draft.set(i, Role.COMMENT, "in an element named as comments")


def _label_below_heading(draft: Draft) -> None:
    cues, blocks = draft.cues, draft.blocks
    start = next((i for i in range(draft.region.end, draft.size) if _is_heading(draft, i)), draft.size)
    for i in range(start + 1, draft.size):
        text = blocks.text[i]
        if cues.heads_list[i] or is_notice(text):
            break
        if cues.words[i] >= 5 and cues.ends[i] and not cues.date[i] and not _FORM.search(text):
            draft.set(i, Role.COMMENT, "under the heading of the comments")
        else:
            draft.set(i, Role.BOILERPLATE, "among the comments")


def _is_heading(draft: Draft, i: int) -> bool:
    text = draft.blocks.text[i]
    return "comments" in draft.cues.categories[i] or (len(text) < 120 and _COUNTED.match(text) is not None)
