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


def diff(
    old: str | os.PathLike[str],
    new: str | os.PathLike[str],
    *,
    examples: int = 5,
    token: str | None = None,
    endpoint: str | None = None,
) -> Difference:
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
        token: for a private repository; without it that of the Hub client's login.
        endpoint: address of the Hub; without it the client's own.

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
    folders = (_locate(name, token, endpoint) for name in (old, new))
    return compare(*folders, examples=examples)


def is_on_hub(name: str | os.PathLike[str]) -> bool:
    """Say whether a version is looked for on the Hub, as there is nothing here that has its name.

    >>> is_on_hub("hf://me/pages@v1.0.0"), is_on_hub("no/such/folder"), is_on_hub(Path("me/pages"))
    (True, False, False)
    """
    here = os.path.lexists(name) or _split(os.fspath(name)) is not None
    return isinstance(name, str) and is_hub_name(name) and not here


def _split(name: str) -> tuple[Path, str] | None:
    """Return folder and version of `folder@1.0.0`; None if it is no such name, or there is no such folder."""
    folder, at, version = name.rpartition("@")
    version = version.removeprefix("v")
    return (Path(folder), version) if at and is_version(version) and Path(folder).is_dir() else None


def _locate(name: str | os.PathLike[str], token: str | None, endpoint: str | None) -> Path:
    """Return the folder of a version, or the Parquet file, that is meant."""
    path, text = Path(name), os.fspath(name)
    if is_on_hub(name):
        try:
            return fetch(text, token=token, endpoint=endpoint)
        except HubNotFoundError as error:
            if text.startswith(SCHEME):
                raise
            raise HubNotFoundError(f"there is no folder {text} here, and {error.message}", error.remedy) from error
    if path.is_file():
        if path.suffix != _PARQUET:
            raise DataError(f"{path} is no Parquet file", "give the folder of a version, or a file of its articles")
        return path
    named = None if os.path.lexists(path) else _split(text)
    return resolve(*named) if named else resolve(path)
