"""More files than one commit takes: staged on a pull request, merged when it is whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from newsds.errors import HubError, UsageError
from newsds.hub import plan as plan_module
from newsds.hub import stage
from tests.hub.conftest import REPO, Push, version_files
from tests.hub.repo import GITATTRIBUTES
from tests.hub.server import LoopbackHub, Seen

FIXED = {".gitattributes": GITATTRIBUTES}


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two operations a commit."""
    monkeypatch.setattr(plan_module, "COMMIT_OPERATIONS", 2)
    monkeypatch.setattr(stage, "COMMIT_OPERATIONS", 2)


def test_main_moves_once(hub: LoopbackHub, push: Push, built: Path, few: None) -> None:
    result = push()
    repo = hub.repos[REPO]
    assert repo.files() == version_files(built) | FIXED
    assert [oid for branch, oid in repo.history if branch == "main"][1:] == [result.commit]
    commits = len([1 for branch, _ in repo.history if branch == "refs/pr/1"]) - 1
    assert commits == -(-len(version_files(built)) // 2)
    assert repo.pulls[1].status == "merged"
    assert repo.tags == {"v1.0.0": result.commit}
    assert not push().changed


def test_a_pull_request_waits(hub: LoopbackHub, push: Push, built: Path) -> None:
    push()
    repo = hub.repos[REPO]
    head = repo.refs["main"]
    result = push("1.1.0", pull_request=True)
    assert result.pull_request == f"{hub.endpoint}/datasets/{REPO}/discussions/1"
    assert (repo.refs["main"], repo.pulls[1].status, set(repo.tags)) == (head, "open", {"v1.0.0"})
    assert repo.files("refs/pr/1") == version_files(built, "1.1.0") | FIXED
    again = push("1.1.0", pull_request=True)
    assert (again.changed, again.pull_request, len(repo.pulls)) == (False, result.pull_request, 1)
    repo.merge(1, "me")
    tagged = push("1.1.0")
    assert (tagged.tag, tagged.commit) == ("v1.1.0", repo.refs["main"])
    assert not tagged.plan.operations


def test_a_pull_request_from_another_head_is_closed(hub: LoopbackHub, push: Push) -> None:
    push()
    push("1.1.0", pull_request=True)
    repo = hub.repos[REPO]
    repo.edit({"NOTES": b"x"})
    push("1.1.0", pull_request=True)
    assert [p.status for p in repo.pulls.values()] == ["closed", "open"]


def test_a_pull_request_of_somebody_else_is_none_of_ours(hub: LoopbackHub, push: Push, few: None) -> None:
    seen: list[str] = []

    def copy(request: Seen, number: int) -> None:
        repo = hub.repos.get(REPO)
        if repo and repo.pulls and not seen:
            seen.append(repo.pulls[1].title)

    hub.before = copy
    push()
    repo = hub.repos[REPO]
    del hub.repos[REPO]
    hub.before = None
    push(token="hf_other", repo=REPO, pull_request=True)
    theirs = hub.repos[REPO].pulls[1]
    theirs.title = seen[0]
    hub.repos[REPO].edit({"evil.py": b"x"}, theirs.ref)
    push()
    assert hub.repos[REPO].files() == repo.files()
    assert theirs.status == "open"


def test_what_lies_on_the_pull_request_besides_is_removed(hub: LoopbackHub, push: Push, few: None, built: Path) -> None:
    push()
    repo = hub.repos[REPO]
    push("1.1.0", pull_request=True)
    repo.edit({"evil.py": b"x"}, "refs/pr/2")
    push("1.1.0")
    assert repo.files() == version_files(built, "1.1.0") | FIXED


def test_main_moves_while_staging(hub: LoopbackHub, push: Push, built: Path, few: None) -> None:
    push()
    repo = hub.repos[REPO]

    def meddle(seen: Seen, number: int) -> None:
        if seen.path.endswith("commit/refs%2Fpr%2F2") and "NOTES" not in repo.at("main").files:
            repo.edit({"NOTES": b"x"})

    hub.before = meddle
    push("1.1.0")
    assert repo.files() == version_files(built, "1.1.0") | FIXED | {"NOTES": b"x"}
    assert [p.status for p in repo.pulls.values()] == ["merged", "closed", "merged"]


def test_many_operations_do_not_fit_a_branch(push: Push, few: None) -> None:
    with pytest.raises(UsageError, match="too many for one commit on draft"):
        push(revision="draft")


def test_a_pull_request_that_takes_nothing_is_given_up(hub: LoopbackHub, push: Push, few: None) -> None:
    original: Any = hub.before

    def refuse(seen: Seen, number: int) -> None:
        if "/commit/" in seen.path:
            from tests.hub.server import Fault

            hub.faults[number] = Fault("status", 503)

    hub.before = refuse
    with pytest.raises(HubError):
        push()
    hub.before = original
    hub.faults.clear()
    assert push().changed
    assert [p.status for p in hub.repos[REPO].pulls.values()] == ["merged"]
