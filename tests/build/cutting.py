"""Where rows would be cut, without writing them."""

from __future__ import annotations

from collections.abc import Sequence

from newsds.build.write import Cuts, FileCuts, plan_groups

Group = tuple[int, int]
"""First row, and one past the last."""


def plan_files(ids: Sequence[str], sizes: Sequence[int], cuts: Cuts, *, stored: float = 0.25) -> list[list[Group]]:
    """Files of groups, if rows take that share of their size when they are stored."""
    files: list[list[Group]] = [[]]
    ends = FileCuts(cuts)
    first = length = 0
    for count in plan_groups(zip(ids, sizes, strict=True), cuts):
        size = sum(sizes[first : first + count])
        if ends.ends_before(ids[first], size, int(length * stored)):
            files.append([])
            length = 0
        files[-1].append((first, first + count))
        first += count
        length += size
    return files
