"""The innermost loops in C, where they were built; without them the same is done in Python, to the same result.

    kernels.c        the module, its rules, and what all share
    utf8.c           newsds.decode: bytes that are sound UTF-8 → text
    header.c         newsds.read.header: headers of WARC records and HTTP messages
    blocks.c …       newsds.blocks.builder: HTML → blocks; with scan.c, tags.c, texts.c, labels.c
    lines.c          newsds.blocks.text: the visible lines of a dump
    words.c topic.c evidence.c held.c
                     newsds.segment.words, topic, evidence: what texts hold and share
    marks.c screen.c links.c automaton.c
                     newsds.segment.marks, screen, links, automaton: what lines, addresses and labels say
    places.c context.c forest.c sequence.c
                     newsds.segment.places, context, forest, decode: where blocks stand, scores, the best sequence

Each function of `kernels` does what one place of newsds does in Python, and that place says what it is to do;
`tests/native` holds the two against each other. newsds installs without a compiler: where there was none, `kernels` is
None. So it is where they were built from other sources, and with `NEWSDS_PURE=1` in the environment, for whoever looks
for a fault, or trusts no page to C.
"""

from __future__ import annotations

import os
from typing import Final

__all__ = ["kernels"]

REVISION: Final = 13
"""Of what the kernels offer, as in kernels.h: to be raised when a function is added, or is called in another way."""

try:
    from newsds.native import _kernels as kernels
except ImportError:
    kernels = None  # type: ignore[assignment]
else:
    if kernels.REVISION != REVISION or os.environ.get("NEWSDS_PURE", "0") not in ("", "0"):
        kernels = None  # type: ignore[assignment]
