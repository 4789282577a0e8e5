"""What the tests of the server share: a small version, and a server in a thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import newsds
from newsds.config import load_config
from newsds.view import App, LoopbackServer

RAW = Path(__file__).parents[2] / "raw"


@pytest.fixture(scope="session")
def version(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A version of the fixtures."""
    return newsds.build(RAW, tmp_path_factory.mktemp("view"), config=load_config(RAW / "newsds.toml")).path


Serve = Callable[[App], LoopbackServer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start servers, and stop them when the test is over."""
    with ExitStack() as stack:

        def start(app: App) -> LoopbackServer:
            server = stack.enter_context(LoopbackServer(app))
            thread = threading.Thread(target=server.serve)
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.stop)
            return server

        yield start
