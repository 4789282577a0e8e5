"""jsonl, delimited, columnar, fields: records with fields, and what is wrong with them."""

from __future__ import annotations

import codecs
import csv
import io
import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, BinaryIO, cast

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.errors import ConfigError
from newsds.limits import LINE_BYTES
from newsds.model import Page, Reason, Rejection
from newsds.read import ReadSettings
from newsds.read.columnar import read_arrow, read_arrow_stream, read_parquet
from newsds.read.delimited import read_delimited
from newsds.read.jsonl import read_jsonl
from newsds.read.lines import read_lines
from tests.read.containers import arrow, pages, parquet

DEFAULT = ReadSettings()


def _jsonl(content: bytes, settings: ReadSettings = DEFAULT) -> list[Page | Rejection]:
    return list(read_jsonl(io.BytesIO(content), "a.jsonl", settings))


def _csv(content: bytes, name: str = "a.csv", settings: ReadSettings = DEFAULT) -> list[Page | Rejection]:
    return list(read_delimited(io.BytesIO(content), name, settings))


def _one(**record: Any) -> Page | Rejection:
    (found,) = _jsonl(json.dumps(record).encode())
    return found


def _page(**record: Any) -> Page:
    found = _one(**record)
    assert isinstance(found, Page), found
    return found


CORPORA: dict[str, dict[str, Any]] = {
    "C4": {"text": "T", "timestamp": "2019-04-25T12:57:54Z", "url": "https://a.example/1"},
    "FineWeb": {
        "text": "T",
        "id": "<urn:uuid:1>",
        "dump": "CC-MAIN-2019-18",
        "url": "https://a.example/1",
        "date": "2019-04-25T12:57:54Z",
        "file_path": "s3://commoncrawl/x",
        "language": "en",
        "language_score": 0.9,
    },
    "datatrove": {
        "text": "T",
        "id": "1",
        "metadata": {"url": "https://a.example/1", "dump": "d", "date": "2019-04-25T12:57:54", "language": "en"},
    },
    "dolma": {
        "id": "1",
        "text": "T",
        "source": "cc",
        "added": "2019-04-25T12:57:54.000Z",
        "created": "2018-01-01T00:00:00.000Z",
        "metadata": {"url": "https://a.example/1"},
    },
    "OSCAR": {
        "content": "T",
        "warc_headers": {
            "warc-target-uri": "https://a.example/1",
            "warc-date": "2019-04-25T12:57:54Z",
            "warc-identified-content-language": "eng",
        },
        "metadata": {"identification": {"label": "en", "prob": 0.9}},
    },
}


@pytest.mark.parametrize("corpus", CORPORA)
def test_fields_of_public_corpora(corpus: str) -> None:
    page = _page(**CORPORA[corpus])
    assert page.content == b"T"
    assert page.url == "https://a.example/1"
    assert page.captured_at == datetime(2019, 4, 25, 12, 57, 54, tzinfo=UTC)
    assert page.language == (None if corpus in ("C4", "dolma") else "en")


def test_the_date_of_an_article_is_not_that_of_its_capture() -> None:
    assert _page(text="T", date="2019-04-25").captured_at is None


def test_the_page_comes_before_a_text_that_was_made_of_it() -> None:
    assert _page(text="T", html="<p>T").content == b"<p>T"
    assert _page(text="T", html=None).content == b"T"
    assert _page(text="T", html=" ").content == b"T"
    assert _page(text="", html=None).content == b""


@pytest.mark.parametrize(
    ("given", "moment"),
    [
        ("2020-02-01", datetime(2020, 2, 1, tzinfo=UTC)),
        ("2020-02-01T01:00:00+02:00", datetime(2020, 1, 31, 23, tzinfo=UTC)),
        ("yesterday", None),
        ("0001-01-01T00:00:00+10:00", None),
        (17, None),
        (None, None),
    ],
)
def test_times(given: object, moment: datetime | None) -> None:
    assert _page(text="T", timestamp=given).captured_at == moment


def test_named_fields() -> None:
    settings = ReadSettings(fields=(("text", "page.body"), ("url", "where"), ("date", "seen"), ("language", "in")))
    record = {"page": {"body": "B"}, "where": "u", "seen": "2020-02-01", "in": "fr", "text": "T", "url": "v"}
    (page,) = _jsonl(json.dumps(record).encode(), settings)
    assert isinstance(page, Page)
    assert (page.content, page.url, page.language) == (b"B", "u", "fr")
    assert page.captured_at == datetime(2020, 2, 1, tzinfo=UTC)
    (found,) = _jsonl(b'{"text": "T"}', settings)
    assert isinstance(found, Rejection)
    assert (found.reason, found.message) == (Reason.NO_TEXT, "there is no field page.body; fields there: text")


@pytest.mark.parametrize("fields", [(("title", "x"),), (("text", ""),), (("text", "a"), ("text", "b"))])
def test_fields_that_are_none(fields: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(ConfigError):
        ReadSettings(fields=fields)


@pytest.mark.parametrize(
    ("line", "reason", "message"),
    [
        (b'{"text": 1}', Reason.NO_TEXT, "the field text is a int, not a string"),
        (b'{"text": null, "a": 1}', Reason.NO_TEXT, "the field text is null, not a string"),
        (b'{"text": ["a"]}', Reason.NO_TEXT, "the field text is a list, not a string"),
        (b'{"a": 1}', Reason.NO_TEXT, "no field is known to hold a page; fields there: a; name it: --field text=NAME"),
        (b"{}", Reason.NO_TEXT, "no field is known to hold a page; fields there: none; name it: --field text=NAME"),
        (b"[1]", Reason.MALFORMED, "line 2 is no JSON object but a list"),
        (b'"a"', Reason.MALFORMED, "line 2 is no JSON object but a str"),
        (b'{"text": "a"', Reason.MALFORMED, "line 2 is no JSON: Expecting ',' delimiter"),
        (b"\x00\xff", Reason.MALFORMED, "line 2 is no JSON: Expecting value"),
        (b"[" * 100_000, Reason.MALFORMED, "line 2 is no JSON that can be read: RecursionError"),
        (b'{"text": ' + b"9" * 5000 + b"}", Reason.MALFORMED, "line 2 is no JSON that can be read: ValueError"),
    ],
)
def test_a_bad_line_is_one_rejection(line: bytes, reason: Reason, message: str) -> None:
    first, found, last = _jsonl(b'{"text": "a"}\n' + line + b'\n\n \n{"text": "b"}')
    assert isinstance(found, Rejection)
    assert (found.reason, found.message) == (reason, message)
    assert (found.record, found.offset, found.length) == (1, 14, len(line) + 1)
    assert isinstance(first, Page)
    assert isinstance(last, Page)
    assert (last.content, last.record) == (b"b", 2)


def test_bytes_of_a_line_stay_what_they_are() -> None:
    assert _jsonl(b'\xef\xbb\xbf{"text": "caf\xe9 \\u00e9"}')[0].content == b"caf\xe9 \xc3\xa9"  # type: ignore[union-attr]
    assert _page(text="a\ud800b").content == b"a\xed\xa0\x80b"
    mixed = _jsonl(b'{"text": "caf\xe9 \\ud800"}')[0]
    assert isinstance(mixed, Page)


@given(st.lists(st.text()))
def test_every_text_comes_through_json_lines(texts: list[str]) -> None:
    for ascii_only in (True, False):
        lines = [json.dumps({"text": x}, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass") for x in texts]
        found = _jsonl(b"\n".join(lines))
        assert [one.content for one in found if isinstance(one, Page)] == [
            x.encode("utf-8", "surrogatepass") for x in texts
        ]


class _Endless(io.RawIOBase):
    """A long line that is never whole in memory, and one after it."""

    def __init__(self, length: int) -> None:
        self.left = length
        self.after = io.BytesIO(b'"}\n{"text": "b"}\n')
        self.before = io.BytesIO(b'{"text": "')
        self.largest = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.largest = max(self.largest, len(buffer))
        data = self.before.read(len(buffer))
        if not data and self.left:
            data = b"x" * min(len(buffer), self.left)
            self.left -= len(data)
        data = data or self.after.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def test_a_line_past_the_limit_costs_itself() -> None:
    limit = LINE_BYTES.value
    stream = io.BufferedReader(_Endless(limit), 1 << 18)
    found = list(read_jsonl(cast(BinaryIO, stream), "a.jsonl", DEFAULT))
    assert [type(one) for one in found] == [Rejection, Page]
    assert isinstance(found[0], Rejection)
    assert found[0].reason is LINE_BYTES.code
    assert found[0].length == limit + 13
    assert found[0].message.startswith(f"line 1 of {limit + 13} bytes is longer than the limit line_bytes")
    assert (found[1].record, found[1].offset) == (1, limit + 13)


@given(st.lists(st.text("ab\r", max_size=12)), st.integers(1, 9), st.booleans())
def test_lines_are_cut_at_the_limit_and_nowhere_else(lines: list[str], limit: int, ended: bool) -> None:
    content = "\n".join(lines).encode() + b"\n" * ended
    found = list(read_lines(io.BytesIO(content), limit))
    assert sum(one.length for one in found) == len(content)
    position = 0
    for one, line in zip(found, io.BytesIO(content).readlines(), strict=True):
        assert one.offset == position
        assert one.length == len(line)
        assert one.content in (None, line)
        if one.content is None:
            assert len(line.rstrip(b"\n")) > limit
        else:
            assert len(line.rstrip(b"\r\n")) <= limit
        position += one.length


@pytest.mark.parametrize(("size", "fits"), [(9, True), (10, True), (11, False)])
def test_limits_of_a_record(size: int, fits: bool) -> None:
    for settings, reason in (
        (ReadSettings(page_bytes=10), Reason.TOO_LARGE),
        (ReadSettings(line_bytes=22), Reason.MALFORMED),
    ):
        found = _jsonl(b'{"text": "' + b"x" * size + b'"}\n', settings)[0]
        assert isinstance(found, Page if fits else Rejection), found
        if isinstance(found, Rejection):
            assert found.reason is reason


FIELD = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=20)


@given(st.lists(st.lists(FIELD, min_size=2, max_size=2), max_size=8), st.sampled_from([",", ";", "\t", "|"]))
def test_every_text_comes_through_csv(rows: list[list[str]], delimiter: str) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    out.write(delimiter.join(["text", "url", "a", "b", "c"]) + "\n")
    writer.writerows(rows)
    expected = [text.encode() for text, _ in rows]
    for content in (out.getvalue().encode(), codecs.BOM_UTF8 + out.getvalue().encode()):
        assert [one.content for one in _csv(content) if isinstance(one, Page)] == expected
    wide = codecs.BOM_UTF16_LE + out.getvalue().encode("utf-16-le")
    assert [one.content for one in _csv(wide) if isinstance(one, Page)] == expected


def test_quotes_inside_a_field_are_text() -> None:
    found = _csv(b'text,url\n5" nails,4\n"quoted" tail,5\n"last,\nline",6')
    assert [x.content for x in found if isinstance(x, Page)] == [b'5" nails', b"quoted tail", b"last,\nline"]


def test_a_field_that_is_never_closed() -> None:
    found = _csv(b'text,url\na,1\n"open,2\nb,3\nc,4\n')
    assert [x.content if isinstance(x, Page) else x.reason for x in found] == [b"a", Reason.MALFORMED, b"b", b"c"]
    assert (found[1].offset, found[1].length, found[1].record) == (13, 8, 1)
    assert [x.record for x in found] == [0, 1, 2, 3]


def test_a_row_with_too_many_fields_and_one_with_too_few() -> None:
    found = _csv(b'url,text\n1,a,b\n2\n"3",c\n')
    assert [x.content if isinstance(x, Page) else x.reason for x in found] == [Reason.MALFORMED, Reason.NO_TEXT, b"c"]


@pytest.mark.parametrize(("size", "fits"), [(9, True), (10, True), (11, False)])
def test_limit_of_a_row(size: int, fits: bool) -> None:
    settings = ReadSettings(line_bytes=12)
    found = _csv(b'text\n"' + b"x" * size + b'"\nb\n', settings=settings)
    assert isinstance(found[0], Page if fits else Rejection)
    assert isinstance(found[1], Page)


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.binary(), pa.dictionary(pa.int32(), pa.string())])
def test_types_of_a_column(kind: pa.DataType) -> None:
    texts = ["One", None, "Two", ""]
    values = [x.encode() if x is not None else None for x in texts] if kind == pa.binary() else texts
    rows = pa.table(
        {
            "text": pa.array(values, kind),
            "timestamp": pa.array([datetime(2020, 2, 1, tzinfo=UTC)] * 4, pa.timestamp("ns")),
            "metadata": [{"url": "u"}] * 4,
            "other": [[1]] * 4,
        }
    )
    out = io.BytesIO()
    pq.write_table(rows, out)
    found = list(read_parquet(out, "a.parquet", DEFAULT))
    assert [x.content if isinstance(x, Page) else x.reason for x in found] == [b"One", Reason.NO_TEXT, b"Two", b""]
    assert isinstance(found[0], Page)
    assert (found[0].url, found[0].captured_at, found[2].record) == ("u", datetime(2020, 2, 1, tzinfo=UTC), 2)


def test_a_date_with_a_zone_and_one_of_a_day() -> None:
    zone = timezone(timedelta(hours=2))
    for value in (datetime(2020, 2, 1, 2, tzinfo=zone), date(2020, 2, 1)):
        out = io.BytesIO()
        pq.write_table(pa.table({"text": ["a"], "timestamp": [value]}), out)
        (found,) = read_parquet(out, "a.parquet", DEFAULT)
        assert isinstance(found, Page)
        assert found.captured_at == datetime(2020, 2, 1, tzinfo=UTC)


def test_a_damaged_row_group_costs_itself() -> None:
    content = bytearray(parquet(pages(21), rows=7))
    metadata = pq.ParquetFile(io.BytesIO(bytes(content))).metadata
    column = metadata.row_group(1).column(1)
    start = column.dictionary_page_offset or column.data_page_offset
    content[start : start + 40] = b"\xff" * 40
    found = list(read_parquet(io.BytesIO(bytes(content)), "a.parquet", DEFAULT))
    assert sum(isinstance(x, Page) for x in found) == 14
    (fault,) = [x for x in found if isinstance(x, Rejection)]
    assert fault.reason is Reason.DAMAGED
    assert fault.message.startswith("row group 1: rows 7 to 13 cannot be read")
    assert found[-1].record == 20


@given(st.binary(max_size=40), st.integers(0, 3000), st.sampled_from(["parquet", "arrow", "stream"]))
def test_columns_never_raise(garbage: bytes, at: int, form: str) -> None:
    whole = {"parquet": parquet, "arrow": arrow, "stream": lambda x: arrow(x, stream=True)}[form](pages(9))
    at %= len(whole)
    reader = {"parquet": read_parquet, "arrow": read_arrow, "stream": read_arrow_stream}[form]
    for content in (whole[:at] + garbage + whole[at + len(garbage) :], whole[:at], garbage):
        found = list(reader(io.BytesIO(content), "a", DEFAULT))
        assert content == whole or len(content) < 8 or found
