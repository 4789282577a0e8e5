"""The fixture corpus: every golden holds, field by field, and has been read; the corpus covers what it should."""

from __future__ import annotations

import json
from typing import Any

import pytest

from newsds.model import Article, Flag, Reason, Role
from newsds.read.sniff import Format, sniff
from newsds.schema import ARTICLES
from tests.corpus import NOT_IN_GOLDEN, RAW, Case, against_labels, cases, containers, golden_of, ledger_of

CASES = cases()
FIELDS = [c.name for c in ARTICLES if c.name not in NOT_IN_GOLDEN]
CONTAINERS = containers()
ROWS = [c for c in CASES if (c.path / "expected.json").exists()]
NOT_FROM_A_PAGE = {
    Flag.TRUNCATED,
    Flag.RESYNCED,
    Flag.DIGEST_MISMATCH,
    Flag.REFERENCE_PARSER,
    Flag.BLOCKS_MERGED,
    Flag.BINARY,
    Flag.NO_ARTICLE,
}
"""Flags that no small page that is a row can have; cases in raw/within, tests/test_pipeline.py, tests/test_limits.py
and tests/read raise them."""
LABEL_KEYS = "title subtitle byline date body captions tags prev next recs comments headings".split()


def _id(case: Case) -> str:
    return case.name


@pytest.mark.parametrize("case", CASES, ids=_id)
def test_case_is_complete_and_reviewed(case: Case) -> None:
    assert set(case.meta) >= {"why", "origin", "language", "licence", "reviewed"}
    assert list(case.labels) == LABEL_KEYS
    assert case.page.exists()
    assert case.golden, "no golden: python -m tests.corpus accept"
    assert case.meta["reviewed"], "somebody has to read the golden: python -m tests.corpus show, then review"


@pytest.mark.parametrize("case", [c for c in CASES if (c.path / "error.json").exists()], ids=_id)
def test_rejected_with_the_reason_of_the_golden(case: Case) -> None:
    assert golden_of(case.actual) == case.golden


@pytest.mark.parametrize("case", ROWS, ids=_id)
@pytest.mark.parametrize("field", FIELDS)
def test_field_is_that_of_the_golden(case: Case, field: str) -> None:
    actual: dict[str, Any] = json.loads(json.dumps(golden_of(case.actual)))
    assert actual[field] == case.golden[field]


@pytest.mark.parametrize("case", CASES, ids=_id)
def test_differs_from_its_labels_only_where_the_case_says_so(case: Case) -> None:
    differences = list(against_labels(case))
    assert bool(differences) == bool(case.meta.get("known_failure")), "\n".join(differences)


@pytest.mark.parametrize("case", [c for c in CASES if "same_as" in c.meta], ids=_id)
def test_the_same_page_in_another_form_gives_the_same_row(case: Case) -> None:
    (other,) = [c for c in CASES if c.name == case.meta["same_as"]]
    apart = {"charset", "charset_source", "page_digest"}
    assert {k: v for k, v in case.golden.items() if k not in apart} == {
        k: v for k, v in other.golden.items() if k not in apart
    }


def test_corpus_covers_what_pages_come_to() -> None:
    assert sum(c.name.startswith("text/") for c in CASES) >= 30
    assert sum(c.name.startswith("html/") for c in CASES) >= 20
    assert len({c.meta["language"].split("-")[0] for c in CASES} - {"und"}) >= 12
    assert {span[0] for c in ROWS for span in c.golden["spans"]} == {r.value for r in Role}
    assert {f for c in ROWS for f in c.golden["flags"]} == {f.value for f in Flag} - NOT_FROM_A_PAGE
    reasons = {c.golden["reason"] for c in CASES if "reason" in c.golden}
    assert reasons == {Reason.EMPTY, Reason.BINARY, Reason.NO_ARTICLE, Reason.UNKNOWN_FORMAT}
    assert {c.golden["charset_source"] for c in ROWS} == {"bom", "utf-8", "meta", "detector"}
    assert {p[0] for c in ROWS for p in c.golden["paragraphs"]} == {"p", "h2", "li", "quote", "pre", "table"}


@pytest.mark.parametrize("case", CONTAINERS, ids=_id)
def test_what_comes_out_of_a_container_is_what_the_golden_says(case: Case) -> None:
    assert ledger_of(case) == case.golden
    assert case.meta["reviewed"], "somebody has to read the golden: python -m tests.corpus show, then review"


@pytest.mark.parametrize("case", CONTAINERS, ids=_id)
def test_a_container_gives_its_pages_once_each_and_in_order(case: Case) -> None:
    said = [line.get("page") or line.get("part_of") for line in case.golden if "reason" not in line]
    assert "" not in said
    assert len(set(said)) == len(said)
    assert said == sorted(said, key=case.meta["holds"].index)


def test_containers_cover_what_is_read_and_what_goes_wrong() -> None:
    seen = {sniff(c.page.read_bytes()[:4096], c.page.name) for c in CONTAINERS}
    assert seen == set(Format) - {Format.PAGE, Format.UNKNOWN}
    lines = [line for c in CONTAINERS for line in c.golden]
    assert {x for line in lines for x in line.get("flags", ())} == {Flag.TRUNCATED, Flag.RESYNCED, Flag.DIGEST_MISMATCH}
    reasons = {line["reason"] for line in lines if "reason" in line}
    assert reasons == {Reason.DAMAGED, Reason.MALFORMED, Reason.HTTP_STATUS, Reason.MEDIA_TYPE, Reason.REVISIT}


def test_corpus_is_small_and_holds_nothing_else() -> None:
    files = [p for p in RAW.rglob("*") if p.is_file()]
    assert sum(p.stat().st_size for p in files) <= 10 * 2**20
    known = {"page", "case", "labels", "expected", "error"}
    assert {p.name.partition(".")[0] for p in files if p.parent != RAW} == known


def test_every_character_of_a_dump_is_accounted_for() -> None:
    for case in ROWS:
        article = case.actual
        assert isinstance(article, Article)
        if article.kind == "text":
            assert all(one.end <= other.start for one, other in zip(article.spans, article.spans[1:], strict=False))
