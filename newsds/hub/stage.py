"""A push of more files than one commit takes: commits on a pull request, which is merged when it holds the whole.

The branch of a pull request is `refs/pr/<number>`; nobody reads the dataset from there. A push that was cut off finds
its pull request again by the title, which names the version, its manifest and the head it starts from.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Final

from newsds.errors import HubConflictError, HubError, HubUnavailableError
from newsds.hub.client import TRIES, Hub, PullRequest, may_try_again
from newsds.hub.plan import COMMIT_OPERATIONS, LocalFile, Plan, Tree, missing
from newsds.layout import MANIFEST

_TITLE_HEX: Final = 12


def stage(hub: Hub, plan: Plan, wanted: Mapping[str, LocalFile], *, merge: bool) -> tuple[int, bool]:
    """Bring a pull request to hold what the branch shall hold, and merge it; return its number, and whether it changed.

    Args:
        hub: the repository.
        plan: against the head of `main`.
        wanted: files of the version as they shall be there.
        merge: otherwise the pull request is left open.

    Raises:
        HubConflictError: the branch moved meanwhile; the pull request is closed.
        HubUnavailableError: the Hub cannot be reached; the next push goes on from here.
        HubError: the pull request does not hold what was sent.
    """
    author = hub.user()
    before = _find(hub, plan, wanted, author)
    found = before or _open(hub, plan, wanted, author)
    commits = _fill(hub, found, plan, wanted)
    refs = hub.refs()
    if merge and (refs is None or refs.branches.get(plan.branch) != plan.head):
        hub.set_status(found.number, "closed")
        raise HubConflictError(
            f"{plan.branch} of {hub.repo} moved while the version was staged", "run the same command again"
        )
    if found.status == "draft":
        hub.set_status(found.number, "open")
    if merge:
        hub.merge(found.number)
    return found.number, bool(merge or commits or before is None or before.status == "draft")


def title_of(plan: Plan, wanted: Mapping[str, LocalFile]) -> str:
    """Return the title of the pull request for a plan."""
    return f"{_start(plan)}{wanted[MANIFEST].sha256[:_TITLE_HEX]} on {(plan.head or '')[:_TITLE_HEX]})"


def _start(plan: Plan) -> str:
    return f"{plan.name} {plan.version} ("


def _find(hub: Hub, plan: Plan, wanted: Mapping[str, LocalFile], author: str) -> PullRequest | None:
    """Return the pull request of a push that was cut off; close those that start from another head."""
    title, found = title_of(plan, wanted), None
    for one in hub.pull_requests():
        if one.author != author or not one.title.startswith(_start(plan)):
            continue
        if one.title == title and found is None:
            found = one
        else:
            hub.set_status(one.number, "closed")
    return found


def _open(hub: Hub, plan: Plan, wanted: Mapping[str, LocalFile], author: str) -> PullRequest:
    description = f"Version {plan.version} of {plan.name}, pushed by newsds: {plan.operations} operations."
    for attempt in range(TRIES):
        try:
            hub.create_pull_request(title_of(plan, wanted), description)
        except HubUnavailableError as error:
            if attempt + 1 == TRIES or not may_try_again(error):
                raise
            hub.wait(error, attempt)
        found = _find(hub, plan, wanted, author)  # also where only the answer was lost
        if found is not None:
            return found
    raise HubError(f"the pull request to {hub.repo} is not there", "run the same command again")


def _fill(hub: Hub, pull: PullRequest, plan: Plan, wanted: Mapping[str, LocalFile]) -> int:
    """Commit until the branch of a pull request holds exactly what `main` shall hold; return how often."""
    failed = commits = 0
    while True:
        refs = hub.refs()
        head = refs.pull_requests.get(pull.number) if refs else None
        if head is None:
            raise HubError(f"pull request {pull.number} of {hub.repo} has no branch", "run the same command again")
        tree = hub.tree(head)
        adds, deletes = missing(wanted, tree), _strangers(tree, plan, wanted)
        if not adds and not deletes:
            return commits
        if failed == TRIES:
            raise HubUnavailableError(f"{hub.repo} on the Hub takes no commit", "wait a while, then run it again")
        some = tuple(islice(adds, COMMIT_OPERATIONS))
        rest = deletes[: COMMIT_OPERATIONS - len(some)]
        try:
            message = f"{plan.name} {plan.version}, in parts"
            hub.commit(some, rest, message=message, branch=pull.ref, parent=head)
        except (HubConflictError, HubUnavailableError) as error:
            if isinstance(error, HubUnavailableError) and not may_try_again(error):
                raise
            hub.wait(error, failed)
            failed += 1
        else:
            failed, commits = 0, commits + 1


def _strangers(tree: Tree, plan: Plan, wanted: Mapping[str, LocalFile]) -> tuple[str, ...]:
    """Return the files of a tree that are neither of the version nor to be kept."""
    return tuple(sorted(set(tree) - set(wanted) - set(plan.kept)))
