"""push: what is on the Hub afterwards is the version, its tag, and nothing stale."""

from __future__ import annotations

from pathlib import Path

from tests.hub.conftest import REPO, Push, version_files
from tests.hub.repo import GITATTRIBUTES
from tests.hub.server import LoopbackHub


def test_a_version_lies_at_the_root_of_the_repository(hub: LoopbackHub, push: Push, built: Path) -> None:
    result = push()
    repo = hub.repos[REPO]
    assert repo.files() == version_files(built) | {".gitattributes": GITATTRIBUTES}
    assert repo.tags == {"v1.0.0": repo.refs["main"]}
    assert (result.commit, result.tag, result.changed) == (repo.refs["main"], "v1.0.0", True)
    assert [one for one in repo.history if one[0] == "main"][1:] == [("main", result.commit)]
