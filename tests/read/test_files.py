"""files: which files there are, what they are called, and what cannot be read."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from newsds.errors import SourceError
from newsds.model import Page, Reason, Rejection
from newsds.read import InputFile, ReadSettings, find_files, read, read_input


def _read_file(file: InputFile, settings: ReadSettings | None = None) -> Page | Rejection:
    """Return the one page of a file."""
    (found,) = read_input(file, settings)
    return found


def _tree(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    return root


def _names(sources: Iterable[str | os.PathLike[str]], **options: list[str]) -> list[str]:
    return [f.source for f in find_files(sources, **options)]


def test_a_folder_is_walked_in_the_order_of_names(tmp_path: Path) -> None:
    _tree(tmp_path, "b.txt", "a/z.txt", "a/b/c.html", "a.txt", "ä.txt", ".hidden/x.txt", "empty.xyz")
    assert _names([tmp_path]) == [".hidden/x.txt", "a.txt", "a/b/c.html", "a/z.txt", "b.txt", "empty.xyz", "ä.txt"]


def test_order_of_the_sources_does_not_count(tmp_path: Path) -> None:
    one, other = _tree(tmp_path / "one", "a.txt"), _tree(tmp_path / "other", "a.txt")
    names = ["one/a.txt", "other/a.txt"]
    assert _names([one, other]) == names
    assert find_files([other, one]) == find_files([one, other, one])


def test_a_relative_path_and_a_string_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _tree(tmp_path, "x/a.txt")
    monkeypatch.chdir(tmp_path)
    assert _names(["x"]) == _names([Path("x")]) == _names([str(tmp_path / "x")]) == ["a.txt"]
    assert _names(["x/../x/a.txt"]) == ["a.txt"]


def test_a_file_inside_a_folder_that_is_given_too_is_listed_once(tmp_path: Path) -> None:
    _tree(tmp_path, "x/a.txt", "x/b.txt")
    assert _names([tmp_path / "x", tmp_path / "x/a.txt"]) == ["x/a.txt", "x/b.txt"]


def test_files_of_the_same_name_are_refused(tmp_path: Path) -> None:
    _tree(tmp_path, "x/a.txt", "y/a.txt", "1/z/a.txt", "2/z/a.txt")
    with pytest.raises(SourceError, match="same name"):
        find_files([tmp_path / "x/a.txt", tmp_path / "y/a.txt"])
    with pytest.raises(SourceError, match="same name"):
        find_files([tmp_path / "1/z", tmp_path / "2/z"])


def test_missing_source(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file or folder") as caught:
        find_files([tmp_path / "none"])
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("include", "exclude", "names"),
    [
        (["**"], [], ["a.txt", "x/a.txt", "x/b.html", "x/y/a.txt"]),
        (["*.txt"], [], ["a.txt"]),
        (["**/*.txt"], [], ["a.txt", "x/a.txt", "x/y/a.txt"]),
        (["x/**"], [], ["x/a.txt", "x/b.html", "x/y/a.txt"]),
        (["x/*"], [], ["x/a.txt", "x/b.html"]),
        (["x/**/a.txt"], [], ["x/a.txt", "x/y/a.txt"]),
        (["**/y/**"], [], ["x/y/a.txt"]),
        (["/x//*.html"], [], ["x/b.html"]),
        (["**"], ["x/y/**", "*.txt"], ["x/a.txt", "x/b.html"]),
        (["?.txt", "x/[b]*"], [], ["a.txt", "x/b.html"]),
        (["A.TXT"], [], []),
        ([], [], []),
    ],
)
def test_patterns(tmp_path: Path, include: list[str], exclude: list[str], names: list[str]) -> None:
    _tree(tmp_path, "a.txt", "x/a.txt", "x/b.html", "x/y/a.txt")
    assert _names([tmp_path], include=include, exclude=exclude) == names


def test_patterns_do_not_hide_a_file_that_is_named(tmp_path: Path) -> None:
    _tree(tmp_path, "a.txt")
    assert _names([tmp_path / "a.txt"], include=["*.html"], exclude=["**"]) == ["a.txt"]


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    _tree(tmp_path, "x/a.txt")
    (tmp_path / "x" / "loop").symlink_to(tmp_path / "x", target_is_directory=True)
    (tmp_path / "x" / "b.txt").symlink_to(tmp_path / "x" / "a.txt")
    assert _names([tmp_path / "x"]) == ["a.txt", "b.txt"]


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes on Linux only")
def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))).write_text("Tea")
    file = find_files([tmp_path])[0]
    assert file.source == "caf\\xe9.txt"
    assert isinstance(_read_file(file), Page)


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.txt", "text/plain"),
        ("a.TEXT", "text/plain"),
        ("a.Html", "text/html"),
        ("a.b.htm", "text/html"),
        ("a.xhtml", "application/xhtml+xml"),
    ],
)
def test_page(tmp_path: Path, name: str, media_type: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"Tea\xff")
    assert _read_file(InputFile(source=f"x/{name}", path=str(path))) == Page(
        content=b"Tea\xff", source=f"x/{name}", record=0, offset=0, length=4, media_type=media_type
    )


@pytest.mark.parametrize("name", ["a", "a.pdf", ".txt", "a.txt.gz", "a.html~"])
def test_unknown_suffix(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    found = _read_file(InputFile(source=name, path=str(tmp_path / name)))
    assert isinstance(found, Rejection)
    assert found.reason is Reason.UNKNOWN_FORMAT
    assert ".html" in found.message


def test_empty_file_is_a_page(tmp_path: Path) -> None:
    _tree(tmp_path)
    (tmp_path / "a.txt").touch()
    found = _read_file(InputFile(source="a.txt", path=str(tmp_path / "a.txt")))
    assert isinstance(found, Page)
    assert (found.content, found.length) == (b"", 0)


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _dangling(path: Path) -> None:
    path.symlink_to("nowhere.txt")


def _loop(path: Path) -> None:
    path.symlink_to(path)


def _folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("make", [_pipe, _dangling, _loop, _folder])
def test_what_cannot_be_read_is_a_rejection(tmp_path: Path, make: object) -> None:
    assert callable(make)
    path = tmp_path / "a.txt"
    make(path)
    found = _read_file(InputFile(source="a.txt", path=str(path)))
    assert isinstance(found, Rejection)
    assert found.reason is Reason.UNREADABLE
    assert found.message
    assert str(tmp_path) not in found.message


def test_a_file_that_went_away(tmp_path: Path) -> None:
    path = _tree(tmp_path, "a.txt") / "a.txt"
    file = find_files([tmp_path])[0]
    path.unlink()
    found = _read_file(file)
    assert isinstance(found, Rejection)
    assert found.reason is Reason.UNREADABLE


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_without_permission(tmp_path: Path) -> None:
    path = _tree(tmp_path, "x/a.txt", "y/b.txt") / "x/a.txt"
    path.chmod(0)
    found = _read_file(InputFile(source="a.txt", path=str(path)))
    assert isinstance(found, Rejection)
    assert found.reason is Reason.UNREADABLE
    (tmp_path / "y").chmod(0)
    try:
        with pytest.raises(SourceError, match="cannot list"):
            find_files([tmp_path])
    finally:
        (tmp_path / "y").chmod(0o700)


@pytest.mark.parametrize(("size", "fits"), [(9, True), (10, True), (11, False)])
def test_limit(tmp_path: Path, size: int, fits: bool) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * size)
    found = _read_file(InputFile(source="a.txt", path=str(path)), ReadSettings(page_bytes=10))
    assert isinstance(found, Page if fits else Rejection)
    if isinstance(found, Rejection):
        assert (found.reason, found.offset, found.length) == (Reason.TOO_LARGE, 0, 11)


def test_read(tmp_path: Path) -> None:
    _tree(tmp_path, "b.txt", "a.html", "c.pdf")
    found = list(read(tmp_path))
    assert [(type(x).__name__, x.source) for x in found] == [
        ("Page", "a.html"),
        ("Page", "b.txt"),
        ("Rejection", "c.pdf"),
    ]
    assert list(read(str(tmp_path / "b.txt"))) == [found[1]]
    assert list(read([tmp_path / "b.txt", tmp_path / "a.html"])) == found[:2]
    assert list(read(tmp_path, include=["*.html"])) == found[:1]
    assert list(read(tmp_path, exclude=["*.html", "*.pdf"])) == found[1:2]


def test_read_fails_before_the_first_page_is_used(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        next(read([tmp_path, tmp_path / "none"]))
