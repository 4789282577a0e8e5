"""Rows are found as a plain loop over all of them finds them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.errors import DataError
from newsds.view import table as module
from newsds.view.table import Query, Table

WORDS = ("Rain", "rain and snow", "SNOW", "ferry.*", "Ünder", "")
ROWS = [
    {
        "title": WORDS[n % 6] if n % 7 else None,
        "text": WORDS[n % 5],
        "language": ("en", "de", None)[n % 3],
        "flags": [("a", "b", "b")[: n % 4], None][n % 11 == 0],
        "sure": n / 40 if n % 5 else None,
    }
    for n in range(40)
]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("table")
    schema = pa.schema(
        [
            ("title", pa.string()),
            ("text", pa.string()),
            ("language", pa.string()),
            ("flags", pa.list_(pa.string())),
            ("sure", pa.float32()),
        ]
    )
    paths = []
    for n, (first, last) in enumerate([(0, 17), (17, 17), (17, 40)]):
        paths.append(folder / f"{n}.parquet")
        with pq.ParquetWriter(paths[-1], schema) as writer:
            if first < last:
                writer.write_table(pa.Table.from_pylist(ROWS[first:last], schema=schema), row_group_size=5)
    return paths


def holds(row: dict[str, Any], query: Query) -> bool:
    words = query.words.lower()
    return (
        (not words or any(words in (row[name] or "").lower() for name in ("title", "text")))
        and all(row[name] == value for name, value in query.equal)
        and all(value in (row[name] or ()) for name, value in query.among)
        and all(row[name] is not None and row[name] < value for name, value in query.below)
    )


QUERIES = st.builds(
    lambda words, language, flag, sure: Query(
        words=words,
        equal=(("language", language),) if language else (),
        among=(("flags", flag),) if flag else (),
        below=(("sure", sure),) if sure is not None else (),
    ),
    st.sampled_from(["", "RAIN", "ain an", ".*", "ünder", "hail"]),
    st.sampled_from([None, "en", "de", "fr"]),
    st.sampled_from([None, "a", "b", "c"]),
    st.sampled_from([None, 0.0, 0.31, 2.0]),
)


@given(QUERIES, st.integers(0, 50), st.integers(1, 50), st.integers(0, 39))
def test_pages_of_a_search(files: list[Path], query: Query, first: int, count: int, row: int) -> None:
    table = Table(files, ("title", "text"))
    expected = [n for n, one in enumerate(ROWS) if holds(one, query)]
    found = table.find(query, first, count)
    assert list(found.rows) == expected[first : first + count]
    assert found.more == (len(expected) > first + count)
    assert found.total in (None, len(expected))
    before = [n for n in expected if n < row]
    after = [n for n in expected if n > row]
    assert table.beside(query, row) == (before[-1] if before else None, after[0] if after else None)
    assert list(table.find(query, 0, 100).rows) == expected  # whatever was looked at before
    assert table.find(query, 0, 100).total == len(expected)


def test_rows_are_read(files: list[Path]) -> None:
    table = Table(files, ())
    assert len(table) == 40
    assert [table.row(n)["text"] for n in range(40)] == [one["text"] for one in ROWS]
    assert [one["text"] for one in table.read([39, 0, 17], ["text"])] == [ROWS[n]["text"] for n in (39, 0, 17)]
    for wrong in (-1, 40):
        with pytest.raises(IndexError):
            table.row(wrong)


def test_few_columns_are_kept(files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_CACHED_BYTES", 100)
    table = Table(files, ("title", "text"))
    assert table.find(Query(words="hail"), 0, 10).total == 0
    assert len(table._columns._items) <= 2
    assert table.find(Query(words="rain"), 0, 100).total == sum(holds(r, Query(words="rain")) for r in ROWS)


def test_a_search_ends_where_the_page_is_full(files: list[Path]) -> None:
    table = Table(files, ("title", "text"))
    assert table.find(Query(words="r"), 0, 2).total is None
    assert {group for _, group, _ in table._columns._items} == {0}


def test_no_rows(tmp_path: Path) -> None:
    table = Table([], ("title",))
    assert len(table) == 0
    assert table.find(Query(words="x"), 0, 10).rows == table.find(Query(), 0, 10).rows == ()


def test_damage_is_named(files: list[Path], tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.parquet"
    content = bytearray(files[0].read_bytes())
    damaged.write_bytes(content[:-4])
    with pytest.raises(DataError, match=r"cannot read .*damaged\.parquet"):
        Table([damaged], ())
    content[4:40] = bytes(36)
    damaged.write_bytes(content)
    with pytest.raises(DataError, match=r"cannot read .*damaged\.parquet"):
        Table([damaged], ("title",)).find(Query(words="x"), 0, 1)
