"""Blocks → roles: features, two looks, the best sequence, for all pages of a kind at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from newsds.metadata import Metadata, read_metadata
from newsds.model import Blocks, Head, Kind, Labels, Role
from newsds.segment import lexicon
from newsds.segment.arrays import Bools, Bytes
from newsds.segment.columns import Columns
from newsds.segment.confidence import confidences, surprises
from newsds.segment.context import ROLES, UNIT, Context, probabilities
from newsds.segment.decode import decode
from newsds.segment.features import columns_of
from newsds.segment.forest import Scores
from newsds.segment.lexicon import Category
from newsds.segment.marks import ARROWS, bit
from newsds.segment.table import Table
from newsds.segment.weights import Curve, Weights, weights

_SMALLEST: Final = 200
"""Tenths of words of body that make an article."""
_ERROR: Final = 1500
"""Tenths of words up to which a page that calls itself an error page is one."""
_MOSTLY: Final = 40
"""Per cent of a page's running text that is shown by a script rather than never."""
_FRAME: Final[tuple[Category, ...]] = ("previous", "next", "share", "subscribe", "ad", "tags")
_MARKED: Final = 10
"""Tenths of words behind a mark that are a headline."""
_HEADING: Final = 200
"""Characters of a heading that is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the forests see on pages of one kind, and what they say."""

    columns: Columns
    first: Scores
    context: Context
    second: Scores

    def table(self, names: Sequence[str]) -> Bytes:
        """Return the features named, shape (features, blocks)."""
        return _stacked(names, self.columns, self.context)


def look(batch: Sequence[Blocks], fitted: Weights, declared: Sequence[Metadata] | None = None) -> Look:
    """Score the blocks of pages of one kind."""
    columns = columns_of(Table(batch, declared))
    first = fitted.first.scores(_stacked(fitted.first.features, columns))
    context = Context(columns, first)
    second = fitted.second.scores(_stacked(fitted.second.features, columns, context))
    return Look(columns=columns, first=first, context=context, second=second)


def _stacked(names: Sequence[str], columns: Columns, context: Context | None = None) -> Bytes:
    """Return the features named, shape (features, blocks)."""
    out = np.empty((len(names), columns.table.pages.rows), np.uint8)
    for i, name in enumerate(names):
        out[i] = context[name] if context is not None and " of " in name else columns[name]
    return out


def label(batch: Sequence[Blocks], declared: Sequence[Metadata] | None = None, file: str | None = None) -> list[Labels]:
    """Return the labels of pages, in the order given, by the weights in a file or those of newsds."""
    if declared is None:
        declared = [read_metadata(b.head or Head()) for b in batch]
    out: list[Labels] = [Labels(roles=(), article=False)] * len(batch)
    kinds: tuple[Kind, ...] = ("html", "text")
    for kind in kinds:
        at = [i for i, b in enumerate(batch) if b.kind == kind and len(b)]
        if at:
            fitted = weights(file).kinds[kind]
            seen = look([batch[i] for i in at], fitted, [declared[i] for i in at])
            for i, labels in zip(at, label_scored(seen.columns.table, seen.second, fitted.curves), strict=True):
                out[i] = labels
    return out


def label_scored(table: Table, scores: Scores, curves: Mapping[str, Curve]) -> list[Labels]:
    """Return the labels of pages whose blocks have scores.

    Args:
        table: the blocks.
        scores: of the second look.
        curves: the calibration of `Confidence`; a field without one is 1.
    """
    pages = table.pages
    scores = with_marks(table, scores)
    roles = decode(scores, pages, impossible(table))
    raw = surprises(probabilities(scores), roles, table.words.tenths, pages)
    sure = confidences(raw, curves, len(pages.sizes))
    body = np.bincount(
        pages.page, weights=table.words.tenths * (roles == ROLES.index(Role.BODY)), minlength=len(pages.sizes)
    )
    named = np.array(ROLES, dtype=object)[roles]
    offsets = pages.offsets.tolist()
    return [
        Labels(roles=named[a:b].tolist(), article=_is_article(blocks, int(words)), confidence=confidence)
        for blocks, a, b, words, confidence in zip(
            table.batch, offsets[:-1], offsets[1:], body.tolist(), sure, strict=True
        )
    ]


def with_marks(table: Table, scores: Scores) -> Scores:
    """Return scores in which `<<` and `>>` before a headline are what they say: dumps mark neighbours like that."""
    scores = scores.copy()
    for arrow, role in (("<<", Role.PREVIOUS), (">>", Role.NEXT)):
        rows = np.flatnonzero((table.marks.arrow == ARROWS.index(arrow) + 1) & (table.words.tenths >= _MARKED))
        scores[rows, ROLES.index(role)] = scores[rows].max(axis=1, initial=0) + 4 * UNIT
    return scores


def impossible(table: Table) -> Bools:
    """Return the roles that blocks cannot have, shape (blocks, roles), whatever the forests say.

    What is not shown has no role, unless most of the page is not (a script will show it). A line that is a word of the
    page's frame is no tag, and no text: `Share`, `Next article`, `Tags`. What is marked as next is not the previous.
    """
    never = np.zeros((table.pages.rows, len(ROLES)), np.bool_)
    hidden = table.places.hidden[table.places.node] > 0
    unseen = table.pages.total(np.where(hidden, table.running, 0))
    hidden &= 100 * unseen < _MOSTLY * np.maximum(table.pages.total(table.running), 1)
    never[hidden] = True
    marks = table.marks
    for category in _FRAME:
        frame = bit(marks.whole, category) > 0
        never[frame, ROLES.index(Role.TAG)] = True
        if category != "tags":
            never[frame, ROLES.index(Role.BODY)] = True
    said = marks.whole | marks.marker
    ahead = (bit(said, "next") > 0) | (marks.arrow == ARROWS.index(">>") + 1)
    behind = (bit(said, "previous") > 0) | (marks.arrow == ARROWS.index("<<") + 1)
    never[ahead & ~behind, ROLES.index(Role.PREVIOUS)] = True
    never[behind & ~ahead, ROLES.index(Role.NEXT)] = True
    never[:, ROLES.index(Role.BOILERPLATE)] = False
    return never


def _is_article(blocks: Blocks, words: int) -> bool:
    """Say whether a page holds an article: enough body, and it does not call itself an error page."""
    if words < _SMALLEST:
        return False
    if words > _ERROR:
        return True
    head = blocks.head
    said = [head.title] if head is not None and head.title else list(blocks.text[:1])
    said += [t for t, tag in zip(blocks.text, blocks.tag, strict=True) if tag == "h1"]
    return not any(lexicon.names_error(x) for x in said if len(x) < _HEADING)
