"""errors: one tree; each says what is wrong and what to do, and crosses processes."""

from __future__ import annotations

import copy
import inspect
import pickle

import pytest

from newsds import errors
from newsds.errors import NewsdsError

CLASSES: list[type[NewsdsError]] = [
    c for c in vars(errors).values() if inspect.isclass(c) and issubclass(c, NewsdsError)
]


def test_all_names_every_error() -> None:
    assert errors.__all__ == sorted(errors.__all__)
    assert {c.__name__ for c in CLASSES} == set(errors.__all__)


@pytest.mark.parametrize("cls", CLASSES)
def test_errors_pickle_and_copy(cls: type[NewsdsError]) -> None:
    error = cls("no such file: a", "check the path")
    for again in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
        assert type(again) is cls
        assert (str(again), again.message, again.remedy) == ("no such file: a", "no such file: a", "check the path")


@pytest.mark.parametrize("cls", CLASSES)
def test_the_tree_in_the_docstring_is_the_tree(cls: type[NewsdsError]) -> None:
    assert errors.__doc__ is not None
    lines = [line for line in errors.__doc__.splitlines() if cls.__name__ in line.split()]
    assert len(lines) == 1
    parent = cls.__bases__[0]
    depth = len([c for c in cls.__mro__ if c in CLASSES]) - 1
    assert lines[0].index(cls.__name__) == 4 + 4 * depth
    assert parent in CLASSES or cls is NewsdsError


def test_exit_codes_tell_kinds_apart() -> None:
    codes = {c.__name__: c.exit_code for c in CLASSES}
    direct = [c for c in CLASSES if c.__bases__[0] is NewsdsError] + [NewsdsError, errors.VersionExistsError]
    assert len({c.exit_code for c in direct}) == len(direct), codes
    assert all(0 < code < 64 for code in codes.values())


def test_a_remedy_is_asked_for() -> None:
    with pytest.raises(TypeError):
        NewsdsError("what")  # type: ignore[call-arg]
