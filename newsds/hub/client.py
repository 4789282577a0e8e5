"""The Hub behind a few verbs, by way of its own client: the only module that imports `huggingface_hub`.

Every fault becomes a `HubError`. What only reads, or may be asked twice without harm, is tried again while the Hub is
overloaded or out of reach; a commit and a merge are not: who asks for one looks at the repository before asking again.
No message holds a token or an address with a signature.
"""

from __future__ import annotations

import re
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from newsds.errors import (
    HubAccessError,
    HubConflictError,
    HubError,
    HubNotFoundError,
    HubUnavailableError,
    UsageError,
)
from newsds.hub.plan import LocalFile, RemoteFile

T = TypeVar("T")
Sleep = Callable[[float], None]
TRIES: Final = 6
_FIRST_WAIT: Final = 1.0
_LONGEST_WAIT: Final = 300.0
"""Seconds between tries: 1, 2, 4, …; what the Hub asks for, if it is no more than this. Its limits hold for windows of
five minutes (https://huggingface.co/docs/hub/rate-limits)."""
_RATE_LIMIT: Final = re.compile(r";\s*r\s*=\s*0\s*;\s*t\s*=\s*(\d+)")
"""`RateLimit: "api";r=0;t=55`: nothing left, the window ends in 55 seconds."""
_TRANSIENT: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_CONFLICT: Final = frozenset({409, 412})
_DATASET: Final = "dataset"
_TOKEN: Final = re.compile(r"[\x21-\x7e]{1,1024}")
_ADDRESS: Final = re.compile(r"\b(https?://[^\s?'\"]+)\?[^\s'\"]+")
_XET_STATUS: Final = re.compile(r"HTTP status (?:client|server) error \((\d{3})\b")
"""How `hf_xet` says in a `ConnectionError` what it was answered."""
_PULL_REQUEST: Final = re.compile(r"refs/pr/(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refs:
    """What names a commit."""

    branches: Mapping[str, str]
    tags: Mapping[str, str]
    pull_requests: Mapping[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """A pull request."""

    number: int
    title: str
    author: str
    status: str
    """`draft`, `open`, `closed` or `merged`"""

    @property
    def ref(self) -> str:
        """Its branch."""
        return f"refs/pr/{self.number}"


def read_token(path: Path) -> str:
    """Return the token in a file.

    Raises:
        UsageError: there is none. The message does not show what is in the file.
    """
    try:
        with path.open("rb") as file:
            text = file.read(4096).decode("utf-8", "replace").strip()
    except OSError as error:
        raise UsageError(f"cannot read the token file {path}: {error.strerror}", "check the path") from error
    return _checked(text, f"the token file {path}")


def _checked(token: str, place: str) -> str:
    """Refuse what would end as an illegal header, whose error would show the token."""
    if not _TOKEN.fullmatch(token):
        raise UsageError(f"{place} holds no token", "put the token in it, in one line and nothing else")
    return token


def _check_endpoint(url: str) -> None:
    """Refuse an address that the token must not be sent to in the clear."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host or parts.scheme not in ("http", "https") or parts.username or parts.password or parts.query:
        raise UsageError("the endpoint is no address of a Hub", "give one like https://hub.example.org")
    if parts.scheme == "http" and host != "localhost" and not _is_loopback(host):
        raise UsageError(f"the token would go to {host} in the clear", "give an endpoint with https://")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def quiet_client(*, progress: bool) -> None:
    """Stop the Hub's client from writing to standard error; with `progress`, its bars stay."""
    from huggingface_hub.utils import disable_progress_bars, logging

    logging.set_verbosity_error()
    if not progress:
        disable_progress_bars()


@dataclass(slots=True, kw_only=True)
class Hub:
    """A dataset repository on the Hub."""

    repo: str
    token: str | None = field(default=None, repr=False)
    """without one, that of the client's login or of its environment"""
    endpoint: str | None = None
    """address of the Hub; without one, the client's own"""
    sleep: Sleep = time.sleep
    notes: list[str] = field(default_factory=list)
    """what the Hub says of the card"""
    _api: Any = field(default=None, repr=False)

    def __post_init__(self) -> None:
        from huggingface_hub import HfApi, get_token

        if self.endpoint is not None:
            _check_endpoint(self.endpoint)
        if self.token is not None:
            self.token = _checked(self.token, "the argument `token`")
        else:
            found = self._try("find the token", get_token)
            self.token = _checked(found, "the login of the Hub's client") if found else None
        self._api = HfApi(endpoint=self.endpoint, token=self.token or False, library_name="newsds")

    @property
    def url(self) -> str:
        """Address of the repository for people."""
        return f"{self._api.endpoint}/datasets/{self.repo}"

    def require_token(self) -> None:
        """Refuse to go on without a token.

        Raises:
            HubAccessError: there is none.
        """
        if self.token is None:
            raise HubAccessError("there is no token for the Hub", "log in with `hf auth login`, or give --token-file")

    # what reads

    def user(self) -> str:
        """Return the name of the user whom the token is of."""
        return str(self._again("ask whose the token is", lambda: self._api.whoami())["name"])

    def is_private(self) -> bool:
        """Say whether the repository is private."""
        info = self._again("look at the repository", lambda: self._api.repo_info(self.repo, repo_type=_DATASET))
        return bool(info.private)

    def refs(self) -> Refs | None:
        """Return branches, tags and pull requests; None if there is no such repository, or the token may not see it."""
        try:
            found = self._again(
                "look at the repository",
                lambda: self._api.list_repo_refs(self.repo, repo_type=_DATASET, include_pull_requests=True),
            )
        except HubNotFoundError:
            return None
        pulls = {
            int(number[1]): ref.target_commit
            for ref in found.pull_requests or ()
            if (number := _PULL_REQUEST.fullmatch(ref.ref))
        }
        return Refs(
            branches={ref.name: ref.target_commit for ref in found.branches},
            tags={ref.name: ref.target_commit for ref in found.tags},
            pull_requests=pulls,
        )

    def tree(self, revision: str) -> dict[str, RemoteFile]:
        """Return the files at a revision."""
        from huggingface_hub.hf_api import RepoFile

        def read() -> dict[str, RemoteFile]:
            entries = self._api.list_repo_tree(self.repo, repo_type=_DATASET, revision=revision, recursive=True)
            return {
                x.path: RemoteFile(path=x.path, size=x.size, git_sha1=x.blob_id, sha256=x.lfs.sha256 if x.lfs else None)
                for x in entries
                if isinstance(x, RepoFile)
            }

        # newer releases of the client try this again themselves, older ones only from the second page on
        return self._again("list the files", read, tries=3)

    def read(self, path: str, revision: str) -> bytes:
        """Return a file at a revision."""
        from huggingface_hub import hf_hub_url
        from huggingface_hub.utils import build_hf_headers, get_session, hf_raise_for_status

        url = hf_hub_url(self.repo, path, repo_type=_DATASET, revision=revision, endpoint=self.endpoint)
        headers = build_hf_headers(token=self.token or False, library_name="newsds")

        def get() -> bytes:
            response = get_session().get(url, headers=headers)
            hf_raise_for_status(response)
            return bytes(response.content)

        return self._again(f"read {path}", get)

    def pull_requests(self) -> Iterator[PullRequest]:
        """Return the pull requests that are neither merged nor closed, the newest first."""

        def read() -> list[Any]:
            return list(self._api.get_repo_discussions(self.repo, repo_type=_DATASET, discussion_type="pull_request"))

        for one in self._again("list the pull requests", read):
            if one.is_pull_request and one.status in ("draft", "open"):
                yield PullRequest(number=one.num, title=one.title, author=one.author, status=one.status)

    def download(self, revision: str) -> Path:
        """Return a folder of the client's cache with all files at a revision."""
        from huggingface_hub import snapshot_download

        return Path(
            self._try(
                "download",
                lambda: snapshot_download(
                    self.repo,
                    repo_type=_DATASET,
                    revision=revision,
                    token=self.token or False,
                    endpoint=self.endpoint,
                    library_name="newsds",
                ),
            )
        )

    # what writes, and may be asked twice

    def create(self, *, private: bool) -> None:
        """Make the repository, if it is not there."""
        self._again(
            "create the repository",
            lambda: self._api.create_repo(self.repo, repo_type=_DATASET, private=private, exist_ok=True),
        )

    def create_branch(self, branch: str, revision: str) -> None:
        """Make a branch, if it is not there."""
        self._again(
            "create the branch",
            lambda: self._api.create_branch(
                self.repo, repo_type=_DATASET, branch=branch, revision=revision, exist_ok=True
            ),
        )

    def create_tag(self, tag: str, revision: str) -> None:
        """Set a tag, if it is not there."""
        self._again(
            "set the tag",
            lambda: self._api.create_tag(self.repo, repo_type=_DATASET, tag=tag, revision=revision, exist_ok=True),
        )

    def set_status(self, number: int, status: str) -> None:
        """Open or close a pull request."""
        self._again(
            f"mark pull request {number} as {status}",
            lambda: self._api.change_discussion_status(self.repo, number, status, repo_type=_DATASET),
        )

    # what writes, and is asked once

    def commit(
        self, adds: Sequence[LocalFile], deletes: Sequence[str], *, message: str, branch: str, parent: str
    ) -> str:
        """Commit on top of `parent`, and return the commit.

        Raises:
            HubConflictError: the branch is not at `parent`.
            HubUnavailableError: whether the commit was made is not known.
        """
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete

        operations = [
            *(CommitOperationAdd(f.path, f.content) for f in adds),
            *(CommitOperationDelete(path, is_folder=False) for path in deletes),
        ]
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            info = self._try(
                "commit",
                lambda: self._api.create_commit(
                    self.repo,
                    operations,
                    repo_type=_DATASET,
                    commit_message=message,
                    revision=branch,
                    parent_commit=parent,
                ),
            )
        # of the card; what the client says of its own parts is for its makers
        notes = [" ".join(str(x.message).split()) for x in said if issubclass(x.category, UserWarning)]
        self.notes = list(dict.fromkeys([*self.notes, *notes]))
        return str(info.oid)

    def create_pull_request(self, title: str, description: str) -> int:
        """Open a pull request without changes, and return its number."""
        made = self._try(
            "open a pull request",
            lambda: self._api.create_pull_request(self.repo, title, description=description, repo_type=_DATASET),
        )
        return int(made.num)

    def merge(self, number: int) -> None:
        """Merge a pull request."""
        self._try(
            f"merge pull request {number}",
            lambda: self._api.merge_pull_request(self.repo, number, repo_type=_DATASET),
        )

    # faults

    def _again(self, doing: str, call: Callable[[], T], *, tries: int = TRIES) -> T:
        for attempt in range(tries):
            try:
                return self._try(doing, call)
            except HubUnavailableError as error:
                if attempt + 1 == tries or not may_try_again(error):
                    raise
                self.wait(error, attempt)
        raise AssertionError("not reached")

    def wait(self, error: HubError, attempt: int) -> None:
        """Wait before the next try: longer each time, or as long as the Hub asked for."""
        asked = error.retry_after
        self.sleep(min(_LONGEST_WAIT, asked if asked is not None else _FIRST_WAIT * 2**attempt))

    def _try(self, doing: str, call: Callable[[], T]) -> T:
        from huggingface_hub.errors import HTTPError

        try:
            return call()
        except (HTTPError, OSError, ValueError, RuntimeError, EOFError, KeyError, TypeError) as error:
            fault = self._fault(doing, error)
        raise fault  # outside, so that no traceback shows the address and headers of the request

    def _fault(self, doing: str, error: BaseException) -> HubError:
        from huggingface_hub import errors

        while isinstance(error, RuntimeError) and isinstance(error.__cause__, Exception):
            error = error.__cause__  # the client wraps what went wrong in a thread
        where = f"cannot {doing} at {self.repo} on the Hub"
        if isinstance(error, errors.OfflineModeIsEnabled):
            return _no_retry(HubUnavailableError(f"{where}: the client is offline", "unset HF_HUB_OFFLINE"))
        if isinstance(error, errors.HfHubHTTPError):
            return _of_answer(where, error)
        if isinstance(error, ConnectionError) and (said := _XET_STATUS.search(str(error))):
            return _of_storage(where, int(said[1]))
        if isinstance(error, errors.HTTPError | ConnectionError | TimeoutError | EOFError):
            return HubUnavailableError(
                f"{where}: no answer ({type(error).__name__})", "check the network, then run the same command again"
            )
        cause = error.__cause__
        if isinstance(error, errors.LocalEntryNotFoundError) and isinstance(cause, Exception) and cause is not error:
            return self._fault(doing, cause)
        text = _plain(str(error))
        if isinstance(error, KeyError | TypeError) or type(error).__name__ == "JSONDecodeError":
            return HubUnavailableError(f"{where}: the answer is damaged", "run the same command again")
        kind = HubAccessError if isinstance(error, PermissionError) else HubError  # the store of large files refuses
        return kind(f"{where}: {text or type(error).__name__}", "mend what the message names, then run it again")


def may_try_again(error: HubError) -> bool:
    """Say whether waiting may help."""
    return isinstance(error, HubUnavailableError) and error.again


def _no_retry(error: HubError) -> HubError:
    error.again = False
    return error


def _of_answer(where: str, error: Any) -> HubError:
    """Return the error for an answer of the Hub."""
    from huggingface_hub.errors import RepositoryNotFoundError

    status = error.response.status_code
    said = _plain(error.server_message or "")
    what = f"{where}: it answers {status}" + (f", {said}" if said else "")
    if status in _TRANSIENT:
        fault: HubError = HubUnavailableError(what, "wait a while, then run the same command again: it goes on there")
        fault.retry_after = _asked(error.response.headers)
        return fault
    if status in _CONFLICT:
        return HubConflictError(what, "run the same command again: it looks at the repository anew")
    if isinstance(error, RepositoryNotFoundError) or status == 404:
        return HubNotFoundError(what, "check the name; a private repository needs a token that may see it")
    if status in (401, 403):
        return HubAccessError(what, "give a token that may write there: `hf auth login`, or --token-file")
    return HubError(what, "see what the Hub says, then run the same command again")


def _of_storage(where: str, status: int) -> HubError:
    """Return the error for an answer that `hf_xet` got."""
    what = f"{where}: for an upload or a download by Xet it is answered {status}"
    if status in _TRANSIENT:
        return HubUnavailableError(what, "wait a while, then run the same command again: it goes on there")
    if status in (401, 403):
        return HubAccessError(what, "give a token that may write there: `hf auth login`, or --token-file")
    return HubError(what, "where the Hub does not know Xet, set HF_HUB_DISABLE_XET=1; then run the same command again")


def _asked(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that the Hub asks to wait."""
    seconds = headers.get("Retry-After", "")
    limit = _RATE_LIMIT.search(headers.get("RateLimit", ""))
    if limit:
        return float(limit[1]) + 1  # it counts in whole seconds
    return float(seconds) if seconds.isascii() and seconds.isdigit() else None


def _plain(text: str) -> str:
    """Return the first words of a message, in one line, addresses without their signatures."""
    return _ADDRESS.sub(r"\1", " ".join(text.split()))[:300]
