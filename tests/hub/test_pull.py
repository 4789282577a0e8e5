"""pull and load: what is on the Hub comes back byte for byte, whole or not at all."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import newsds
from newsds.errors import (
    DataError,
    HubNotFoundError,
    HubUnavailableError,
    NewsdsError,
    UsageError,
    VersionExistsError,
)
from newsds.layout import MANIFEST, published_versions, read_latest
from tests.hub.conftest import REPO, TOKEN, Push, environment, version_files
from tests.hub.server import Fault, LoopbackHub


@pytest.fixture
def pull(hub: LoopbackHub, client: list[float], tmp_path: Path) -> Any:
    def run(repo: str = REPO, **options: Any) -> newsds.PullResult:
        options = {"endpoint": hub.endpoint, "sleep": client.append, **options}
        return newsds.pull(repo, options.pop("out", tmp_path / "out"), **options)

    return run


@pytest.fixture
def pushed(hub: LoopbackHub, push: Push) -> LoopbackHub:
    for version in ("1.0.0", "1.1.0"):
        push(version)
    hub.start_over()
    return hub


@pytest.mark.usefixtures("transport")
def test_the_very_bytes_come_back(pushed: LoopbackHub, pull: Any, built: Path, tmp_path: Path) -> None:
    result = pull()
    assert result.path == tmp_path / "out" / "pages" / "1.1.0"
    assert version_files(tmp_path / "out" / "pages", "1.1.0") == version_files(built, "1.1.0")
    assert newsds.validate(result.path)
    older = pull(f"hf://datasets/{REPO}@v1.0.0")
    assert version_files(tmp_path / "out" / "pages") == version_files(built)
    assert (older.version, read_latest(tmp_path / "out" / "pages")) == ("1.0.0", "1.1.0")
    assert newsds.validate(tmp_path / "out" / "pages")
    assert not list((tmp_path / "out" / "pages").glob(".building-*"))


def test_again_writes_nothing(pushed: LoopbackHub, pull: Any) -> None:
    assert not pull(version="1.0.0").unchanged
    pushed.start_over()
    assert pull(version="1.0.0").unchanged
    assert not [r for r in pushed.requests if r.origin == "storage"]


@pytest.mark.usefixtures("transport")
def test_a_card_that_was_edited_comes_back_as_built(
    pushed: LoopbackHub, push: Push, pull: Any, built: Path, tmp_path: Path
) -> None:
    repo = pushed.repos[REPO]
    repo.edit({"README.md": repo.files()["README.md"].replace(b"towns", b"places"), "NOTES": b"x"})
    push("1.1.1")
    result = pull()
    assert version_files(tmp_path / "out" / "pages", "1.1.1") == version_files(built, "1.1.1")
    assert newsds.validate(result.path)


def test_another_version_of_that_number_is_not_overwritten(pushed: LoopbackHub, pull: Any) -> None:
    path = pull().path
    (path / MANIFEST).write_text("{}")
    with pytest.raises(VersionExistsError):
        pull()
    assert (path / MANIFEST).read_text() == "{}"


def test_what_is_not_there(pushed: LoopbackHub, pull: Any) -> None:
    with pytest.raises(HubNotFoundError, match="no such dataset"):
        pull("me/nothing")
    with pytest.raises(HubNotFoundError, match="404"):
        pull(f"{REPO}@7.0.0")
    pushed.repos[REPO].tags.clear()
    with pytest.raises(HubNotFoundError, match="no tag"):
        pull()
    for name in ("pages", "a/b/c", "../b", "me/pages@latest", "me/../x", "hf://spaces/me/x"):
        with pytest.raises(UsageError):
            pull(name)
    with pytest.raises(UsageError, match="and version 1"):
        pull(f"{REPO}@1.0.0", version="1.1.0")


def test_a_private_dataset(pushed: LoopbackHub, pull: Any) -> None:
    pushed.repos[REPO].private = True
    with pytest.raises(HubNotFoundError, match="the token may not see it"):
        pull()
    assert pull(token=TOKEN).version == "1.1.0"


@pytest.mark.parametrize(
    "change",
    [
        {"name": "../../evil"},
        {"name": "a/b"},
        {"version": "9.9.9"},
        {"version": "../1.1.0"},
        {"format": 99},
        {"files": [{"path": "../evil", "bytes": 1, "sha256": "0" * 64}]},
        {"files": [{"path": "data/articles/x.parquet", "bytes": 1, "sha256": "0" * 64}]},
    ],
)
def test_a_hostile_manifest_writes_nothing(pushed: LoopbackHub, pull: Any, tmp_path: Path, change: Any) -> None:
    repo = pushed.repos[REPO]
    manifest = json.loads(repo.files()[MANIFEST]) | change
    repo.tags["v1.1.0"] = repo.edit({MANIFEST: json.dumps(manifest).encode()})
    with pytest.raises(DataError):
        pull()
    assert not list((tmp_path / "out").rglob("*"))


def test_a_file_that_is_not_what_the_manifest_says(pushed: LoopbackHub, pull: Any, tmp_path: Path) -> None:
    repo = pushed.repos[REPO]
    (name,) = [path for path in repo.files() if path.startswith("data/articles")]
    content = repo.files()[name]
    repo.tags["v1.1.0"] = repo.edit({name: content[:-1] + b"?"})
    with pytest.raises(DataError, match="is not what the manifest says"):
        pull()
    assert published_versions(tmp_path / "out" / "pages") == []
    repo.tags["v1.1.0"] = repo.edit({name: None})
    with pytest.raises(DataError, match="missing"):
        pull()


@pytest.mark.slow
def test_faults_at_every_request_leave_nothing_or_the_whole(
    pushed: LoopbackHub, pull: Any, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    pull()
    requests = len(pushed.requests)
    for number in range(requests):
        for fault in (Fault("status", 403), Fault("status", 503), Fault("cut")):
            out = tmp_path / f"{number}-{fault.status}"
            monkeypatch.setattr(constants, "HF_HUB_CACHE", str(out / "cache"))
            pushed.start_over()
            pushed.faults = dict.fromkeys(range(number, 1000), fault)
            with pytest.raises(NewsdsError):
                pull(out=out)
            assert not (out / "pages" / "1.1.0").exists()
            pushed.start_over()
            pull(out=out)
            assert version_files(out / "pages", "1.1.0") == version_files(built, "1.1.0")


@pytest.mark.usefixtures("transport")
def test_load_from_the_hub(pushed: LoopbackHub, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    from newsds.hub import fetch

    assert newsds.load is not None
    load_module = sys.modules["newsds.load"]
    monkeypatch.setattr(load_module, "fetch", lambda name, version: fetch(name, version, endpoint=pushed.endpoint))
    monkeypatch.chdir(tmp_path)
    newest, older = newsds.load(REPO), newsds.load(f"hf://datasets/{REPO}@v1.0.0")
    assert (len(newest), len(older)) == (4, 3)
    assert newest.to_list() == newsds.load(built, "1.1.0").to_list()
    assert newsds.load(f"hf://{REPO}", "1.0.0").to_list() == newsds.load(built, "1.0.0").to_list()
    with pytest.raises(HubNotFoundError, match="there is no folder me/nothing here, and no version of me/nothing"):
        newsds.load("me/nothing")
    with pytest.raises(HubNotFoundError, match=r"^no version of me/nothing"):
        newsds.load("hf://me/nothing")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert len(newsds.load(REPO, "1.0.0")) == 3  # from the cache
    with pytest.raises(HubUnavailableError, match="offline") as caught:
        newsds.load(REPO)
    assert "HF_HUB_OFFLINE" in caught.value.remedy
    folder = tmp_path / "me" / "pages"
    folder.mkdir(parents=True)
    with pytest.raises(DataError, match="holds no dataset"):  # a folder of that name comes first
        newsds.load(REPO)


def test_a_dataset_without_rows(hub: LoopbackHub, push: Push, pull: Any, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    built = newsds.build(tmp_path / "empty.txt", tmp_path / "dist")
    assert push(path=built.path, version=None, repo="me/empty").changed
    assert version_files(pull("me/empty").path.parent) == version_files(built.path.parent)


def test_nobody_answers(client: list[float], tmp_path: Path) -> None:
    version, nowhere = _version(tmp_path), "http://127.0.0.1:9"
    with pytest.raises(HubUnavailableError, match="no answer"):
        newsds.pull(REPO, tmp_path, endpoint=nowhere, sleep=client.append)
    with pytest.raises(HubUnavailableError, match="no answer"):
        newsds.push(version, REPO, token=TOKEN, endpoint=nowhere, sleep=client.append)
    assert client[:5] == [1, 2, 4, 8, 16]


def _version(folder: Path) -> Path:
    (folder / "page.txt").write_text("A headline\n\n" + "A sentence that says a little about it. " * 20)
    return newsds.build(folder / "page.txt", folder / "dist").path


@pytest.mark.slow
def test_datasets_itself_loads_what_was_pushed(pushed: LoopbackHub, tmp_path: Path) -> None:
    """`datasets.load_dataset` and `newsds.load` in processes that take the loopback for the Hub."""
    code = (
        "import datasets, newsds\n"
        f"one = datasets.load_dataset({REPO!r}, split='train')\n"
        f"other = datasets.load_dataset({REPO!r}, 'rejects', revision='v1.1.0', split='train')\n"
        f"old = datasets.load_dataset({REPO!r}, revision='v1.0.0', split='train', streaming=True)\n"
        f"print(len(one), len(other), len(list(old)), one.to_list() == newsds.load({REPO!r}).to_list())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment(pushed, tmp_path / "home") | {"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "4 1 3 True\n"
