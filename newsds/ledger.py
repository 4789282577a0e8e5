"""The documentation of the ledger: reason codes, flags, and the limits behind them."""

from __future__ import annotations

from typing import Final

from newsds.limits import LIMITS
from newsds.model import Flag, Reason

_LEDGER: Final = """\
Nothing is lost silently: in every version

    pages = rows + rejected + duplicates

Each page or record that is no row of `articles` is a row of `rejects`, with its place in the input (`source`, `record`,
`offset`, `length`), a reason code and a sentence. `newsds build` exits 0 whatever was rejected, and says how many by
reason; with `--max-rejects 100` or `--max-rejects 2.5%` it fails before it publishes if there are more (exit code 8).
Duplicates are not counted there.

    newsds build raw --out dist --max-rejects 20%
    python -c "import datasets; print(datasets.load_dataset('dist/newsds-fixtures/1.0.0', 'rejects', split='train')[0])"

A page that kills the process that takes it apart, hangs it, or fills its memory, is tried again alone, then with the
reference parser (BeautifulSoup), and only then rejected; every other page is as if nothing had happened. That holds for
`newsds build`, whose pages run in worker processes unless `--workers 0` is given, and for `newsds.build(…, workers=N)`
from Python; without workers, what kills the process kills the build, and no version is touched."""


def codes_markdown() -> str:
    """Return the documentation of the ledger and its codes: the content of docs/rejects.md."""
    out = ["# Rejects and flags", "", "Made by `newsds codes --markdown`; do not edit.", "", *_LEDGER.splitlines(), ""]
    out += ["## Reason codes", "", "| reason | meaning | limits |", "|---|---|---|"]
    out += [f"| `{code.value}` | {code.meaning} | {_limits_of(code)} |" for code in Reason]
    out += ["", "## Flags", ""]
    out += ["A row with a flag is a row: its column `flags` says what was done to the page, or is missing from it.", ""]
    out += ["| flag | meaning | limits |", "|---|---|---|"]
    out += [f"| `{code.value}` | {code.meaning} | {_limits_of(code)} |" for code in Flag]
    return "\n".join([*out, ""])


def _limits_of(code: Flag | Reason) -> str:
    return ", ".join(f"`{limit.name}` = {limit.value:,} {limit.unit}" for limit in LIMITS if limit.code is code)
