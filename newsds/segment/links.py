"""Where the links of each block lead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np

from newsds.model import Blocks
from newsds.model import Links as PageLinks
from newsds.native import kernels
from newsds.segment.arrays import Bools, Ints, Runs, numbered, numbered_texts
from newsds.segment.automaton import ASKED, automaton

TARGETS: Final = {
    "tag": re.compile(
        r"/(?:tags?|topics?|keyword|hashtag|etiquetas?|thema|themen|label|schlagwort|tema|stichwort|mots?-cles?|sujet"
        r"|argomento|trefwoord|tagged|subject|dossier)s?(?:/|$|-)",
        re.IGNORECASE,
    ),
    "category": re.compile(
        r"/(?:category|categorie|categoria|kategorie|section|rubrik|rubrique|channel|ressort|c)/", re.IGNORECASE
    ),
    "author": re.compile(
        r"/(?:authors?|autor|autoren|auteur|by|people|profile|staff|team|contributors?|redakcja|writer|user)s?(?:/|$)|author",
        re.IGNORECASE,
    ),
    "pager": re.compile(r"/page/|[?&]page=|/p/?\d", re.IGNORECASE),
    "share": re.compile(
        r"facebook\.com|twitter\.com|linkedin\.com|pinterest|whatsapp|t\.me/|reddit\.com|instagram|youtube\.com|mailto:"
        r"|x\.com/|tiktok|threads\.net",
        re.IGNORECASE,
    ),
    "legal": re.compile(
        r"privacy|terms|cookie|contact|about|imprint|impressum|datenschutz|login|signin|register|subscribe|newsletter|abo"
        r"|account",
        re.IGNORECASE,
    ),
    "dated": re.compile(r"/(?:19|20)\d\d[/-]?\d\d|\d{6,}"),
    "here": re.compile(r"#"),
    "script": re.compile(r"(?:javascript|$)", re.IGNORECASE),
}
"""What an address shows of what is behind it; `here` and `script` look at its beginning.

When one is changed, `python -m tools.automata` is to be run.
"""
_AT_START: Final = frozenset(("here", "script"))
SEARCHED: Final = tuple(name for name in TARGETS if name not in ("dated", "here", "script"))
"""Kinds with a pattern that C leaves to an automaton; they come first."""
_LENGTH: Final = 300
"""Characters of an address that are looked at."""


class Target(NamedTuple):
    """What one address shows."""

    bits: int
    segments: int
    """parts of its path"""
    longest: int
    """characters of the longest"""
    hyphens: int
    """hyphens in that: words of a headline, less one"""
    query: int
    host: str


class Links:
    """Columns of the first link of each block, one row a block; all 0 without one and in text."""

    def __init__(self, batch: Sequence[Blocks], offsets: Ints) -> None:
        rows = int(offsets[-1])
        starts: list[int] = []
        ends: list[int] = []
        blocks: list[int] = []
        nodes: list[int] = []
        hrefs: list[str] = []
        for page in batch:
            links = page.links if page.nodes is not None else _NO_LINKS
            blocks += links.block
            starts += links.start
            ends += links.end
            nodes += links.node
            hrefs += links.href
        sizes = [len(page.links.block) if page.nodes is not None else 0 for page in batch]
        block = np.fromiter(blocks, np.int64, len(blocks)) + np.repeat(offsets[:-1], sizes)
        length = np.fromiter(ends, np.int64, len(ends)) - np.fromiter(starts, np.int64, len(starts))
        self.chars: Ints = np.bincount(block, weights=length, minlength=rows).astype(np.int64)
        """characters of link text"""
        self.links: Ints = np.bincount(block, minlength=rows)
        self.node: Ints = np.full(rows, -1, np.int64)
        """the `a` element of the first, a row of the page's `Nodes`; -1 without one"""
        self.bits, self.segments, self.longest, self.hyphens, self.query, self.foreign, self.again = (
            np.zeros(rows, np.int64) for _ in range(7)
        )
        at = np.flatnonzero(self.links)
        first = np.empty(rows, np.int64)
        first[block[::-1]] = np.arange(len(block))[::-1]  # of links of one block the last to be written is its first
        addresses = [hrefs[i] for i in first[at].tolist()]
        self.node[at] = np.fromiter(nodes, np.int64, len(nodes))[first[at]]
        pages = Runs(np.diff(np.searchsorted(at, offsets)))
        number, once = numbered_texts(addresses)
        shown, hosts = _read_targets(once)
        for column, values in zip(
            (self.bits, self.segments, self.longest, self.hyphens, self.query), shown, strict=True
        ):
            column[at] = values[number]
        host, names = numbered_texts(hosts)
        self.foreign[at] = _foreign(host[number], names, pages)
        equal, _ = numbered(number.astype(np.uint64), pages)
        self.again[at] = np.bincount(equal)[equal]


_NO_LINKS: Final = PageLinks()


def _foreign(host: Ints, names: Sequence[str], pages: Runs) -> Bools:
    """Return which addresses have another host than most of their page that have one; of equally many, the first."""
    group, _ = numbered(host.astype(np.uint64), pages)
    if not len(group):
        return np.zeros(0, np.bool_)
    named = np.array([name != "" for name in names])[host]
    times = np.where(named, np.bincount(group)[group], 0)
    # groups are numbered in the order in which they are met
    best = (times << 32) - group
    home = np.maximum.reduceat(best, pages.offsets[:-1][pages.sizes > 0])
    return np.asarray(named & (best != np.repeat(home, pages.sizes[pages.sizes > 0])))


def _read_targets(addresses: list[str]) -> tuple[Ints, list[str]]:
    """Return what addresses show: bits, segments, longest, hyphens and query of each; and their hosts."""
    if kernels is None:
        targets = [read_target(address[:_LENGTH]) for address in addresses]
        return np.array([t[:5] for t in targets], np.int64).reshape(-1, 5).T, [t.host for t in targets]
    columns = np.empty((5, len(addresses)), np.int64)
    hosts = kernels.read_addresses(addresses, _LENGTH, tuple(columns))
    kinds = automaton("addresses").find(addresses, longest=_LENGTH)
    columns[0] = columns[0] << len(SEARCHED) | kinds
    for i in np.flatnonzero(kinds == ASKED).tolist():
        *columns[:, i], hosts[i] = read_target(addresses[i][:_LENGTH])
    return columns, [host or "" for host in hosts]


def _kinds(address: str) -> int:
    """Return the bits of the kinds of target that an address looks like."""
    bits = 0
    for i, (name, pattern) in enumerate(TARGETS.items()):
        if (pattern.match if name in _AT_START else pattern.search)(address):
            bits |= 1 << i
    return bits


@lru_cache(maxsize=1 << 15)
def read_target(address: str) -> Target:
    """Return what an address shows.

    >>> read_target("https://www.example.org/2024/05/rain-over-the-hills?x=1")[1:]
    (3, 19, 3, 1, 'example.org')
    """
    path = address.partition("#")[0].partition("?")[0]
    host = ""
    if path.startswith(("http", "//")):
        _, _, rest = path.partition("//")
        host, _, path = rest.partition("/")
    parts = [x for x in path.split("/") if x]
    longest = max(parts, key=len, default="")
    return Target(
        _kinds(address),
        len(parts),
        len(longest),
        longest.count("-") + longest.count("_"),
        int("?" in address),
        host.removeprefix("www."),
    )


def target(column: Ints, name: str) -> Ints:
    """Return the bit of a kind of target."""
    return (column >> list(TARGETS).index(name)) & 1
