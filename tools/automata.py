"""Writes `newsds/segment/automata.npz`: the patterns of labels and addresses as automata, for `newsds.native`.

    python -m tools.automata

Each group of patterns becomes a deterministic automaton over ASCII, the smallest that there is, so that what is written
depends on what the patterns find alone. One automaton of all would remember which of them wait for the end of a word
together, and be a hundred times as large.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from newsds.segment.automaton import UNREAD, WORD
from newsds.segment.links import SEARCHED, TARGETS
from newsds.segment.places import LABELS

_CHARS: Final = range(128)
_END: Final = 128
"""Stands behind the last character."""
_CATEGORIES: Final[Mapping[str, frozenset[int]]] = {
    name: frozenset(c for c in _CHARS if re.match(pattern, chr(c), re.ASCII))
    for name, pattern in {"CATEGORY_WORD": r"\w", "CATEGORY_SPACE": r"\s", "CATEGORY_DIGIT": r"\d"}.items()
}
_IN_WORDS: Final = _CATEGORIES["CATEGORY_WORD"]
_GROUPS: Final = ("boxed", "framed", "tag", "recommended", "comment byline")
"""Labels whose patterns wait for the end of a word; all others are a group of their own."""

Ints = npt.NDArray[np.int64]
Bits = npt.NDArray[np.uint64]


class _Graph:
    """Patterns as an automaton with choices: states with a step on some characters, or with steps on none."""

    def __init__(self, ignore_case: bool) -> None:
        self._ignore_case = ignore_case
        self.step: list[tuple[frozenset[int], int] | None] = []
        self.free: list[list[tuple[str, int]]] = []
        """steps without a character, and the condition of each, or nothing"""

    def state(self) -> int:
        self.step.append(None)
        self.free.append([])
        return len(self.step) - 1

    def add(self, parsed: Iterable[tuple[Any, Any]], at: int) -> int:
        """Add a pattern behind a state; return its last."""
        for op, of in parsed:
            at = self._part(str(op), of, at)
        return at

    def _part(self, op: str, of: Any, at: int) -> int:
        if op in ("LITERAL", "IN"):
            to = self.state()
            self.step[at] = (self._chars(op, of), to)
            return to
        if op == "SUBPATTERN":
            return self.add(of[-1], self._behind(at))
        if op == "MAX_REPEAT":
            return self._repeated(of, at)
        to = self.state()
        if op == "AT":
            self.free[at].append((str(of), to))
        elif op == "BRANCH":
            for branch in of[1]:
                self.free[self.add(branch, self._behind(at))].append(("", to))
        else:
            raise ValueError(f"no part of a pattern that is known here: {op}")
        return to

    def _behind(self, at: int) -> int:
        to = self.state()
        self.free[at].append(("", to))
        return to

    def _repeated(self, repeat: tuple[int, int, Any], at: int) -> int:
        least, most, of = repeat
        for _ in range(least):
            at = self.add(of, self._behind(at))
        if most in (WORD, parser.MAXREPEAT):
            at = self._behind(at)
            self.free[self.add(of, at)].append(("", at))
            return self._behind(at)
        to = self.state()
        self.free[at].append(("", to))
        for _ in range(most - least):
            at = self.add(of, self._behind(at))
            self.free[at].append(("", to))
        return to

    def _chars(self, op: str, of: Any) -> frozenset[int]:
        chars: set[int] = set()
        for kind, value in [(op, of)] if op == "LITERAL" else of:
            if str(kind) == "LITERAL":
                chars.add(value)
            elif str(kind) == "RANGE":
                chars.update(range(value[0], value[1] + 1))
            elif str(kind) == "CATEGORY":
                chars |= _CATEGORIES[str(value)]
            else:
                raise ValueError(f"no characters that are known here: {kind}")
        if self._ignore_case:
            chars |= {ord(cased) for c in chars for cased in (chr(c).lower(), chr(c).upper())}
        return frozenset(chars)

    def reached(self, state: int, conditions: Mapping[str, bool]) -> set[int]:
        """Return the states that are reached without a character, where conditions hold; the state itself, too."""
        seen, todo = {state}, [state]
        while todo:
            new = {to for when, to in self.free[todo.pop()] if conditions.get(when)} - seen
            seen |= new
            todo += new
        return seen

    def alike(self) -> list[int]:
        """Return for each state the first of those that find the same behind it: fewer sets of states are left."""
        reached = [self.reached(i, {"": True}) for i in range(len(self.step))]
        ends = {i for i, step in enumerate(self.step) if step is None and not self.free[i]}
        kind = [0] * len(reached)
        count = 0
        while len(set(kind)) > count:
            count = len(set(kind))
            numbers: dict[Any, int] = {}
            kind = [numbers.setdefault((kind[i], self._behaviour(of, kind, ends)), i) for i, of in enumerate(reached)]
        return kind

    def _behaviour(self, states: set[int], kind: Sequence[int], ends: set[int]) -> tuple[frozenset[Any], ...]:
        """Return what tells states from others, as far as their followers are told apart by `kind`."""
        steps = frozenset((step[0], kind[step[1]]) for i in states if (step := self.step[i]))
        conditions = frozenset((when, kind[to]) for i in states for when, to in self.free[i] if when)
        return steps, conditions, frozenset(states & ends)


class _Search:
    """The states of a graph all at once, as they go on from character to character."""

    def __init__(self, patterns: Mapping[int, re.Pattern[str]]) -> None:
        self._graph = graph = _Graph(any(pattern.flags & re.IGNORECASE for pattern in patterns.values()))
        self._start = [graph.state() for _ in patterns]
        self._found = {
            graph.add(parser.parse(pattern.pattern), at): 1 << bit
            for (bit, pattern), at in zip(patterns.items(), self._start, strict=True)
        }
        self._alike = graph.alike()
        self._known: dict[tuple[int, bool, bool, int], tuple[set[int], int]] = {}
        sets = {step[0] for step in graph.step if step} | {_IN_WORDS}
        kinds: dict[tuple[bool, ...], int] = {}
        self.kind = [kinds.setdefault(tuple(c in of for of in sets), len(kinds)) for c in _CHARS]
        """of each character; those of one kind make no difference"""

    def step(self, states: frozenset[int], first: bool, in_word: bool, c: int) -> tuple[frozenset[int], int]:
        """Return the states behind a character, and the bits of what is found before it."""
        steps: set[int] = set()
        bits = 0
        for state in (*self._start, *states):
            asked = state, first, in_word, c
            known = self._known.get(asked)
            if known is None:
                known = self._known[asked] = self._of_one(*asked)
            steps |= known[0]
            bits |= known[1]
        return frozenset(steps), bits

    def _of_one(self, state: int, first: bool, in_word: bool, c: int) -> tuple[set[int], int]:
        conditions = {"": True, "AT_BEGINNING": first, "AT_END": c == _END, "AT_BOUNDARY": in_word != (c in _IN_WORDS)}
        seen = self._graph.reached(state, conditions)
        steps = [step for of in seen if (step := self._graph.step[of])]
        bits = sum(self._found[of] for of in seen & self._found.keys())
        return {self._alike[to] for chars, to in steps if c in chars}, bits


def automaton(patterns: Mapping[int, re.Pattern[str]]) -> tuple[Ints, Bits, Bits]:
    """Return the smallest automaton that finds patterns, each known by its bit, wherever they stand in an ASCII text.

    Returns:
        The next state of each state, the first being that before a text, and each character; the bits that are found
        when a state is reached; those found when the text ends in it.
    """
    search = _Search(patterns)
    before = (frozenset[int](), True, False, 0)
    number = {before: 0}
    order = [before]
    rows: list[list[int]] = []
    last: list[int] = []
    for states, first, in_word, _ in order:
        row = []
        for c in (search.kind.index(kind) for kind in range(max(search.kind) + 1)):
            onward, bits = search.step(states, first, in_word, c)
            to = (onward, False, c in _IN_WORDS, bits)
            if number.setdefault(to, len(order)) == len(order):
                order.append(to)
            row.append(number[to])
        rows.append(row)
        last.append(search.step(states, first, in_word, _END)[1])
    found = np.array([bits for *_, bits in order], np.uint64)
    return _smallest(np.array(rows)[:, search.kind], found, np.array(last, np.uint64))


def _smallest(table: Ints, found: Bits, last: Bits) -> tuple[Ints, Bits, Bits]:
    """Return the automaton with one state for all that nothing tells apart, in the order in which they are reached."""
    kind = _kinds(np.stack([found, last], 1))
    count = 0
    while kind.max() >= count:
        count = int(kind.max()) + 1
        kind = _kinds(np.column_stack([kind, kind[table]]))
    _, one = np.unique(kind, return_index=True)
    order = [int(kind[0])]
    number = {order[0]: 0}
    for state in order:
        for to in kind[table[one[state]]].tolist():
            if number.setdefault(to, len(order)) == len(order):
                order.append(to)
    rows = one[order]
    return np.array([number[state] for state in range(count)])[kind[table[rows]]], found[rows], last[rows]


def _kinds(rows: npt.NDArray[Any]) -> Ints:
    """Return numbers that are equal for equal rows."""
    return np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1)


def joined(groups: Sequence[Mapping[int, re.Pattern[str]]], unread: str) -> dict[str, npt.NDArray[Any]]:
    """Return automata that read a text side by side as one table; texts with a character that is `unread` are not."""
    tables: list[Ints] = []
    start = [0]
    parts = [automaton(patterns) for patterns in groups]
    for table, *_ in parts:
        tables.append(table + start[-1])
        start.append(start[-1] + len(table))
    every = np.concatenate(tables)
    classes: dict[bytes, int] = {every[:, ord(" ")].tobytes(): 0}
    of_chars = [classes.setdefault(every[:, c].tobytes(), len(classes)) for c in _CHARS]
    one = [of_chars.index(number) for number in range(len(classes))]
    return {
        "classes": np.array([UNREAD if chr(c) in unread else of_chars[c] for c in _CHARS], np.uint8),
        "table": every[:, one].astype(np.uint16),
        "found": np.concatenate([found for _, found, _ in parts]),
        "last": np.concatenate([last for *_, last in parts]),
        "start": np.array(start[:-1], np.uint16),
        "doubtful": np.array(
            sum(1 << bit for of in groups for bit, pattern in of.items() if f",{WORD}}}" in pattern.pattern), np.uint64
        ),
    }


def made() -> dict[str, npt.NDArray[Any]]:
    """Return what the file holds."""
    labels = {name: {i: pattern} for i, (name, pattern) in enumerate(LABELS.items())}
    groups = [{bit: of for name in names.split() for bit, of in labels.pop(name).items()} for names in _GROUPS]
    groups.append({bit: of for pattern in labels.values() for bit, of in pattern.items()})
    addresses = {i: TARGETS[name] for i, name in enumerate(SEARCHED)}
    # str.split() and `\s` do not agree on the first; `$` stands before the second, too
    both = {"labels": joined(groups, "\x1c\x1d\x1e\x1f"), "addresses": joined([addresses], "\n")}
    return {f"{name}_{part}": of for name, parts in both.items() for part, of in parts.items()}


def main() -> None:
    """Write the file."""
    np.savez_compressed(
        Path(__file__).parent.parent / "newsds" / "segment" / "automata.npz", allow_pickle=False, **made()
    )


if __name__ == "__main__":
    main()
