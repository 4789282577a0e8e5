"""A role and a reason for every block: the rules, in the order in which they have their say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from newsds.model import Blocks, Labels
from newsds.segment.body import find_body, fit_body, label_body
from newsds.segment.comments import label_comments
from newsds.segment.draft import Draft
from newsds.segment.headline import find_title, label_head
from newsds.segment.neighbours import label_marked_elements, label_marked_lines
from newsds.segment.recommendations import label_recommendations
from newsds.segment.tags import label_tags

RULES: Final[tuple[Callable[[Draft], None], ...]] = (
    label_marked_lines,
    find_body,
    label_marked_elements,
    find_title,
    fit_body,
    label_head,
    label_body,
    label_tags,
    label_comments,
    label_recommendations,
)


def label_page(blocks: Blocks) -> Labels:
    """Return a role and a reason for each block of a page."""
    draft = Draft(blocks)
    for rule in RULES:
        rule(draft)
    return draft.labels()
