"""The pages of the corpus as the segmenter gets them, and the way to do without the kernels."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import pytest

from newsds.blocks import html_blocks, text_blocks
from newsds.decode import decode
from newsds.model import Blocks
from newsds.pipeline import sniff_kind
from tests.corpus import cases

_DISPATCHING = ("arrays", "automaton", "context", "evidence", "links", "marks", "places", "screen", "topic", "words")


@contextmanager
def in_python() -> Iterator[None]:
    """Do without the kernels in the segmenter's table."""
    with pytest.MonkeyPatch.context() as patch:
        for name in _DISPATCHING:
            patch.setattr(f"newsds.segment.{name}.kernels", None)
        yield


@cache
def corpus() -> tuple[Blocks, ...]:
    """Return the blocks of all pages of the corpus that have any."""
    texts = [decode(case.page.read_bytes()).text for case in cases()]
    found = [html_blocks(text) if sniff_kind(text) == "html" else text_blocks(text) for text in texts]
    return tuple(blocks for blocks in found if len(blocks))
