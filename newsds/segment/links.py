"""Where the links of each block lead."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np

from newsds.model import Blocks
from newsds.segment.arrays import Ints

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
"""What an address shows of what is behind it; `here` and `script` look at its beginning."""
_AT_START: Final = frozenset(("here", "script"))
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
        self.chars: Ints = np.zeros(rows, np.int64)
        """characters of link text"""
        self.links: Ints = np.zeros(rows, np.int64)
        self.node: Ints = np.full(rows, -1, np.int64)
        """the `a` element of the first, a row of the page's `Nodes`; -1 without one"""
        self.bits, self.segments, self.longest, self.hyphens, self.query, self.foreign, self.again = (
            np.zeros(rows, np.int64) for _ in range(7)
        )
        for blocks, start in zip(batch, offsets.tolist(), strict=False):
            if blocks.nodes is not None:
                self._read(blocks, start)

    def _read(self, blocks: Blocks, start: int) -> None:
        links = blocks.links
        if not len(links.block):
            return
        block = np.asarray(links.block) + start
        length = np.asarray(links.end) - np.asarray(links.start)
        end = start + len(blocks)
        self.chars[start:end] = np.bincount(block - start, weights=length, minlength=end - start)
        self.links[start:end] = np.bincount(block - start, minlength=end - start)
        at, first = np.unique(block, return_index=True)
        addresses = [links.href[i] for i in first.tolist()]
        targets = [read_target(x[:_LENGTH]) for x in addresses]
        hosts = Counter(t.host for t in targets if t.host)
        home = hosts.most_common(1)[0][0] if hosts else ""
        times = Counter(addresses)
        self.node[at] = np.asarray(links.node)[first]
        columns = np.array(
            [(*t[:5], t.host not in ("", home), times[x]) for t, x in zip(targets, addresses, strict=True)],
            np.int64,
        ).T
        for column, values in zip(
            (self.bits, self.segments, self.longest, self.hyphens, self.query, self.foreign, self.again),
            columns,
            strict=True,
        ):
            column[at] = values


@lru_cache(maxsize=1 << 15)
def read_target(address: str) -> Target:
    """Return what an address shows.

    >>> read_target("https://www.example.org/2024/05/rain-over-the-hills?x=1")[1:]
    (3, 19, 3, 1, 'example.org')
    """
    bits = 0
    for i, (name, pattern) in enumerate(TARGETS.items()):
        if (pattern.match if name in _AT_START else pattern.search)(address):
            bits |= 1 << i
    path = address.partition("#")[0].partition("?")[0]
    host = ""
    if path.startswith(("http", "//")):
        _, _, rest = path.partition("//")
        host, _, path = rest.partition("/")
    parts = [x for x in path.split("/") if x]
    longest = max(parts, key=len, default="")
    return Target(
        bits,
        len(parts),
        len(longest),
        longest.count("-") + longest.count("_"),
        int("?" in address),
        host.removeprefix("www."),
    )


def target(column: Ints, name: str) -> Ints:
    """Return the bit of a kind of target."""
    return (column >> list(TARGETS).index(name)) & 1
