"""Rows of columns: a sequence of small objects that are made when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, overload

T = TypeVar("T")


class Rows(Sequence[T]):
    """A sequence of objects, stored as columns; it equals the tuple of them.

    Args:
        make: makes a row of its fields, given by keyword.
        columns: the values of each field, all of one length.

    >>> Rows(complex, {"real": [1, 2], "imag": [0, 5]})[1]
    (2+5j)
    >>> Rows(complex, {"real": [1], "imag": [0]}) == (1 + 0j,)
    True
    """

    __slots__ = ("columns", "make")

    def __init__(self, make: Callable[..., T], columns: Mapping[str, Sequence[Any]]) -> None:
        self.make = make
        self.columns = columns

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    @overload
    def __getitem__(self, i: int) -> T: ...
    @overload
    def __getitem__(self, i: slice) -> tuple[T, ...]: ...
    def __getitem__(self, i: int | slice) -> T | tuple[T, ...]:
        if isinstance(i, slice):
            return tuple(self[k] for k in range(*i.indices(len(self))))
        return self.make(**{name: column[i] for name, column in self.columns.items()})

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Rows):
            return tuple(self) == tuple(other)
        return tuple(self) == other if isinstance(other, tuple) else NotImplemented

    def __hash__(self) -> int:
        return tuple(self).__hash__()

    def __repr__(self) -> str:
        return repr(tuple(self))
