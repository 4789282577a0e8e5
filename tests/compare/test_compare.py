"""What differs, against what was done to a table, and against a comparison in plain Python."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsds.canonical import digest_of, encode_row, encode_rows, row_digest
from newsds.compare import Difference, Rows, SchemaChange, compare
from newsds.compare import run as compare_run
from newsds.compare.cells import cell_digests, row_digests
from newsds.errors import DataError, UsageError
from newsds.model import Article
from newsds.schema import REJECTS_SCHEMA, SCHEMA, articles_to_batch
from tests.property import strategies as some

Row = dict[str, Any]
ARTICLE = Article(
    id="0" * 32,
    title="A title",
    text="Hello",
    kind="text",
    page_chars=5,
    charset="utf-8",
    charset_source="bom",
    page_digest="0" * 64,
)


def article(number: int, **values: Any) -> Article:
    return replace(ARTICLE, **{"id": f"{number:032x}", "source": f"{number}.txt", "record": 0, **values})


def write(folder: Path, articles: list[Article], *, files: int = 1, group: int = 3) -> Path:
    table = pa.Table.from_batches([articles_to_batch(articles)], SCHEMA)
    return write_table(folder, table, files=files, group=group)


def write_table(folder: Path, table: pa.Table, *, files: int = 1, group: int = 3, part: str = "articles") -> Path:
    place = folder / "data" / part
    place.mkdir(parents=True)
    each = -(-table.num_rows // files) or 1
    for number in range(files):
        path = place / f"train-{number:05d}-of-{files:05d}.parquet"
        pq.write_table(table.slice(number * each, each), path, row_group_size=group)
    return folder


# --- cells -----------------------------------------------------------------------------------------------------------


@given(st.lists(some.articles, min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_rows_have_one_digest_where_they_have_one_canonical_form(articles: list[Article]) -> None:
    batch = articles_to_batch([*articles, *articles])
    digests = row_digests(batch).tolist()
    forms = list(encode_rows(batch))
    assert len(set(zip(digests, forms, strict=True))) == len(set(forms)) == len(set(digests))
    for column, cells in zip(batch.columns, cell_digests(batch).T.tolist(), strict=True):
        values = [encode_row({"": value}) for value in column.to_pylist()]
        assert len(set(zip(cells, values, strict=True))) == len(set(values)) == len(set(cells))


@given(st.lists(some.articles, min_size=2, max_size=6), st.integers(0, 5))
@settings(max_examples=30, deadline=None)
def test_digests_do_not_depend_on_the_rows_around(articles: list[Article], start: int) -> None:
    batch = articles_to_batch(articles)
    whole = cell_digests(batch)
    assert np.array_equal(cell_digests(batch.slice(start)), whole[start:])
    reverse = pa.array(list(reversed(range(len(articles)))))
    assert np.array_equal(cell_digests(batch.take(reverse)), whole[::-1])


@pytest.mark.parametrize(
    "values",
    [
        pa.array([None, "", "a", "\x00"]),
        pa.array([None, [], [None], [""], ["a"], ["a", ""], ["", "a"]]),
        pa.array([None, {"a": None}, {"a": "x"}]),
        pa.array([None, [], [None], [{"a": None}], [{"a": 0}]], pa.list_(pa.struct([("a", pa.int32())]))),
        pa.array([None, 0, 1, -1, 2**62]),
        pa.array([None, 0.0, 0.001, 0.5]),
        pa.array([None, True, False]),
        pa.array([None, b"", b"a"]),
    ],
    ids=lambda values: str(values.type),
)
def test_nothing_is_taken_for_something(values: pa.Array) -> None:
    cells = cell_digests(pa.record_batch({"a": values}))[:, 0].tolist()
    assert len(set(cells)) == len(values)


def test_confidences_are_told_apart_as_in_the_canonical_form() -> None:
    values = pa.array([0.8730000257492065, 0.873, 0.8731, 0.874])
    one, same, close, other = cell_digests(pa.record_batch({"a": values}))[:, 0].tolist()
    assert one == same == close != other


# --- rows ------------------------------------------------------------------------------------------------------------


def test_added_removed_changed(tmp_path: Path) -> None:
    rows = [article(n, url=f"https://a.example/{n}") for n in range(10)]
    old = write(tmp_path / "old", rows, files=2)
    rows[2] = replace(rows[2], title="Another title", tags=("one",))
    rows[5] = replace(rows[5], id="f" * 32, text="The page is another", source="moved.txt")
    new = write(tmp_path / "new", [article(99, title="New"), *rows[:7], *rows[8:]], files=3)
    found = compare(old, new)
    assert found.rows == Rows(
        added=1, removed=1, changed=2, same=7, columns={"id": 1, "title": 1, "text": 1, "tags": 1, "source": 1}
    )
    assert (found.level, found.same, found.old.rows, found.new.rows) == ("minor", False, 10, 10)
    added, removed, changed, moved = found.examples
    assert (added.kind, added.title, added.source) == ("added", "New", "99.txt")
    assert (removed.kind, removed.id) == ("removed", f"{7:032x}")
    assert changed.columns == {"title": ("A title", "Another title"), "tags": ("[]", '["one"]')}
    assert (moved.kind, moved.id) == ("changed", "f" * 32)
    assert moved.columns["text"] == ("Hello", "The page is another")
    back = compare(new, old)
    assert (back.rows.added, back.rows.removed, back.rows.changed) == (1, 1, 2)
    assert back.rows.columns == found.rows.columns


SAME = {"url": None}
CASES: dict[str, tuple[Row, Row, bool]] = {
    "the same address": ({"url": "/a"}, {"url": "/a", "source": "other"}, True),
    "the same place": ({"source": "a", "record": 3}, {"source": "a", "record": 3}, True),
    "another record": ({"source": "a", "record": 3}, {"source": "a", "record": 4}, False),
    "the same place, which is not known": ({"source": None}, {"source": None}, False),
    "the same place, another address": ({"url": "/a", "source": "a"}, {"url": "/b", "source": "a"}, False),
    "the same place, one address known": ({"url": "/a", "source": "a"}, {"url": None, "source": "a"}, True),
}


@pytest.mark.parametrize("case", CASES)
def test_which_articles_are_the_same(case: str, tmp_path: Path) -> None:
    one, other, same = CASES[case]
    old = write(tmp_path / "old", [article(1, **one)])
    new = write(tmp_path / "new", [article(2, **other)])
    rows = compare(old, new).rows
    assert (rows.added, rows.removed, rows.changed) == ((0, 0, 1) if same else (1, 1, 0))


def test_an_address_that_several_have_names_none_of_them(tmp_path: Path) -> None:
    old = write(tmp_path / "old", [article(1, url="/a"), article(2, url="/a")])
    new = write(tmp_path / "new", [article(3, url="/a", source="2.txt")])
    rows = compare(old, new).rows
    assert (rows.added, rows.removed, rows.changed) == (0, 1, 1)  # by its place


def plain(old: list[Row], new: list[Row]) -> tuple[Counter[str], Counter[str]]:
    """The same in plain Python, a row at a time."""
    old, new, pairs = list(old), list(new), []
    keys: list[Callable[[Row], Any]] = [
        lambda row: row["id"],
        lambda row: row["url"],
        lambda row: row["source"] and (row["source"], row["record"]),
    ]
    for key in keys:
        ours, theirs = Counter(map(key, old)), Counter(map(key, new))
        for row in list(new):
            value = key(row)
            other = next((one for one in old if key(one) == value), None)
            if value is None or other is None or ours[value] > 1 or theirs[value] > 1:
                continue
            if key is keys[2] and None not in (row["url"], other["url"]) and row["url"] != other["url"]:
                continue
            pairs.append((other, row))
            old.remove(other)
            new.remove(row)
    columns = Counter[str]()
    kinds = Counter({"added": len(new), "removed": len(old)})
    for one, other in pairs:
        parts = [name for name in SCHEMA.names if encode_row({"": one[name]}) != encode_row({"": other[name]})]
        columns.update(parts)
        kinds["changed" if parts else "same"] += 1
    return +kinds, columns


@st.composite
def versions(draw: st.DrawFn) -> tuple[list[Article], list[Article]]:
    """Two versions whose rows share ids, addresses and places."""
    ids = [f"{n:032x}" for n in range(8)]
    sides = []
    for _ in range(2):
        numbers = draw(st.lists(st.sampled_from(ids), unique=True, max_size=8))
        sides.append(
            [
                replace(
                    ARTICLE,
                    id=one,
                    url=draw(st.sampled_from([None, None, "/a", "/b", "/c"])),
                    source=draw(st.sampled_from([None, "a", "b"])),
                    record=draw(st.sampled_from([None, 0, 1])),
                    tags=draw(st.sampled_from([(), ("x",)])),
                )
                for one in numbers
            ]
        )
    return sides[0], sides[1]


@given(versions(), st.integers(1, 3), st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_as_a_row_at_a_time(sides: tuple[list[Article], list[Article]], files: int, group: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        old = write(Path(folder, "old"), sides[0])
        new = write(Path(folder, "new"), sides[1], files=files, group=group)
        found = compare(old, new, examples=99)
        back = compare(new, old, examples=0)
    tables = [articles_to_batch(side).to_pylist() for side in sides]
    kinds, columns = plain(*tables)
    rows = found.rows
    assert +Counter(added=rows.added, removed=rows.removed, changed=rows.changed, same=rows.same) == kinds
    assert rows.columns == columns
    assert Counter(one.kind for one in found.examples) == Counter({k: n for k, n in kinds.items() if k != "same"})
    assert Counter(name for one in found.examples for name in one.columns) == columns
    assert (back.rows.added, back.rows.removed, back.rows.columns) == (rows.removed, rows.added, rows.columns)
    forms = [sorted(row_digest(encode_row(row)) for row in table) for table in tables]
    assert rows.differ == (digest_of(forms[0]) != digest_of(forms[1]))


def test_how_rows_are_spread_over_files_is_no_difference(tmp_path: Path) -> None:
    rows = [article(n) for n in range(3000)]
    old = write(tmp_path / "old", rows, group=4000)
    random.Random(0).shuffle(rows)
    assert compare(old, write(tmp_path / "new", rows, files=3, group=700)).same


@pytest.mark.parametrize(("files", "group"), [(3, 9), (1, 3)])
def test_row_groups_that_both_have_are_not_taken_apart(
    files: int, group: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [article(n, url=f"/{n}") for n in range(9)]
    old = write(tmp_path / "old", rows, files=files, group=group)
    rows[4] = replace(rows[4], id="f" * 32, title="Another title")
    rows[5] = replace(rows[5], id="e" * 32, url="/0")  # the address of a row in a group that both have
    new = write(tmp_path / "new", rows, files=files, group=group)
    seen = []

    def count(batch: pa.RecordBatch) -> Any:
        seen.append(batch.num_rows)
        return row_digests(batch)

    monkeypatch.setattr(compare_run, "row_digests", count)
    found = compare(old, new)
    assert sum(seen) == 6
    assert (found.old.rows, found.new.rows) == (9, 9)
    assert (found.rows.added, found.rows.removed, found.rows.changed, found.rows.same) == (1, 1, 1, 7)
    assert [one.id for one in found.examples] == ["e" * 32, f"{5:032x}", "f" * 32]
    seen.clear()
    assert compare(new, new).rows == Rows(same=9)
    assert seen == []


# --- the rest --------------------------------------------------------------------------------------------------------


def test_columns_come_first(tmp_path: Path) -> None:
    table = pa.Table.from_batches([articles_to_batch([article(1), article(2)])], SCHEMA)
    old = write_table(tmp_path / "old", table)
    other = table.drop_columns(["comments"]).append_column(pa.field("mood", pa.string()), pa.array(["a", "b"]))
    at = other.schema.get_field_index("page_chars")
    other = other.set_column(at, pa.field("page_chars", pa.int64(), nullable=False), pa.array([5, 6]))
    found = compare(old, write_table(tmp_path / "new", other))
    assert found.schema == [
        SchemaChange(table="articles", column="comments", old="list<string>", new=None),
        SchemaChange(table="articles", column="page_chars", old="int32", new="int64"),
        SchemaChange(table="articles", column="mood", old=None, new="string or null"),
    ]
    assert (found.level, found.rows.same) == ("major", 2)  # columns of other types are not compared
    assert found.lines()[1].startswith("  column ")
    moved = compare(old, write_table(tmp_path / "moved", table.select([*SCHEMA.names[1:], "id"])))
    assert [(one.column, one.new and one.new[-2:]) for one in moved.schema] == [("", "id")]


def test_rejects_by_reason(tmp_path: Path) -> None:
    none = dict.fromkeys(REJECTS_SCHEMA.names)
    lines = [none | {"reason": reason, "message": "", "source": str(n)} for n, reason in enumerate(["empty"] * 3)]
    folders = []
    for name, rejects in (("old", lines), ("new", [*lines[1:], lines[0] | {"reason": "binary"}])):
        folder = write(tmp_path / name, [article(1)])
        table = pa.Table.from_pylist(rejects, REJECTS_SCHEMA)
        folders.append(write_table(folder, table, part="rejects"))
    found = compare(*folders)
    assert found.rejects == {"binary": (1, 0), "empty": (0, 1)}
    assert found.level == "patch"
    assert compare(folders[0], folders[0]).same


def test_a_file_of_articles_is_enough(tmp_path: Path) -> None:
    old = write(tmp_path / "old", [article(1)])
    (file,) = old.rglob("*.parquet")
    assert compare(file, file).same
    assert compare(old, file).same


def test_without_rows(tmp_path: Path) -> None:
    none, one = write(tmp_path / "none", []), write(tmp_path / "one", [article(1)])
    assert compare(none, none).same
    assert compare(none, one).rows == Rows(added=1)
    assert compare(one, none).rows == Rows(removed=1)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    return write(tmp_path / "old", [article(1)]), write(tmp_path / "new", [article(1)], files=2)


def test_damage_is_told(folders: tuple[Path, Path]) -> None:
    old, new = folders
    for path in sorted(new.rglob("*.parquet")):
        path.write_bytes(path.read_bytes()[:-9])
        with pytest.raises(DataError, match="cannot read") as error:
            compare(old, new)
        assert path.name in error.value.message
        break
    table = pa.table({"title": ["a"]})
    (file,) = old.rglob("*.parquet")
    pq.write_table(table, file)
    with pytest.raises(DataError, match="no column id"):
        compare(file, file)
    with pytest.raises(UsageError):
        compare(old, old, examples=-1)
    with pytest.raises(DataError, match="no articles"):
        compare(old.parent, new)


def test_a_file_with_other_columns_than_the_first_is_damage(folders: tuple[Path, Path]) -> None:
    old, new = folders
    path = sorted(new.rglob("*.parquet"))[1]
    pq.write_table(pq.read_table(path).drop_columns(["title"]), path)
    with pytest.raises(DataError, match="the column title"):
        compare(old, new)


def test_lines_of_the_same() -> None:
    side = {"name": "pages", "version": "1.0.0", "rows": 3}
    from newsds.compare import Side

    found = Difference(
        old=Side(**side),  # type: ignore[arg-type]
        new=Side(**side),  # type: ignore[arg-type]
        schema=(),
        rows=Rows(same=3),
        rejects={},
        card=False,
        inputs=(0, 0, 0),
        settings=(),
        toolchain={},
        examples=(),
    )
    assert found.lines() == ["pages 1.0.0 → pages 1.0.0: the same", "  rows        3 → 3: 3 the same"]
