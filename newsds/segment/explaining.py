"""Why each block of a page has its role: the margin to the next best, and the features that decided."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from newsds.model import Blocks, Labels
from newsds.segment.arrays import Ints
from newsds.segment.context import ROLES, UNIT
from newsds.segment.labelling import Look, label_scored, look
from newsds.segment.weights import Weights, weights

_NAMED: Final = "{name} = {value} ({gain:+.1f})"
_TOP: Final = 3
"""Features named for each block."""


def explain(blocks: Blocks, weights_file: str | None = None) -> Labels:
    """Return the labels of a page with margins and reasons.

    A margin below 0 is a block whose best role by itself was ruled out by the rest of the page.

    >>> from newsds.blocks import text_blocks
    >>> labels = explain(text_blocks(">>:  The next one"))
    >>> len(labels.margins), labels.reasons[0].count(" = ")
    (1, 3)
    """
    if not len(blocks):
        return Labels(roles=(), article=False)
    fitted = weights(weights_file).kinds[blocks.kind]
    seen = look([blocks], fitted)
    labels = label_scored(seen.columns.table, seen.second, fitted.curves)[0]
    rows = np.arange(len(blocks))
    roles = np.array([ROLES.index(r) for r in labels.roles])
    scores = seen.second.astype(np.float64)
    chosen = scores[rows, roles]
    scores[rows, roles] = -np.inf
    others = scores.argmax(axis=1)
    margins = (chosen - scores[rows, others]) / UNIT
    reasons = []
    for i, features in enumerate(_deciding(seen, fitted, roles, others)):
        said = "; ".join(_NAMED.format(name=name, value=value, gain=gain) for name, value, gain in features)
        reasons.append(f"not {ROLES[others[i]]}: {said}")
    return replace(labels, margins=tuple(round(float(m), 2) for m in margins), reasons=tuple(reasons))


def _deciding(seen: Look, fitted: Weights, roles: Ints, others: Ints) -> list[list[tuple[str, int, float]]]:
    """Return for each block the three features that weigh most between its role and another: name, value, weight.

    A feature weighs what the mean of the leaves that are left gains by its answers (A. Saabas, "Interpreting random
    forests", 2014), in natural logarithms.
    """
    forest = fitted.second
    table = seen.table(forest.features)
    leaf = forest.leaf(table).astype(np.int64)
    rows = np.arange(table.shape[1])
    weight = np.zeros(table.shape)
    depth = forest.feature.shape[1]
    for tree, features in enumerate(forest.feature):
        values = forest.leaves[tree].astype(np.float64)
        known = np.zeros(len(rows)) + values.mean(axis=0)[roles] - values.mean(axis=0)[others]
        for level in range(depth):
            answers = (1 << (level + 1)) - 1  # the low bits of a leaf's number are the answers so far
            left = values.reshape(-1, answers + 1, values.shape[1]).mean(axis=0)[leaf[tree] & answers]
            now = left[rows, roles] - left[rows, others]
            weight[features[level]] += now - known
            known = now
    top = np.argsort(-np.abs(weight), axis=0, kind="stable")[:_TOP]
    return [[(forest.features[f], int(table[f, i]), float(weight[f, i]) / UNIT) for f in top[:, i]] for i in rows]
