"""The roles that somebody gives to the blocks of a page, change by change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from newsds.model import Role

Change = Mapping[int, Role]
"""Block → its new role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The roles of a page's blocks, and what was done to them; each step makes a new one.

    >>> page = History.begin([Role.BODY, Role.BODY]).change({1: Role.TAG}).change({0: Role.TITLE}).undo()
    >>> [str(role) for role in page.roles], page.can_redo
    (['body', 'tag'], True)
    """

    first: tuple[Role, ...]
    """the roles before any change"""
    changes: tuple[tuple[tuple[int, Role], ...], ...] = ()
    """what was changed, those that were undone included"""
    done: int = 0
    """changes that hold; those behind it were undone"""
    finished: bool = False
    """whether the labels as they are were declared done"""
    roles: tuple[Role, ...] = field(init=False)
    """the roles now"""

    def __post_init__(self) -> None:
        roles = list(self.first)
        for change in self.changes[: self.done]:
            for block, role in change:
                roles[block] = role
        object.__setattr__(self, "roles", tuple(roles))

    @classmethod
    def begin(cls, roles: Any) -> Self:
        """Return the history of a page that nobody has touched."""
        return cls(first=tuple(map(Role, roles)))

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return self.done > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is a change that was taken back."""
        return self.done < len(self.changes)

    def change(self, roles: Change) -> History:
        """Give blocks other roles; what was undone is forgotten.

        Raises:
            ValueError: the page has no such block.
        """
        if not roles or not all(0 <= block < len(self.first) for block in roles):
            raise ValueError(f"no such blocks: {sorted(roles)} of {len(self.first)}")
        changes = (*self.changes[: self.done], tuple(sorted(roles.items())))
        return History(first=self.first, changes=changes, done=len(changes))

    def undo(self) -> History:
        """Take the last change back, if there is one."""
        return self._at(self.done - 1) if self.can_undo else self

    def redo(self) -> History:
        """Make the change again that was last taken back, if there is one."""
        return self._at(self.done + 1) if self.can_redo else self

    def finish(self) -> History:
        """Declare the labels done, until the next change."""
        return History(first=self.first, changes=self.changes, done=self.done, finished=True)

    def _at(self, done: int) -> History:
        return History(first=self.first, changes=self.changes, done=done)
