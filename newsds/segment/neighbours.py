"""Previous and next: lines that name the neighbouring articles by a sign or a word, alone or with the headline."""

from __future__ import annotations

import re
from typing import Final, Literal

from newsds.model import Role
from newsds.segment import lexicon
from newsds.segment.cues import count_words
from newsds.segment.draft import Draft
from newsds.segment.elements import looks_like

_SIGNS: Final = {
    Role.PREVIOUS: re.compile(r"^(?:<<+\s*[:：]?|[←⟵◀◄❮⇐]+|«|‹)\s*"),
    Role.NEXT: re.compile(r"^(?:>>+\s*[:：]?|[→⟶▶►❯⇒]+)\s*|\s*(?:>>+|[→⟶▶►❯⇒]+|»|›)$"),
}
_ARROWS: Final = re.compile(r"^[\s<>«»‹›＜＞←→]+|[\s<>«»‹›＜＞←→]+$")
_OTHER: Final = {Role.PREVIOUS: Role.NEXT, Role.NEXT: Role.PREVIOUS}
_SIDES: Final[dict[Role, Literal["previous", "next"]]] = {Role.PREVIOUS: "previous", Role.NEXT: "next"}
_LONGEST: Final = 260
"""Characters of a line that may be a neighbour's."""


def label_marked_lines(draft: Draft) -> None:
    """`<<:  Title`, `Next article: Title`, or the mark on one line and the headline on the next; the first of each."""
    missing = list(_SIDES)
    for i in range(draft.size):
        if len(draft.blocks.text[i]) > _LONGEST or draft.cues.hidden[i]:
            continue
        for role in missing:
            at = _headline_of(draft, i, role)
            if at >= 0:
                draft.set(at, role, "marked as the neighbour" if at == i else "under the neighbour's mark")
                if draft.roles[at] is role:
                    missing.remove(role)
                if at != i:
                    draft.set(i, Role.BOILERPLATE, "a neighbour's mark alone")
                break


def label_marked_elements(draft: Draft) -> None:
    """Links outside the body whose element is named as the previous or next article."""
    if not draft.is_html:
        return
    for role, side in _SIDES.items():
        if role in draft.roles:
            continue
        for i in range(draft.size):
            if (
                draft.free(i)
                and not draft.in_body(i)
                and draft.cues.linked[i] >= 0.5
                and looks_like(side, draft.cues.labels[i])
                and draft.title_like(i)
            ):
                draft.set(i, role, "in an element named as the neighbour")
                break


def _headline_of(draft: Draft, i: int, role: Role) -> int:
    """Block that holds the headline of the neighbour that block `i` marks, -1 if it marks none."""
    cues, text, side = draft.cues, draft.blocks.text[i], _SIDES[role]
    if side in cues.categories[i]:
        below = i + 1
        if not draft.free(below) or not draft.title_like(below):
            return -1
        if draft.is_html and (cues.linked[below] < 0.5 or cues.linked[i] > 0.9):
            return -1  # no link, or two of their own: a slide show, or a menu that happens to hold the word
        return below
    start = lexicon.split_marker(text, side)
    if start is not None and count_words(text[start:]) >= 1.5:
        return i
    if draft.is_html and lexicon.split_phrase(text, side) is not None and looks_like(side, cues.labels[i]):
        return i if cues.linked[i] > 0.5 and cues.words[i] >= 4 else -1
    if draft.is_html:
        return -1
    bare = _ARROWS.sub("", text)
    start = lexicon.split_phrase(bare, side)
    if start is not None and _is_mark(bare[:start]) and count_words(bare[start:]) >= 2:
        return i
    sign = _SIGNS[role].search(text)
    if sign is None:
        return -1
    rest = text[: sign.start()] + text[sign.end() :] if sign.start() else text[sign.end() :]
    doubled = sign[0].strip()[:2] in ("<<", ">>")
    if count_words(rest) >= (1 if doubled else 3) and (doubled or _points_both_ways(draft, i, role)):
        return i
    return -1


def _is_mark(words: str) -> bool:
    """Words before a headline that can only be a mark: two of them, or one of a script without blanks."""
    return len(words.split()) > 1 or (len(words.strip()) > 2 and words[0] > "\u2e7f")


def _points_both_ways(draft: Draft, i: int, role: Role) -> bool:
    """An arrow alone may be anything; two lines that point both ways are neighbours."""
    other = _SIGNS[_OTHER[role]]
    around = [j for j in range(max(0, i - 3), min(draft.size, i + 4)) if j != i]
    return any(other.search(draft.blocks.text[j]) and draft.cues.words[j] >= 3 for j in around)
