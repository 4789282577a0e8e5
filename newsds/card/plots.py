"""Plots of a card as SVG: bars, in whole numbers, so that the same figures give the same bytes.

Own code: a plot of the card is some rectangles and words. The libraries that draw them write ids, dates, fonts or
coordinates of their own into the file, which change from release to release, and take more to install than newsds.
Each plot brings its own background, in the colours that the reader's system asks for; every pair of colours keeps the
contrast of WCAG 2.2, level AA.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from newsds.card.inert import number, share, visible, xml
from newsds.stats import Stats

LIGHT: Final = {"ground": "#ffffff", "text": "#1f2328", "faint": "#59636e", "bar": "#0969da", "line": "#d1d9e0"}
DARK: Final = {"ground": "#0d1117", "text": "#f0f6fc", "faint": "#9198a1", "bar": "#4493f8", "line": "#3d444d"}
WIDTH: Final = 720
_MARGIN: Final = 24
_TOP: Final = 56
_ROW: Final = 24
_LABEL: Final = 128
_VALUE: Final = 152
_HEIGHT: Final = 300
_MOST_ROWS: Final = 15
_MOST_COLUMNS: Final = 36
_LABEL_CHARS: Final = 16

Bar = tuple[str, int]
"""Label, value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plot:
    title: str
    told: str
    """what it shows, in words"""
    height: int
    body: Sequence[str]


def plots(stats: Stats) -> dict[str, str]:
    """Return the plots of a card: path in the version → SVG.

    >>> from newsds.stats import empty_stats
    >>> sorted(plots(empty_stats()))
    ['plots/dates.svg', 'plots/languages.svg', 'plots/lengths.svg']
    """
    return {f"plots/{name}.svg": _file(plot) for name, plot in _plots(stats).items()}


def inline_plots(stats: Stats) -> dict[str, str]:
    """Return the same plots for a page of HTML that holds them all: name → SVG without a style, class `plot`.

    The page gives `.plot` its colours: `g` the ground, `b` bars, `l` lines, `h` headings, `t` text, `f` faint text.

    >>> from newsds.stats import empty_stats
    >>> sorted(inline_plots(empty_stats()))
    ['dates', 'languages', 'lengths']
    """
    return {name: _inline(name, plot) for name, plot in _plots(stats).items()}


def _plots(stats: Stats) -> dict[str, _Plot]:
    return {
        "languages": _rows("Articles by language", _languages(stats), stats.rows),
        "lengths": _columns("Articles by length of the text", "characters, from the number on", _lengths(stats)),
        "dates": _columns("Articles by date of publication", "", _dates(stats)),
    }


def _languages(stats: Stats) -> list[Bar]:
    counted = [(c.value or "none", c.rows) for c in stats.values["language"].top]
    shown = counted[: _MOST_ROWS if len(counted) <= _MOST_ROWS else _MOST_ROWS - 1]
    rest = stats.rows - sum(n for _, n in shown)
    return [*shown, ("others", rest)] if rest else shown


def _lengths(stats: Stats) -> list[Bar]:
    return [(_short(least), rows) for least, rows in stats.lengths]


def _dates(stats: Stats) -> list[Bar]:
    """By month if there are few, else by year; what is too early for the plot is one column."""
    if not stats.months:
        return []
    first, last = (int(m[:4]) * 12 + int(m[5:]) - 1 for m in (min(stats.months), max(stats.months)))
    if last - first < _MOST_COLUMNS:
        names = [f"{m // 12:04d}-{m % 12 + 1:02d}" for m in range(first, last + 1)]
        return [(name, stats.months.get(name, 0)) for name in names]
    years: dict[int, int] = {}
    for month, n in stats.months.items():
        years[int(month[:4])] = years.get(int(month[:4]), 0) + n
    start = max(first // 12, last // 12 - _MOST_COLUMNS + 2)
    early = sum(n for year, n in years.items() if year < start)
    bars = [(str(year), years.get(year, 0)) for year in range(start, last // 12 + 1)]
    return [(f"before {start}", early), *bars] if early else bars


def _short(n: int) -> str:
    """Return a number in few characters.

    >>> _short(1500), _short(300), _short(2_000_000)
    ('1.5k', '300', '2M')
    """
    for size, sign in ((10**6, "M"), (1000, "k")):
        if n >= size:
            return f"{n // size}{sign}" if n % size == 0 else f"{n // size}.{n % size * 10 // size}{sign}"
    return str(n)


def _rows(title: str, bars: Sequence[Bar], total: int) -> _Plot:
    """Bars from left to right, one below the other."""
    most = max((n for _, n in bars), default=0) or 1
    length = WIDTH - 2 * _MARGIN - _LABEL - _VALUE
    body = []
    for i, (label, n) in enumerate(bars):
        y = _TOP + i * _ROW
        shown = visible(label)
        shown = shown if len(shown) <= _LABEL_CHARS else shown[: _LABEL_CHARS - 1] + "…"
        body += [
            f'<text class="t" x="{_MARGIN + _LABEL - 8}" y="{y + 13}" text-anchor="end">{xml(shown)}</text>',
            f'<rect class="b" x="{_MARGIN + _LABEL}" y="{y}" width="{max(1, n * length // most)}" height="16" rx="2"/>',
            f'<text class="f" x="{_MARGIN + _LABEL + max(1, n * length // most) + 8}" y="{y + 13}">'
            f"{number(n)} ({share(n, total)})</text>",
        ]
    return _plot(title, bars, body, _TOP + max(1, len(bars)) * _ROW + 16)


def _columns(title: str, below: str, bars: Sequence[Bar]) -> _Plot:
    """Bars from the ground up, side by side; under them every label that there is room for."""
    most = max((n for _, n in bars), default=0) or 1
    ground, height = _HEIGHT - 56, _HEIGHT - 56 - _TOP - 16
    width = WIDTH - 2 * _MARGIN
    body = [f'<path class="l" d="M{_MARGIN} {ground}H{WIDTH - _MARGIN}"/>']
    widest = max((len(label) for label, _ in bars), default=1)
    every = -(-len(bars) * (widest * 8 + 8) // width) or 1
    numbered = (len(number(most)) * 7 + 6) * len(bars) <= width
    for i, (label, n) in enumerate(bars):
        left, right = (_MARGIN + k * width // len(bars) for k in (i, i + 1))
        middle, size = (left + right) // 2, -(-n * height // most)
        thick = max(1, min(right - left - max(1, (right - left) // 5), 96))
        if n:
            x, y = middle - thick // 2, ground - size
            body.append(f'<rect class="b" x="{x}" y="{y}" width="{thick}" height="{size}" rx="2"/>')
        if n and numbered:
            body.append(_middle("f", middle, ground - size - 5, number(n)))
        if i % every == 0:
            body.append(_middle("t", middle, ground + 18, label))
    if bars and not numbered:
        body.append(f'<text class="f" x="{WIDTH - _MARGIN}" y="32" text-anchor="end">highest: {number(most)}</text>')
    if below:
        body.append(_middle("f", WIDTH // 2, ground + 40, below))
    return _plot(title, bars, body, _HEIGHT)


def _middle(kind: str, x: int, y: int, text: str) -> str:
    return f'<text class="{kind}" x="{x}" y="{y}" text-anchor="middle">{xml(text)}</text>'


def _plot(title: str, bars: Sequence[Bar], body: Sequence[str], height: int) -> _Plot:
    if not bars:
        body = [f'<text class="f" x="{_MARGIN}" y="{_TOP + 16}">nothing to show</text>']
    told = "; ".join(f"{label}: {number(n)}" for label, n in bars) or "nothing to show"
    return _Plot(
        title=title,
        told=told,
        height=height,
        body=(
            f'<rect class="g" width="{WIDTH}" height="{height}" rx="6"/>',
            f'<text class="h" x="{_MARGIN}" y="32">{xml(title)}</text>',
            *body,
        ),
    )


def _file(plot: _Plot) -> str:
    style = ("<style>", *_style(LIGHT), "@media (prefers-color-scheme: dark) {", *_style(DARK), "}", "</style>")
    return "\n".join(_svg(plot, "", style))


def _inline(name: str, plot: _Plot) -> str:
    return "\n".join(_svg(plot, f"{name}-", ()))


def _svg(plot: _Plot, prefix: str, style: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a plot: a file with its style, or, with a prefix of its ids, a part of a page."""
    size = f'viewBox="0 0 {WIDTH} {plot.height}" width="{WIDTH}" height="{plot.height}"'
    kind = 'class="plot" ' if prefix else 'xmlns="http://www.w3.org/2000/svg" '
    yield f'<svg {kind}{size} role="img" aria-labelledby="{prefix}title {prefix}desc">'
    yield f'<title id="{prefix}title">{xml(plot.title)}</title>'
    yield f'<desc id="{prefix}desc">{xml(plot.told)}</desc>'
    yield from style
    yield from plot.body
    yield "</svg>"
    yield ""


def _style(colours: Mapping[str, str]) -> Iterator[str]:
    font = "font-family:system-ui,sans-serif"
    yield f".g{{fill:{colours['ground']}}} .b{{fill:{colours['bar']}}} .l{{stroke:{colours['line']}}}"
    yield f".h{{fill:{colours['text']};{font};font-size:16px;font-weight:600}}"
    yield f".t{{fill:{colours['text']};{font};font-size:12px}} .f{{fill:{colours['faint']};{font};font-size:12px}}"
