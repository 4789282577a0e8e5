"""A push: look at the repository, plan, commit on top of what was looked at, look again.

    look      refs, files, manifest and card at the head of the branch
    plan      `newsds.hub.plan`, pure
    gate      `load_dataset` opens the folder with the card that it will have
    commit    one commit on top of that head; more than 100 operations on a pull request, merged when it is whole
    verify    look again: the digests of all files are read back; then the tag

Every step starts from what is there, not from what was done before: a push that was cut off anywhere is finished by the
next one, and a commit whose answer was lost is found instead of made twice.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from newsds.errors import (
    CardError,
    DataError,
    HubAccessError,
    HubConflictError,
    HubError,
    HubUnavailableError,
    NewsdsError,
    UsageError,
)
from newsds.hub.card import Keep, MergedCard, merge_cards
from newsds.hub.client import TRIES, Hub, Refs, Sleep, may_try_again
from newsds.hub.files import content_of, in_memory, read_files
from newsds.hub.gate import check_loads
from newsds.hub.names import HubName, tag_of
from newsds.hub.plan import BUILT_CARD, LocalFile, Plan, Remote, Tree, differences, make_plan
from newsds.hub.stage import stage
from newsds.layout import CARD, MANIFEST, Manifest, read_manifest, resolve
from newsds.version import Version

MAIN: Final = "main"


@dataclass(frozen=True, slots=True, kw_only=True)
class PushResult:
    """What a push did."""

    plan: Plan
    """what it found to do when it began"""
    commit: str | None
    """commit that holds the version; None after a dry run, or where the version is past"""
    tag: str | None
    """tag of the version; None where it was not tagged"""
    pull_request: str | None
    """address of the pull request that waits to be merged"""
    changed: bool
    """whether anything was written to the Hub"""
    dry_run: bool
    url: str
    """address of the dataset"""
    notes: tuple[str, ...] = ()
    """what the Hub says of the card"""
    unseen: str | None = None
    """of a dry run: why the repository could not be looked at; the plan is that of a new one then"""

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        return {
            "plan": self.plan.to_dict(),
            "commit": self.commit,
            "tag": self.tag,
            "pull_request": self.pull_request,
            "changed": self.changed,
            "dry_run": self.dry_run,
            "url": self.url,
            "notes": list(self.notes),
            "unseen": self.unseen,
        }

    def lines(self) -> list[str]:
        """Return the closing lines for a terminal."""
        lines = list(self.plan.lines())
        if self.dry_run:
            lines.append("  dry run: nothing was sent")
        if self.unseen:
            lines.append(f"  unseen  {self.unseen}; so this is the plan for a new repository")
        if self.commit:
            lines.append(f"  commit  {self.commit}, digests read back")
        if self.pull_request:
            lines.append(f"  waits   {self.pull_request}")
        lines += [f"  note    {note}" for note in self.notes]
        return [*lines, f"  address {self.url}"]


@dataclass(slots=True, kw_only=True)
class _Push:
    """A push under way."""

    hub: Hub
    folder: Path
    manifest: Manifest
    files: Mapping[str, LocalFile]
    """of the version as it was built"""
    branch: str
    tag: bool
    keep: Keep
    gated: set[bytes] = field(default_factory=set)
    """digests of the cards that `load_dataset` opened"""

    def look(self) -> tuple[Plan, dict[str, LocalFile]]:
        """Return what there is to do, and the files as they shall be on the Hub."""
        refs = self.hub.refs()
        if refs is None:
            return self.plan(dict(self.files), None, "built", new_branch=self.branch != MAIN), dict(self.files)
        head = refs.branches.get(self.branch)
        new_branch = head is None
        if head is None:
            if self.branch == MAIN or MAIN not in refs.branches:
                raise HubError(f"{self.hub.repo} on the Hub has no branch {MAIN}", "make a first commit there")
            head = refs.branches[MAIN]
        tree = self.hub.tree(head)
        remote = Remote(head=head, tree=tree, manifest=self.remote_manifest(tree, head), tagged=self.tagged(refs))
        files, card = self.with_card(remote, refs)
        return self.plan(files, remote, card, new_branch=new_branch), files

    def plan(self, files: Mapping[str, LocalFile], remote: Remote | None, card: str, *, new_branch: bool) -> Plan:
        return make_plan(
            repo=self.hub.repo,
            branch=self.branch,
            manifest=self.manifest,
            files=files,
            remote=remote,
            card=card,
            tag=self.tag,
            new_branch=new_branch,
        )

    def tagged(self, refs: Refs) -> Tree | None:
        name = tag_of(self.manifest.version)
        return self.hub.tree(name) if name in refs.tags else None

    def remote_manifest(self, tree: Tree, head: str) -> Manifest | None:
        there = tree.get(MANIFEST)
        if there is None:
            return None
        if there.holds(self.files[MANIFEST]):
            return self.manifest
        try:
            return Manifest.from_json(self.hub.read(MANIFEST, head).decode("utf-8"))
        except (DataError, UnicodeDecodeError) as error:
            raise UsageError(
                f"{MANIFEST} of {self.hub.repo} cannot be read: {error}",
                "restore it there, or choose another repository",
            ) from error

    def with_card(self, remote: Remote, refs: Refs) -> tuple[dict[str, LocalFile], str]:
        """Return the files with the card that the Hub shall have, and where it is from."""
        files = dict(self.files)
        if remote.manifest is not None and Version.parse(remote.manifest.version) > Version.parse(
            self.manifest.version
        ):
            return files, "built"  # that branch went on, and its card is none of this version's
        merged = self.merge(remote, refs)
        if not merged.edited:
            return files, "built"
        built, files[CARD] = files[CARD], in_memory(CARD, merged.text.encode())
        as_there = remote.tree[CARD].holds(files[CARD])
        # the tag holds the card as built as well, so edits made after it need no copy
        if not (as_there and remote.tagged is not None) or BUILT_CARD in remote.tree:
            files[BUILT_CARD] = replace(built, path=BUILT_CARD)
        return files, "remote" if as_there else "merged"

    def merge(self, remote: Remote, refs: Refs) -> MergedCard:
        ours = content_of(self.files[CARD]).decode("utf-8")
        there = remote.tree.get(CARD)
        if there is None or there.holds(self.files[CARD]):
            return MergedCard(text=ours, edited=False)
        theirs = self.hub.read(CARD, remote.head).decode("utf-8", "replace")
        merged = merge_cards(base=self.base_card(remote, refs), theirs=theirs, ours=ours, keep=self.keep)
        if merged.conflicts:
            raise CardConflictError(
                f"the card of {self.hub.repo} was edited on the Hub where the new card says otherwise, "
                f"{len(merged.conflicts)} lines",
                "take the edits over into the card source and build again, or decide: --card local, --card remote",
                merged.conflicts,
            )
        return merged

    def base_card(self, remote: Remote, refs: Refs) -> str | None:
        """Return the card that was built for the version on the Hub; None if there is none."""
        manifest = remote.manifest
        if manifest is None:
            return None
        digest = next((f.sha256 for f in manifest.files if f.path == CARD), None)
        places = [(path, remote.head) for path in (BUILT_CARD, CARD) if path in remote.tree]
        tag = tag_of(manifest.version)
        if tag in refs.tags:
            places.append((CARD, tag))
        for path, revision in places:
            content = self.hub.read(path, revision)
            if hashlib.sha256(content).hexdigest() == digest:
                return content.decode("utf-8")
        return None

    def arrived(self) -> bool:
        """Whether the branch holds the version, after an error that says otherwise."""
        try:
            return not self.look()[0].operations
        except NewsdsError:
            return False

    def gate(self, files: Mapping[str, LocalFile]) -> None:
        card = content_of(files[CARD])
        if card not in self.gated:
            check_loads(self.folder, self.manifest, None if files[CARD] == self.files[CARD] else card)
            self.gated.add(card)


def push(
    path: str | os.PathLike[str],
    repo: str,
    *,
    version: str | None = None,
    private: bool = False,
    pull_request: bool = False,
    revision: str = MAIN,
    card: Keep = "merge",
    dry_run: bool = False,
    token: str | None = None,
    endpoint: str | None = None,
    sleep: Sleep = time.sleep,
) -> PushResult:
    """Publish a version of a dataset on the Hub: whole, in one step, and once.

    Args:
        path: the folder of a dataset or of one of its versions.
        repo: `user/name`; made if it is not there.
        version: which version; without it the newest.
        private: make the repository private; one that is there must be private already.
        pull_request: leave the version in a pull request, unmerged and without a tag.
        revision: the branch; made from `main` if it is not there. Only what is on `main` gets a tag.
        card: whose words count where the card was edited on the Hub and the new card says otherwise: `merge` refuses
            and shows both, `local` drops the edits, `remote` keeps them.
        dry_run: plan, and check that the dataset loads, but send nothing. Where the Hub cannot be reached, the plan is
            that for a new repository, and the result says so.
        token: of the user; without it that of the Hub client's login.
        endpoint: address of the Hub; without it the client's own.
        sleep: how to wait between tries, in seconds.

    Raises:
        DataError: there is no such version, it is damaged, or `load_dataset` does not open it.
        UsageError: the name is none, or the repository holds something else or newer.
        VersionExistsError: the repository has this version with another content.
        CardError: the card was edited on the Hub where the new card says otherwise.
        HubError: the Hub refuses or cannot be reached. The branch holds the version, or what it held before.

    >>> push("dist/pages", "no name")
    Traceback (most recent call last):
    newsds.errors.UsageError: 'no name' is no name of a dataset on the Hub
    """
    name = HubName.parse(repo)
    if name.version is not None:
        raise UsageError(
            f"{repo} names a version", "a push takes the version's number from its manifest: give user/name"
        )
    if card not in ("merge", "local", "remote"):
        raise UsageError(f"card is {card!r}", "give one of merge, local, remote")
    if pull_request and revision != MAIN:
        raise UsageError(
            "a pull request goes to main, not to another branch", f"give one of --pr, --revision {revision}"
        )
    folder = resolve(Path(path), version)
    manifest = read_manifest(folder)
    files = read_files(folder, manifest)
    hub = Hub(repo=name.repo, token=token, endpoint=endpoint, sleep=sleep)
    work = _Push(
        hub=hub,
        folder=folder,
        manifest=manifest,
        files=files,
        branch=revision,
        tag=revision == MAIN and not pull_request,
        keep=card,
    )
    if not dry_run:
        hub.require_token()
    unseen = None
    try:
        plan, wanted = work.look()
        if private and not plan.create:
            _require_private(hub)
    except HubUnavailableError as error:
        if not dry_run:
            raise
        unseen, wanted = error.message, dict(files)
        plan = work.plan(wanted, None, "built", new_branch=revision != MAIN)
    if plan.create or plan.operations:
        work.gate(wanted)
    if dry_run or plan.done:
        commit = None if dry_run or plan.head is None or differences(wanted, work.hub.tree(plan.head)) else plan.head
        tag = _tag_there(plan, work)
        return _result(work, plan, commit=commit, tag=tag, changed=False, dry_run=dry_run, unseen=unseen)
    return _execute(work, plan, wanted, private=private, pull_request=pull_request)


def _require_private(hub: Hub) -> None:
    if not hub.is_private():
        raise UsageError(f"{hub.repo} is there, and public", "make it private in its settings, or leave out --private")


def _tag_there(plan: Plan, work: _Push) -> str | None:
    return tag_of(plan.version) if work.tag and plan.tag is None else None


def _result(work: _Push, plan: Plan, **values: Any) -> PushResult:
    return PushResult(
        **{"plan": plan, "pull_request": None, "url": work.hub.url, "notes": tuple(work.hub.notes), **values}
    )


def _execute(
    work: _Push, first: Plan, wanted: dict[str, LocalFile], *, private: bool, pull_request: bool
) -> PushResult:
    """Do what a plan says; where the repository is another than it was made for, plan again."""
    hub = work.hub
    plan = first
    if plan.create:
        hub.create(private=private)
        if private:
            _require_private(hub)  # it may have been there, out of sight
    for attempt in range(TRIES):
        if attempt or plan.create:
            plan, wanted = work.look()
            if plan.create:
                raise HubError(f"{hub.repo} was created, but is not there", "run the same command again")
            if plan.operations:
                work.gate(wanted)
        if plan.create_branch and plan.head:
            hub.create_branch(plan.branch, plan.head)
        if not plan.operations:
            break  # the digests of all files were read back
        try:
            waiting = _send(work, plan, wanted, pull_request=pull_request)
        except HubError as error:
            # the commit may have been made all the same: whoever asks again looks first, and commits on the same parent
            passing = isinstance(error, HubConflictError) or may_try_again(error)
            if attempt + 1 == TRIES or not passing:
                if isinstance(error, HubAccessError) or not work.arrived():
                    raise
                continue
            hub.wait(error, attempt)
            continue
        if waiting is not None:
            url, changed = waiting
            return _result(work, first, commit=None, tag=None, changed=changed, dry_run=False, pull_request=url)
    else:
        plan, wanted = work.look()
        if plan.operations:
            raise HubError(f"{hub.repo} does not hold what was pushed", "run the same command again")
    if plan.tag and plan.head:
        _set_tag(work, plan.tag, plan.head, wanted)
    return _result(
        work, first, commit=plan.head, tag=tag_of(plan.version) if work.tag else None, changed=True, dry_run=False
    )


def _send(work: _Push, plan: Plan, wanted: Mapping[str, LocalFile], *, pull_request: bool) -> tuple[str, bool] | None:
    """Commit; return the address of the pull request, if one is left open, and whether it was changed."""
    hub, branch = work.hub, plan.branch
    assert plan.head is not None
    message = f"{plan.name} {plan.version}"
    if not plan.staged and not pull_request:
        hub.commit(plan.adds, plan.deletes, message=message, branch=branch, parent=plan.head)
        return None
    if branch != MAIN:
        raise UsageError(
            f"{plan.operations} operations are too many for one commit on {branch}",
            "push to main, where they are staged on a pull request",
        )
    number, changed = stage(hub, plan, wanted, merge=not pull_request)
    return (f"{hub.url}/discussions/{number}", changed) if pull_request else None


def _set_tag(work: _Push, tag: str, head: str, wanted: Mapping[str, LocalFile]) -> None:
    work.hub.create_tag(tag, head)
    wrong = differences(wanted, work.hub.tree(tag))
    if wrong:
        raise HubError(
            f"{tag} of {work.hub.repo} names something else: {'; '.join(wrong[:3])}",
            "another push set it meanwhile; look at its versions there",
        )


class CardConflictError(CardError):
    """The card was edited on the Hub where the new card says otherwise."""

    def __init__(self, message: str, remedy: str, conflicts: tuple[str, ...] = ()) -> None:
        super().__init__(message, remedy)
        self.conflicts = conflicts
        """lines of the Hub with `-`, of the new card with `+`"""
