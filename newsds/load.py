"""Open a dataset that newsds built, here or on the Hub."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pyarrow.parquet as pq

from newsds.errors import DataError, HubNotFoundError
from newsds.hub import fetch, is_hub_name
from newsds.hub.names import SCHEME
from newsds.layout import ARTICLES, SPLIT, resolve
from newsds.schema import SCHEMA, features

if TYPE_CHECKING:
    import datasets


def load(path: str | os.PathLike[str], version: str | None = None) -> datasets.Dataset:
    """Open the articles of a dataset, on disk or on the Hub; imports `datasets`.

    Args:
        path: the folder of a dataset or of one of its versions; or a dataset on the Hub: `hf://user/name`,
            `user/name` where there is no such folder, either with `@version` behind. What is on the Hub is downloaded
            into the cache of the Hub's client, once.
        version: which version; without it the newest.

    Returns:
        The articles, a row each, columns as in docs/schema.md.

    Raises:
        DataError: there is no such dataset or version, or it is damaged.
        HubError: the Hub has no such dataset or version, or cannot be reached.

    >>> load("no/such/folder/1.0.0")
    Traceback (most recent call last):
    newsds.errors.DataError: no/such/folder/1.0.0 does not exist
    """
    name = os.fspath(path)
    if isinstance(path, str) and is_hub_name(name) and not os.path.lexists(name):
        folder = _from_hub(name, version)
    else:
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


def _from_hub(name: str, version: str | None) -> Path:
    try:
        return fetch(name, version)
    except HubNotFoundError as error:
        if name.startswith(SCHEME):
            raise
        raise HubNotFoundError(f"there is no folder {name} here, and {error.message}", error.remedy) from error
