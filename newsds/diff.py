"""Two versions of a dataset, here or on the Hub: what differs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from newsds.compare import Difference, compare
from newsds.errors import DataError, HubNotFoundError
from newsds.hub import fetch, is_hub_name
from newsds.hub.names import SCHEME
from newsds.layout import resolve
from newsds.version import is_version

_PARQUET: Final = ".parquet"


def diff(old: str | os.PathLike[str], new: str | os.PathLike[str], *, examples: int = 5) -> Difference:
    """Compare two versions of a dataset: columns first, then row by row.

    A row is the same article as the one with its id; else as the one with its address, if only one has it; else as the
    one from its source file and record, unless both have addresses. Columns that one version lacks, or has in another
    type, are named and not compared.

    Args:
        old: the folder of a version; the folder of a dataset, whose newest version is taken, or with `@1.0.0` behind
            another; a Parquet file of articles; or a version on the Hub: `hf://user/name@v1.0.0`, `user/name@1.0.0`,
            which is downloaded into the cache of the Hub's client.
        new: likewise.
        examples: rows of each kind to show, at most: the first of the dataset.

    Returns:
        What differs: `same`, `level`, counts, examples; `lines()` and `to_dict()` for people and machines.

    Raises:
        UsageError: `examples` is negative.
        DataError: there is no such version here, or a file of it is damaged.
        HubError: the Hub has no such dataset or version, or cannot be reached.

    >>> import tempfile
    >>> import newsds
    >>> days = "\\n\\n".join(f"On day {n} the mayor said that the bridge would stay shut." for n in range(9))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page, out = Path(folder, "page.txt"), Path(folder, "dist")
    ...     _ = page.write_text("The bridge stays shut\\n\\n" + days)
    ...     one = newsds.build(page, out)
    ...     _ = page.write_text("The bridge opens\\n\\n" + days)
    ...     other = newsds.build(page, out)
    ...     found = diff(one.path, other.path)
    >>> found.level, found.rows.phrase(), found.rows.columns["title"]
    ('minor', '1 changed', 1)
    >>> found.examples[0].columns["title"]
    ('The bridge stays shut', 'The bridge opens')
    """
    return compare(_locate(old), _locate(new), examples=examples)


def _locate(name: str | os.PathLike[str]) -> Path:
    """Return the folder of a version, or the Parquet file, that is meant."""
    path = Path(name)
    if os.path.lexists(path):
        if path.is_file() and path.suffix != _PARQUET:
            raise DataError(f"{path} is no Parquet file", "give the folder of a version, or a file of its articles")
        return path if path.is_file() else resolve(path)
    text = os.fspath(name)
    folder, at, version = text.rpartition("@")
    if at and is_version(version.removeprefix("v")) and Path(folder).is_dir():
        return resolve(Path(folder), version.removeprefix("v"))
    if isinstance(name, str) and is_hub_name(text):
        try:
            return fetch(text)
        except HubNotFoundError as error:
            if text.startswith(SCHEME):
                raise
            raise HubNotFoundError(f"there is no folder {text} here, and {error.message}", error.remedy) from error
    return resolve(path)
