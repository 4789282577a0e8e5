"""A version appears whole or not at all, whatever fails."""

from __future__ import annotations

import errno
import io
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newsds.build import build, publish, run
from newsds.build.publish import Sink, Staging
from newsds.errors import DatasetLockedError, OutputError, VersionExistsError
from newsds.validate import validate
from newsds.version import Version

Make = Callable[..., Path]


def tree(folder: Path) -> dict[str, bytes]:
    found = (p for p in sorted(folder.rglob("*")) if p.is_file() and not {".cache", ".lock"} & {*p.parts})
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found}


def names(folder: Path) -> set[str]:
    """What a build leaves beside its cache."""
    return {p.name for p in folder.iterdir() if p.name != ".cache"} if folder.exists() else set()


def fail_at(monkeypatch: pytest.MonkeyPatch, place: Any, name: str, number: int, *, writing: bool = False) -> None:
    """Let the disk be full at the call of that number, and at all later ones."""
    real = getattr(place, name)
    calls = 0

    def failing(*args: Any, **options: Any) -> Any:
        nonlocal calls
        if not writing or (len(args) > 1 and set(args[1]) & set("wxa")):
            calls += 1
            if calls >= number:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(args[0]) if writing else None)
        return real(*args, **options)

    monkeypatch.setattr(place, name, failing)


FAULTS = {
    "rename": (os, "rename", False),
    "replace": (os, "replace", False),
    "fsync": (os, "fsync", False),
    "open": (io, "open", True),
    "write": (Sink, "write", False),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("first", [True, False], ids=["first", "second"])
def test_full_disk(make_pages: Make, tmp_path: Path, fault: str, first: bool) -> None:
    folder, out = make_pages(2), tmp_path / "out"
    if not first:
        build(folder, out)
        make_pages(3)
    before = tree(out)
    number = 0
    while True:
        number += 1 + number // 8  # Arrow writes in many small pieces
        shutil.rmtree(out / "pages/.cache", ignore_errors=True)  # what resuming gives is in test_resume.py
        with pytest.MonkeyPatch.context() as monkeypatch:
            fail_at(monkeypatch, *FAULTS[fault][:2], number, writing=FAULTS[fault][2])
            try:
                result = build(folder, out)
                break
            except OutputError as failure:
                error = failure
        assert "cannot write" in error.message
        assert str(out) in error.message
        assert error.remedy.startswith("free some space")
        assert tree(out) == before
        assert names(out / "pages") == (set() if first else {"1.0.0", "latest"})
    assert number > 1
    assert validate(result.path)
    assert validate(out / "pages")
    assert sorted(p.name for p in (out / "pages").iterdir() if p.name.startswith(".")) == [".cache"]


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.EACCES, "give yourself permission"),
        (errno.EROFS, "the file system is read-only"),
        (errno.EIO, "check the disk"),
    ],
)
def test_remedies(make_pages: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, remedy: str) -> None:
    folder = make_pages(1)
    out = tmp_path / "out"

    def refuse(self: Path, *args: object, **options: object) -> None:
        raise OSError(number, os.strerror(number), str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(OutputError) as error:
        build(folder, out)
    assert error.value.remedy.startswith(remedy)
    assert str(out) in error.value.message


def test_refused_before_the_work(make_pages: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("work was begun")

    folder, out = make_pages(1), tmp_path / "out"
    build(folder, out)
    monkeypatch.setattr(run, "run_tasks", never)
    with pytest.raises(VersionExistsError):
        build(folder, out, version="1.0.0")
    (tmp_path / "file").touch()
    with pytest.raises(OutputError):
        build(folder, tmp_path / "file")


@pytest.mark.parametrize("kind", ["folder", "empty folder", "file"])
def test_another_build_was_quicker(
    make_pages: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    folder, target = make_pages(1), tmp_path / "out/pages/1.0.0"
    real = publish.refuse_published
    calls = 0

    def race(path: Path) -> None:
        # the other build publishes just after we looked
        nonlocal calls
        calls += 1
        if calls == 1 and kind != "empty folder":
            real(path)
        if kind == "file":
            target.write_text("theirs")
        else:
            target.mkdir()
            if kind == "folder":
                (target / "manifest.json").write_text("theirs")
        if kind == "empty folder":
            real(path)

    monkeypatch.setattr(publish, "refuse_published", race)
    with pytest.raises(VersionExistsError):
        build(folder, tmp_path / "out")
    assert names(target.parent) == {"1.0.0"}
    if kind == "folder":
        assert tree(target) == {"manifest.json": b"theirs"}


def test_interrupted(make_pages: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "merge", interrupt)
    with pytest.raises(KeyboardInterrupt):
        build(make_pages(1), tmp_path / "out", cache=False)
    assert not (tmp_path / "out").exists()
    with pytest.raises(KeyboardInterrupt):
        build(make_pages(1), tmp_path / "out")
    assert names(tmp_path / "out/pages") == set()


def test_what_dead_builds_left_is_removed(make_pages: Make, tmp_path: Path) -> None:
    dataset = tmp_path / "out/pages"
    (dataset / ".building-dead/version/data").mkdir(parents=True)
    (dataset / ".building-dead/version/data/x").write_text("half")
    build(make_pages(1), tmp_path / "out")
    assert names(dataset) == {"1.0.0", "latest"}


def test_two_builds_at_once(make_pages: Make, tmp_path: Path) -> None:
    dataset = tmp_path / "out/pages"
    folder = make_pages(1)
    with Staging(dataset) as one:
        (one.version / "manifest.json").touch()
        with pytest.raises(DatasetLockedError, match=f"process {os.getpid()} on this machine writes"):
            build(folder, tmp_path / "out")
        assert one.version.is_dir()
        one.publish(Version.parse("0.1.0"))
    assert sorted(p.name for p in dataset.iterdir()) == ["0.1.0", "latest"]


def test_folders_that_were_there_stay(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with Staging(tmp_path / "out/pages"):
        pass
    assert (tmp_path / "out").exists()
    assert not (tmp_path / "out/pages").exists()
