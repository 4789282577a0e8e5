"""Texts that a pattern may be found in, from the pattern."""

from __future__ import annotations

from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any


def written(pattern: str) -> list[str]:
    """Return all that a pattern may be written as: every branch, what may be repeated once and not at all."""
    return sorted(set(_texts(parser.parse(pattern))))


def _texts(parsed: Any) -> list[str]:
    texts = [""]
    for op, of in parsed:
        pieces = [""]
        if str(op) in ("LITERAL", "NOT_LITERAL"):
            pieces = [chr(of) if str(op) == "LITERAL" else "x"]
        elif str(op) == "ANY":
            pieces = ["x"]
        elif str(op) == "IN":
            pieces = [
                "1" if str(of[0][1]) == "CATEGORY_DIGIT" else chr(of[0][1]) if str(of[0][0]) == "LITERAL" else "x"
            ]
        elif str(op) == "BRANCH":
            pieces = [text for branch in of[1] for text in _texts(branch)]
        elif str(op) == "SUBPATTERN":
            pieces = _texts(of[-1])
        elif str(op) == "MAX_REPEAT":
            least, _, repeated = of
            pieces = ["", *_texts(repeated)] if least == 0 else [text * least for text in _texts(repeated)]
        texts = [text + piece for text in texts for piece in pieces]
    return texts
