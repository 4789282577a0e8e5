"""Types of the kernels; each one's Python twin says what it does."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

Numbers = Any
"""What has the buffer protocol, which has no type before Python 3.12."""

REVISION: int

def read_utf8(content: bytes) -> tuple[str, int, int, int] | None: ...
def number_strings(strings: list[str], numbers: Numbers) -> list[str]: ...
def number_groups(keys: Numbers, offsets: Numbers, numbers: Numbers, ranks: Numbers) -> int: ...
def inherit(columns: tuple[Numbers, ...], elements: int, rows: int) -> bool: ...
def find_main(columns: tuple[Numbers, ...], pages: int, elements: int, rows: int, percent: int) -> None: ...
def common_depth(columns: tuple[Numbers, ...], pages: int, elements: int) -> bool: ...
def screen(
    texts: Sequence[str],
    filter: Numbers,
    pieces: Numbers,
    bits: Numbers,
    longest: int,
    from_end: bool,
    found: Numbers,
) -> None: ...
def find_patterns(
    texts: list[str], longest: int, word: int, doubtful: int, columns: tuple[Numbers, ...], bits: Numbers
) -> None: ...
def read_addresses(addresses: Sequence[str], longest: int, columns: tuple[Numbers, ...]) -> list[str | None]: ...
def read_lines(
    texts: Sequence[str], words: dict[str, int], filter: Numbers, classes: Numbers, said: Numbers, asked: Numbers
) -> None: ...
def filter_words(words: Sequence[str], filter: Numbers) -> None: ...
def probabilities(scores: Numbers, weights: Numbers, out: Numbers, roles: int) -> None: ...
def decode_pages(
    scores: Numbers,
    chances: Numbers,
    offsets: Numbers,
    rules: Numbers,
    bulk: float,
    transitions: Numbers,
    roles: Numbers,
) -> None: ...
def read_blocks(
    page: str,
    tokens: Iterator[Any],
    limit: int,
    types: tuple[int, int, int],
    names: dict[str, int],
    kinds: Numbers,
    shown: dict[str, int],
    references: dict[str, str],
    read_text: Callable[[str, int, int, int], tuple[str, str, int, int]],
    read_label: Callable[[Any], tuple[str, bool]],
) -> tuple[Any, ...]: ...
def visible_lines(
    page: str, edge: str, limit: int
) -> tuple[list[str], list[int], list[int], list[int], list[int], list[int], bool]: ...
def read_header(
    buffer: bytes, at: int, end: int, names: tuple[bytes, ...]
) -> tuple[dict[bytes, bytes], int] | None: ...
def read_response(
    buffer: bytes, at: int, end: int, names: tuple[bytes, ...]
) -> tuple[int, dict[bytes, bytes] | None, int] | None: ...
def count_words(texts: list[str], kinds: Numbers, counts: Numbers, numbers: Numbers, edges: Numbers) -> None: ...
def told_words(
    texts: list[str], offsets: Numbers, prose: Numbers, kinds: Numbers, small: Numbers, words: Numbers, told: Numbers
) -> None: ...
def hold_lines(
    texts: list[str], offsets: Numbers, short: Numbers, prose: Numbers, times: Numbers, inside: Numbers
) -> None: ...
def page_evidence(
    texts: list[str], start: int, end: int, declared: tuple[list[str] | str, ...] | None, columns: Numbers
) -> None: ...
def add_leaves(
    table: Numbers,
    feature: Numbers,
    border: Numbers,
    leaves: Numbers,
    sums: Numbers,
    blocks: int,
    trees: int,
    depth: int,
) -> None: ...
def mean_between(sums: Numbers, first: Numbers, end: Numbers, roles: int, means: Numbers) -> None: ...
def mean_alike(bytes: Numbers, groups: Numbers, count: int, roles: int, means: Numbers) -> None: ...
def share_so_far(bytes: Numbers, offsets: Numbers, roles: int, shares: Numbers) -> None: ...
def distances(marked: Numbers, offsets: Numbers, back: bool, rows: Numbers) -> None: ...
