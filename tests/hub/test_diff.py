"""Versions on the Hub against those here."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import pytest

import newsds
import newsds.diff
from newsds.errors import HubNotFoundError
from newsds.hub import fetch
from tests.hub.conftest import REPO, Push
from tests.hub.server import LoopbackHub


@pytest.fixture
def pushed(hub: LoopbackHub, push: Push, monkeypatch: pytest.MonkeyPatch) -> LoopbackHub:
    for version in ("1.0.0", "1.1.0"):
        push(version)
    monkeypatch.setattr(sys.modules["newsds.diff"], "fetch", partial(fetch, endpoint=hub.endpoint))
    return hub


def test_here_and_there(pushed: LoopbackHub, built: Path) -> None:
    assert newsds.diff(built / "1.1.0", f"hf://{REPO}@v1.1.0").same
    assert newsds.diff(f"{REPO}@1.0.0", built / "1.0.0").same
    found = newsds.diff(f"hf://datasets/{REPO}@v1.0.0", f"hf://{REPO}")  # without a version the newest
    assert found.to_dict() == newsds.diff(built / "1.0.0", built / "1.1.0").to_dict()
    assert (found.rows.added, found.rows.removed, found.rejects) == (1, 0, {"empty": (1, 0)})


def test_nothing_there(pushed: LoopbackHub, built: Path) -> None:
    with pytest.raises(HubNotFoundError):
        newsds.diff(built, f"hf://{REPO}@v9.0.0")
    with pytest.raises(HubNotFoundError, match="there is no folder other/name here"):
        newsds.diff(built, "other/name")
