"""pipeline: bytes → article, end to end."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime

import pytest

import newsds
from newsds.model import Article, Blocks, Confidence, Flag, Labels, Page, Reason, Role
from newsds.pipeline import explain, extract, extract_batch, extract_pages, page_blocks, rejection_of, sniff_kind
from newsds.schema import SCHEMA, articles_from_batch

PARAGRAPHS = (
    "The mayor said on Monday that the bridge over the river would not open again before the late autumn.",
    "People who live on the island have waited for two years now, and many take the first ferry at five.",
    "The builders blame the winter, in which the ice came down the river twice and took the scaffold with it.",
    "The council meets again on Thursday to hear from the builders and from those who live by the quay.",
)
TITLE = "Bridge over the river to stay shut"
TEXT = "\n\n".join((TITLE, *PARAGRAPHS))
STUB = "the page reads as a listing, an error page or a stub"
HTML = f"<!doctype html><html lang=en><title>{TITLE}</title><h1>{TITLE}</h1>" + "".join(
    f"<p>{p}</p>" for p in PARAGRAPHS
)


@pytest.mark.parametrize(
    ("text", "media_type", "kind"),
    [
        ("<!DOCTYPE html>x", None, "html"),
        ("  \n<HTML><p>x", None, "html"),
        ("\ufeff<html>", None, "html"),
        ("<?xml version='1.0'?>\n<!-- a --><!-- b\n --><html>", None, "html"),
        ("<body>x", "text/plain", "html"),
        ("x", "text/html", "html"),
        ("", "application/xhtml+xml", "html"),
        ("<p>a</p><p>b</p>", None, "text"),
        ("<p>a</p><p>b</p><a>c</a>", None, "html"),
        ("<p>a</p><p>b</p><a>c</a>", "text/plain", "text"),
        ("How <html> came to be", None, "text"),
        ("5 < 6 and 7 > 6", None, "text"),
        ("", None, "text"),
        ("x" * 70_000 + "</p></p></p>", None, "text"),
    ],
)
def test_sniff_kind(text: str, media_type: str | None, kind: str) -> None:
    assert sniff_kind(text, media_type) == kind


@pytest.mark.parametrize(("raw", "kind"), [(TEXT, "text"), (HTML, "html")])
def test_text_and_html_give_the_same_article(raw: str, kind: str) -> None:
    article = extract(raw)
    assert article.kind == kind
    assert article.title == "Bridge over the river to stay shut"
    assert article.text == "\n\n".join(PARAGRAPHS)
    assert article.language == "en"


def test_kind_overrules_what_the_page_looks_like() -> None:
    assert extract(HTML, kind="text").kind == "text"
    assert extract(TEXT, kind="html").kind == "html"


def test_bytes_and_string_differ_in_evidence_only() -> None:
    one, other = extract(TEXT), extract(TEXT.encode())
    assert (one.id, one.text, one.spans, one.page_digest) == (other.id, other.text, other.spans, other.page_digest)
    assert (one.charset_source, other.charset_source) == ("str", "utf-8")


def test_url_resolves_links() -> None:
    article = extract(
        HTML + "<p>&gt;&gt;: <a rel=next href='../b'>The one after it is here</a></p>", url="https://www.a.example/x/y"
    )
    assert (article.url, article.site) == ("https://www.a.example/x/y", "a.example")
    assert article.next is not None
    assert article.next.url == "https://a.example/b".replace("//a", "//www.a")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        "",
        b"\x00",
        b"\xff\xfe",
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4,
        "\ud800",
        "<",
        "&",
        "\n" * 5,
        "\u200b",
        b"\xef\xbb\xbf",
        "<script>",
    ],
)
@pytest.mark.parametrize("kind", ["auto", "text", "html"])
def test_nothing_raises(raw: bytes | str, kind: str) -> None:
    article = extract(raw, kind=kind)  # type: ignore[arg-type]
    assert article.text == ""
    assert Flag.NO_ARTICLE in article.flags
    assert rejection_of(article) is not None


def test_truncated_page_is_flagged_and_read_up_to_there() -> None:
    raw = (TEXT + "\n").encode()
    raw += b" " * (32 * 2**20 - len(raw)) + b"beyond"
    article = extract(raw)
    assert Flag.TRUNCATED in article.flags
    assert article.title == "Bridge over the river to stay shut"
    assert "beyond" not in article.text


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", Reason.EMPTY),
        (b" \n\xc2\xa0", Reason.EMPTY),
        (b"<html><body></body></html>", Reason.EMPTY),
        (bytes(range(256)) * 8, Reason.BINARY),
        (b"A title alone", Reason.NO_ARTICLE),
        (TEXT.encode(), None),
    ],
)
def test_rejection(raw: bytes, reason: Reason | None) -> None:
    page = Page(content=raw, source="a.txt", record=1, offset=2, length=3, url="https://a.example/")
    article = extract_pages([page])[0]
    rejection = rejection_of(article)
    assert (rejection.reason if rejection else None) == reason
    if rejection:
        assert rejection.message
        place = (rejection.source, rejection.record, rejection.offset, rejection.length, rejection.url)
        assert place == ("a.txt", 1, 2, 3, "https://a.example/")
        assert rejection.page_digest == article.page_digest


@pytest.mark.parametrize(
    ("article", "page", "role", "message"),
    [
        (True, 1.0, Role.BOILERPLATE, "no article body was found on the page"),
        (True, 0.7, Role.BOILERPLATE, "no article body was found on the page"),
        (False, 0.7, Role.BODY, f"{STUB}: the segmenter gives an article a probability of 0.7"),
        (False, 0.0121, Role.BOILERPLATE, f"{STUB}: the segmenter gives an article a probability of 0.012"),
        (False, 1.0, Role.BODY, STUB),
    ],
)
def test_message_of_a_page_without_an_article(
    article: bool, page: float, role: Role, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = Labels(roles=[role], reasons=[""], article=article, confidence=Confidence(page=page))
    monkeypatch.setattr("newsds.pipeline.segment", lambda batch, declared, weights: [labels for _ in batch])
    rejection = rejection_of(extract("Tea."))
    assert rejection is not None
    assert (rejection.reason, rejection.message) == (Reason.NO_ARTICLE, message)


def test_batch_is_extract_page_by_page() -> None:
    at = datetime(2024, 5, 3, 1, 2, 3, 456_000, tzinfo=UTC)
    pages = [Page(content=c, source=f"{i}", captured_at=at) for i, c in enumerate((TEXT.encode(), b"", HTML.encode()))]
    batch = extract_batch(pages)
    assert batch.schema == SCHEMA
    assert list(articles_from_batch(batch)) == [extract_pages([p])[0] for p in pages]
    assert extract_batch([]).num_rows == 0


def test_batch_takes_an_iterator() -> None:
    assert extract_batch(Page(content=b"x") for _ in range(3)).num_rows == 3


def test_page_says_what_it_is() -> None:
    page = Page(content="Заголовок".encode("windows-1251"), charset="cp1251", media_type="text/html")
    decoded, blocks = page_blocks(page)
    assert (decoded.text, blocks.kind) == ("Заголовок", "html")
    assert page_blocks(page, "text")[1].kind == "text"


def test_flags_of_the_reader_become_flags_of_the_article() -> None:
    plain, flagged = extract_pages([Page(content=b"x"), Page(content=b"x", flags=(Flag.RESYNCED, Flag.TRUNCATED))])
    assert set(flagged.flags) == {*plain.flags, Flag.RESYNCED, Flag.TRUNCATED}
    assert list(flagged.flags) == sorted(flagged.flags)


def test_explain_has_a_role_and_a_reason_for_each_block() -> None:
    blocks, labels = explain(TEXT)
    assert isinstance(blocks, Blocks)
    assert len(blocks) == len(labels.roles) == len(labels.reasons) == 5
    assert all(labels.reasons)
    article = extract(TEXT)
    assert [(s.role, s.start, s.end) for s in article.spans] == list(
        zip(labels.roles, blocks.start, blocks.end, strict=True)
    )


def test_article_survives_pickling() -> None:
    article = extract(HTML)
    again = pickle.loads(pickle.dumps(article))
    assert isinstance(again, Article)
    assert again == article


def test_public_api_is_what_all_says() -> None:
    assert newsds.__all__ == sorted(newsds.__all__)
    assert all(getattr(newsds, name).__doc__ for name in newsds.__all__ if callable(getattr(newsds, name)))
