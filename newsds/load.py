"""Open a dataset that newsds built."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import pyarrow.parquet as pq

from newsds.errors import DataError, UsageError
from newsds.layout import ARTICLES, SPLIT, resolve
from newsds.schema import SCHEMA, features

if TYPE_CHECKING:
    import datasets

_HUB_ID: Final = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)


def load(path: str | os.PathLike[str], version: str | None = None) -> datasets.Dataset:
    """Open the articles of a dataset on disk; imports `datasets`.

    Args:
        path: the folder of a dataset or of one of its versions.
        version: which version; without it the newest.

    Returns:
        The articles, a row each, columns as in docs/schema.md.

    Raises:
        DataError: there is no such dataset or version, or it is damaged.
        UsageError: `path` is the name of a dataset on the Hub, which cannot be loaded yet.

    >>> load("no/such/folder/1.0.0")
    Traceback (most recent call last):
    newsds.errors.DataError: no/such/folder/1.0.0 does not exist
    """
    name = os.fspath(path)
    if _HUB_ID.fullmatch(name) and not os.path.lexists(name):
        raise UsageError(
            f"{name} is no folder here, and datasets on the Hub cannot be loaded yet",
            "give the folder of a dataset, or use datasets.load_dataset for one on the Hub",
        )
    folder = resolve(Path(path), version)
    files = sorted((folder / ARTICLES).glob("*.parquet"))
    if not files:
        raise DataError(f"{folder / ARTICLES} holds no Parquet file", f"see what is wrong: newsds validate {folder}")
    import datasets

    try:
        if not any(pq.read_metadata(file).num_rows for file in files):
            # load_dataset refuses a table without rows (https://github.com/huggingface/datasets/pull/8401)
            loaded = datasets.Dataset.from_dict({name: [] for name in SCHEMA.names}, features=features(), split=SPLIT)
        else:
            loaded = datasets.load_dataset(str(folder), split=SPLIT)
    except (datasets.exceptions.DatasetsError, ValueError, OSError) as error:
        raise DataError(f"cannot load {folder}: {error}", f"see what is wrong: newsds validate {folder}") from error
    return cast("datasets.Dataset", loaded)
