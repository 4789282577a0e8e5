"""Facts and cards for tests, and values that a hostile page may hold."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from newsds.card import Card, Facts
from newsds.layout import Counts, File, Release
from newsds.model import Article, Flag
from newsds.schema import SCHEMA, articles_to_batch
from newsds.stats import Stats, measure

FACTS = Facts(
    name="pages",
    version="1.2.0",
    counts=Counts(inputs=7, pages=10, rows=6, rejected=3, duplicates=1),
    reasons={"empty": 1, "no_article": 2},
    row_bytes={"articles": 12_000, "rejects": 400},
    content_digest="c" * 64,
    rejects_digest="e" * 64,
    schema_digest="d" * 64,
    releases=(
        Release(version="1.2.0", rows=6, since="1.1.0", articles=True, added=1, removed=0, changed=0),
        Release(version="1.1.0", rows=5),
    ),
    files=(File(path="data/articles/train-00000-of-00001.parquet", bytes=9, sha256="a" * 64),),
    inputs_digest="f" * 64,
    config_digest="1" * 64,
    weights_digest="2" * 64,
    toolchain={"python": "3.11", "newsds": "1"},
)
CARD = Card(
    name="pages",
    meta={
        "license": "cc0-1.0",
        "language": ["de", "no"],
        "pretty_name": "Seiten: 'ä' #1",
        "tags": ["news"],
        "x": [{"y": None}],
    },
    text="# Pages\n\nText with --- and `code`.\n",
)
HOSTILE = (
    "a|b",
    "| --- | --- |",
    "\\|",
    "\\",
    "`",
    "``",
    "``` yaml",
    "` <b>bold</b> `",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</svg><script>alert(1)</script>",
    "]]><!--",
    "<!-- newsds:end figures -->",
    "<!-- newsds:begin citation -->",
    "\n---\nlicense: mit\n---\n",
    "---",
    "language: !!python/object/apply:os.system [id]",
    "*strong* _em_ ~~gone~~ [link](http://evil.example) ![x](http://evil.example/x.png)",
    "http://evil.example/",
    "www.evil.example",
    "someone@evil.example",
    "@someone #1",
    "&lt;b&gt; &#96; &amp;",
    "{{ config }} ${x} $x^2$",
    "\x1b[31m\x07\x00\x9b",
    "\u202etxt.exe\u202c\u2066\u200b\ufeff",
    "\u2028\u2029\x85",
    " ",
    "",
    "x" * 5000,
)


def stats_of(values: Sequence[str]) -> Stats:
    """Figures of articles whose site, language and tags are `values`."""
    articles = [
        Article(
            id=f"{number:032x}",
            site=value,
            language=value,
            tags=(value,),
            text="Hello",
            kind="text",
            page_chars=5,
            charset="utf-8",
            charset_source="bom",
            page_digest="0" * 64,
            flags=(Flag.NO_TITLE,),
            published=datetime(2024, 1 + number % 12, 1, tzinfo=UTC),
        )
        for number, value in enumerate(values)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.parquet")
        pq.write_table(pa.Table.from_batches([articles_to_batch(articles)], SCHEMA), path)
        return measure([path], [])


def facts_of(values: Sequence[str]) -> Facts:
    counts = replace(FACTS.counts, rows=len(values), pages=len(values) + 4)
    return replace(FACTS, stats=stats_of(values), counts=counts)
