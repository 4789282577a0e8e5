"""Prints the fixture corpus `raw/` as labels that `newsds train` reads, one page a line.

    python -m tools.fixtures > fixtures.jsonl
    newsds train labels.jsonl fixtures.jsonl --out weights.npz

Pages that are fixtures for what they cannot be read as (damaged, not text) have no labels and are left out; so is
what was read in another encoding than it was written in: its words are no words.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from newsds.decode import decode
from newsds.mojibake import is_mojibake

RAW: Final = Path(__file__).resolve().parent.parent / "raw"


def lines() -> list[str]:
    """Return a line for each labelled page, in the order of their folders."""
    out = []
    for labels in sorted(RAW.glob("*/*/labels.json")):
        kind = labels.parent.parent.name
        pages = sorted(labels.parent.glob("page.*"))
        if kind not in ("html", "text") or not pages:
            continue
        data = json.loads(labels.read_bytes())
        text = decode(pages[0].read_bytes()).text
        if is_mojibake(text):
            continue
        data |= {"id": f"raw-{kind}-{labels.parent.name}", "style": "fixtures"}
        data[kind] = text
        out.append(json.dumps(data, ensure_ascii=False, sort_keys=True))
    return out


if __name__ == "__main__":
    print("\n".join(lines()))  # noqa: T201
