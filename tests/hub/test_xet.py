"""Xet: large files go to another store in chunks, and the Hub holds the same version in the end."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

import newsds
from newsds.errors import HubAccessError, HubError, HubUnavailableError
from tests.hub.conftest import (
    REPO,
    TOKEN,
    XET_SETTINGS,
    Push,
    assert_kills_leave_a_whole_version,
    environment,
    version_files,
)
from tests.hub.repo import GITATTRIBUTES
from tests.hub.server import Fault, LoopbackHub, Seen
from tests.hub.xet import XetStore


def test_push_and_pull_by_xet(hub: LoopbackHub, xet: XetStore, push: Push, built: Path, tmp_path: Path) -> None:
    push()
    repo = hub.repos[REPO]
    large = {path: blob for path, blob in repo.at("main").files.items() if blob.lfs}
    assert large
    assert all(blob.xet for blob in large.values())
    assert repo.files() == version_files(built) | {".gitattributes": GITATTRIBUTES}
    hub.start_over()
    result = newsds.pull(REPO, tmp_path / "out", endpoint=hub.endpoint)
    assert version_files(tmp_path / "out" / "pages") == version_files(built)
    assert newsds.validate(result.path)
    assert any("/xet-read-token/" in path for path in hub.paths("GET"))
    assert not [one for one in hub.requests if one.origin == "storage"]


def test_only_new_chunks_are_stored(hub: LoopbackHub, xet: XetStore, push: Push, tmp_path: Path) -> None:
    dist = tmp_path / "dist"
    words = random.Random(1)
    pages = [_page(words) for _ in range(150)]
    first = _build(tmp_path, dist, pages)
    push(path=first.path, version=None)
    before = xet.stored()
    push(path=_build(tmp_path, dist, [*pages, _page(words)]).path, version=None)
    tables = [blob for blob in hub.repos[REPO].at("main").files.values() if blob.lfs]
    assert len(set(hub.repos[REPO].tags)) == 2
    assert before < sum(len(blob.content) for blob in tables) * 1.1
    assert 0 < xet.stored() - before < before / 2


def _page(words: random.Random) -> str:
    lines = (" ".join(f"{words.getrandbits(40):x}" for _ in range(12)) for _ in range(100))
    return "A headline of the town\n\n" + "\n\n".join(f"The council says {line}." for line in lines) + "\n"


def _build(tmp_path: Path, dist: Path, pages: list[str]) -> newsds.BuildResult:
    folder = tmp_path / "pages"
    folder.mkdir(exist_ok=True)
    for number, text in enumerate(pages):
        (folder / f"{number:03}.txt").write_text(text, encoding="utf-8")
    return newsds.build(folder, dist, config=newsds.BuildConfig(name="pages"))


def test_a_store_that_does_not_take_the_upload(
    hub: LoopbackHub, xet: XetStore, push: Push, built: Path, tmp_path: Path
) -> None:
    push()
    (tmp_path / "file").write_bytes(b"in the way")
    hub.xet = XetStore(tmp_path / "file")
    with pytest.raises(HubError) as caught:
        push("1.1.0")
    assert TOKEN not in f"{caught.value} {caught.value.remedy}"
    fixed = {".gitattributes": GITATTRIBUTES}
    assert hub.repos[REPO].files() == version_files(built) | fixed
    assert set(hub.repos[REPO].tags) == {"v1.0.0"}
    hub.xet = xet
    push("1.1.0")
    assert hub.repos[REPO].files() == version_files(built, "1.1.0") | fixed


@pytest.mark.parametrize(
    ("status", "kind"), [(401, HubAccessError), (403, HubAccessError), (404, HubError), (503, HubUnavailableError)]
)
def test_a_token_of_the_store_that_is_refused(
    hub: LoopbackHub, xet: XetStore, push: Push, client: list[float], status: int, kind: type[HubError]
) -> None:
    push()
    head = hub.repos[REPO].refs["main"]

    def refuse(seen: Seen, number: int) -> None:
        if "/xet-write-token/" in seen.path:
            hub.faults[number] = Fault("status", status)

    hub.before = refuse
    client.clear()
    with pytest.raises(HubError, match=str(status)) as caught:
        push("1.1.0")
    assert type(caught.value) is kind
    assert (client == []) is (status != 503)  # only what passes is waited for
    assert hub.repos[REPO].refs["main"] == head


def test_a_hub_without_xet(hub: LoopbackHub, xet: XetStore, push: Push, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client does not ask before it uploads by Xet, so the error says how to do without."""
    from huggingface_hub import constants

    hub.xet = None
    with pytest.raises(HubError, match="404") as caught:
        push()
    assert "HF_HUB_DISABLE_XET=1" in caught.value.remedy
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    assert push().tag == "v1.0.0"


def test_files_of_both_ways_are_one_version(
    hub: LoopbackHub, xet: XetStore, push: Push, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    push()
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    push("1.1.0")
    assert hub.repos[REPO].files() == version_files(built, "1.1.0") | {".gitattributes": GITATTRIBUTES}
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", False)
    assert not push("1.1.0").changed


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_process_that_is_killed_while_it_uploads(
    hub: LoopbackHub, xet: XetStore, push: Push, built: Path, tmp_path: Path
) -> None:
    paths = ("/xet-write-token/", "/commit/")
    assert_kills_leave_a_whole_version(hub, push, built, tmp_path, paths, HF_HUB_DISABLE_XET="0", **XET_SETTINGS)


@pytest.mark.slow
def test_datasets_loads_what_was_uploaded_by_xet(hub: LoopbackHub, xet: XetStore, push: Push, tmp_path: Path) -> None:
    push("1.1.0")
    hub.start_over()
    code = (
        "import datasets, newsds\n"
        f"rows = datasets.load_dataset({REPO!r}, split='train').to_list()\n"
        f"streamed = list(datasets.load_dataset({REPO!r}, split='train', streaming=True))\n"
        f"print(len(rows), rows == streamed == newsds.load('hf://{REPO}').to_list())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment(hub, tmp_path / "home")
        | {"HF_HUB_DISABLE_XET": "0", "PYTHONPATH": str(Path(__file__).parents[2])}
        | XET_SETTINGS,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "4 True\n"
    assert any("/xet-read-token/" in path for path in hub.paths("GET"))
