"""What is in a dataset, in figures: one pass over its Parquet files, a row group at a time.

Every figure is a whole number and a function of the rows alone: the same rows give the same `stats.json` on every
machine, with every release of Arrow. What the files' footers know (nulls, smallest and greatest value of plain columns)
is taken from there, and those columns are not read.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from newsds.errors import DataError
from newsds.layout import ARTICLES, REJECTS, resolve, unreadable
from newsds.schema import CONFIDENCES, REJECTS_SCHEMA, SCHEMA

STATS_FORMAT: Final = 1
"""Goes up when the same rows give another stats.json."""
TOP: Final = 50
"""Values of a column that are named, the most frequent first."""
KEPT: Final = 100_000
"""Values of a column that are counted at a time; see `ValueTable.error`."""
LONGEST_VALUE: Final = 120
"""Characters that tell values apart."""
QUANTILES: Final = (1, 5, 25, 50, 75, 95, 99)
"""In percent."""
_EXACT: Final = 1 << 20
_COARSE: Final = 10
"""Bits of a length above `_EXACT` that the quantiles leave out: one part in a thousand, so that memory stays flat."""
EDGES: Final = tuple(m * 10**e for e in range(1, 8) for m in (10, 15, 20, 30, 50, 70))
"""Bounds of the histogram of text lengths, in characters; the first bin begins at 0."""
_FOOTER: Final = ("id", "url", "published", "modified", "captured_at", "source", "record", "offset", "page_digest")
"""Columns of which the footer says all; a footer cuts long texts, so of texts only the nulls are taken."""
_TABLES: Final = ("language", "site", "kind", "charset", "charset_source", "flags", "tags", "keywords")
"""Columns whose values are counted. Not `authors`: names of people are in the rows, and need no ranking."""
_UNITS: Final = {"length": "bytes", "page_chars": "characters", "replaced_chars": "characters"}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnStats:
    """Figures of a column. What a column has not is None: a time has no sum, a digest no length."""

    name: str
    nulls: int
    """rows without a value"""
    empty: int | None = None
    """rows with an empty text or list"""
    unit: str | None = None
    """of the following: `characters` of a text, `items` of a list, `bytes`, `thousandths` of a probability, `time`"""
    min: int | str | None = None
    max: int | str | None = None
    sum: int | None = None
    quantiles: Mapping[str, int] | None = None
    """`p50` → the least value that half of the values do not exceed; above 2^20 rounded down to a multiple of 1,024"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How often there is a value."""

    value: str | None
    """its first 120 characters; None of rows without"""
    rows: int
    """rows that have it"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueTable:
    """The values of a column."""

    distinct: int | None
    """different values; None where there are too many to count"""
    error: int
    """no count is too high, and none is too low by more than this; 0 unless there are more than 100,000 values"""
    top: tuple[Count, ...]
    """the most frequent, those of one frequency in the order of their characters"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """Figures of a dataset."""

    rows: int
    rejects: int
    """lines of the ledger's table, duplicates among them"""
    articles_columns: tuple[ColumnStats, ...]
    rejects_columns: tuple[ColumnStats, ...]
    values: Mapping[str, ValueTable]
    """values of the articles, by column"""
    months: Mapping[str, int]
    """rows by month of publication, as `2024-05`; rows without a date are not in it"""
    lengths: tuple[tuple[int, int], ...]
    """histogram of `text`: least length in characters, rows; without empty bins at either end"""
    language_chars: Mapping[str, int]
    """characters of `text` by language; those without a language under the empty string"""
    roles: Mapping[str, int]
    """characters of the decoded pages by role"""
    paragraph_kinds: Mapping[str, int]
    """paragraphs by kind"""
    reasons: Mapping[str, int]
    """rejects by reason code, duplicates among them"""
    format: int = field(default=STATS_FORMAT)

    def column(self, name: str) -> ColumnStats:
        """Return the figures of a column of the articles."""
        return next(c for c in self.articles_columns if c.name == name)

    def to_json(self) -> str:
        """Return the content of stats.json: keys sorted, an entry a line, whole numbers and strings only."""
        values = asdict(self)
        for key in ("articles_columns", "rejects_columns"):
            values[key] = {c.pop("name"): {k: v for k, v in c.items() if v is not None} for c in values[key]}
        return json.dumps(values, sort_keys=True, indent=1, ensure_ascii=False) + "\n"


def stats(path: str | os.PathLike[str], version: str | None = None) -> Stats:
    """Return figures of a dataset on disk: columns, languages, sites, dates, lengths, flags, reasons.

    Args:
        path: the folder of a dataset, or of one of its versions.
        version: which version of the dataset; without it the one that `latest` names.

    Raises:
        DataError: there is no dataset at `path`, or a file of it is damaged.

    >>> import tempfile
    >>> import newsds
    >>> days = "\\n\\n".join(f"On day {n} the mayor said that the bridge would stay shut." for n in range(9))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "page.txt").write_text("The bridge stays shut\\n\\n" + days)
    ...     found = stats(newsds.build(Path(folder, "page.txt"), Path(folder, "dist")).path)
    >>> found.rows, found.column("title").max, found.values["language"].top
    (1, 21, (Count(value='en', rows=1),))
    """
    folder = resolve(Path(path), version)
    return measure(sorted((folder / ARTICLES).glob("*.parquet")), sorted((folder / REJECTS).glob("*.parquet")))


def measure(articles: Sequence[Path], rejects: Sequence[Path]) -> Stats:
    """Return the figures of Parquet files, in their order.

    Args:
        articles: files of the articles.
        rejects: files of the rejects.

    Raises:
        DataError: a file cannot be read, or has not the columns of newsds.
    """
    rows = _Table(SCHEMA, tables=_TABLES)
    text = _Text()
    for batch in _row_groups(articles, rows):
        rows.add(batch)
        text.add(batch)
    ledger = _Table(REJECTS_SCHEMA, tables=("reason",))
    for batch in _row_groups(rejects, ledger):
        ledger.add(batch)
    reasons = {value or "": n for value, n in ledger.tables["reason"].counts.items()}
    return Stats(
        rows=rows.rows,
        rejects=ledger.rows,
        articles_columns=rows.columns(),
        rejects_columns=ledger.columns(),
        values={name: table.result() for name, table in sorted(rows.tables.items())},
        months=_months(text.months),
        lengths=_trimmed(tuple(zip((0, *EDGES), text.histogram.tolist(), strict=True))),
        language_chars=dict(sorted(text.languages.items())),
        roles=dict(sorted(text.roles.items())),
        paragraph_kinds=dict(sorted(text.kinds.items())),
        reasons=dict(sorted(reasons.items())),
    )


def empty_stats() -> Stats:
    """Return the figures of no rows."""
    return measure((), ())


def _row_groups(paths: Sequence[Path], table: _Table) -> Iterator[pa.RecordBatch]:
    """Yield what must be read of each row group; gives the footers to `table`."""
    for path in paths:
        try:
            with pq.ParquetFile(path, page_checksum_verification=True) as file:
                if not file.schema_arrow.equals(table.schema, check_metadata=False):
                    raise DataError(f"{path} has not the columns of newsds", "see what is wrong: newsds validate")
                for number in range(file.metadata.num_row_groups):
                    known = table.footer(file.metadata.row_group(number), file.schema_arrow)
                    wanted = [name for name in table.schema.names if name not in known]
                    group = file.read_row_group(number, columns=wanted).combine_chunks()
                    yield from group.to_batches()
        except (pa.ArrowException, OSError, ValueError) as error:
            raise unreadable(path, error) from error


class _Numbers:
    """Counts of numbers from 0 on: memory does not grow with the rows."""

    def __init__(self) -> None:
        self.counts: Ints = np.zeros(0, dtype=np.int64)
        self.least: int | None = None
        self.greatest: int | None = None
        self.total = 0

    def add(self, values: Ints) -> None:
        if not len(values):
            return
        least, greatest = int(values.min()), int(values.max())
        self.least = least if self.least is None else min(self.least, least)
        self.greatest = greatest if self.greatest is None else max(self.greatest, greatest)
        self.total += int(values.sum())
        values = np.maximum(values, 0)
        bins = np.where(values < _EXACT, values, _EXACT + (np.minimum(values, 1 << 31) - _EXACT >> _COARSE))
        found, counts = np.unique(bins, return_counts=True)
        if found[-1] >= len(self.counts):
            grown = np.zeros(max(64, 2 * int(found[-1])), dtype=np.int64)
            grown[: len(self.counts)] = self.counts
            self.counts = grown
        self.counts[found] += counts

    def quantiles(self) -> dict[str, int] | None:
        """The nearest rank: a value that there is, no mean of two."""
        reached = np.cumsum(self.counts)
        if self.least is None or self.greatest is None:
            return None
        n = int(reached[-1])
        ranks = [-(-q * n // 100) for q in QUANTILES]
        bins = np.searchsorted(reached, ranks).tolist()
        values = (b if b < _EXACT else _EXACT + (b - _EXACT << _COARSE) for b in bins)
        # the last bin may begin below the least value
        return {f"p{q:02d}": max(value, self.least) for q, value in zip(QUANTILES, values, strict=True)}


class _Values:
    """Counts of texts by the method of Misra and Gries: right while there are few, too low by a known number after.

    How much too low depends on the row groups, which the content of the rows cuts (`newsds.build.write`).
    """

    def __init__(self, kept: int = KEPT) -> None:
        self.kept = kept
        self.counts: dict[str | None, int] = {}
        self.error = 0

    def add(self, values: pa.Array) -> None:
        if pa.types.is_list(values.type):
            values = values.flatten()
        cut = pc.utf8_slice_codeunits(values, 0, LONGEST_VALUE)
        for one in pc.value_counts(cut).to_pylist():
            self.counts[one["values"]] = self.counts.get(one["values"], 0) + one["counts"]
        if len(self.counts) > self.kept:
            # the half that is kept decides what all lose, so that it is done seldom
            loss = sorted(self.counts.values(), reverse=True)[self.kept // 2]
            self.counts = {value: n - loss for value, n in self.counts.items() if n > loss}
            self.error += loss

    def result(self) -> ValueTable:
        order = sorted(self.counts.items(), key=lambda one: (-one[1], one[0] is not None, one[0] or ""))
        return ValueTable(
            distinct=None if self.error else len(self.counts.keys() - {None}),
            error=self.error,
            top=tuple(Count(value=value, rows=n) for value, n in order[:TOP]),
        )


class _Table:
    """The columns of a table."""

    def __init__(self, schema: pa.Schema, *, tables: Iterable[str]) -> None:
        self.schema = schema
        self.rows = 0
        self.nulls = dict.fromkeys(schema.names, 0)
        self.empty = dict.fromkeys(schema.names, 0)
        self.numbers = {f.name: _Numbers() for f in schema if not pa.types.is_struct(f.type)}
        self.tables = {name: _Values() for name in tables}

    def footer(self, group: Any, schema: pa.Schema) -> set[str]:
        """Take from the footer of a row group what it says; return the columns that need not be read."""
        self.rows += group.num_rows
        known = set()
        for number in range(group.num_columns):
            column = group.column(number)
            name, found = column.path_in_schema, column.statistics
            if name not in _FOOTER or name == "published" or found is None or not found.has_null_count:
                continue
            kind = schema.field(name).type
            if not pa.types.is_string(kind) and found.null_count < group.num_rows:
                if not found.has_min_max:
                    continue
                self._bounds(name, found.min_raw, found.max_raw)
            self.nulls[name] += found.null_count
            known.add(name)
        return known

    def _bounds(self, name: str, least: int, greatest: int) -> None:
        numbers = self.numbers[name]
        numbers.least = least if numbers.least is None else min(numbers.least, least)
        numbers.greatest = greatest if numbers.greatest is None else max(numbers.greatest, greatest)

    def add(self, batch: pa.RecordBatch) -> None:
        for name in batch.schema.names:
            column = batch.column(name)
            self.nulls[name] += column.null_count
            if name in self.tables:
                self.tables[name].add(column)
            if name in _FOOTER:
                if not pa.types.is_string(column.type) and column.null_count < len(column):
                    bounds = pc.min_max(column.cast(pa.int64()))
                    self._bounds(name, bounds["min"].as_py(), bounds["max"].as_py())
            elif name in self.numbers and not self._coded(name):
                self._measure(name, column)

    def _coded(self, name: str) -> bool:
        """Whether the column holds one of a few words, whose lengths say nothing."""
        return name in self.tables and pa.types.is_string(self.schema.field(name).type)

    def _measure(self, name: str, column: pa.Array) -> None:
        kind = column.type
        if pa.types.is_string(kind):
            sizes = pc.utf8_length(column)
        elif pa.types.is_list(kind):
            sizes = pc.list_value_length(column)
        elif pa.types.is_floating(kind):
            # what is no probability breaks a rule of the rows, and must not break the figures
            probabilities = np.clip(np.nan_to_num(_array(column, np.float64)), 0, 1)
            self.numbers[name].add(np.rint(probabilities * 1000).astype(np.int64))
            return
        else:
            sizes = column
        values = _array(sizes, np.int64)
        if not pa.types.is_integer(kind):
            self.empty[name] += int(np.count_nonzero(values == 0))
        self.numbers[name].add(values)

    def columns(self) -> tuple[ColumnStats, ...]:
        return tuple(self._column(one) for one in self.schema)

    def _column(self, one: pa.Field) -> ColumnStats:
        name, kind = one.name, one.type
        if pa.types.is_struct(kind) or self._coded(name) or (name in _FOOTER and pa.types.is_string(kind)):
            return ColumnStats(name=name, nulls=self.nulls[name])
        numbers = self.numbers[name]
        if pa.types.is_timestamp(kind):
            least, greatest = (None if x is None else _time(x) for x in (numbers.least, numbers.greatest))
            return ColumnStats(name=name, nulls=self.nulls[name], unit="time", min=least, max=greatest)
        plain = name in _FOOTER
        return ColumnStats(
            name=name,
            nulls=self.nulls[name],
            empty=self.empty[name] if pa.types.is_string(kind) or pa.types.is_list(kind) else None,
            unit=_unit(one),
            min=numbers.least,
            max=numbers.greatest,
            sum=None if plain else numbers.total,
            quantiles=None if plain else numbers.quantiles(),
        )


class _Text:
    """What is counted over several columns."""

    def __init__(self) -> None:
        self.months: dict[int, int] = {}
        self.histogram: Ints = np.zeros(len(EDGES) + 1, dtype=np.int64)
        self.languages: dict[str, int] = {}
        self.roles: dict[str, int] = {}
        self.kinds: dict[str, int] = {}

    def add(self, batch: pa.RecordBatch) -> None:
        chars = pc.utf8_length(batch.column("text"))
        bins = np.searchsorted(EDGES, _array(chars, np.int64), side="right")
        self.histogram += np.bincount(bins, minlength=len(EDGES) + 1)
        _add_sums(self.languages, batch.column("language"), chars)
        published = pc.drop_null(batch.column("published"))
        months = _array(pc.year(published), np.int64) * 12 + _array(pc.month(published), np.int64) - 1
        for month, n in zip(*(x.tolist() for x in np.unique(months, return_counts=True)), strict=True):
            self.months[month] = self.months.get(month, 0) + n
        spans = batch.column("spans").flatten()
        starts, ends = (pc.struct_field(spans, x).cast(pa.int64()) for x in ("start", "end"))
        _add_sums(self.roles, pc.struct_field(spans, "role"), pc.subtract(ends, starts))
        kinds = pc.struct_field(batch.column("paragraphs").flatten(), "kind")
        _add_sums(self.kinds, kinds, pa.array(np.ones(len(kinds), dtype=np.int64)))


def _add_sums(into: dict[str, int], keys: pa.Array, values: pa.Array) -> None:
    table = pa.table({"key": pc.fill_null(keys, ""), "value": pc.fill_null(values, 0)})
    sums = table.group_by("key").aggregate([("value", "sum")])
    for key, n in zip(sums["key"].to_pylist(), sums["value_sum"].to_pylist(), strict=True):
        into[key] = into.get(key, 0) + n


def _array(values: pa.Array, kind: type) -> Any:
    """The values without nulls."""
    return pc.drop_null(values).to_numpy(zero_copy_only=False).astype(kind)


def _months(counts: Mapping[int, int]) -> dict[str, int]:
    return {f"{month // 12:04d}-{month % 12 + 1:02d}": n for month, n in sorted(counts.items())}


def _trimmed(bins: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    filled = [i for i, (_, rows) in enumerate(bins) if rows]
    return bins[filled[0] : filled[-1] + 1] if filled else ()


def _time(milliseconds: int) -> str:
    # a time that Python cannot hold is a fault of the data, which `validate` names
    try:
        moment = _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return f"{milliseconds} ms"
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _unit(one: pa.Field) -> str | None:
    if one.name in CONFIDENCES:
        return "thousandths"
    if pa.types.is_list(one.type):
        return "items"
    return "characters" if pa.types.is_string(one.type) else _UNITS.get(one.name)
