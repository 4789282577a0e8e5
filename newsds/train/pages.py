"""Labelled pages on disk: the labels, and the bytes of the pages that they are of."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from newsds.errors import SourceError
from newsds.model import Kind
from newsds.train.labels import LabelledPage, labelled_page

HTML: Final = "html"
"""Style of a page as it was on the web."""
_PAGES: Final = (".html", ".html.gz")
_INSIDE: Final[Mapping[str, Kind | None]] = {"html": "html", "text": "text", "page": None}
"""Fields of a line that hold the page itself; `page` may be either, and `kind` beside it says which."""
_LISTS: Final = ("body", "captions", "tags", "recs", "comments", "boilerplate")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledSource:
    """A page as it was found, and its labels."""

    id: str
    kind: Kind
    style: str
    """what made the page: `html`, or the text dumper's name"""
    content: bytes
    page: LabelledPage


def labelled_pages(path: Path | str) -> Iterator[LabelledSource]:
    """Read labelled pages.

    Args:
        path: either a file of labels, one JSON object a line, with the pages in the line (`html`, `text`, or `page`
            with `kind`) or beside the file (`pages/ID.html`, `pages/ID.html.gz`, `dumps/STYLE/ID.txt`);
            or a folder of text pages `ID.txt`, each with its labels in `ID.json`.

    Yields:
        The pages in the order of their ids, the HTML of each before its dumps in the order of their styles.

    Raises:
        SourceError: a file is missing, or a line is not what `newsds.train.labels` describes; its number is named.

    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "labels.jsonl"
    >>> _ = file.write_text('{"id": "b", "text": "Rain"}\\n{"id": "a", "html": "<p>Snow"}')
    >>> [(source.id, source.kind, source.content) for source in labelled_pages(file)]
    [('a', 'html', b'<p>Snow'), ('b', 'text', b'Rain')]
    """
    path = Path(path)
    yield from _pairs(path) if path.is_dir() else _lines(path)


def _pairs(folder: Path) -> Iterator[LabelledSource]:
    labels = {p.stem: p for p in folder.glob("*.json")}
    texts = {p.stem: p for p in folder.glob("*.txt")}
    if not labels and not texts:
        raise SourceError(f"no labelled pages in {folder}", "name a file of labels, or a folder of ID.txt and ID.json")
    for stem in sorted(labels.keys() ^ texts.keys()):
        found, missing = (labels[stem], ".txt") if stem in labels else (texts[stem], ".json")
        raise SourceError(f"{found} has no {stem}{missing} beside it", "add that file, or move the other one away")
    for stem in sorted(labels):
        data = _parse(_read(labels[stem]), str(labels[stem]))
        page = labelled_page({**data, "id": stem})
        yield LabelledSource(id=stem, kind="text", style=folder.name, content=_read(texts[stem]), page=page)


def _lines(path: Path) -> Iterator[LabelledSource]:
    """Check all lines, then read the pages one by one."""
    rows: dict[str, tuple[int, dict[str, Any]]] = {}
    for number, line in enumerate(_read(path).split(b"\n"), 1):
        if not line.strip():
            continue
        place = f"{path}, line {number}"
        data = _parse(line, place)
        id_ = data.get("id")
        if not isinstance(id_, str) or not id_ or "/" in id_ or "\\" in id_ or id_.startswith("."):
            raise SourceError(f"{place}: {id_!r} is no id of a page", 'give the line an "id" that can name a file')
        if id_ in rows:
            raise SourceError(f"{place}: the id {id_!r} stands in line {rows[id_][0]} too", "give each page its own id")
        rows[id_] = number, data
    folders = path.parent / "dumps"
    styles = sorted(p for p in folders.iterdir() if p.is_dir()) if folders.is_dir() else []
    for id_, (number, data) in sorted(rows.items()):
        place = f"{path}, line {number}"
        page = labelled_page(data)
        found = [*_inside(data, place), *_beside(path.parent, styles, id_)]
        if not found:
            raise SourceError(
                f"{place}: no page {id_!r} in the line, in pages/ or in dumps/*/",
                f'add {path.parent / "pages" / id_}.html, or the page as the line\'s "html" or "text"',
            )
        for kind, style, content in found:
            yield LabelledSource(id=id_, kind=kind, style=style, content=content, page=page)


def _inside(data: Mapping[str, Any], place: str) -> Iterator[tuple[Kind, str, bytes]]:
    for field, kind in _INSIDE.items():
        content = data.get(field)
        if content is None:
            continue
        if not isinstance(content, str):
            raise SourceError(f"{place}: {field} is {_name(content)}, not a string", "give the page as one string")
        kind = kind or data.get("kind", "html" if content.lstrip().startswith("<") else "text")
        if kind not in ("html", "text"):
            raise SourceError(f"{place}: {kind!r} is no kind of page", 'write "html" or "text"')
        yield kind, str(data.get("style") or kind), content.encode("utf-8", "surrogatepass")


def _beside(folder: Path, styles: list[Path], id_: str) -> Iterator[tuple[Kind, str, bytes]]:
    for suffix in _PAGES:
        file = folder / "pages" / f"{id_}{suffix}"
        if file.is_file():
            yield "html", HTML, _read(file)
            break
    for style in styles:
        file = style / f"{id_}.txt"
        if file.is_file():
            yield "text", style.name, _read(file)


def _read(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if path.suffix == ".gz" else content
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise SourceError(f"{path} is no whole gzip file: {error}", "fetch or pack the file again") from error
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror}", "check the path of the labelled pages") from error


def _parse(line: bytes, place: str) -> dict[str, Any]:
    """Return the labels of a page, which have the types that `labelled_page` asks for."""
    try:
        data = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SourceError(f"{place}: not UTF-8", "save the labels as UTF-8") from error
    except json.JSONDecodeError as error:
        raise SourceError(f"{place}: not JSON: {error.msg} (character {error.colno})", "mend the line") from error
    except RecursionError as error:
        raise SourceError(f"{place}: not labels: nested too deep", "mend the line") from error
    if not isinstance(data, dict):
        raise SourceError(f"{place}: {_name(data)}, not an object with labels", "write one JSON object a page")
    for field in _LISTS:
        value = data.get(field)
        if value is None or (isinstance(value, str) and field != "recs"):
            continue
        kinds = (str, dict) if field == "recs" else (str,)
        wrong = [x for x in value if not isinstance(x, kinds)] if isinstance(value, list) else [value]
        if wrong:
            raise SourceError(f"{place}: {field} holds {_name(wrong[0])}", f"write {field} as a list")
    return data


def _name(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "a truth value", type(None): "null"}
    return names.get(type(value), "a number")
