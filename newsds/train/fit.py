"""Fits the segmenter's weights: boosted trees twice over, the second reading what the first says of the page.

The second look must learn from first looks as they will be on pages never seen, so those come from forests that were
fitted without the page's publisher. The same forests give the cross-validated figures.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from newsds.model import Blocks, Kind, Role
from newsds.segment.arrays import Bytes
from newsds.segment.context import ROLES, UNIT, Context, names
from newsds.segment.features import columns_of, features
from newsds.segment.forest import Forest, Scores
from newsds.segment.table import Table

_BATCH: Final = 64
_OTHER: Final = ROLES.index(Role.BOILERPLATE)
_UNSURE: Final = 0.2
"""Weight of a block that the labels do not name: boilerplate, most likely."""
_LARGEST: Final = 127
"""Score of a leaf, at most."""
_UNKNOWN: Final = -32 * UNIT
"""Score of a role that no block has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A labelled page."""

    id: str
    fold: int
    """pages of one publisher are in one fold"""
    blocks: Blocks
    roles: Sequence[Role | None]
    publisher: str = ""
    weight: float = 1.0
    """0: scored, not fitted to"""
    judged: bool = True
    """counts in the figures; pages made for training do not"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the trees grow."""

    depth: int = 6
    first_trees: int = 100
    first_rate: float = 0.2
    second_trees: int = 180
    second_rate: float = 0.12
    columns: float = 0.15
    """share of the features that each tree may choose from"""
    rows: float = 0.7
    """share of the blocks that each tree is grown on"""
    borders: int = 32
    penalty: float = 4.0
    """on large leaves"""
    folds: int = 5
    threads: int = 1
    """part of the settings: sums in another order are other sums"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """Forests for one kind of page, and what forests that had not seen each page say of it."""

    first: Forest
    second: Forest
    scores: list[Scores]
    """of the second look, a page each, from forests fitted without its publisher"""


def fit(examples: Sequence[Example], settings: Settings, tell: Callable[[str], None] = lambda _: None) -> Fitted:
    """Fit the forests of one kind of page.

    Args:
        examples: labelled pages, all HTML or all text.
        settings: how the trees grow.
        tell: is told what is being done.
    """
    sizes = np.array([len(x.blocks) for x in examples])
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    fold = np.repeat([x.fold % settings.folds for x in examples], sizes)
    role = np.array([_OTHER if r is None else ROLES.index(r) for x in examples for r in x.roles])
    weight = np.repeat([x.weight for x in examples], sizes)
    weight = np.where([r is None for x in examples for r in x.roles], _UNSURE * weight, weight)
    columns = list(features())
    table = np.concatenate([_table(examples[i : i + _BATCH], columns) for i in range(0, len(examples), _BATCH)])
    tell(f"{len(examples)} pages, {len(role)} blocks, {len(columns)} features")

    def grow(data: Bytes, named: Sequence[str], rows: npt.NDArray[Any], trees: int, rate: float) -> Forest:
        return grow_forest(data[rows], role[rows], weight[rows], named, settings, trees, rate)

    first_scores = np.zeros((len(role), len(ROLES)), np.int32)
    everything = np.flatnonzero(weight > 0)
    fitted_to = [np.flatnonzero((fold != k) & (weight > 0)) for k in range(settings.folds)]
    for k in range(settings.folds):
        forest = grow(table, columns, fitted_to[k], settings.first_trees, settings.first_rate)
        out = np.flatnonzero(fold == k)
        first_scores[out] = forest.scores(_rows_of(forest, columns, table[out]))
        tell(f"first look, fold {k}")
    first = grow(table, columns, everything, settings.first_trees, settings.first_rate)
    used = [columns.index(name) for name in first.features]
    context = [
        _context(examples[i : i + _BATCH], first_scores[offsets[i] : offsets[min(i + _BATCH, len(examples))]])
        for i in range(0, len(examples), _BATCH)
    ]
    both = np.hstack([table[:, used], np.concatenate(context)])
    named = [*first.features, *names()]
    del table, context
    scores = np.zeros_like(first_scores)
    for k in range(settings.folds):
        forest = grow(both, named, fitted_to[k], settings.second_trees, settings.second_rate)
        out = np.flatnonzero(fold == k)
        scores[out] = forest.scores(_rows_of(forest, named, both[out]))
        tell(f"second look, fold {k}")
    second = grow(both, named, everything, settings.second_trees, settings.second_rate)
    return Fitted(first=first, second=second, scores=np.split(scores, offsets[1:-1]))


def _table(examples: Sequence[Example], columns: Sequence[str]) -> Bytes:
    found = columns_of(Table([x.blocks for x in examples]))
    return np.stack([found[name] for name in columns], axis=1)


def _context(examples: Sequence[Example], scores: Scores) -> Bytes:
    context = Context(columns_of(Table([x.blocks for x in examples])), scores)
    return np.stack([context[name] for name in names()], axis=1)


def _rows_of(forest: Forest, named: Sequence[str], table: Bytes) -> Bytes:
    at = {name: i for i, name in enumerate(named)}
    return np.ascontiguousarray(table[:, [at[name] for name in forest.features]].T)


def grow_forest(
    table: Bytes,
    role: npt.NDArray[Any],
    weight: npt.NDArray[Any],
    named: Sequence[str],
    settings: Settings,
    trees: int,
    rate: float,
) -> Forest:
    """Grow a forest; the same data give the same trees. What has no examples, no block is taken for.

    Args:
        table: shape (blocks, features).
        role: column of `ROLES` for each block.
        weight: of each block.
        named: the features.
        settings: how trees grow.
        trees: how many.
        rate: how much of what is left to explain each takes on.
    """
    from catboost import CatBoostClassifier, Pool  # an extra, and slow to import

    known, role = np.unique(role, return_inverse=True)
    if len(known) < 2:
        return _read_model({"oblivious_trees": [], "scale_and_bias": [1, [0.0] * len(known)]}, known, named, 0)
    model = CatBoostClassifier(
        iterations=trees,
        depth=settings.depth,
        learning_rate=rate,
        loss_function="MultiClass",
        classes_count=len(known),
        thread_count=settings.threads,
        random_seed=0,
        rsm=settings.columns,
        border_count=settings.borders,
        l2_leaf_reg=settings.penalty,
        bootstrap_type="Bernoulli",
        subsample=settings.rows,
        allow_writing_files=False,
        verbose=0,
    )
    model.fit(Pool(table, label=role, weight=weight))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        model.save_model(str(path), format="json")
        return _read_model(json.loads(path.read_bytes()), known, named, settings.depth)


def _read_model(model: dict[str, Any], known: npt.NDArray[Any], named: Sequence[str], depth: int) -> Forest:
    grown = model["oblivious_trees"]
    feature = np.zeros((len(grown), depth), np.int64)
    border = np.full((len(grown), depth), 255, np.uint8)  # no byte is greater: the answer is no
    scores = np.zeros((len(grown), 1 << depth, len(known)))
    for i, tree in enumerate(grown):
        for level, split in enumerate(tree["splits"]):
            feature[i, level] = split["float_feature_index"]
            border[i, level] = int(split["border"])
        values = np.array(tree["leaf_values"]).reshape(-1, len(known))
        scores[i] = np.tile(values, ((1 << depth) // len(values), 1))
    used, feature = np.unique(feature, return_inverse=True)
    # only differences between roles count: take each leaf's mean away, so that most of it fits one byte
    scores -= scores.mean(axis=2, keepdims=True)
    leaves = np.zeros((len(grown), 1 << depth, len(ROLES)), np.int8)
    leaves[:, :, known] = np.clip(np.round(UNIT * scores), -_LARGEST, _LARGEST)
    bias = np.full(len(ROLES), _UNKNOWN, np.int32)
    bias[known] = np.round(UNIT * np.array(model["scale_and_bias"][1]))
    return Forest(
        features=tuple(named[i] for i in used),
        feature=feature.reshape(len(grown), depth),
        border=border,
        leaves=leaves,
        bias=bias,
    )


KINDS: Final[tuple[Kind, ...]] = ("html", "text")
