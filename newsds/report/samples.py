"""Rows that stand for a dataset, the same for the same rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from newsds.layout import unreadable
from newsds.model import Article
from newsds.schema import articles_from_batch

UNSURE: Final = 6
"""Rows of the sample that the segmenter is least sure of."""
MOST_LANGUAGES: Final = 12
"""Languages of which the sample holds a row for certain, the most frequent first."""
_LOOKED_AT: Final = ("id", "language", "kind", "flags", "confidence_body")


@dataclass(frozen=True, slots=True, order=True)
class _Place:
    """Where a row is; the smallest id is as good as drawn by lot, since ids are digests."""

    id: str
    file: int
    group: int
    row: int


def sample(files: Sequence[Path], most: int) -> list[tuple[Article, str]]:
    """Return rows of a dataset with what each stands for.

    First for every kind, flag and frequent language the row of the smallest id; then the rows whose text the segmenter
    is least sure of; then those of the smallest ids. The rows alone decide, not how they lie in files.

    Args:
        files: Parquet files of the articles, in their order.
        most: rows to return.

    Raises:
        DataError: a file cannot be read.
    """
    first: dict[str, _Place] = {}
    languages: Counter[str] = Counter()
    lowest: list[_Place] = []
    unsure: list[tuple[int, _Place]] = []
    for row, place in _rows(files):
        lowest.append(place)
        sure = row["confidence_body"]
        unsure.append((int(1000 * sure) if 0 <= sure <= 1 else 0, place))  # not a number is no probability
        traits = [f"{row['kind']} page", *(f"flag {flag}" for flag in row["flags"])]
        if row["language"]:
            languages[row["language"]] += 1
            traits.append(f"language {row['language']}")
        for trait in traits:
            first[trait] = min(first.get(trait, place), place)
        if len(lowest) > 10_000:
            lowest, unsure = nsmallest(most, lowest), nsmallest(UNSURE, unsure)
    frequent = sorted(languages, key=lambda one: (-languages[one], one))[:MOST_LANGUAGES]
    kept = {trait for trait in first if not trait.startswith("language ")} | {f"language {one}" for one in frequent}
    chosen: dict[_Place, list[str]] = {}
    for trait in sorted(kept):
        chosen.setdefault(first[trait], []).append(trait)
    for _, place in nsmallest(UNSURE, unsure):
        chosen.setdefault(place, []).append("unsure of the text")
    chosen = dict(islice(chosen.items(), most))
    for place in nsmallest(most, lowest):
        if len(chosen) < most:
            chosen.setdefault(place, ["drawn by lot"])
    articles = dict(_articles(files, chosen))
    return [(articles[place], ", ".join(why)) for place, why in chosen.items()]


def _rows(files: Sequence[Path]) -> Iterator[tuple[dict[str, Any], _Place]]:
    for number, path in enumerate(files):
        with _opened(path) as file:
            for group in range(file.metadata.num_row_groups):
                for k, row in enumerate(_read(path, file, group, _LOOKED_AT).to_pylist()):
                    yield row, _Place(row["id"], number, group, k)


def _articles(files: Sequence[Path], places: Iterable[_Place]) -> Iterator[tuple[_Place, Article]]:
    groups: dict[tuple[int, int], list[_Place]] = {}
    for place in places:
        groups.setdefault((place.file, place.group), []).append(place)
    for (number, group), wanted in sorted(groups.items()):
        with _opened(files[number]) as file:
            table = _read(files[number], file, group)
        wanted.sort(key=lambda one: one.row)
        try:
            articles = list(articles_from_batch(table.take([one.row for one in wanted])))
        except (ValueError, TypeError, OverflowError) as error:  # rows that newsds would not write
            raise unreadable(files[number], error) from error
        yield from zip(wanted, articles, strict=True)


def _opened(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise unreadable(path, error) from error


def _read(path: Path, file: pq.ParquetFile, group: int, columns: Sequence[str] | None = None) -> pa.Table:
    try:
        return file.read_row_group(group, columns=columns)
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise unreadable(path, error) from error


def rejects_by_reason(files: Sequence[Path], most: int) -> dict[str, list[Mapping[str, Any]]]:
    """Return the first rejects of each reason code, in the order of the files.

    Args:
        files: Parquet files of the rejects.
        most: rejects of a reason to return.

    Raises:
        DataError: a file cannot be read.
    """
    found: dict[str, list[Mapping[str, Any]]] = {}
    for path in files:
        with _opened(path) as file:
            for group in range(file.metadata.num_row_groups):
                for row in _read(path, file, group).to_pylist():
                    kept = found.setdefault(row["reason"], [])
                    if len(kept) < most:
                        kept.append(row)
    return dict(sorted(found.items()))
