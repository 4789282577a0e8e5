"""`rebuild`: a manifest is enough to make a version again, and what keeps it from being the same is named."""

from __future__ import annotations

import json
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import newsds
from newsds.build import build, rebuild, repeat
from newsds.build import manifest as manifests
from newsds.config import BuildConfig
from newsds.errors import DataError, SourceError, VersionExistsError
from newsds.validate import validate

from .conftest import page

Make = Callable[..., Path]
CARD = """---
license: cc0-1.0
pretty_name: 'Pages: "all"'
newsds_released: 2024-05-31
---
# Pages

<!-- newsds:place figures -->

The end.
"""


@pytest.fixture
def made(make_pages: Make, tmp_path: Path) -> Path:
    """The second version of a dataset with a card, settings, an archive, rejects and duplicates."""
    folder = make_pages(3, empty_dot_txt="", ignored_dot_log="nothing", again_dot_txt=page(1))
    with tarfile.open(folder / "more.tar", "w") as archive:
        archive.add(folder / "page-000.txt", "twice.txt")
    card = tmp_path / "pages.md"
    card.write_text(CARD)
    config = BuildConfig(card=str(card), name="my-pages", exclude=("*.log",), fields=(("text", "body"),))
    build(folder, tmp_path / "out", config=config)
    make_pages(5)
    path = build(folder, tmp_path / "out", config=config).path
    card.unlink()
    return path


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    return tmp_path / "pages"


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def edit(path: Path, **values: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | values), encoding="utf-8")


def test_the_manifest_alone_is_enough(made: Path, pages: Path, tmp_path: Path) -> None:
    (pages / "later.txt").write_text(page(77))  # what is not in the manifest does not count
    manifest = tmp_path / "kept.json"
    shutil.copy(made / "manifest.json", manifest)
    before = tree(made)
    shutil.rmtree(tmp_path / "out")
    result = rebuild(manifest, pages, out=tmp_path / "again")
    assert result.same
    assert (result.missing, result.different, result.settings, result.toolchain) == ([], [], [], {})
    assert result.path == tmp_path / "again/my-pages/1.1.0"
    assert {
        p.relative_to(result.path).as_posix(): p.read_bytes() for p in result.path.rglob("*") if p.is_file()
    } == before
    assert validate(result.path)
    assert result.lines()[0] == "my-pages 1.1.0: the same, byte for byte"
    with pytest.raises(VersionExistsError):
        rebuild(manifest, pages, out=tmp_path / "again")


def test_nothing_is_kept_unless_asked_for(
    made: Path, pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    assert rebuild(made.parent, [pages]).path is None  # the folder of a dataset: its newest version
    assert [*(tmp_path / "tmp").iterdir()] == []


def test_several_sources(make_pages: Make, tmp_path: Path) -> None:
    one, other = make_pages(2, "one"), make_pages(1, "other", x_dot_txt=page(9))
    path = build([one, other], tmp_path / "out").path
    assert rebuild(path, [other, one]).same
    assert rebuild(path, tmp_path).same  # the folder that holds both
    assert rebuild(path, one).missing == ["one/page-000.txt", "one/page-001.txt", "other/page-000.txt", "other/x.txt"]


def test_inputs_are_checked_before_anything_is_built(
    made: Path, pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (pages / "page-000.txt").unlink()
    (pages / "page-002.txt").write_text(page(2) + " ")

    def never(*_: object) -> None:
        raise AssertionError("it was built")

    monkeypatch.setattr(repeat, "make_version", never)
    result = rebuild(made, pages, out=tmp_path / "again")
    assert (result.same, result.made) == (False, False)
    assert (result.missing, result.different) == (["page-000.txt"], ["page-002.txt"])
    lines = result.lines()
    assert "  input       missing: page-000.txt" in lines
    assert "  input       differs: page-002.txt" in lines
    assert "--sources" in lines[-1]
    assert not (tmp_path / "again").exists()


def test_other_tools(made: Path, pages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = manifests.toolchain()
    other = real | {"pyarrow": "1.0.0"}
    edit(made / "manifest.json", toolchain=other)
    result = rebuild(made, pages)
    assert not result.same
    assert result.toolchain == {"pyarrow": ("1.0.0", real["pyarrow"])}
    assert (result.same_rows, result.same_rejects, result.files) == (True, True, ["manifest.json"])
    assert result.lines()[-1].endswith("the tools are others, which write other bytes for the same rows")
    edit(made / "manifest.json", content_digest="0" * 64)
    assert "install those of the manifest" in rebuild(made, pages).lines()[-1]


def test_another_newsds_that_says_nothing(made: Path, pages: Path) -> None:
    edit(made / "manifest.json", content_digest="0" * 64)
    result = rebuild(made, pages)
    assert (result.same, result.same_rows, result.same_rejects) == (False, False, True)
    assert result.lines()[-1].endswith("newsds itself is another than its version says")


def test_other_weights(made: Path, pages: Path) -> None:
    config = json.loads((made / "manifest.json").read_text())["config"]
    edit(made / "manifest.json", config=config | {"weights": "0" * 64})
    result = rebuild(made, pages)
    assert result.settings == ["weights"]
    assert "--weights" in result.lines()[-1]


def test_a_file_that_differs_is_named(made: Path, pages: Path) -> None:
    files = json.loads((made / "manifest.json").read_text())["files"]
    (readme,) = (one for one in files if one["path"] == "README.md")
    readme["sha256"] = "0" * 64
    edit(made / "manifest.json", files=files)
    result = rebuild(made, pages)
    assert result.files == ["README.md", "manifest.json"]
    assert json.loads(json.dumps(result.to_dict()))["files"] == ["README.md", "manifest.json"]


DAMAGE: list[dict[str, Any]] = [
    {"name": "../x"},
    {"version": "../1.0.0"},
    {"config": {}},
    {"config": {"include": 1, "exclude": []}},
    {"config": {"include": ["**"], "exclude": [], "fields": 3}},
    {"config": {"include": ["**"], "exclude": [], "fields": {"x": "y"}}},
    {"card": "<!-- newsds:place nothing -->\n"},
    {"inputs": 3},
]


@pytest.mark.parametrize("values", DAMAGE, ids=str)
def test_a_damaged_manifest(made: Path, pages: Path, tmp_path: Path, values: dict[str, Any]) -> None:
    edit(made / "manifest.json", **values)
    with pytest.raises(DataError, match="damaged"):
        rebuild(made / "manifest.json", pages, out=tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_what_is_not_there(made: Path, pages: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot read"):
        rebuild(tmp_path / "nothing.json", pages)
    with pytest.raises(SourceError):
        rebuild(made, tmp_path / "nowhere")
    (tmp_path / "x.json").write_bytes(b"\xff")
    with pytest.raises(DataError, match="damaged"):
        rebuild(tmp_path / "x.json", pages)
    assert newsds.rebuild is rebuild
