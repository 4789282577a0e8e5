"""What a worker tells of itself without a message: the place it is at, readable by its parent after its death.

Six numbers in shared memory. Writing them costs no system call, and whoever reads them sees what the worker wrote
last, however it died.
"""

from __future__ import annotations

from collections.abc import MutableSequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Literal, NamedTuple

from newsds.model import Reason


class Place(NamedTuple):
    """A page or rejection in a task, ordered as they are read.

    >>> Place(0, 7) < Place(1, 0)
    True
    """

    file: int
    """number of the file in the task, from 0"""
    item: int
    """pages and rejections that its reader gave before"""


START: Final = Place(0, 0)
"""The first."""


class Phase(IntEnum):
    """What a worker is at."""

    STARTING = 0
    """before the first place of a task, or between two"""
    READING = 1
    """at the item `first`"""
    PAGES = 2
    """taking apart the pages from `first` to `last`"""
    ENDING = 3
    """writing down what it has"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Where a worker was."""

    phase: Phase
    first: Place
    last: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Death:
    """How a worker ended that did not mean to."""

    reason: Literal[Reason.CRASHED, Reason.TIMEOUT]
    message: str
    """what happened, as a predicate: `died of SIGKILL`"""


NUMBERS: Final = 6
"""Length of the block of shared memory: beats, phase, two places."""


class Watch:
    """The block of numbers, and what is written to it.

    >>> watch = Watch()
    >>> watch.pages(Place(0, 3), Place(1, 0))
    >>> watch.trace().last, watch.beats
    (Place(file=1, item=0), 1)
    """

    __slots__ = ("_numbers",)

    def __init__(self, numbers: MutableSequence[int] | None = None) -> None:
        self._numbers = [0] * NUMBERS if numbers is None else numbers

    def beat(self) -> None:
        """Tell that it goes on."""
        self._numbers[0] += 1

    @property
    def beats(self) -> int:
        """How often it went on."""
        return self._numbers[0]

    def starting(self) -> None:
        """Tell that no place is reached yet."""
        self._at(Phase.STARTING, START, START)

    def reading(self, place: Place) -> None:
        """Tell which item is read."""
        self._at(Phase.READING, place, place)

    def pages(self, first: Place, last: Place) -> None:
        """Tell which pages are taken apart."""
        self._at(Phase.PAGES, first, last)

    def ending(self) -> None:
        """Tell that all is read and taken apart."""
        self._at(Phase.ENDING, START, START)

    def trace(self) -> Trace:
        """Return the place."""
        _, phase, *places = self._numbers
        return Trace(phase=Phase(phase), first=Place(*places[:2]), last=Place(*places[2:]))

    def _at(self, phase: Phase, first: Place, last: Place) -> None:
        numbers = self._numbers
        numbers[1] = Phase.STARTING  # while the places are of two minds
        numbers[2], numbers[3] = first
        numbers[4], numbers[5] = last
        numbers[1] = phase
        numbers[0] += 1
