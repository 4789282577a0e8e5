"""Plots: sound XML, inert, readable, the same bytes for the same figures."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from newsds.card.plots import DARK, LIGHT, WIDTH, plots
from newsds.stats import Stats, empty_stats

from .facts import HOSTILE, stats_of

SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {f"{SVG}{name}" for name in ("svg", "title", "desc", "style", "rect", "text", "path")}


def many() -> Stats:
    months = {f"{year:04d}-{month:02d}": year % 7 for year in range(1950, 2025) for month in range(1, 13)}
    return replace(stats_of(["en"] * 3), months=months, rows=10**9, lengths=tuple((n, 10**7) for n in range(40)))


@pytest.mark.parametrize("stats", [empty_stats(), stats_of(["en", "de", "en"]), stats_of(HOSTILE), many()])
def test_plots_are_sound_and_inert(stats: Stats) -> None:
    for text in plots(stats).values():
        root = ET.fromstring(text)
        assert {e.tag for e in root.iter()} <= ALLOWED
        assert not [key for e in root.iter() for key in e.attrib if key.startswith("on") or "href" in key]
        assert root.find(f"{SVG}title") is not None
        assert root.find(f"{SVG}desc") is not None
        assert root.get("role") == "img"
        height = int(root.get("height") or 0)
        for bar in root.iter(f"{SVG}rect"):
            x, y, w, h = (int(bar.get(key) or 0) for key in ("x", "y", "width", "height"))
            assert x >= 0
            assert y >= 0
            assert w > 0
            assert h > 0
            assert x + w <= WIDTH
            assert y + h <= height
        # whole numbers, which no two machines round apart
        assert all((e.get(key) or "0").isdigit() for e in root.iter() for key in ("x", "y", "width", "height"))
    assert plots(stats) == plots(stats)


def test_every_bar_is_told_in_words() -> None:
    found = plots(stats_of(["en", "de", "en"]))
    assert '<desc id="desc">en: 2; de: 1</desc>' in found["plots/languages.svg"]
    assert '<desc id="desc">2024-01: 1; 2024-02: 1; 2024-03: 1</desc>' in found["plots/dates.svg"]
    assert '<desc id="desc">0: 3</desc>' in found["plots/lengths.svg"]


def test_many_values_are_put_together() -> None:
    languages = ET.fromstring(plots(stats_of([chr(97 + n) * 2 for n in range(20)]))["plots/languages.svg"])
    assert (languages.findtext(f"{SVG}desc") or "").endswith("; others: 6")
    years = ET.fromstring(plots(many())["plots/dates.svg"]).findtext(f"{SVG}desc") or ""
    assert years.startswith("before 1990: ")
    assert years.count(";") <= 36


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_contrast(colours: dict[str, str]) -> None:
    """WCAG 2.2: 4.5 for text, 3 for what a picture is read by."""
    assert contrast(colours["text"], colours["ground"]) >= 4.5
    assert contrast(colours["faint"], colours["ground"]) >= 4.5
    assert contrast(colours["bar"], colours["ground"]) >= 3
