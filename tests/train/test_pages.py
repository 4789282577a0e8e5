"""pages: labelled pages on disk."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from newsds.errors import SourceError
from newsds.train.labels import read_labels
from newsds.train.pages import labelled_pages

LABELS = {"title": "Rain", "body": ["It rained."], "recs": [{"title": "Snow"}, "Wind"]}


def _write(root: Path, files: Mapping[str, bytes | str]) -> Path:
    for name, content in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def _line(**fields: object) -> str:
    return json.dumps({**LABELS, **fields}) + "\n"


def test_pages_beside_the_labels(tmp_path: Path) -> None:
    _write(
        tmp_path,
        {
            "gold.jsonl": _line(id="b") + "\n" + _line(id="a"),
            "pages/a.html": b"<p>\xff",
            "pages/b.html.gz": gzip.compress(b"<p>b"),
            "dumps/wet/a.txt": "a wet",
            "dumps/plain/a.txt": "a plain",
            "dumps/plain/c.txt": "nobody labelled it",
            "dumps/README.md": "no style",
        },
    )
    found = list(labelled_pages(tmp_path / "gold.jsonl"))
    assert [(s.id, s.kind, s.style, s.content) for s in found] == [
        ("a", "html", "html", b"<p>\xff"),
        ("a", "text", "plain", b"a plain"),
        ("a", "text", "wet", b"a wet"),
        ("b", "html", "html", b"<p>b"),
    ]
    assert [s.page for s in found][::3] == sorted(read_labels(tmp_path / "gold.jsonl"), key=lambda page: page.id)


def test_dumps_alone_will_do(tmp_path: Path) -> None:
    _write(tmp_path, {"gold.jsonl": _line(id="a"), "dumps/wet/a.txt": "a"})
    assert [s.style for s in labelled_pages(str(tmp_path / "gold.jsonl"))] == ["wet"]


@pytest.mark.parametrize(
    ("fields", "kind", "style"),
    [
        ({"html": "<p>é"}, "html", "html"),
        ({"text": "<p>é"}, "text", "text"),
        ({"page": "<p>é"}, "html", "html"),
        ({"page": "<p>é", "kind": "text"}, "text", "text"),
        ({"page": "<p>é", "style": "saved"}, "html", "saved"),
    ],
)
def test_pages_inside_the_line(tmp_path: Path, fields: dict[str, str], kind: str, style: str) -> None:
    _write(tmp_path, {"gold.jsonl": "\ufeff" + _line(id="a", **fields)})
    [found] = labelled_pages(tmp_path / "gold.jsonl")
    assert (found.kind, found.style, found.content) == (kind, style, "<p>é".encode())


def test_a_folder_of_pairs(tmp_path: Path) -> None:
    folder = _write(
        tmp_path / "layouts",
        {"2.txt": "two", "2.json": json.dumps(LABELS, indent=1), "1.txt": "one", "1.json": _line(id="other")},
    )
    found = list(labelled_pages(folder))
    assert [(s.id, s.page.id, s.kind, s.style, s.content) for s in found] == [
        ("1", "1", "text", "layouts", b"one"),
        ("2", "2", "text", "layouts", b"two"),
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 3: not JSON"),
        ("[1]", "line 3: a list, not an object"),
        ('"x"', "line 3: a string, not an object"),
        ("{}", "line 3: None is no id"),
        (_line(id=7), "line 3: 7 is no id"),
        (_line(id="../x"), "line 3: '../x' is no id"),
        (_line(id="a"), "line 3: the id 'a' stands in line 1 too"),
        (_line(id="c"), "line 3: no page 'c'"),
        (_line(id="c", html=["<p>"]), "line 3: html is a list"),
        (_line(id="c", page="x", kind="pdf"), "line 3: 'pdf' is no kind"),
        (_line(id="c", text="x", tags=[1]), "line 3: tags holds a number"),
        (_line(id="c", text="x", tags={}), "line 3: tags holds an object"),
        (_line(id="c", text="x", recs="One"), "line 3: recs holds a string"),
        (b'{"id": "\xff"}', "line 3: not UTF-8"),
        ("[" * 100_000, "line 3: not "),
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, line: str | bytes, message: str) -> None:
    raw = line if isinstance(line, bytes) else line.encode()
    _write(tmp_path, {"gold.jsonl": _line(id="a", text="x").encode() + b"\n" + raw})
    with pytest.raises(SourceError) as caught:
        list(labelled_pages(tmp_path / "gold.jsonl"))
    assert message in str(caught.value)
    assert "gold.jsonl" in str(caught.value)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "no labelled pages in"),
        ({"a.txt": "x"}, "a.txt has no a.json"),
        ({"a.json": "{}"}, "a.json has no a.txt"),
        ({"a.txt": "x", "a.json": "["}, "a.json: not JSON"),
    ],
)
def test_a_folder_without_pairs(tmp_path: Path, files: dict[str, str], message: str) -> None:
    with pytest.raises(SourceError, match=message):
        list(labelled_pages(_write(tmp_path, files)))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"cannot read .*gold\.jsonl"):
        list(labelled_pages(tmp_path / "gold.jsonl"))
    _write(tmp_path, {"gold.jsonl": _line(id="a"), "pages/a.html.gz": gzip.compress(b"x" * 999)[:-9]})
    with pytest.raises(SourceError, match="no whole gzip file"):
        list(labelled_pages(tmp_path / "gold.jsonl"))
