"""What a build takes from those before it: never a byte that it would not make itself, and all that did not change."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsds.build import BuildResult, build, cache, cache_info, merge, part, plan, prune_cache, reuse, run, worker
from newsds.build.cache import Cache, kind_of
from newsds.build.executor import run_tasks
from newsds.build.part import Part, open_part
from newsds.config import BuildConfig
from newsds.errors import DataError, DatasetLockedError
from newsds.limits import PAGE_BYTES
from newsds.model import Page, Reason, Rejection
from newsds.pipeline import extract_pages
from newsds.read import InputFile, ReadSettings, read_input
from newsds.validate import validate
from tests.build.conftest import page

Make = Callable[..., Path]


@pytest.fixture(autouse=True)
def _fast_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture(scope="module", autouse=True)
def _fast_laws() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(os, "fsync", lambda _: None)
        yield


def tree(folder: Path) -> dict[str, bytes]:
    found = (p for p in sorted(folder.rglob("*")) if p.is_file() and not {".cache", ".lock"} & {*p.parts})
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found}


def parts(dataset: Path) -> list[Path]:
    return sorted((dataset / ".cache").glob("*/*.part"))


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Sources of the pages that are taken apart, as they come."""
    found: list[str] = []
    real = extract_pages

    def extract(pages: Any, **options: Any) -> Any:
        pages = list(pages)
        found.extend(one.source for one in pages)
        return real(pages, **options)

    monkeypatch.setattr(worker, "extract_pages", extract)
    return found


def never(*_: object, **__: object) -> Any:
    raise AssertionError("it was done again")


# --- what is not done again ------------------------------------------------------------------------------------------


def test_nothing_changed(make_pages: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, out = make_pages(5, odd_dot_xyz=b"\0\1", empty_dot_txt=b""), tmp_path / "out"
    monkeypatch.setattr(cache, "_RACY_NS", 0)
    first = build(folder, out)
    for place, name in ((worker, "read_input"), (run, "merge"), (run, "write_articles"), (run, "card_files")):
        monkeypatch.setattr(place, name, never)
    again = build(folder, out)
    assert again.unchanged
    assert again.counts == first.counts
    assert again.content_digest == first.content_digest


def test_only_what_changed_is_taken_apart(make_pages: Make, tmp_path: Path, taken: list[str]) -> None:
    folder, out = make_pages(100), tmp_path / "out"
    build(folder, out)
    assert len(taken) == 100
    for change, sources in (
        (lambda: (folder / "page-050.txt").write_text(page(500)), ["page-050.txt"]),
        (lambda: (folder / "page-030b.txt").write_text(page(501)), ["page-030b.txt"]),
        (lambda: (folder / "page-010.txt").unlink(), []),
        (lambda: (folder / "page-011.txt").rename(folder / "z.txt"), ["z.txt"]),
    ):
        taken.clear()
        change()
        result = build(folder, out)
        assert taken == sources
        whole = build(folder, tmp_path / "whole", cache=False, version=result.version)
        assert tree(result.path / "data") == tree(whole.path / "data")
        shutil.rmtree(tmp_path / "whole")


def test_a_card_takes_no_table(make_pages: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, out, card = make_pages(4), tmp_path / "out", tmp_path / "pages.md"
    card.write_text("---\nlicense: mit\n---\n# Pages\n")
    config = BuildConfig(card=str(card))
    first = build(folder, out, config=config)
    card.write_text("---\nlicense: mit\n---\n# All pages\n")
    with monkeypatch.context() as patch:
        for name in ("run_tasks", "merge", "write_articles", "write_rejects"):
            patch.setattr(run, name, never)
        second = build(folder, out, config=config)
    assert second.version == "1.0.1"
    assert tree(second.path / "data") == tree(first.path / "data")
    assert validate(second.path)
    # a copy is not believed either
    (name,) = tree(second.path / "data/articles")
    (second.path / "data/articles" / name).write_bytes(b"PAR1")
    card.write_text("---\nlicense: mit\n---\n# Pages of all\n")
    third = build(folder, out, config=config)
    assert third.version == "1.0.2"
    assert tree(third.path / "data") == tree(first.path / "data")


def test_standard_input_and_names_with_marks(make_pages: Make, tmp_path: Path, taken: list[str]) -> None:
    folder = make_pages(2)
    (folder / "a.zip!").mkdir()
    (folder / "a.zip!/x.txt").write_text(page(7))
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.writestr("x.txt", page(8))
    whole = build(folder, tmp_path / "out")
    assert whole.counts.rows == 4
    taken.clear()
    (folder / "a.zip").unlink()
    less = build(folder, tmp_path / "out")
    assert (less.counts.rows, taken) == (3, [])
    assert validate(less.path)


def test_what_could_not_be_read_is_read_again(
    make_pages: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, out = make_pages(2), tmp_path / "out"

    class Broken:
        bytes, sha256, pages = 5, None, 1
        skipped: ClassVar[dict[str, int]] = {}

        def __iter__(self) -> Iterator[Rejection]:
            yield Rejection(reason=Reason.UNREADABLE, message="input/output error", source="page-000.txt", record=0)

    real = read_input
    with monkeypatch.context() as patch:
        patch.setattr(worker, "read_input", lambda f, s: Broken() if f.source == "page-000.txt" else real(f, s))
        assert build(folder, out).counts.rejected == 1
    assert build(folder, out).counts.rejected == 0


# --- what is not believed --------------------------------------------------------------------------------------------


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "first byte": lambda b: b"\0" + b[1:],
    "byte of a row": lambda b: b[: len(b) // 3] + bytes([b[len(b) // 3] ^ 1]) + b[len(b) // 3 + 1 :],
    "byte of what it is about": lambda b: b[:-60] + bytes([b[-60] ^ 1]) + b[-59:],
    "cut off": lambda b: b[: len(b) // 2],
    "longer": lambda b: b + b"\0",
    "empty": lambda b: b"",
    "something else": lambda b: b"PAR1" * 100,
    "its end alone": lambda b: b[-22:],
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_part_is_made_again(make_pages: Make, tmp_path: Path, taken: list[str], damage: str) -> None:
    folder, out = make_pages(3), tmp_path / "out"
    first = build(folder, out)
    (found,) = parts(out / "pages")
    found.write_bytes(DAMAGE[damage](found.read_bytes()))
    shutil.rmtree(first.path)
    (out / "pages/latest").unlink()
    taken.clear()
    before = build(folder, tmp_path / "whole", cache=False)
    taken.clear()
    again = build(folder, out)
    assert len(taken) == 3
    assert tree(again.path) == tree(before.path)


def test_of_another_kind(make_pages: Make, tmp_path: Path, taken: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    folder, out = make_pages(2), tmp_path / "out"
    build(folder, out)
    kinds = {kind_of(ReadSettings(), "0" * 64), kind_of(ReadSettings(), "1" * 64)}
    kinds |= {kind_of(ReadSettings(fields=(("text", "x"),)), "0" * 64)}
    kinds |= {kind_of(ReadSettings(page_bytes=PAGE_BYTES.value - 1), "0" * 64)}
    monkeypatch.setattr(cache, "code_digest", lambda: "another newsds")
    kinds |= {kind_of(ReadSettings(), "0" * 64)}
    assert len(kinds) == 5
    taken.clear()
    assert build(folder, out).unchanged
    assert len(taken) == 2


def test_a_change_that_no_time_tells(make_pages: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, out = make_pages(2), tmp_path / "out"
    first = build(folder, out)
    one = folder / "page-000.txt"
    status = one.stat()
    one.write_text(page(0).replace("quiet", "noisy"))
    os.utime(one, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert one.stat().st_size == status.st_size
    second = build(folder, out)  # its inode was changed
    assert second.content_digest != first.content_digest
    # and where not even that is told, the file was written too shortly before its part
    monkeypatch.setattr(cache, "identity_of", lambda path: (Path(path).stat().st_size, 5 * 10**18, 0, 0))
    monkeypatch.setattr(worker, "identity_of", cache.identity_of)
    third = build(folder, tmp_path / "more")
    one.write_text(page(0).replace("quiet", "windy"))
    fourth = build(folder, tmp_path / "more")
    assert fourth.content_digest != third.content_digest
    # else it is believed
    for found in parts(tmp_path / "more/pages"):
        os.utime(found, ns=(6 * 10**18, 6 * 10**18))
    one.write_text(page(0).replace("quiet", "sunny"))
    assert build(folder, tmp_path / "more").unchanged


def test_files_are_read_for_their_digest_once(
    make_pages: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, out = make_pages(2), tmp_path / "out"
    for one in folder.iterdir():
        os.utime(one, ns=(10**18, 10**18))
    monkeypatch.setattr(cache, "_RACY_NS", 0)
    build(folder, out)
    digested: list[str] = []
    real = cache.digest_file

    def digest(path: str) -> str | None:
        digested.append(path)
        return real(path)

    monkeypatch.setattr(cache, "digest_file", digest)
    monkeypatch.setattr(reuse, "digest_file", digest)
    assert build(folder, out).unchanged
    assert {Path(one).name for one in digested} == {"manifest.json"}
    monkeypatch.setattr(cache, "_RACY_NS", 10**18)  # all files are too new
    build(folder, out)
    assert len([one for one in digested if one.endswith(".txt")]) == 2


# --- laws ------------------------------------------------------------------------------------------------------------

NAMES = st.sampled_from(["a.txt", "b.txt", "c/d.txt", "c/e.jsonl", "f.jsonl", "g.zip", "h.xyz"])


def content_of(name: str, numbers: list[int]) -> bytes:
    if name.endswith(".jsonl"):
        return "".join(json.dumps({"text": page(n)}) + "\n" for n in numbers).encode()
    if name.endswith(".zip"):
        with tempfile.TemporaryFile() as file:
            with zipfile.ZipFile(file, "w") as archive:
                for n in sorted(set(numbers)):
                    archive.writestr(zipfile.ZipInfo(f"{n}.txt"), page(n))
            file.seek(0)
            return file.read()
    return page(numbers[0]).encode() if numbers else b""


EDITS = st.lists(st.dictionaries(NAMES, st.lists(st.integers(0, 9), max_size=6), min_size=1), min_size=2, max_size=3)


@given(EDITS, st.integers(1, 5), st.integers(1, 5), st.integers(1, 20))
@settings(max_examples=5)
def test_a_cache_changes_no_byte(edits: list[dict[str, list[int]]], stretch: int, files: int, shared: int) -> None:
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        root = Path(name)
        patch.setattr(worker, "STRETCH_PAGES", stretch)
        patch.setattr(worker, "BATCH_PAGES", 2)
        patch.setattr(plan, "TASK_FILES", files)
        patch.setattr(merge, "FAN_IN", 2)
        patch.setattr(merge, "SHARED_KEYS", shared)
        patch.setattr(part, "BATCH_ROWS", 2)
        for number, state in enumerate(edits):
            shutil.rmtree(root / "pages", ignore_errors=True)
            for file, numbers in state.items():
                (root / "pages" / file).parent.mkdir(parents=True, exist_ok=True)
                (root / "pages" / file).write_bytes(content_of(file, numbers))
            kept = build(root / "pages", root / f"kept-{number}", cache=root / "cache")
            assert kept.counts.balanced
            with pytest.MonkeyPatch.context() as undo:
                for place, constant, value in ((worker, "STRETCH_PAGES", 512), (merge, "FAN_IN", 64)):
                    undo.setattr(place, constant, value)
                fresh = build(root / "pages", root / f"fresh-{number}", cache=False)
            assert tree(kept.path) == tree(fresh.path)


def test_a_file_that_goes_on(tmp_path: Path, taken: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A build that was killed in the midst of a file goes on in its midst."""
    monkeypatch.setattr(worker, "STRETCH_PAGES", 4)
    monkeypatch.setattr(worker, "BATCH_PAGES", 2)
    source = tmp_path / "all.jsonl"
    source.write_bytes(content_of("all.jsonl", list(range(18))))
    whole = build(source, tmp_path / "whole", cache=False)
    real = run_tasks

    def interrupted(*args: Any, **options: Any) -> Iterator[Any]:
        results = real(*args, **options)
        yield next(results)
        yield next(results)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(run, "run_tasks", interrupted)
        with pytest.raises(KeyboardInterrupt):
            build(source, tmp_path / "out")
    taken.clear()
    assert tree(build(source, tmp_path / "out").path) == tree(whole.path)
    assert len(taken) == 10
    # of a file that was changed meanwhile, nothing is taken over
    shutil.rmtree(tmp_path / "out")
    with monkeypatch.context() as patch:
        patch.setattr(run, "run_tasks", interrupted)
        with pytest.raises(KeyboardInterrupt):
            build(source, tmp_path / "out")
    taken.clear()
    source.write_bytes(content_of("all.jsonl", [*range(1, 18), 0]))
    build(source, tmp_path / "out")
    assert len(taken) == 18


# --- what is kept ----------------------------------------------------------------------------------------------------


def test_info_and_prune(make_pages: Make, tmp_path: Path) -> None:
    folder, out = make_pages(3), tmp_path / "out"
    build(folder, out)
    first = cache_info(out / "pages")
    assert (first.parts, first.used_parts) == (1, 1)
    assert first.bytes == first.used_bytes > 0
    (folder / "page-001.txt").write_text(page(77))
    build(folder, out)
    assert cache_info(out / "pages").used_parts == 2
    for one in folder.iterdir():
        one.write_text(page(int(one.stem[-3:]) + 500))
    build(folder, out)
    grown = cache_info(out / "pages/.cache")
    assert (grown.parts, grown.used_parts) == (3, 1)
    left = prune_cache(out / "pages")
    assert (left.parts, left.used_parts, left.bytes) == (1, 1, grown.used_bytes)
    assert build(folder, out).unchanged
    assert prune_cache(out / "pages", everything=True).parts == 0
    assert not (out / "pages/.cache").exists()
    with pytest.raises(DataError, match="holds no cache"):
        cache_info(out / "pages")
    assert build(folder, out).unchanged  # and every page was read again
    assert cache_info(out / "pages").used_parts == 1


def test_prune_keeps_away_from_a_build(make_pages: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, out = make_pages(1), tmp_path / "out"

    def prune(*_: object) -> None:
        prune_cache(out / "pages")

    monkeypatch.setattr(run, "merge", prune)
    with pytest.raises(DatasetLockedError):
        build(folder, out)


def test_a_cache_of_several_datasets(make_pages: Make, tmp_path: Path, taken: list[str]) -> None:
    folder = make_pages(3)
    where = folder / "cache"  # in a source: it is no input
    build(folder, tmp_path / "one", cache=where, config=BuildConfig(name="one"))
    other = build(folder, tmp_path / "two", cache=where, config=BuildConfig(name="two"))
    assert (len(taken), other.counts.inputs) == (3, 3)
    assert prune_cache(where).used_parts == 1
    assert list((tmp_path / "one/one").iterdir()) != []
    assert not (tmp_path / "one/one/.cache").exists()


def test_no_cache(make_pages: Make, tmp_path: Path, taken: list[str]) -> None:
    folder, out = make_pages(3), tmp_path / "out"
    for count in (3, 6):
        result: BuildResult = build(folder, out, cache=False)
        assert len(taken) == count
        assert sorted(p.name for p in result.path.parent.iterdir()) == ["1.0.0", "latest"]


def test_parts_that_nobody_finished(tmp_path: Path) -> None:
    kind = kind_of(ReadSettings(), "")
    with Cache(tmp_path / "cache", kind) as found:
        old, new = found.folder / "old.tmp", found.folder / "new.tmp"
        old.touch()
        new.touch()
        os.utime(old, (0, 0))
        (found.folder / f"{'0' * 64}.part").write_bytes(b"nothing")
    with Cache(tmp_path / "cache", kind) as found:
        assert not old.exists()
        assert new.exists()
        assert found.find(InputFile(source="a", path=str(new))).stop == 0


def test_a_part_says_what_it_holds(make_pages: Make, tmp_path: Path) -> None:
    build(make_pages(5, empty_dot_txt=b""), tmp_path / "out")
    (path,) = parts(tmp_path / "out/pages")
    found = open_part(path)
    assert isinstance(found, Part)
    assert found.is_sound()
    assert (found.rows, found.rejects, len(found.entries)) == (5, 1, 6)
    assert [e.rows for e in found.entries] == [0, 1, 1, 1, 1, 1]
    keys = [key for table in found.read("rows") for key in table["key"].to_pylist()]
    assert keys == sorted(keys)
    assert not any(isinstance(one, Page) for one in found.entries)
