"""A Hub on this machine, versions to push to it, and a client that waits for nothing."""

from __future__ import annotations

import copy
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import newsds
from newsds.hub import PushResult
from tests.build.conftest import page
from tests.hub.repo import GITATTRIBUTES
from tests.hub.server import LoopbackHub, Seen
from tests.hub.xet import XetStore

TOKEN = "hf_good"
REPO = "me/pages"
XET_SETTINGS = {
    "HF_XET_CLIENT_RETRY_BASE_DELAY": "1ms",
    "HF_XET_CLIENT_RETRY_MAX_ATTEMPTS": "0",
    "HF_XET_TELEMETRY_ENABLED": "false",
}
"""hf_xet waits for minutes by itself otherwise, where no test can see to it."""
Push = Callable[..., PushResult]


@pytest.fixture(scope="session")
def _server() -> Iterator[LoopbackHub]:
    with LoopbackHub() as server:
        yield server


@pytest.fixture
def hub(_server: LoopbackHub, client: None) -> LoopbackHub:
    _server.start_over()
    _server.repos.clear()
    _server.page = 1000
    _server.xet = None
    return _server


@pytest.fixture
def xet(hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> XetStore:
    """Let Hub and client speak Xet: real uploads and downloads, into and from a folder."""
    from huggingface_hub import constants
    from huggingface_hub.utils import _xet

    if not hasattr(_xet, "get_xet_session"):
        pytest.skip("this huggingface_hub has no session of hf_xet, which takes a store in a folder")
    pytest.importorskip("hf_xet", reason="hf_xet has no wheel here: uploads are LFS")
    hub.xet = XetStore(tmp_path / "store")
    hub.xet.folder.mkdir()
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", False)
    monkeypatch.setattr(constants, "HF_XET_CACHE", str(tmp_path / "xet"))
    monkeypatch.setattr(_xet, "XET_CONNECTION_INFO_CACHE", {})
    for name, value in XET_SETTINGS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(_xet, "_GLOBAL_XET_HOLDER", _xet.XetSessionHolder())  # a session reads its settings once
    return hub.xet


@pytest.fixture(params=["lfs", "xet"])
def transport(request: pytest.FixtureRequest) -> str:
    """Run a test with each way that large files go."""
    name = str(request.param)
    if name == "xet":
        request.getfixturevalue("xet")
    return name


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[float]:
    """The Hub's client: online, without a login, a cache of its own, plain uploads, and no waiting; what it waited."""
    from huggingface_hub import constants, file_download
    from huggingface_hub.utils import _http, disable_progress_bars

    waited: list[float] = []
    for name, value in {
        "HF_HUB_OFFLINE": False,
        "HF_HUB_DISABLE_XET": True,
        "HF_HUB_DISABLE_IMPLICIT_TOKEN": True,
        "HF_HUB_CACHE": str(tmp_path / "cache"),
        "HF_TOKEN_PATH": str(tmp_path / "no-token"),
    }.items():
        monkeypatch.setattr(constants, name, value)
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for module in (_http, file_download):
        monkeypatch.setattr(module, "time", SimpleNamespace(sleep=waited.append, time=time.time))
    disable_progress_bars()
    return waited


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset with the versions 1.0.0 and 1.1.0; the second has another row and a reject."""
    root = tmp_path_factory.mktemp("built")
    pages = root / "pages"
    pages.mkdir()
    card = root / "pages.md"
    card.write_text("---\nlicense: cc0-1.0\n---\n# Pages\n\nPages of towns.\n\nMore on them.\n", encoding="utf-8")
    for number in range(3):
        (pages / f"{number}.txt").write_text(page(number), encoding="utf-8")
    config = newsds.BuildConfig(name="pages", card=str(card))
    newsds.build(pages, root / "dist", config=config)
    (pages / "3.txt").write_text(page(3), encoding="utf-8")
    (pages / "empty.txt").write_bytes(b"")
    newsds.build(pages, root / "dist", config=config)
    card.write_text("---\nlicense: cc0-1.0\n---\n# Pages\n\nPages of towns.\n\nMuch more on them.\n", encoding="utf-8")
    assert newsds.build(pages, root / "dist", config=replace(config)).version == "1.1.1"
    return root / "dist" / "pages"


@pytest.fixture
def push(hub: LoopbackHub, client: list[float], built: Path) -> Push:
    def run(version: str = "1.0.0", **options: Any) -> PushResult:
        options = {"token": TOKEN, "endpoint": hub.endpoint, "sleep": client.append, **options}
        return newsds.push(options.pop("path", built), options.pop("repo", REPO), version=version, **options)

    return run


def version_files(built: Path, version: str = "1.0.0") -> dict[str, bytes]:
    """The files of a version, by their names in the repository."""
    folder = built / version
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def assert_kills_leave_a_whole_version(
    hub: LoopbackHub, push: Push, built: Path, folder: Path, paths: Sequence[str], **more: str
) -> None:
    """Kill real processes that push, each at its first request to one of `paths`; after each, look, and push again.

    Args:
        hub: gets the versions.
        push: pushes to it.
        built: folder of the dataset.
        folder: for what a process needs.
        paths: parts of the addresses.
        more: environment of the processes.
    """
    token = folder / "token"
    token.write_text(TOKEN)
    fixed = {".gitattributes": GITATTRIBUTES}
    whole = [version_files(built) | fixed, version_files(built, "1.1.0") | fixed]
    push()
    start = copy.deepcopy(hub.repos)
    command = [sys.executable, "-m", "newsds", "push", str(built), REPO, "--version", "1.1.0"]
    command += ["--token-file", str(token), "--endpoint", hub.endpoint]
    for path in paths:
        hub.start_over()
        hub.repos.clear()
        hub.repos.update(copy.deepcopy(start))
        process = subprocess.Popen(
            command, env=environment(hub, folder) | more, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

        def strike(seen: Seen, number: int, path: str = path, process: subprocess.Popen[bytes] = process) -> None:
            if path in seen.path:
                process.kill()
                process.wait(60)  # the store is one process's at a time

        hub.before = strike
        assert process.wait(60) == -signal.SIGKILL, path
        repo = hub.repos[REPO]
        with hub.lock:
            assert repo.files() in whole
        hub.before = None
        push("1.1.0")
        assert repo.files() == whole[1]
        assert set(repo.tags) == {"v1.0.0", "v1.1.0"}


def environment(hub: LoopbackHub, home: Path) -> dict[str, str]:
    """What a process needs to take the loopback Hub for the Hub."""
    own = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "HUGGING"))}
    return own | {"HF_ENDPOINT": hub.endpoint, "HF_HOME": str(home), "HF_HUB_DISABLE_XET": "1"}
