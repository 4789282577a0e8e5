"""Before anything is sent: `datasets` opens the folder, with the card that it will have on the Hub."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from newsds.errors import DataError
from newsds.layout import ARTICLES, CARD, CONFIGS, SPLIT, Manifest
from newsds.schema import REJECTS_SCHEMA, SCHEMA


def check_loads(folder: Path, manifest: Manifest, card: bytes | None = None) -> None:
    """Open every table of a version as a user of the Hub will.

    Args:
        folder: of the version.
        manifest: of the version.
        card: the card that the version will have there; None for the one in the folder.

    Raises:
        DataError: a table cannot be opened, or has other columns or another number of rows than newsds wrote.
    """
    counts = manifest.counts
    wanted = {ARTICLES: counts.rows}
    with _with_card(folder, card) as place:
        for config, data in CONFIGS.items():
            schema = SCHEMA if data == ARTICLES else REJECTS_SCHEMA
            rows = wanted.get(data, counts.rejected + counts.duplicates)
            try:
                found = _open(place, config, data, schema)
            except Exception as error:  # `datasets` lets through what its many parts raise
                what = (str(error) or type(error).__name__).splitlines()[0][:300]
                raise _refused(folder, config, what) from error
            if found != rows:
                raise _refused(folder, config, f"{found} rows, the manifest says {rows}")


def _open(folder: Path, config: str, data: str, schema: pa.Schema) -> int:
    """Return the rows of a table, by the footers of its files, after `datasets` read the first of them."""
    import datasets

    files = sorted((folder / data).glob(f"{SPLIT}-*.parquet"))
    rows = int(sum(pq.read_metadata(file).num_rows for file in files))
    if rows:  # load_dataset refuses a table without rows (https://github.com/huggingface/datasets/pull/8401)
        stream = datasets.load_dataset(str(folder), config, split=SPLIT, streaming=True)
        wanted = datasets.Features.from_arrow_schema(schema)
        if stream.features != wanted:
            raise ValueError("other columns than newsds wrote")
        first = next(iter(stream))
        if list(first) != schema.names:
            raise ValueError("other columns than newsds wrote")
    return rows


def _refused(folder: Path, config: str, what: str) -> DataError:
    return DataError(
        f"load_dataset does not open {config} of {folder}: {what}",
        f"nothing was sent; see what is wrong: newsds validate {folder}",
    )


@contextmanager
def _with_card(folder: Path, card: bytes | None) -> Iterator[Path]:
    """Yield the folder, or one like it that has another card."""
    if card is None:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="newsds-") as name:
        place = Path(name)
        for path in sorted(folder.glob("data/**/*.parquet")):
            twin = place / path.relative_to(folder)
            twin.parent.mkdir(parents=True, exist_ok=True)
            try:
                twin.symlink_to(path.resolve())
            except OSError:  # Windows, without the right to make links
                shutil.copyfile(path, twin)
        (place / CARD).write_bytes(card)
        yield place
