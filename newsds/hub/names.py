"""Names of datasets on the Hub, and of their versions: `user/name`, `user/name@1.2.0`, `hf://datasets/user/name@v1.2.0`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Self

from newsds.errors import UsageError
from newsds.version import Version, is_version

_PART: Final = r"[A-Za-z0-9](?:[A-Za-z0-9]|[-_.](?![-.]))*"
"""The Hub's rule for both parts: letters, digits, `-`, `_`, `.`; no two of `-` and `.` in a row."""
_REPO: Final = re.compile(rf"(?:hf://)?(?:datasets/)?({_PART}/{_PART})(?:@(.*))?", re.ASCII | re.DOTALL)
_LONGEST: Final = 96
SCHEME: Final = "hf://"
TAG_PREFIX: Final = "v"


@dataclass(frozen=True, slots=True, kw_only=True)
class HubName:
    """A dataset on the Hub, or one version of it.

    >>> HubName.parse("hf://datasets/me/pages@v1.2.0")
    HubName(repo='me/pages', version='1.2.0')
    >>> HubName.parse("me/pages").version is None
    True
    """

    repo: str
    """user or organisation, and name: `me/pages`"""
    version: str | None = None
    """semantic version, without the `v` of its tag"""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a name.

        Raises:
            UsageError: it is none.
        """
        found = _REPO.fullmatch(text)
        if (
            found is None
            or found[1].endswith((".git", "-", "."))
            or any(len(p) > _LONGEST for p in found[1].split("/"))
        ):
            raise UsageError(
                f"{text[:200]!r} is no name of a dataset on the Hub", "give user/name, or user/name@1.0.0 for a version"
            )
        version = found[2]
        if version is None:
            return cls(repo=found[1])
        return cls(repo=found[1], version=str(Version.parse(version.removeprefix(TAG_PREFIX))))

    def with_version(self, version: str | None) -> HubName:
        """Return the name with a version that was given beside it.

        Raises:
            UsageError: the name has another.

        >>> HubName.parse("me/pages").with_version("1.0.0").version
        '1.0.0'
        """
        if version is None:
            return self
        wanted = str(Version.parse(version.removeprefix(TAG_PREFIX)))
        if self.version not in (None, wanted):
            raise UsageError(f"{self.repo}@{self.version} and version {wanted}", "give one version")
        return HubName(repo=self.repo, version=wanted)


def is_hub_name(text: str) -> bool:
    """Say whether `text` can name a dataset on the Hub; it may be a path as well.

    >>> is_hub_name("hf://datasets/me/pages"), is_hub_name("me/pages@1.0.0"), is_hub_name("dist/pages/1.0.0")
    (True, True, False)
    """
    return text.startswith(SCHEME) or _REPO.fullmatch(text) is not None


def tag_of(version: str) -> str:
    """Return the tag of a version.

    >>> tag_of("1.0.0")
    'v1.0.0'
    """
    return TAG_PREFIX + version


def version_of(tag: str) -> Version | None:
    """Return the version that a tag names; None if it names none.

    >>> str(version_of("v1.2.0")), version_of("draft")
    ('1.2.0', None)
    """
    text = tag.removeprefix(TAG_PREFIX)
    return Version.parse(text) if tag.startswith(TAG_PREFIX) and is_version(text) else None
