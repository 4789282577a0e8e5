"""The bar on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress_bar(total: int, *, show: bool) -> Iterator[Callable[[int], None]]:
    """Give a function that is told how many files were read; draws on standard error, or nothing if not `show`."""
    if not show:
        yield lambda _: None
        return
    from tqdm import tqdm

    with tqdm(total=total, unit=" files", file=sys.stderr, leave=False, dynamic_ncols=True) as bar:

        def advance(files: int) -> None:
            bar.update(files)

        yield advance
