"""Figures against figures counted by hand; the same whatever the files look like."""

from __future__ import annotations

import io
import json
import math
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsds import stats as public
from newsds.errors import DataError
from newsds.model import Article
from newsds.schema import REJECTS_SCHEMA, SCHEMA, article_to_row, articles_to_batch
from newsds.stats import EDGES, QUANTILES, Stats, _Numbers, _Values, empty_stats, measure
from tests.property import strategies as some

ARTICLE = Article(
    id="0" * 32,
    text="Hello",
    kind="text",
    page_chars=5,
    charset="utf-8",
    charset_source="bom",
    page_digest="0" * 64,
    tags=("a", "b"),
)


def write(folder: Path, table: pa.Table, *, rows: int, files: int = 1, **options: Any) -> list[Path]:
    """Write a table as files of row groups."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    each = -(-table.num_rows // files) or 1
    for number in range(files):
        paths.append(folder / f"{number}.parquet")
        pq.write_table(table.slice(number * each, each), paths[-1], row_group_size=rows, **options)
    return paths


def table_of(articles: list[Article]) -> pa.Table:
    return pa.Table.from_batches([articles_to_batch(articles)], SCHEMA)


def rank(values: list[int], percent: int) -> int:
    """Nearest rank: the least value that so many percent do not exceed."""
    return sorted(values)[math.ceil(len(values) * percent / 100) - 1]


@settings(max_examples=20)
@given(articles=st.lists(some.articles, max_size=6))
def test_figures_are_those_counted_by_hand(articles: list[Article], tmp_path_factory: pytest.TempPathFactory) -> None:
    found = measure(write(tmp_path_factory.mktemp("s"), table_of(articles), rows=2), [])
    assert found.rows == len(articles)
    for name in ("title", "subtitle", "text"):
        values = [len(v) for a in articles if (v := getattr(a, name)) is not None]
        column = found.column(name)
        assert (column.nulls, column.empty) == (len(articles) - len(values), values.count(0))
        assert column.sum == sum(values)
        if values:
            assert (column.min, column.max) == (min(values), max(values))
            assert column.quantiles == {f"p{q:02d}": rank(values, q) for q in QUANTILES}
    for name in ("tags", "authors", "spans", "recommendations"):
        sizes = [len(getattr(a, name)) for a in articles]
        assert (found.column(name).sum, found.column(name).empty) == (sum(sizes), sizes.count(0))
    for name in ("record", "offset"):
        numbers = [v for a in articles if (v := getattr(a, name)) is not None]
        column = found.column(name)
        assert (column.min, column.max) == ((min(numbers), max(numbers)) if numbers else (None, None))
    for name in ("previous", "url", "published", "modified", "captured_at"):
        assert found.column(name).nulls == sum(getattr(a, name) is None for a in articles)
    dated = [a.modified for a in articles if a.modified is not None]
    assert str(found.column("modified").max)[:16] == (max(dated).isoformat()[:16] if dated else "None")
    months = Counter(a.published.strftime("%Y-%m").zfill(7) for a in articles if a.published is not None)
    assert found.months == dict(sorted(months.items()))
    sites = Counter(None if a.site is None else a.site[:120] for a in articles)
    assert {one.value: one.rows for one in found.values["site"].top} == sites
    tags = Counter(tag[:120] for a in articles for tag in a.tags)
    assert {one.value: one.rows for one in found.values["tags"].top} == dict(tags.most_common(50)) or len(tags) > 50
    roles: Counter[str] = Counter()
    for span in (s for a in articles for s in a.spans):
        roles[span.role.value] += span.end - span.start
    assert found.roles == dict(sorted(roles.items()))
    assert sum(rows for _, rows in found.lengths) == len(articles)
    assert sum(found.language_chars.values()) == sum(len(a.text) for a in articles)


@settings(max_examples=20)
@given(articles=st.lists(some.articles, max_size=6), rows=st.integers(1, 4), files=st.integers(1, 3))
def test_neither_files_nor_row_groups_nor_footers_matter(
    articles: list[Article], rows: int, files: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, table = tmp_path_factory.mktemp("s"), table_of(articles)
    one = measure(write(folder / "a", table, rows=100), [])
    assert measure(write(folder / "b", table, rows=rows, files=files), []) == one
    assert measure(write(folder / "c", table, rows=rows, write_statistics=False), []).to_json() == one.to_json()


def leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [x for one in value.values() for x in leaves(one)]
    return [x for one in value for x in leaves(one)] if isinstance(value, list) else [value]


def test_json_holds_whole_numbers_and_text(tmp_path: Path) -> None:
    text = public(_dataset(tmp_path)).to_json()
    values = json.loads(text)
    assert {type(x) for x in leaves(values)} <= {int, str, type(None)}
    assert list(values) == sorted(values)
    assert text == json.dumps(values, sort_keys=True, indent=1, ensure_ascii=False) + "\n"


def _dataset(tmp_path: Path) -> Path:
    write(tmp_path / "data/articles", table_of([ARTICLE] * 3), rows=2)
    rows = [{"reason": reason, "message": "x", "source": "y"} for reason in ("empty", "empty", "binary")]
    write(tmp_path / "data/rejects", pa.Table.from_pylist(rows, schema=REJECTS_SCHEMA), rows=2)
    return tmp_path


def test_a_folder(tmp_path: Path) -> None:
    found = public(_dataset(tmp_path))
    assert isinstance(found, Stats)
    assert (found.rows, found.rejects, found.reasons) == (3, 3, {"binary": 1, "empty": 2})
    assert found.lengths == ((0, 3),)
    assert [(one.value, one.rows) for one in found.values["tags"].top] == [("a", 3), ("b", 3)]
    assert found.column("confidence").unit == "thousandths"


def test_no_rows() -> None:
    found = empty_stats()
    assert (found.rows, found.lengths, found.months, found.values["site"].top) == (0, (), {}, ())
    assert found.column("text").quantiles is None


def test_rows_that_break_rules_do_not_break_figures(tmp_path: Path) -> None:
    row = article_to_row(ARTICLE) | {
        "confidence": math.inf,
        "confidence_body": math.nan,
        "confidence_tags": -3.0,
        "spans": [{"role": "odd", "start": -1, "end": 2**31 - 1}],
        "modified": 2**62,
        "published": -(2**62),
        "page_chars": -5,
        "length": 2**62,
        "tags": ["", "\x00" * 500],
        "site": "",
    }
    found = measure(write(tmp_path, pa.Table.from_pylist([row], schema=SCHEMA), rows=1), [])
    assert found.rows == 1
    assert found.column("modified").max == f"{2**62} ms"
    assert [one.value for one in found.values["tags"].top] == ["", "\x00" * 120]
    assert found.to_json()


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=30), max_size=8), st.integers(1, 8))
def test_counts_of_many_values_are_too_low_by_what_is_said(batches: list[list[str]], kept: int) -> None:
    values = _Values(kept)
    for batch in batches:
        values.add(pa.array(batch, pa.string()))
        assert len(values.counts) <= kept
    right = Counter(x for batch in batches for x in batch)
    found = values.result()
    for value, n in right.items():
        assert n - found.error <= values.counts.get(value, 0) <= n
    if len(right) <= kept:
        assert (found.error, found.distinct) == (0, len(right))
    assert found.error == 0 or found.distinct is None


@given(st.lists(st.integers(0, 2**31 - 1), min_size=1))
def test_long_lengths_to_a_part_in_a_thousand(values: list[int]) -> None:
    numbers = _Numbers()
    for value in values:
        numbers.add(np.array([value], dtype=np.int64))
    found = numbers.quantiles()
    assert found is not None
    for percent in QUANTILES:
        right = rank(values, percent)
        assert found[f"p{percent:02d}"] <= right <= found[f"p{percent:02d}"] + (0 if right < 2**20 else 1023)
    assert (numbers.least, numbers.greatest, numbers.total) == (min(values), max(values), sum(values))
    assert len(numbers.counts) < 2**23


def test_edges_rise() -> None:
    assert list(EDGES) == sorted(set(EDGES))


def test_damaged_files(tmp_path: Path) -> None:
    folder = _dataset(tmp_path)
    (path,) = write(folder / "data/articles", table_of([ARTICLE] * 99), rows=99, write_page_checksum=True)
    sound = path.read_bytes()
    path.write_bytes(sound[:-4] + b"PAR?")
    with pytest.raises(DataError, match="cannot read"):
        public(folder)
    broken = bytearray(sound)
    place = pq.read_metadata(io.BytesIO(sound)).row_group(0).column(SCHEMA.names.index("text"))
    broken[place.dictionary_page_offset + place.total_compressed_size - 1] ^= 0x55  # of its last page
    path.write_bytes(broken)
    with pytest.raises(DataError, match="cannot read"):
        public(folder)
    pq.write_table(pa.table({"id": ["a"]}), path)
    with pytest.raises(DataError, match="has not the columns"):
        public(folder)
    with pytest.raises(DataError, match="does not exist"):
        public(tmp_path / "gone")


PEAK = """
import resource, sys
from pathlib import Path
from newsds.stats import measure
measure([Path(sys.argv[1])], [])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(peak // 1024 if sys.platform != "darwin" else peak // 2**20)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no resource module there")
def test_memory_is_flat(tmp_path: Path) -> None:
    """Twenty times the rows take no more memory: row groups are read one by one, and counts are bounded."""
    text = "".join(map(chr, range(0x4E00, 0x4E00 + 3000)))
    peaks = []
    for rows in (5_000, 100_000):
        path = tmp_path / f"{rows}.parquet"
        with pq.ParquetWriter(path, SCHEMA) as writer:
            for first in range(0, rows, 1000):
                group = [replace(ARTICLE, text=text, tags=(f"tag {n}",)) for n in range(first, first + 1000)]
                writer.write_table(table_of(group))
        command = [sys.executable, "-c", PEAK, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1])
        peaks.append(int(done.stdout))
    assert peaks[1] - peaks[0] <= 64, f"{peaks} MiB"
