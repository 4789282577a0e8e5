"""Every exception newsds raises on purpose.

    NewsdsError
    ├── UsageError             the call is wrong: a bad argument, option or configuration
    │   ├── ConfigError        newsds.toml or a keyword
    │   ├── CardError          a card source in cards/
    │   └── VersionStepError   the version's number does not say what changed
    ├── SourceError            a source that was named cannot be read at all
    ├── OutputError            the output cannot be written: permission, full disk, not a folder
    │   ├── VersionExistsError the version is published already, and versions do not change
    │   ├── DatasetLockedError another process writes the dataset
    │   └── DiskFullError      no space is left there, or no quota
    ├── DataError              a dataset on disk is not what it should be
    ├── MissingShardsError     what a merge is to merge was not built
    ├── TooManyRejectsError    a build rejects more pages than it may
    └── HubError               the Hub does not do what was asked
        ├── HubAccessError     it refuses: no token, a wrong one, or one without the right
        ├── HubNotFoundError   there is no such repository, version or file, or the token may not see it
        ├── HubConflictError   something else was pushed meanwhile
        └── HubUnavailableError it cannot be reached, or says to come back later

Faults of a single page are never raised: they are flags of its `Article`, or a `Rejection`.
Each error says what is wrong and, in `remedy`, what to do next; all survive pickling.
"""

from __future__ import annotations

__all__ = [
    "CardError",
    "ConfigError",
    "DataError",
    "DatasetLockedError",
    "DiskFullError",
    "HubAccessError",
    "HubConflictError",
    "HubError",
    "HubNotFoundError",
    "HubUnavailableError",
    "MissingShardsError",
    "NewsdsError",
    "OutputError",
    "SourceError",
    "TooManyRejectsError",
    "UsageError",
    "VersionExistsError",
    "VersionStepError",
]


class NewsdsError(Exception):
    """Base of them all.

    >>> error = SourceError("no such file: pages", "check the path")
    >>> str(error), error.remedy, error.exit_code
    ('no such file: pages', 'check the path', 3)
    """

    exit_code = 1

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message, remedy)
        self.message = message
        """what is wrong, with the value and the place"""
        self.remedy = remedy
        """what to do next"""

    def __str__(self) -> str:
        return self.message


class UsageError(NewsdsError):
    """The call is wrong."""

    exit_code = 2


class ConfigError(UsageError):
    """A configuration file or keyword is wrong."""


class CardError(UsageError):
    """A card source cannot be used."""


class VersionStepError(UsageError):
    """The version that was asked for is too small a step for what changed, or nothing did."""


class SourceError(NewsdsError):
    """A source that was named cannot be read at all."""

    exit_code = 3


class OutputError(NewsdsError):
    """The output cannot be written."""

    exit_code = 4


class VersionExistsError(OutputError):
    """The version is published already."""

    exit_code = 5


class DiskFullError(OutputError):
    """There is no space left, or no quota, where something is to be written."""

    exit_code = 12


class DatasetLockedError(OutputError):
    """Another process writes the dataset."""

    exit_code = 10


class DataError(NewsdsError):
    """A dataset on disk is damaged, or is none."""

    exit_code = 6


class MissingShardsError(NewsdsError):
    """What a merge is to merge was not built."""

    exit_code = 13


class TooManyRejectsError(NewsdsError):
    """A build rejects more pages than `max_rejects` allows."""

    exit_code = 8


class HubError(NewsdsError):
    """The Hub does not do what was asked."""

    exit_code = 9
    retry_after: float | None = None
    """seconds to wait before the next try, where the Hub says so"""
    again: bool = True
    """whether waiting may help, where the Hub cannot be reached"""


class HubAccessError(HubError):
    """The Hub refuses: no token, a wrong one, or one without the right."""


class HubNotFoundError(HubError):
    """There is no such repository, version or file on the Hub, or the token may not see it."""


class HubConflictError(HubError):
    """Something else was pushed to the repository meanwhile."""


class HubUnavailableError(HubError):
    """The Hub cannot be reached, or says to come back later."""
