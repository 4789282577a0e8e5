"""What is found when two versions are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from newsds.version import Level

Kind = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two."""

    name: str | None
    """of the dataset; None of a Parquet file, or where there is no manifest"""
    version: str | None
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaChange:
    """A column that one version has otherwise, or not at all."""

    table: str
    """`articles` or `rejects`"""
    column: str
    """its name; empty where all columns are the same and their order is not"""
    old: str | None
    """its type, with ` or null`; None where it was not there; the names in their order"""
    new: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Articles of the one version against those of the other."""

    added: int = 0
    removed: int = 0
    changed: int = 0
    """the same article (see `newsds.compare.match`) with another value in a column that both versions have"""
    same: int = 0
    columns: Mapping[str, int] = field(default_factory=dict)
    """column → changed rows in which it changed, in the order of the columns; `id` of those whose page changed"""

    @property
    def differ(self) -> bool:
        """Whether there is any but the same."""
        return bool(self.added or self.removed or self.changed)

    def phrase(self) -> str:
        """Return the numbers in words.

        >>> Rows(added=3, changed=1, same=9).phrase()
        '3 added, 1 changed, 9 the same'
        """
        counts = {"added": self.added, "removed": self.removed, "changed": self.changed, "the same": self.same}
        return ", ".join(f"{n} {what}" for what, n in counts.items() if n) or "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A row that differs."""

    kind: Kind
    id: str | None
    """that of the newer row, if there is one"""
    title: str | None
    url: str | None
    source: str | None
    columns: Mapping[str, tuple[str | None, str | None]]
    """columns that changed → the old and the new value from where they part on, cut to some 80 characters; None for
    none; lists and the like as JSON. Text of pages: hostile"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two versions of a dataset, held against each other."""

    old: Side
    new: Side
    schema: Sequence[SchemaChange]
    rows: Rows
    rejects: Mapping[str, tuple[int, int]]
    """reason code → lines of the ledger that only the new version has, and that only the old one has; a line that
    changed is both"""
    card: bool
    """whether the card says something else although columns, rows and rejects are the same"""
    inputs: tuple[int, int, int]
    """input files added, removed and changed, by name and digest; zeros where a version has no manifest"""
    settings: Sequence[str]
    """what of the configuration differs: its fields, `weights`"""
    toolchain: Mapping[str, tuple[str | None, str | None]]
    """tool → its old and new version, where they differ"""
    examples: Sequence[Example]

    @property
    def level(self) -> Level | None:
        """What kind of difference it is: the step that a version takes for it; None if there is none."""
        if self.schema:
            return "major"
        if self.rows.differ:
            return "minor"
        return "patch" if self.rejects or self.card else None

    @property
    def same(self) -> bool:
        """Whether both hold the same. How they came to, and how rows are spread over files, does not count."""
        return self.level is None

    def to_dict(self) -> dict[str, Any]:
        """Return the difference as JSON values."""
        values = asdict(self)
        values["examples"] = [asdict(one) | {"columns": dict(one.columns)} for one in self.examples]
        values["inputs"] = dict(zip(("added", "removed", "changed"), self.inputs, strict=True))
        values["rejects"] = {reason: {"added": a, "removed": r} for reason, (a, r) in self.rejects.items()}
        return {"level": self.level, **values}

    def lines(self) -> list[str]:
        """Return the difference for a terminal, what concerns most first; text of pages in it is not escaped."""
        lines = [f"{_name(self.old)} → {_name(self.new)}: " + ("the same" if self.level is None else self.level)]
        lines += [f"  column      {_schema_line(one)}" for one in self.schema]
        lines.append(f"  rows        {self.old.rows} → {self.new.rows}: {self.rows.phrase()}")
        if self.rows.columns:
            width = max(map(len, self.rows.columns))
            most = sorted(self.rows.columns.items(), key=lambda one: -one[1])
            lines += [f"    {name:<{width}}  {n}" for name, n in most]
        lines += [f"  rejects     {reason}: {a} added, {r} removed" for reason, (a, r) in self.rejects.items()]
        if self.card:
            lines.append("  card        the card alone")
        if any(self.inputs):
            lines.append("  inputs      {} added, {} removed, {} changed".format(*self.inputs))
        if self.settings:
            lines.append(f"  settings    {', '.join(self.settings)}")
        lines += [f"  toolchain   {tool} {old or '–'} → {new or '–'}" for tool, (old, new) in self.toolchain.items()]
        for one in self.examples:
            lines.append(f"{one.kind:<9} {one.id or '–'}  {one.title or one.url or one.source or ''}")
            for name, (before, after) in one.columns.items():
                lines += [f"  {name}", f"    - {_shown(before)}", f"    + {_shown(after)}"]
        return lines


def _name(side: Side) -> str:
    return f"{side.name} {side.version}" if side.name else "(no manifest)"


def _shown(value: str | None) -> str:
    return "(none)" if value is None else value


def _schema_line(one: SchemaChange) -> str:
    if not one.column:
        return f"{one.table}: another order: {one.new}"
    if one.old is None or one.new is None:
        return f"{one.table}.{one.column}: {'added' if one.old is None else 'removed'}, {one.new or one.old}"
    return f"{one.table}.{one.column}: {one.old} → {one.new}"
