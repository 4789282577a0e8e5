from __future__ import annotations

import pytest

from newsds.errors import UsageError
from newsds.version import FIRST, Version, is_version

ASCENDING = (
    "0.0.1", "0.1.0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2",
    "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0", "1.10.0", "2.0.0",
)  # fmt: skip
"""Those of semver.org, 11, and some more."""


def test_order() -> None:
    versions = [Version.parse(text) for text in ASCENDING]
    assert sorted(set(versions)) == versions
    assert [str(v) for v in versions] == list(ASCENDING)
    assert len(set(versions)) == len(ASCENDING)
    assert versions[0] <= versions[0] < versions[1]


@pytest.mark.parametrize(
    "text",
    ["", "1", "1.0", "v1.0.0", "01.0.0", "1.0.0 ", "1.0.0\n", "1.0.0-", "1.0.0-01", "1.0.0+build", "1.0.0-a..b",
     "latest", "../1.0.0", "1.0.0/..", "1.-1.0", "٣.0.0", "1" * 10 + ".0.0", "1.0.0-" + "a" * 99],
)  # fmt: skip
def test_no_version(text: str) -> None:
    assert not is_version(text)
    with pytest.raises(UsageError, match="is no version") as error:
        Version.parse(text)
    assert "1.0.0" in error.value.remedy


@pytest.mark.parametrize(
    ("old", "level", "new"),
    [
        ("1.2.3", "major", "2.0.0"),
        ("1.2.3", "minor", "1.3.0"),
        ("1.2.3", "patch", "1.2.4"),
        ("1.3.0-rc.1", "patch", "1.3.0"),
        ("2.0.0-rc.1", "major", "2.0.0"),
    ],
)
def test_bump(old: str, level: str, new: str) -> None:
    version = Version.parse(old)
    assert str(version.bump(level)) == new  # type: ignore[arg-type]
    assert version < Version.parse(new)


def test_first() -> None:
    assert str(FIRST) == "1.0.0"
    with pytest.raises(TypeError):
        assert FIRST < "1.0.0"
