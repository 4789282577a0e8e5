"""`newsds view`: every row of a version is reached, with its page; bad addresses are told so."""

from __future__ import annotations

import re
import shutil
import sys
from html import unescape
from http import HTTPStatus
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.errors import DataError, SourceError
from newsds.layout import ARTICLES, STATS
from newsds.view import App, browse
from newsds.view.server import RefusedError, Request
from tests.view.conftest import RAW


def get(app: App, path: str = "", **query: str) -> str:
    answer = app(Request(method="GET", path=path, query=query))
    assert answer.status is HTTPStatus.OK
    return answer.body.decode()


def rows(html: str, table: str = "articles") -> list[int]:
    return [int(n) for n in re.findall(rf'<th scope="row"><a href="{table}/(\d+)', html)]


def every(app: App) -> list[int]:
    """The rows of every part of the list."""
    found: list[int] = []
    while part := rows(get(app, first=str(len(found)))):
        found += part
    return found


@pytest.fixture(scope="session")
def app(version: Path) -> App:
    return browse(version, sources=[RAW])


def test_every_row_is_listed_and_has_its_page(app: App, version: Path) -> None:
    (file,) = (version / ARTICLES).glob("*.parquet")
    titles = pq.read_table(file, columns=["title"])["title"].to_pylist()
    assert every(app) == list(range(len(titles)))
    for n in (*range(0, len(titles), 9), len(titles) - 1):
        page = unescape(get(app, f"articles/{n}"))
        assert (titles[n] or "without a title") in page
        assert 'class="note"' not in page  # the page is found in the sources, and reads as its row
        assert 'id="p-why"' in page


def test_searches_and_filters(app: App) -> None:
    assert len(rows(get(app, words="SALT PANS"))) >= 1
    assert "no row is like that" in get(app, words="nothing says this")
    german = rows(get(app, language="de"))
    assert 0 < len(german) < 50
    flagged = rows(get(app, flag="mojibake"))
    assert set(flagged) < set(range(70))
    few = rows(get(app, unsure="confidence_tags", below="0.5"))
    assert len(few) < len(rows(get(app, unsure="confidence_tags", below="0.99")))
    assert rows(get(app, unsure="confidence_tags")) == rows(get(app))  # without a number it is no filter
    without = rows(get(app, "rejects", reason="no_article"), "rejects")
    assert 0 < len(without) < len(rows(get(app, "rejects"), "rejects"))


def test_the_way_from_row_to_row_stays_in_the_search(app: App) -> None:
    found = rows(get(app, language="de"))
    page = get(app, f"articles/{found[0]}", language="de")
    assert 'rel="prev"' not in page
    assert f'rel="next" href="{found[1]}?language=de"' in page
    assert 'href="../?language=de"' in page


def test_a_duplicate_leads_to_the_row_that_was_kept(app: App) -> None:
    first = rows(get(app, "rejects", reason="duplicate"), "rejects")[0]
    page = get(app, f"rejects/{first}")
    (kept,) = re.findall(r'href="\.\./articles/(\d+)"', page)
    assert int(kept) in every(app)


def test_without_sources_the_record_is_shown(version: Path) -> None:
    app = browse(version)
    assert "--sources" in get(app, "articles/0")
    assert "--sources" in get(app, "rejects/0")


def test_a_page_that_changed_is_not_shown(version: Path, tmp_path: Path) -> None:
    shutil.copytree(RAW / "text/original-layout-utf-16", tmp_path / "raw/text/original-layout-utf-16")
    app = browse(version, sources=[tmp_path / "raw"])
    (n,) = (n for n in rows(get(app, words="salt pans at Varnaby")) if 'class="note"' not in get(app, f"articles/{n}"))
    with (tmp_path / "raw/text/original-layout-utf-16/page.txt").open("ab") as file:
        file.write("more".encode("utf-16-le"))
    assert "is another than it was" in get(browse(version, sources=[tmp_path / "raw"]), f"articles/{n}")


def test_a_row_that_reads_otherwise_now_is_said_to(version: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # `newsds.view.browse` is the function
    module = sys.modules["newsds.view.browse"]
    monkeypatch.setattr(module, "article_to_row", lambda _: dict.fromkeys(module._SHOWN))
    page = get(browse(version, sources=[RAW]), "articles/1")
    assert "other values of: title" in page


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("x", {}, 404),
        ("articles", {}, 404),
        ("articles/", {}, 404),
        ("articles/-1", {}, 404),
        ("articles/1000000", {}, 404),
        ("articles/" + "9" * 5000, {}, 404),
        ("articles/1/2", {}, 404),
        ("articles/\u0661", {}, 404),
        ("rejects/", {}, 404),
        ("../etc/passwd", {}, 404),
        ("", {"first": "-1"}, 400),
        ("", {"first": "9" * 400}, 400),
        ("", {"below": "x"}, 400),
        ("", {"below": "nan"}, 400),
        ("", {"below": "1", "unsure": "title"}, 400),
    ],
)
def test_addresses_that_are_none(app: App, path: str, query: dict[str, str], status: int) -> None:
    with pytest.raises(RefusedError) as refused:
        get(app, path, **query)
    assert refused.value.status == status


def test_nothing_is_written(app: App) -> None:
    with pytest.raises(RefusedError):
        app(Request(method="POST", path="", body={}))


def test_it_works_without_figures(version: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(version, tmp_path / "copy")
    (copy / STATS).write_text("[", encoding="utf-8")
    assert rows(get(browse(copy)))


def test_what_is_not_there_is_named(version: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError):
        browse(tmp_path / "none")
    with pytest.raises(SourceError):
        browse(version, sources=[tmp_path / "none"])


@given(
    st.sampled_from(["", "rejects", "articles/0", "rejects/0"]),
    st.dictionaries(
        st.sampled_from(["words", "language", "site", "flag", "unsure", "below", "first", "reason", "x"]),
        st.text(max_size=40) | st.sampled_from(["1e309", "-0", "0x1", "\0", "(", "\\", "[a-", "\u0130", "ﬃ"]),
    ),
)
def test_any_query_is_answered_or_refused(app: App, path: str, query: dict[str, str]) -> None:
    try:
        get(app, path, **query)
    except RefusedError as refused:
        assert refused.status is HTTPStatus.BAD_REQUEST  # noqa: PT017 - it may be answered
