"""Faults at every request: `main` is always one whole version or what it was before, and the next push finishes.

A scenario is run once without faults to count its requests; then once for each request and each fault, and again with
the faults gone. A kill is an exception in the client that no code of newsds catches, before a request or after it.
"""

from __future__ import annotations

import copy
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from newsds.errors import HubAccessError, HubConflictError, HubError, HubUnavailableError, NewsdsError
from newsds.hub import execute, stage
from newsds.hub import plan as plan_module
from tests.hub.conftest import REPO, TOKEN, Push, assert_kills_leave_a_whole_version, version_files
from tests.hub.repo import GITATTRIBUTES, Repo
from tests.hub.server import Fault, LoopbackHub, Seen

FAULTS = {
    **{str(s): Fault("status", s) for s in (401, 403, 404, 409, 412, 429, 500, 503)},
    "cut": Fault("cut"),
    "lost": Fault("lost"),
}
LASTING = ("403", "404", "503")
SCENARIOS = ("first", "next", "staged")


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Scenario:
    """A push, the repositories that it starts from, and the files that `main` may hold."""

    hub: LoopbackHub
    start: Mapping[str, Repo]
    run: Callable[[], Any]
    whole: list[dict[str, bytes]]
    """before, and after"""

    def reset(self) -> None:
        self.hub.start_over()
        self.hub.repos.clear()
        self.hub.repos.update(copy.deepcopy(dict(self.start)))

    def count(self) -> int:
        """Requests of a push without faults."""
        self.reset()
        self.run()
        self.check_done()
        return len(self.hub.requests)

    def check_whole(self) -> None:
        """Every state that `main` ever had is one of the two, and it moved once at most."""
        repo = self.hub.repos.get(REPO)
        if repo is None:
            return
        states = [repo.files(oid) for branch, oid in repo.history if branch == "main"]
        assert all(state in self.whole for state in states)
        assert states.count(self.whole[1]) <= 1
        assert all(repo.files(tag) == self.whole[1] for tag in repo.tags if tag not in self.tags)

    @property
    def tags(self) -> set[str]:
        return set(self.start[REPO].tags) if REPO in self.start else set()

    def check_done(self) -> None:
        self.check_whole()
        repo = self.hub.repos[REPO]
        assert repo.files() == self.whole[1]
        assert len(set(repo.tags) - self.tags) == 1
        assert all(p.status in ("merged", "closed") for p in repo.pulls.values())

    def finish(self) -> None:
        """The next push, without faults."""
        self.hub.start_over()
        self.run()
        self.check_done()


@pytest.fixture
def scenario(
    request: pytest.FixtureRequest, hub: LoopbackHub, push: Push, built: Path, monkeypatch: pytest.MonkeyPatch
) -> Scenario:
    # what the gate does is no request, and takes most of the time
    monkeypatch.setattr(execute, "check_loads", lambda *args: None)
    fixed = {".gitattributes": GITATTRIBUTES}
    old, new = version_files(built) | fixed, version_files(built, "1.1.0") | fixed
    if request.param == "xet":
        request.getfixturevalue("xet")
    if request.param == "first":
        return Scenario(hub=hub, start={}, run=push, whole=[fixed, old])
    push()
    if request.param == "staged":
        monkeypatch.setattr(plan_module, "COMMIT_OPERATIONS", 2)
        monkeypatch.setattr(stage, "COMMIT_OPERATIONS", 2)
    if request.param == "edited":
        card = old["README.md"].replace(b"More on them", b"More, by hand")
        hub.repos[REPO].edit({"README.md": card})
        built_card = new["README.md"]
        new["README.md"] = built_card.replace(b"More on them", b"More, by hand")
        new[".newsds/README.md"] = built_card
        old["README.md"] = card
    start = copy.deepcopy(hub.repos)
    start[REPO].history = [("main", start[REPO].refs["main"])]
    return Scenario(hub=hub, start=start, run=lambda: push("1.1.0"), whole=[old, new])


def error_of(run: Callable[[], Any]) -> NewsdsError | None:
    try:
        run()
    except NewsdsError as error:
        return error
    return None


def with_fault(scenario: Scenario, number: int, fault: Fault, *, lasting: bool = False) -> None:
    """Push with a fault at a request, or from it on; then push again without."""
    scenario.reset()
    scenario.hub.faults = dict.fromkeys(range(number, 10_000 if lasting else number + 1), fault)
    error = error_of(scenario.run)
    if error is None:
        assert not lasting or len(scenario.hub.requests) <= number
        scenario.check_done()
    else:
        shown = f"{error} {error.remedy}"
        assert error.remedy
        assert TOKEN not in shown
        assert "secret" not in shown
    scenario.check_whole()
    scenario.finish()


@pytest.mark.parametrize("scenario", ["next", "xet"], indirect=True)
def test_what_does_not_pass_leaves_main_whole(scenario: Scenario) -> None:
    for number in range(scenario.count()):
        for name in ("403", "412"):
            with_fault(scenario, number, FAULTS[name])


@pytest.mark.parametrize("scenario", ["next", "xet"], indirect=True)
def test_what_passes_is_waited_for(scenario: Scenario) -> None:
    for number in range(scenario.count()):
        for name in ("429", "cut", "lost"):
            scenario.reset()
            scenario.hub.faults = {number: FAULTS[name]}
            scenario.run()  # no error
            scenario.check_done()


@pytest.mark.slow
@pytest.mark.parametrize("scenario", SCENARIOS, indirect=True)
@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_at_every_request(scenario: Scenario, name: str) -> None:
    for number in range(scenario.count()):
        with_fault(scenario, number, FAULTS[name])


@pytest.mark.slow
@pytest.mark.parametrize("scenario", SCENARIOS, indirect=True)
@pytest.mark.parametrize("name", LASTING)
def test_every_fault_from_every_request_on(scenario: Scenario, name: str) -> None:
    for number in range(scenario.count()):
        with_fault(scenario, number, FAULTS[name], lasting=True)


@pytest.fixture
def kill(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, bool], None]:
    """Let the client end the process at its n-th request: before it is sent, or after it was answered."""
    from huggingface_hub.utils import get_session

    client = type(get_session())
    send = client.send
    state = {"left": 0, "after": False}
    lock = threading.Lock()

    def deadly(self: Any, *args: Any, **options: Any) -> Any:
        with lock:
            state["left"] -= 1
            left, after = state["left"], state["after"]
        if left < -1 or (left == -1 and not after):  # a dead process sends nothing from its other threads either
            raise Killed
        answer = send(self, *args, **options)
        if left == -1:
            raise Killed
        return answer

    monkeypatch.setattr(client, "send", deadly)

    def arm(number: int, after: bool) -> None:
        state.update(left=number, after=after)

    return arm


@pytest.mark.parametrize(
    "scenario",
    ["next", *(pytest.param(x, marks=pytest.mark.slow) for x in ("first", "staged", "edited"))],
    indirect=True,
)
def test_a_kill_between_any_two_requests(scenario: Scenario, kill: Callable[[int, bool], None]) -> None:
    kill(1 << 60, False)
    for number in range(scenario.count()):
        for after in (False, True):
            scenario.reset()
            kill(number, after)
            with pytest.raises(Killed):
                scenario.run()
            scenario.check_whole()
            kill(1 << 60, False)
            scenario.finish()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_process_that_is_killed(hub: LoopbackHub, push: Push, built: Path, tmp_path: Path) -> None:
    """The same with a real process and a real signal, at the requests that write."""
    assert_kills_leave_a_whole_version(hub, push, built, tmp_path, ("/put/", "/commit/", "/tag/"))


def test_the_hub_says_how_long_to_wait(hub: LoopbackHub, push: Push, client: list[float]) -> None:
    push()
    hub.start_over()
    hub.faults = {0: Fault("status", 429, (("Retry-After", "17"),)), 1: Fault("status", 503)}
    push()
    assert client[-2:] == [17, 2]
    hub.start_over()
    limit = (("RateLimit", '"api";r=0;t=55'), ("RateLimit-Policy", '"fixed window";"api";q=500;w=300'))
    hub.faults = {0: Fault("status", 429, limit), 1: Fault("status", 429, (("Retry-After", "99999"),))}
    push()
    assert client[-2:] == [56, 300]


@pytest.mark.parametrize("name", ["lost", "cut", "503"])
def test_a_merge_whose_answer_is_lost(
    hub: LoopbackHub, push: Push, built: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    push()
    monkeypatch.setattr(plan_module, "COMMIT_OPERATIONS", 2)
    monkeypatch.setattr(stage, "COMMIT_OPERATIONS", 2)
    repo = hub.repos[REPO]
    hit: list[int] = []

    def lose(seen: Seen, number: int) -> None:
        if seen.path.endswith("/merge") and not hit:
            hit.append(number)
            hub.faults[number] = FAULTS[name]

    hub.before = lose
    push("1.1.0")
    assert hit
    assert repo.files() == version_files(built, "1.1.0") | {".gitattributes": GITATTRIBUTES}
    assert len([1 for branch, _ in repo.history if branch == "main"]) == 3
    assert [p.status for p in repo.pulls.values()] == ["merged"]


def test_a_commit_at_the_very_moment_of_the_merge(
    hub: LoopbackHub, push: Push, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A merge takes no parent: what slips in is merged with, and stray data is gone at the end of the push."""
    push()
    monkeypatch.setattr(plan_module, "COMMIT_OPERATIONS", 2)
    monkeypatch.setattr(stage, "COMMIT_OPERATIONS", 2)
    repo = hub.repos[REPO]

    def meddle(seen: Seen, number: int) -> None:
        if seen.path.endswith("/merge") and "NOTES" not in repo.at("main").files:
            repo.edit({"NOTES": b"x", "data/articles/train-00009-of-00010.parquet": b"x"})

    hub.before = meddle
    push("1.1.0")
    assert repo.files() == version_files(built, "1.1.0") | {".gitattributes": GITATTRIBUTES, "NOTES": b"x"}
    assert repo.files("v1.1.0") == repo.files()


def test_a_lost_answer_is_not_asked_for_again(hub: LoopbackHub, push: Push) -> None:
    push()
    hub.start_over()

    def lose(seen: Seen, number: int) -> None:
        if "/commit/" in seen.path:
            hub.faults[number] = Fault("lost")

    hub.before = lose
    commits = len(hub.repos[REPO].commits)
    push("1.1.0")
    assert len(hub.repos[REPO].commits) == commits + 1
    assert len([path for path in hub.paths("POST") if "/commit/" in path]) == 1


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("401", HubAccessError), ("403", HubAccessError), ("412", HubConflictError), ("503", HubUnavailableError)],
)
def test_what_lasts_is_an_error_of_its_kind(hub: LoopbackHub, push: Push, fault: str, kind: type[HubError]) -> None:
    push()
    hub.start_over()

    def always(seen: Seen, number: int) -> None:
        if "/commit/" in seen.path:
            hub.faults[number] = FAULTS[fault]

    hub.before = always
    with pytest.raises(kind, match=fault) as caught:
        push("1.1.0")
    assert caught.value.exit_code == 9
