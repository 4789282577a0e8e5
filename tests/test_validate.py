"""Every rule has a case that breaks it and no other."""

from __future__ import annotations

import copy
import hashlib
import json
import math
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from newsds.canonical import digest_of, encode_row, row_digest
from newsds.chars import VISIBLE
from newsds.errors import DataError
from newsds.layout import Counts, File, Input, Manifest
from newsds.model import Article, Paragraph, Recommendation, Role, Span
from newsds.rules import RULES, visible
from newsds.schema import REJECTS_SCHEMA, SCHEMA, article_to_row
from newsds.stats import stats
from newsds.validate import RULES_OF_A_DATASET, check, repeated_ids, validate

Row = dict[str, Any]

TEXT = "First.\n\nSecond."
GOOD = article_to_row(
    Article(
        id="0123456789abcdef" * 2,
        url="https://www.example.org/a?b=1#c",
        site="example.org",
        title="A title",
        authors=("Ada", "Bob"),
        language="pt-BR",
        text=TEXT,
        paragraphs=(Paragraph(kind="p", start=0, end=6), Paragraph(kind="h2", start=8, end=15)),
        tags=("one", "two"),
        keywords=("one", "three"),
        captions=("A picture",),
        recommendations=(Recommendation(title="Other", snippet="Teaser", url="/other"), Recommendation(title="More")),
        spans=(Span(role=Role.TITLE, start=0, end=7), Span(role=Role.BODY, start=9, end=24)),
        kind="text",
        page_chars=24,
        charset="utf-8",
        charset_source="utf-8",
        source="pages/a.txt",
        record=0,
        offset=0,
        length=24,
        page_digest="0123456789abcdef" * 4,
    )
)


def batch_of(*rows: Row) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist(list(rows), schema=SCHEMA)


def change(**values: Any) -> Row:
    row = copy.deepcopy(GOOD)
    for path, value in values.items():
        place: Any = row
        *parents, last = path.split("__")
        for key in parents:
            place = place[int(key) if key.isdigit() else key]
        place[int(last) if last.isdigit() else last] = value
    return row


SECONDS_1899 = -2_208_988_801
BREAKS: dict[str, list[Row]] = {
    "not_null": [
        change(flags=None),
        change(page_chars=24, replaced_chars=None),
        change(comments=["x", None]),
        change(recommendations__1__url="/b", previous={"title": None, "url": None}),
        change(spans=[{"role": None, "start": 0, "end": 1}]),
    ],
    "id_form": [change(id="0123456789ABCDEF" * 2), change(id=""), change(id=GOOD["id"] + "\n")],
    "page_digest_form": [change(page_digest="0" * 63)],
    "text_visible": [change(text=" \u200b", paragraphs=[{"kind": "p", "start": 0, "end": 2}])],
    "title_visible": [change(title=""), change(subtitle="\u00a0")],
    "authors_visible": [change(authors=["Ada", " "])],
    "authors_once": [change(authors=["Ada", "Bob", "Ada"])],
    "tags_visible": [change(tags=[""])],
    "tags_once": [change(tags=["one", "one"])],
    "keywords_visible": [change(keywords=["a", " "])],
    "keywords_once": [change(keywords=["one", "one"])],
    "lines_visible": [change(captions=["\u200b"]), change(comments=["", "a"])],
    "link_visible": [
        change(previous={"title": " ", "url": None}),
        change(next={"title": "", "url": "/a"}),
        change(recommendations__0__title=""),
        change(recommendations__0__snippet="\n"),
    ],
    "paragraph_kind": [change(paragraphs__0__kind="div")],
    "paragraph_order": [
        # pieces that still make up the text, so that only their order is wrong
        change(text="ab", paragraphs=[{"kind": "p", "start": 0, "end": 9}]),
        change(
            text="a\n\n\n\na", paragraphs=[{"kind": "p", "start": s, "end": e} for s, e in ((0, 1), (1, 1), (5, 6))]
        ),
    ],
    "paragraph_cover": [
        change(paragraphs__0__end=5),
        change(paragraphs=GOOD["paragraphs"][:1]),
        change(paragraphs=[]),
        change(text="First.\n Second."),
    ],
    "span_role": [change(spans__0__role="headline")],
    "span_order": [
        change(spans__0__start=-1),
        change(spans__1__end=25),
        change(spans__1__start=6),
        change(spans__0__end=0),
        change(spans=GOOD["spans"][::-1]),
    ],
    "url_form": [
        # the host stays, so that `site` is right
        change(url="ftp://example.org/a"),
        change(url="https://example.org/a b"),
        change(url="https://example.org/\u00a0"),
        change(url="//example.org/a"),
        change(url="https://example.org:99999/"),
        change(url="https:///a", site=None),
        change(url="https://[::1/a", site=None),
    ],
    "link_form": [
        change(previous={"title": "x", "url": "http://[::1/a"}),
        change(next={"title": "x", "url": "/a b"}),
        change(recommendations__0__url=""),
        change(recommendations__1__url="/\x7f"),
    ],
    "site_of_url": [change(site="www.example.org"), change(site=None), change(url=None)],
    "time_range": [
        change(published=SECONDS_1899 * 1000),
        change(modified=4_102_444_800_000),
        change(captured_at=2**62),
    ],
    "language_form": [change(language="EN"), change(language=""), change(language="english text")],
    "flag_known": [change(flags=["odd"])],
    "flags_sorted": [change(flags=["no_title", "binary"]), change(flags=["binary", "binary"])],
    "confidence_range": [
        change(confidence=1.001),
        change(confidence_title=-0.001),
        change(confidence_body=math.nan),
        change(confidence_recommendations=math.inf),
    ],
    "kind_known": [change(kind="pdf")],
    "charset_form": [change(charset="UTF-8"), change(charset="")],
    "charset_source_known": [change(charset_source="guess")],
    "counts": [change(replaced_chars=-1)],
    "place": [change(record=-1), change(offset=-5), change(length=-1)],
}


@pytest.mark.parametrize(
    ("rule", "row"),
    [pytest.param(rule, row, id=f"{rule}-{i}") for rule in BREAKS for i, row in enumerate(BREAKS[rule])],
)
def test_breaks_just_this_rule(rule: str, row: Row) -> None:
    # between good rows, so that offsets into flattened lists are put to the test
    checked = check(batch_of(GOOD, row, GOOD))
    assert [(one.rule, one.row) for one in checked.broken] == [(rule, 1)]
    assert checked.broken[0].id == row["id"]
    assert checked.broken[0].detail
    assert checked.good.num_rows == 2


def test_every_rule_has_a_case() -> None:
    assert list(BREAKS) == [rule.name for rule in RULES]
    assert all(rule.meaning for rule in RULES)


def test_good_rows_pass() -> None:
    bare = article_to_row(
        Article(id="0" * 32, text="a", paragraphs=(Paragraph(kind="p", start=0, end=1),), kind="html", page_chars=0,
                charset="gb18030", charset_source="meta", page_digest="0" * 64)
    )  # fmt: skip
    more = [
        change(url="http://[2001:db8::1]:8080/", site="2001:db8::1"),
        change(url="https://münchen.example/ä", site="münchen.example"),
        change(url="HTTPS://WWW.Example.ORG", site="example.org"),
        change(recommendations__0__url="https://例え.jp/[x]"),
        change(
            text="\U0001d518\U0001d52b\n\nx",
            paragraphs=[{"kind": "p", "start": 0, "end": 2}, {"kind": "li", "start": 4, "end": 5}],
        ),
    ]
    batch = batch_of(GOOD, bare, *more)
    checked = check(batch)
    assert checked.broken == ()
    assert checked.good.equals(batch)
    assert check(batch.slice(1, 2)).broken == ()
    assert check(batch.slice(0, 0)).broken == ()


def test_reports_every_broken_rule_of_every_row() -> None:
    checked = check(batch_of(change(id="x", kind="pdf"), GOOD, change(tags=[""], language="?")))
    assert [(b.row, b.rule) for b in checked.broken] == [
        (0, "id_form"),
        (0, "kind_known"),
        (2, "tags_visible"),
        (2, "language_form"),
    ]
    assert checked.good.num_rows == 1


@pytest.mark.parametrize(
    ("schema", "detail"),
    [
        (SCHEMA.remove(0), "missing id"),
        (SCHEMA.append(pa.field("more", pa.string())), "unknown more"),
        (pa.schema(list(SCHEMA)[::-1]), "the columns are in another order"),
        (SCHEMA.set(0, pa.field("id", pa.string())), "id is string, not string not null"),
        (SCHEMA.set(3, pa.field("title", pa.large_string())), "title is large_string, not string"),
    ],
)
def test_other_columns(schema: pa.Schema, detail: str) -> None:
    checked = check(pa.RecordBatch.from_pylist([], schema=schema))
    assert [(b.rule, b.row, b.detail) for b in checked.broken] == [("schema", None, detail)]
    assert checked.good.num_rows == 0
    assert checked.good.schema.equals(SCHEMA)


def test_visible_is_that_of_the_model() -> None:
    characters = [chr(c) for c in range(sys.maxunicode + 1) if not 0xD800 <= c < 0xE000]
    found = visible(pa.array(characters)).to_pylist()
    assert [c for c, shows in zip(characters, found, strict=True) if shows != bool(VISIBLE.match(c))] == []


def test_repeated_ids_across_batches() -> None:
    seen: set[str] = set()
    assert list(repeated_ids(["a", "b", None], seen)) == []
    assert list(repeated_ids(["c", "a", "c"], seen)) == [(1, "a"), (2, "c")]


# --- a dataset on disk -----------------------------------------------------------------------------------------------

REJECT: Row = dict.fromkeys(REJECTS_SCHEMA.names) | {
    "reason": "empty",
    "message": "no visible character",
    "source": "pages/b.txt",
    "record": 0,
}
ROWS = [change(id="0" * 32), change(id="1" * 32, source="pages/c.txt"), change(id="2" * 32, source="pages/d.txt")]
REJECTS = [REJECT, REJECT | {"reason": "duplicate", "source": "pages/e.txt", "duplicate_of": "1" * 32}]


def publish(
    folder: Path,
    rows: list[Row] = ROWS,
    rejects: list[Row] = REJECTS,
    edit: Callable[[Manifest], Manifest] | None = None,
) -> Path:
    """Write a version with a manifest that fits, whatever is in it."""
    tables = {
        "data/articles/train-00000-of-00001.parquet": pa.Table.from_pylist(rows, schema=SCHEMA),
        "data/rejects/train-00000-of-00001.parquet": pa.Table.from_pylist(rejects, schema=REJECTS_SCHEMA),
    }
    files = []
    for name, table in tables.items():
        path = folder / name
        path.parent.mkdir(parents=True)
        pq.write_table(table, path)
        data = path.read_bytes()
        files.append(File(path=name, bytes=len(data), sha256=hashlib.sha256(data).hexdigest()))
    digests = [digest_of(row_digest(encode_row(row)) for row in table.to_pylist()) for table in tables.values()]
    sources = [row["source"] or "" for row in rows + rejects]
    duplicates = sum(r["reason"] == "duplicate" for r in rejects)
    reasons = [r["reason"] for r in rejects if r["reason"] != "duplicate"]
    manifest = Manifest(
        name="pages",
        version=folder.name,
        schema_digest="0" * 64,
        content_digest=digests[0],
        rejects_digest=digests[1],
        card_digest="0" * 64,
        row_bytes={"articles": 0, "rejects": 0},
        config={},
        toolchain={},
        counts=Counts(
            inputs=len(set(sources)),
            pages=len(sources),
            rows=len(rows),
            rejected=len(rejects) - duplicates,
            duplicates=duplicates,
        ),
        reasons={reason: reasons.count(reason) for reason in reasons},
        inputs=tuple(Input(source=s, bytes=1, sha256=None, pages=sources.count(s)) for s in sorted(set(sources))),
        files=tuple(files),
    )
    (folder / "manifest.json").write_text((edit(manifest) if edit else manifest).to_json(), encoding="utf-8")
    (folder.parent / "latest").write_text(f"{folder.name}\n")
    return folder


@pytest.fixture
def version(tmp_path: Path) -> Path:
    return publish(tmp_path / "pages" / "1.0.0")


def rules_of(path: Path) -> list[str]:
    return [one.rule for one in validate(path).broken]


def test_a_sound_version(version: Path) -> None:
    for path in (version, version.parent, *version.glob("data/*/*.parquet")):
        report = validate(path)
        assert report
        assert report.ok
        assert report.broken == ()
    assert validate(version).lines() == [f"{version}: 3 rows, 2 rejects: every rule holds"]
    assert validate(version.parent, "1.0.0").path == version


def break_parquet(version: Path) -> None:
    path = next(version.glob("data/articles/*"))
    path.write_bytes(path.read_bytes()[:-4] + b"PAR?")


def edit(version: Path, /, **changes: Any) -> None:
    path = version / "manifest.json"
    values = json.loads(path.read_text(encoding="utf-8"))
    for key, change_of in changes.items():
        values[key] = change_of(values[key])
    path.write_text(json.dumps(values), encoding="utf-8")


def put(name: str, content: bytes) -> Callable[[Path], None]:
    def action(version: Path) -> None:
        (version.parent / name).write_bytes(content)

    return action


def republish(**parts: Any) -> Callable[[Path], None]:
    def action(version: Path) -> None:
        shutil.rmtree(version)
        publish(version, **parts)

    return action


def rewrite_schema(version: Path) -> None:
    republish(rows=[], rejects=[])(version)
    path = next(version.glob("data/articles/*"))
    pq.write_table(pa.table({"id": pa.array([], pa.string())}), path)
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    edit(version, files=lambda files: [files[0] | {"bytes": len(data), "sha256": digest}, *files[1:]])


def with_stats(change: Callable[[str], str]) -> Callable[[Path], None]:
    """Add figures to a version, listed in its manifest: sound ones but for `change`."""

    def action(version: Path) -> None:
        data = change(stats(version).to_json()).encode()
        (version / "stats.json").write_bytes(data)
        one = {"path": "stats.json", "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        edit(version, files=lambda files: [*files, one])

    return action


FORGERIES: dict[str, list[Callable[[Path], None]]] = {
    "schema": [rewrite_schema],
    "id_unique": [republish(rows=[ROWS[0], ROWS[1], ROWS[1] | {"source": "pages/d.txt"}])],
    "row_order": [
        republish(rows=[ROWS[1], ROWS[0], ROWS[2]]),
        republish(rows=[ROWS[0], ROWS[1], ROWS[2] | {"url": None, "site": None}]),
        republish(rows=[ROWS[0] | {"published": 0}, ROWS[1], ROWS[2]]),
    ],
    "reject_form": [
        republish(rejects=[REJECT | {"reason": "odd"}]),
        republish(rejects=[REJECT | {"message": ""}]),
        republish(rejects=[REJECT | {"reason": "duplicate"}]),
        republish(rejects=[REJECT | {"duplicate_of": "0" * 32}]),
        republish(rejects=[REJECT | {"reason": "duplicate", "duplicate_of": "f" * 32}]),
    ],
    "manifest": [
        lambda version: (version / "manifest.json").unlink(),
        put("1.0.0/manifest.json", b"\xff"),
        put("1.0.0/manifest.json", b"{"),
        put("1.0.0/manifest.json", b"[" * 100_000),
        lambda version: edit(version, counts=lambda counts: counts | {"rows": "3"}),
        lambda version: edit(version, inputs=lambda inputs: [{}]),
        lambda version: edit(version, files=lambda files: [files[0] | {"path": "../../../etc/passwd"}]),
        lambda version: edit(version, content_digest=lambda digest: digest[:-1]),
        lambda version: edit(version, format=lambda number: number + 1),
    ],
    "version_name": [lambda version: edit(version, version=lambda number: "1.0.1")],
    "file_missing": [
        lambda version: edit(version, files=lambda files: [*files, files[0] | {"path": "README.md"}]),
    ],
    "file_digest": [
        lambda version: edit(version, files=lambda files: [files[0] | {"sha256": "0" * 64}, files[1]]),
        lambda version: edit(version, files=lambda files: [files[0] | {"bytes": 1}, files[1]]),
    ],
    "file_unlisted": [
        put("1.0.0/data/more.txt", b"x"),
    ],
    "counts": [
        lambda version: edit(version, counts=lambda c: c | {"rows": 2, "rejected": 2}),
        lambda version: edit(version, reasons=lambda r: {"binary": 1}),
    ],
    "ledger": [
        lambda version: edit(version, counts=lambda c: c | {"pages": 6}),
        lambda version: edit(version, counts=lambda c: c | {"inputs": 4}),
        lambda version: edit(version, inputs=lambda x: [x[0] | {"source": "pages/z.txt"}, *x[1:]]),
    ],
    "content_digest": [lambda version: edit(version, content_digest=lambda digest: "0" * 64)],
    "rejects_digest": [lambda version: edit(version, rejects_digest=lambda digest: "0" * 64)],
    "parquet": [break_parquet],
    "stats": [
        with_stats(lambda text: text.replace('"rows": 3', '"rows": 4')),
        with_stats(lambda text: text + " "),
        with_stats(lambda text: "{"),
        with_stats(lambda text: "[" * 100_000),
        with_stats(lambda text: "[]"),
        with_stats(lambda text: '{"format": 1}'),
    ],
    "latest": [
        lambda version: (version.parent / "latest").unlink(),
        put("latest", b"2.0.0"),
        put("latest", b"../../x"),
    ],
}


@pytest.mark.parametrize(
    ("rule", "forge"), [pytest.param(r, f, id=f"{r}-{i}") for r in FORGERIES for i, f in enumerate(FORGERIES[r])]
)
def test_forgery_breaks_just_this_rule(version: Path, rule: str, forge: Callable[[Path], None]) -> None:
    forge(version)
    report = validate(version.parent)
    assert not report
    rules = {one.rule for one in report.broken}
    if rule == "parquet":  # rows that cannot be read are missing, too
        assert rules == {"parquet", "file_digest", "counts", "ledger", "content_digest", "reject_form"}
    else:
        assert rules == {rule}
    lines = report.lines()
    assert lines[0].endswith(f"{len(rules)} rules broken")
    assert any(line.startswith(f"{rule}: ") for line in lines)


def test_sound_figures_and_those_of_another_newsds(version: Path) -> None:
    with_stats(lambda text: text)(version)
    assert validate(version)
    break_parquet(version)
    assert "stats" not in rules_of(version)  # a rule of the rows has named the file


def test_figures_of_another_format_are_left_alone(version: Path) -> None:
    with_stats(lambda text: '{"format": 99}')(version)
    assert validate(version)


def test_every_rule_of_a_dataset_has_a_forgery() -> None:
    assert set(FORGERIES) == set(RULES_OF_A_DATASET)


def test_broken_rows_are_named_with_file_and_row(version: Path) -> None:
    republish(rows=[ROWS[0], ROWS[1] | {"kind": "pdf"}, ROWS[2]])(version)
    (one,) = validate(version).broken
    assert (one.rule, one.row, one.id, one.file) == (
        "kind_known",
        1,
        "1" * 32,
        "data/articles/train-00000-of-00001.parquet",
    )


def test_every_single_byte_of_a_file_counts(version: Path) -> None:
    path = next(version.glob("data/articles/*"))
    data = bytearray(path.read_bytes())
    for place in range(0, len(data), 97):
        path.write_bytes(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :])
        assert "file_digest" in rules_of(version)


def test_damaged_parquet_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(b"PAR1 this is not Parquet PAR1")
    assert rules_of(path) == ["parquet"]


def test_report_shows_no_control_characters(version: Path) -> None:
    republish(rows=[ROWS[0] | {"id": "\x1b[31m\u202e"}])(version)
    report = validate(version)
    assert all(line.isprintable() for line in report.lines())


def test_report_names_a_few_and_counts_the_rest(version: Path) -> None:
    republish(rows=[change(id=f"{i:032x}", kind="pdf") for i in range(9)], rejects=[])(version)
    report = validate(version)
    assert len(report.broken) == 9
    assert report.lines()[-1] == "  and 4 more"


def test_times_beyond_python(version: Path) -> None:
    rows = pa.Table.from_pylist(ROWS, schema=SCHEMA)
    column = pa.array([2**62, 2**62, 2**62], SCHEMA.field("published").type)
    path = version / "x.parquet"
    pq.write_table(rows.set_column(SCHEMA.get_field_index("published"), SCHEMA.field("published"), column), path)
    assert set(rules_of(path)) == {"time_range"}


def test_a_copy_may_have_any_name(version: Path) -> None:
    copy_of = version.rename(version.parent.parent / "snapshot")
    assert validate(copy_of)


@pytest.mark.parametrize("path", ["missing", "empty", "pages/2.0.0", "pages/1.0.0/manifest.json"])
def test_no_dataset(version: Path, path: str) -> None:
    root = version.parent.parent
    (root / "empty").mkdir()
    with pytest.raises(DataError) as error:
        validate(root / path)
    assert error.value.remedy


def test_version_that_is_not_there(version: Path) -> None:
    for path in (version.parent, version):
        with pytest.raises(DataError):
            validate(path, "9.0.0")


def test_manifest_survives_its_file(version: Path) -> None:
    text = (version / "manifest.json").read_text(encoding="utf-8")
    manifest = Manifest.from_json(text)
    assert manifest.to_json() == text
    assert text.endswith("}\n")
    assert replace(manifest, name="x") != manifest
