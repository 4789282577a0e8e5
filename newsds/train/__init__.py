"""Fit the segmenter to labelled pages (extra `newsds[train]`).

labels.py pages.py   labels and the pages they are of
align.py             labels → a role for each block
layouts.py …         text dumps made of labelled content, in layouts drawn at random
examples.py fit.py   blocks with roles → forests
run.py               all of it: fit, cross-validate, calibrate
score.py folds.py    how good it is, on publishers it has not seen
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newsds.train.run import Trained, train, write

__all__ = ["Trained", "train", "write"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from newsds.train import run  # what scores pages alone need not load what fits

    return getattr(run, name)
