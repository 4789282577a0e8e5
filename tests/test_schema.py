"""schema: two tables from which all else is derived."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from newsds.canonical import encode_row
from newsds.model import Article, Confidence, Flag, Link, Paragraph, Reason, Recommendation, Rejection, Role, Span
from newsds.schema import (
    ARTICLES,
    CONFIDENCES,
    REJECTS,
    REJECTS_SCHEMA,
    SCHEMA,
    article_from_row,
    article_to_row,
    articles_from_batch,
    articles_to_batch,
    features,
    rejections_to_batch,
    schema_markdown,
    type_name,
)

ARTICLE = Article(
    id="0" * 32,
    url="https://a.example/b",
    site="a.example",
    title="Tea",
    authors=("Ann Lee",),
    published=datetime(2024, 5, 3, 1, 2, 3, 456_000, tzinfo=UTC),
    text="Tea.\n\nShips.",
    paragraphs=(Paragraph(kind="p", start=0, end=4), Paragraph(kind="li", start=6, end=12)),
    tags=("tea", "茶"),
    keywords=("ships", "港"),
    previous=Link(title="Before"),
    next=Link(title="After", url="/c"),
    recommendations=(Recommendation(title="One"), Recommendation(title="Two", snippet="…", url="/d")),
    spans=(Span(role=Role.BODY, start=0, end=12),),
    flags=(Flag.TIMEZONE_ASSUMED,),
    confidence=Confidence(page=0.9, title=0.87349, tags=0, neighbours=1 / 3),
    kind="html",
    page_chars=12,
    charset="utf-8",
    charset_source="bom",
    record=2**40,
    page_digest="0" * 64,
)


def test_columns_are_the_fields_of_the_model() -> None:
    names = [f.name for f in fields(Article)]
    at = names.index("confidence")
    assert [c.name for c in ARTICLES] == names[:at] + list(CONFIDENCES) + names[at + 1 :]
    assert list(CONFIDENCES.values()) == [f.name for f in fields(Confidence)]
    assert [c.name for c in REJECTS] == [f.name for f in fields(Rejection)]


def test_nullable_columns_are_those_that_may_be_none() -> None:
    optional = {f.name for f in fields(Article) if "None" in str(f.type)}
    assert {c.name for c in ARTICLES if c.nullable} == optional
    assert {c.name for c in REJECTS if c.nullable} == {f.name for f in fields(Rejection) if "None" in str(f.type)}


def test_every_column_has_a_meaning() -> None:
    assert all(c.meaning.strip() and "\n" not in c.meaning and "|" not in c.meaning for c in (*ARTICLES, *REJECTS))


def test_row_batch_and_back() -> None:
    row = article_to_row(ARTICLE)
    assert list(row) == SCHEMA.names
    assert article_from_row(row) == ARTICLE
    batch = articles_to_batch([ARTICLE, ARTICLE])
    batch.validate(full=True)
    assert batch.schema == SCHEMA
    assert list(articles_from_batch(batch)) == [ARTICLE, ARTICLE]
    assert list(articles_from_batch(pa.Table.from_batches([batch]))) == [ARTICLE, ARTICLE]


def test_confidence_is_spread_over_columns_of_three_decimals() -> None:
    row = article_to_row(ARTICLE)
    assert [row[c] for c in CONFIDENCES] == [0.9, 0.873, 1.0, 0.0, 0.333, 1.0]
    assert {type_name(SCHEMA.field(c).type) for c in CONFIDENCES} == {"float32"}
    assert {type(row[c]) for c in CONFIDENCES} == {float}


def test_a_row_and_what_arrow_makes_of_it_have_one_canonical_form() -> None:
    row = article_to_row(ARTICLE)
    (read,) = articles_to_batch([ARTICLE]).to_pylist()
    assert read["confidence_title"] != row["confidence_title"]  # 0.873 is no float32
    assert encode_row(read) == encode_row(row)
    assert b'"confidence_title":0.873,' in encode_row(read)


def test_row_holds_plain_values_only() -> None:
    def plain(value: object) -> bool:
        if isinstance(value, dict):
            return all(type(k) is str and plain(v) for k, v in value.items())
        if isinstance(value, list):
            return all(map(plain, value))
        return type(value) in (str, int, float, datetime, type(None))

    row = article_to_row(ARTICLE)
    assert [name for name, value in row.items() if not plain(value)] == []


def test_row_and_article_share_nothing() -> None:
    row = article_to_row(ARTICLE)
    row["tags"].append("x")
    assert ARTICLE.tags == ("tea", "茶")


@pytest.mark.parametrize("role", [{"role": "headline", "start": 0, "end": 1}])
def test_unknown_role_is_refused(role: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="headline"):
        article_from_row(article_to_row(ARTICLE) | {"spans": [role]})


def test_rejections() -> None:
    rejection = Rejection(reason=Reason.EMPTY, message="nothing", source="a.txt", record=0)
    batch = rejections_to_batch([rejection])
    assert batch.schema == REJECTS_SCHEMA
    assert batch.to_pylist()[0]["reason"] == "empty"
    assert batch.to_pylist()[0]["duplicate_of"] is None
    assert rejections_to_batch([]).schema == REJECTS_SCHEMA


def test_features_are_the_schema() -> None:
    derived = features()
    assert list(derived) == SCHEMA.names
    assert derived.arrow_schema.names == SCHEMA.names
    for field in derived.arrow_schema:
        assert _without_nullability(field.type) == _without_nullability(SCHEMA.field(field.name).type), field.name


def _without_nullability(kind: pa.DataType) -> object:
    if pa.types.is_list(kind):
        return ["list", _without_nullability(kind.value_type)]
    if pa.types.is_struct(kind):
        return {f.name: _without_nullability(f.type) for f in kind}
    return str(kind)


def test_type_name() -> None:
    assert type_name(SCHEMA.field("tags").type) == "list<string>"
    assert type_name(SCHEMA.field("spans").type) == "list<struct<role: string, start: int32, end: int32>>"
    assert type_name(SCHEMA.field("published").type) == "timestamp[ms, tz=UTC]"


def test_documentation_names_every_column_role_flag_and_reason() -> None:
    text = schema_markdown()
    for code in (*SCHEMA.names, *REJECTS_SCHEMA.names, *Role, *Flag, *Reason):
        assert f"`{code}`" in text
    assert text.endswith("\n")


def test_documentation_is_up_to_date() -> None:
    path = Path(__file__).parent.parent / "docs" / "schema.md"
    assert path.read_text(encoding="utf-8") == schema_markdown(), "run: newsds schema --markdown > docs/schema.md"
