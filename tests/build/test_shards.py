"""Builds in shards, and their merge: one build's bytes, and a name for whatever is missing."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from newsds.build import BuildResult, build, build_shard, cache_info, merge_shards, shards, worker
from newsds.build.shards import Shard, owners
from newsds.cli import main
from newsds.config import BuildConfig
from newsds.errors import MissingShardsError, UsageError
from newsds.read import InputFile

Make = Callable[..., Path]


def files(result: BuildResult) -> dict[str, bytes]:
    return {str(p.relative_to(result.path)): p.read_bytes() for p in result.path.rglob("*") if p.is_file()}


@pytest.fixture
def pages(make_pages: Make) -> Path:
    """Files, containers, duplicates, and files that are rejected or cannot be read."""
    one = make_pages(1, folder="one").joinpath("page-000.txt").read_text()
    lines = "\n".join(json.dumps({"text": one.replace("number 0", f"number {n}")}) for n in range(3, 40))
    folder = make_pages(9, container_dot_jsonl=lines, empty_dot_txt="", again_dot_txt=one)
    (folder / "dangling.txt").symlink_to("nowhere")
    return folder


@pytest.mark.parametrize("count", [1, 2, 5, 40])
def test_shards_and_merge_give_the_bytes_of_one_build(pages: Path, tmp_path: Path, count: int) -> None:
    expected = files(build(pages, tmp_path / "one"))
    order = random.Random(count).sample(range(1, count + 1), count)
    made = [build_shard(pages, tmp_path / "out", f"{number}/{count}") for number in order]
    assert sum(one.files for one in made) == made[0].files_total == 13
    assert not list((tmp_path / "out").rglob("*.parquet"))
    merged = merge_shards(pages, tmp_path / "out")
    assert files(merged) == expected
    assert merged.counts.duplicates == 1
    assert dict(merged.reasons) == {"empty": 1, "unreadable": 1}
    assert not list((tmp_path / "out").rglob("shard-*")), "notes are for one merge"


def test_no_page_is_read_in_a_merge(pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build_shard(pages, tmp_path / "out", "1/1")

    def read(*_: object) -> None:
        raise AssertionError("a page was read")

    monkeypatch.setattr(worker, "read_input", read)
    assert merge_shards(pages, tmp_path / "out").version == "1.0.0"


def test_shards_at_once_in_one_cache(pages: Path, tmp_path: Path) -> None:
    expected = files(build(pages, tmp_path / "one"))
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda n: build_shard(pages, tmp_path / "out", f"{n}/4"), [1, 2, 3, 4, 2, 2]))
    assert files(merge_shards(pages, tmp_path / "out")) == expected


def test_shards_of_several_caches_are_put_into_one(pages: Path, tmp_path: Path) -> None:
    expected = files(build(pages, tmp_path / "one"))
    for number in (1, 2, 3):
        there = tmp_path / f"machine-{number}"
        shutil.copytree(pages, there / "pages", symlinks=True)  # other inodes and times
        build_shard(there / "pages", there / "out", f"{number}/3", cache=there / "cache")
        shutil.copytree(there / "cache", tmp_path / "all", dirs_exist_ok=True)
    assert files(merge_shards(pages, tmp_path / "out", cache=tmp_path / "all")) == expected


def test_missing_shards_are_named(pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    with pytest.raises(MissingShardsError, match="no shard was built in"):
        merge_shards(pages, out)
    build_shard(pages, out, "1/4")
    build_shard(pages, out, "3/4")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(shards, "take_apart", killed)
        with pytest.raises(KeyboardInterrupt):
            build_shard(pages, out, "4/4")
    with pytest.raises(MissingShardsError, match=r"2 of 4 shards are not built: 2/4, 4/4 \(not to its end\)") as error:
        merge_shards(pages, out)
    assert "--shard 2/4" in error.value.remedy
    assert not list(out.glob("*/*/manifest.json"))
    for number in (2, 4):
        build_shard(pages, out, f"{number}/4")
    assert merge_shards(pages, out).version == "1.0.0"


def test_files_that_changed_since_are_named(pages: Path, tmp_path: Path) -> None:
    for number in (1, 2):
        build_shard(pages, tmp_path / "out", f"{number}/2")
    (pages / "page-003.txt").write_text("another page")
    (pages / "new.txt").write_text("a page that is new")
    with pytest.raises(MissingShardsError, match=r"2 files are missing: new.txt, page-003.txt") as error:
        merge_shards(pages, tmp_path / "out")
    for spec in error.value.remedy.split("--shard ")[1:]:
        build_shard(pages, tmp_path / "out", spec[:3])
    assert files(merge_shards(pages, tmp_path / "out")) == files(build(pages, tmp_path / "one"))


def test_a_file_that_is_gone_takes_its_rows_with_it(pages: Path, tmp_path: Path) -> None:
    build_shard(pages, tmp_path / "out", "1/1")
    (pages / "container.jsonl").unlink()
    assert files(merge_shards(pages, tmp_path / "out")) == files(build(pages, tmp_path / "one"))


def test_foreign_shards_are_told(pages: Path, tmp_path: Path) -> None:
    build_shard(pages, tmp_path / "out", "1/1", config=BuildConfig(fields=(("text", "body"),)))
    with pytest.raises(MissingShardsError, match="built by another newsds, or with other weights or fields"):
        merge_shards(pages, tmp_path / "out")


def test_damaged_parts_are_not_believed(pages: Path, tmp_path: Path) -> None:
    folder = build_shard(pages, tmp_path / "out", "1/1").folder
    for part in folder.glob("*/*.part"):
        content = bytearray(part.read_bytes())
        content[len(content) // 3] ^= 1
        part.write_bytes(content)
    with pytest.raises(MissingShardsError, match="files are missing"):
        merge_shards(pages, tmp_path / "out")
    build_shard(pages, tmp_path / "out", "1/1")
    assert files(merge_shards(pages, tmp_path / "out")) == files(build(pages, tmp_path / "one"))


def test_a_shard_goes_on_where_it_was(pages: Path, tmp_path: Path) -> None:
    first = build_shard(pages, tmp_path / "out", "1/2")
    parts = cache_info(first.folder).parts
    assert build_shard(pages, tmp_path / "out", "1/2").rows == first.rows
    assert cache_info(first.folder).parts == parts + 1 or cache_info(first.folder).parts == parts


@pytest.mark.parametrize("spec", ["0/2", "3/2", "1", "1/0", "-1/2", "a/b", "1/2/3", " 1/2"])
def test_shards_that_are_none(pages: Path, tmp_path: Path, spec: str) -> None:
    with pytest.raises(UsageError, match="there is no shard"):
        build_shard(pages, tmp_path / "out", spec)


def test_on_the_command_line(pages: Path, tmp_path: Path) -> None:
    def run(*args: object) -> tuple[int, str]:
        result = CliRunner().invoke(main, [*map(str, args)])
        return result.exit_code, result.output

    out = tmp_path / "out"
    for number in (1, 2):
        code, text = run("build", pages, "--out", out, "--workers", 0, "--shard", f"{number}/2", "--name", "mine")
        assert (code, text.splitlines()[0]) == (0, f"shard {number}/2")
    assert run("merge", pages, "--out", out)[0] == 13  # by another name there is nothing
    code, text = run("merge", pages, "--out", out, "--name", "mine", "--version", "2.0.0")
    assert (code, text.splitlines()[0]) == (0, "mine 2.0.0")
    assert run("build", pages, "--out", out, "--shard", "1/2", "--version", "1.0.0")[0] == 2
    assert run("build", "-", "--out", out, "--shard", "1/2", "--workers", 0)[0] == 2


@given(st.lists(st.integers(0, 10**9), max_size=60), st.integers(1, 9), st.randoms())
def test_every_file_has_one_owner(sizes: list[int], count: int, chance: random.Random) -> None:
    listed = [InputFile(path=f"{n}", source=f"{n}") for n in range(len(sizes))]
    by_path = dict(zip((file.path for file in listed), sizes, strict=True))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(shards, "expected_bytes", by_path.__getitem__)
        owner = owners(listed, count)
        chance.shuffle(listed)
        assert owners(listed, count) == owner
    assert owner.keys() == by_path.keys()
    assert set(owner.values()) <= set(range(1, count + 1))
    loads = [sum(by_path[f] for f, n in owner.items() if n == number) for number in range(1, count + 1)]
    assert max(loads) - min(loads) <= max(sizes, default=0) + (1 << 14) * len(sizes)
    assert str(Shard.parse(f"{count}/9")) == f"{count}/9"
