"""`newsds label`: steps change roles, labels are what `newsds train` reads, a case is what a corpus holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from newsds.errors import OutputError, UsageError
from newsds.model import Page, Role
from newsds.train.labels import labelled_page
from newsds.train.pages import labelled_pages
from newsds.view import App, LabelBook, label
from newsds.view.label import KEYS
from newsds.view.labelled import page_id
from newsds.view.server import RefusedError, Request
from tests.corpus import Case
from tests.view.conftest import RAW

CASE = Case(RAW / "text/original-layout")
PAGE = Page(content=CASE.page.read_bytes(), source="page.txt")
OTHER = Page(
    content=(RAW / "html/newspaper-full-chrome/page.html").read_bytes(), source="other.html", url="https://a.example/"
)
BINARY = Page(content=bytes(range(256)) * 8, source="picture.txt")
NAME = page_id(PAGE)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "labels.jsonl"


@pytest.fixture
def app(out: Path, tmp_path: Path) -> Iterator[App]:
    with LabelBook(out) as book:
        yield label([PAGE, OTHER, PAGE, BINARY], book, corpus=tmp_path / "corpus")


def get(app: App, path: str = f"pages/{NAME}") -> str:
    return app(Request(method="GET", path=path)).body.decode()


def post(app: App, step: Any, path: str = f"pages/{NAME}") -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(app(Request(method="POST", path=path, body=step)).body)
    return answer


def test_a_page_is_labelled(app: App, out: Path) -> None:
    assert post(app, {"do": "undo"})["state"] == {"undo": False, "redo": False, "done": False}
    first = get(app)
    assert '<button type="button" data-key="g" data-give="tag"' in first
    answer = post(app, {"do": "change", "roles": {"0": "boilerplate", "2": "caption"}})
    assert answer["state"] == {"undo": True, "redo": False, "done": False}
    assert 'data-b="2" data-role="caption"' in answer["view"]
    assert "set by hand; newsds says body" in answer["view"]
    assert 'data-role="caption"' in get(app)
    assert not out.exists()  # what is not done is not for others
    done = post(app, {"do": "finish"})
    assert done["state"]["done"]
    assert done["next"] == page_id(OTHER)
    (read,) = labelled_pages(out)
    assert read.content == PAGE.content
    expected = labelled_page({"id": NAME, **CASE.labels})
    assert read.page.captions == expected.body[:1]
    assert read.page.body == expected.body[1:]
    assert read.page.tags == expected.tags
    assert read.page.recommendations == expected.recommendations
    assert (read.page.previous, read.page.next) == (expected.previous, expected.next)
    back = post(app, {"do": "undo"})
    assert back["state"] == {"undo": False, "redo": True, "done": False}
    assert 'data-role="caption"' not in back["view"]


def test_all_goes_on_where_it_was(out: Path) -> None:
    with LabelBook(out) as book:
        app = label([PAGE, OTHER], book)
        post(app, {"do": "change", "roles": {"5": "comment"}})
        post(app, {"do": "finish"})
        get(app, f"pages/{page_id(OTHER)}")
    with LabelBook(out) as book:
        app = label([OTHER, PAGE], book)
        listed = get(app, "")
        assert "1 of 2 done" in listed
        assert listed.index("opened") < listed.index("done</td>")
        assert 'data-b="5" data-role="comment"' in get(app)
        assert post(app, {"do": "undo"})["state"]["redo"]


def test_the_list_and_what_cannot_be_labelled(app: App) -> None:
    assert get(app, "").count('<tr><th scope="row">') == 3
    for path in ("pages/none", "pages/", "pages", "x", f"pages/{page_id(BINARY)}", f"pages/{NAME}/"):
        with pytest.raises(RefusedError) as refused:
            get(app, path)
        assert refused.value.status == 404


@pytest.mark.parametrize(
    "step",
    [
        None,
        [],
        {},
        {"do": "open"},
        {"do": "change"},
        {"do": "change", "roles": {}},
        {"do": "change", "roles": {"0": "headline"}},
        {"do": "change", "roles": {"-1": "tag"}},
        {"do": "change", "roles": {"9999": "tag"}},
        {"do": "change", "roles": {"0": "tag", "9" * 5000: "tag"}},
        {"do": "change", "roles": {"0": ["tag"]}},
        {"do": "change", "roles": ["tag"]},
        {"do": "case", "name": "a"},
        {"do": "case", "name": 1, "why": "", "origin": "", "language": "", "licence": ""},
    ],
)
def test_steps_that_are_none_change_nothing(app: App, out: Path, step: Any) -> None:
    get(app)
    journal = out.with_name(out.name + ".journal").read_bytes()
    with pytest.raises(RefusedError) as refused:
        post(app, step)
    assert refused.value.status == 400
    assert out.with_name(out.name + ".journal").read_bytes() == journal


def test_a_case_is_as_those_of_the_corpus(app: App, tmp_path: Path) -> None:
    about = {"why": "Tags – bare", "origin": "o", "language": "en", "licence": "CC0-1.0"}
    post(app, {"do": "case", "name": "bare-tags", **about})
    case = Case(tmp_path / "corpus/text/bare-tags")
    assert case.page.read_bytes() == PAGE.content
    assert case.meta == about | {"reviewed": False}
    assert case.labels == CASE.labels
    with pytest.raises(OutputError, match="exists"):
        post(app, {"do": "case", "name": "bare-tags", **about})
    for wrong in ("", "../up", "Upper", "a/b", ".hidden", "a--b", "x" * 81):
        with pytest.raises(UsageError, match="no name of a case"):
            post(app, {"do": "case", "name": wrong, **about})
    assert [p.name for p in (tmp_path / "corpus/text").iterdir()] == ["bare-tags"]


def test_without_a_corpus_there_are_no_cases(out: Path) -> None:
    with LabelBook(out) as book:
        app = label([PAGE], book)
        assert "<details" not in get(app)
        with pytest.raises(RefusedError):
            post(app, {"do": "case", "name": "a", "why": "b", "origin": "", "language": "", "licence": ""})


def test_every_role_has_a_key() -> None:
    assert sorted(KEYS.values()) == sorted(Role)
    assert not {"u", "y", "?"} & set(KEYS)
