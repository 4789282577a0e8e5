"""Versions of a dataset: semantic versions (https://semver.org), without build metadata.

Two versions that differ in build metadata only have no order, and a dataset's versions need one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import total_ordering
from typing import Final, Literal, Self

from newsds.errors import UsageError

_NUMBER = r"(0|[1-9]\d{0,8})"
_VERSION: Final = re.compile(
    rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-((?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)"
    r"(?:\.(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*))?",
    re.ASCII,
)
"""The grammar of semver.org; nine digits a number, so that a version is a sane folder name."""
_LONGEST: Final = 64

Level = Literal["major", "minor", "patch"]
"""Which number goes up: the schema changed, rows changed, or only what is around them."""


@total_ordering
@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of a dataset.

    >>> Version.parse("1.2.0") < Version.parse("1.10.0-rc.1") < Version.parse("1.10.0")
    True
    """

    major: int
    minor: int
    patch: int
    prerelease: tuple[str, ...] = ()
    """identifiers after the hyphen; a version with some comes before the one without"""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a version.

        Raises:
            UsageError: `text` is none.
        """
        found = _VERSION.fullmatch(text) if len(text) <= _LONGEST else None
        if found is None:
            raise UsageError(
                f"{text[:80]!r} is no version", "give three numbers: 1.0.0, or 1.0.0-rc.1 for one before the release"
            )
        major, minor, patch, prerelease = found.groups()
        return cls(
            major=int(major),
            minor=int(minor),
            patch=int(patch),
            prerelease=tuple(prerelease.split(".")) if prerelease else (),
        )

    @property
    def release(self) -> Version:
        """The version without its prerelease."""
        return Version(major=self.major, minor=self.minor, patch=self.patch)

    def bump(self, level: Level) -> Version:
        """Return the next version; that of a prerelease is its release. Before 1.0.0 a major step is a minor one.

        >>> [str(Version.parse("1.2.3").bump(level)) for level in ("major", "minor", "patch")]
        ['2.0.0', '1.3.0', '1.2.4']
        >>> str(Version.parse("0.2.3").bump("major")), str(Version.parse("1.3.0-rc.1").bump("minor"))
        ('0.3.0', '1.3.0')
        """
        if self.prerelease:
            return self.release
        if level == "major" and self.major:
            return Version(major=self.major + 1, minor=0, patch=0)
        if level in ("major", "minor"):
            return Version(major=self.major, minor=self.minor + 1, patch=0)
        return Version(major=self.major, minor=self.minor, patch=self.patch + 1)

    def _order(self) -> tuple[object, ...]:
        # numbers come before words, and no prerelease after any (semver.org, 11)
        identifiers = tuple((0, int(x), "") if x.isdigit() else (1, 0, x) for x in self.prerelease)
        return (self.major, self.minor, self.patch, not self.prerelease, identifiers)

    def __lt__(self, other: object) -> bool:
        return self._order() < other._order() if isinstance(other, Version) else NotImplemented

    def __str__(self) -> str:
        release = f"{self.major}.{self.minor}.{self.patch}"
        return f"{release}-{'.'.join(self.prerelease)}" if self.prerelease else release


FIRST: Final = Version(major=1, minor=0, patch=0)
"""The version of a dataset that has none yet."""


def is_version(text: str) -> bool:
    """Say whether `text` is a version.

    >>> is_version("1.0.0"), is_version("latest"), is_version("01.0.0")
    (True, False, False)
    """
    return len(text) <= _LONGEST and _VERSION.fullmatch(text) is not None
