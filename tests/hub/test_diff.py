"""Versions on the Hub against those here."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

import newsds
from newsds.cli import main
from newsds.errors import HubNotFoundError
from tests.cli.conftest import assert_failed
from tests.hub.conftest import REPO, TOKEN, Push
from tests.hub.server import LoopbackHub


@pytest.fixture
def pushed(hub: LoopbackHub, push: Push) -> LoopbackHub:
    for version in ("1.0.0", "1.1.0"):
        push(version)
    return hub


def test_here_and_there(pushed: LoopbackHub, built: Path) -> None:
    diff = partial(newsds.diff, endpoint=pushed.endpoint)
    assert diff(built / "1.1.0", f"hf://{REPO}@v1.1.0").same
    assert diff(f"{REPO}@1.0.0", built / "1.0.0").same
    found = diff(f"hf://datasets/{REPO}@v1.0.0", f"hf://{REPO}")  # without a version the newest
    assert found.to_dict() == diff(built / "1.0.0", built / "1.1.0").to_dict()
    assert (found.rows.added, found.rows.removed, found.rejects) == (1, 0, {"empty": (1, 0)})


def test_nothing_there(pushed: LoopbackHub, built: Path) -> None:
    with pytest.raises(HubNotFoundError):
        newsds.diff(built, f"hf://{REPO}@v9.0.0", endpoint=pushed.endpoint)
    with pytest.raises(HubNotFoundError, match="there is no folder other/name here"):
        newsds.diff(built, "other/name", endpoint=pushed.endpoint)


def test_a_private_repository(hub: LoopbackHub, push: Push, built: Path, tmp_path: Path) -> None:
    push("1.0.0", private=True)
    command = ["diff", str(built / "1.0.0"), f"{REPO}@1.0.0", "--json", "--endpoint", hub.endpoint]
    assert_failed(CliRunner().invoke(main, command), 9)
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    done = CliRunner().invoke(main, [*command, "--token-file", str(tmp_path / "token")])
    assert (done.exit_code, json.loads(done.stdout)["level"]) == (0, None)
