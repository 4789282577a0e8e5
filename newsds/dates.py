"""Dates as pages write them → points in time, in UTC.

Reads ISO 8601 and RFC 2822 as they stand; numeric dates with the year first or last; and dates with the month's name in
the languages of months.json. The clock is never asked, so `yesterday` and `5 hours ago` are no dates here.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from importlib.resources import files
from typing import Final

_ISO: Final = re.compile(
    r"(?<!\d)((?:19|20)\d\d)-(\d\d)-(\d\d)"
    r"(?:[T ]\s?(\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s?(Z|UTC|GMT|[+-]\d\d:?(?:\d\d)?)?)?",
    re.IGNORECASE,
)
_RFC: Final = re.compile(
    r"(?:mon|tue|wed|thu|fri|sat|sun),\s+\d{1,2}\s+[a-z]{3}\s+\d{4}\s+\d\d:\d\d(?::\d\d)?\s+[+\-\w]+", re.IGNORECASE
)
_YEAR_FIRST: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)\s?[-/.年년]\s?(\d{1,2})\s?[-/.月월]\s?(\d{1,2})(?!\d)")
_YEAR_LAST: Final = re.compile(r"(?<!\d)(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?((?:19|20)?\d\d)(?!\d)")
_NAMED: Final = re.compile(
    r"(?<!\d)(?P<d1>\d{1,2})(?:st|nd|rd|th|er|ste|e|º|ª|\.)?[\s\-/]*(?:de\s+|di\s+|d['’]|ng\s+)?(?P<m1>[^\W\d_][\w\u0300-\u036f\u0900-\u0dff\u0e00-\u0eff]*\.?(?:\s(?:الثاني|الأول))?)[\s\-/,]*"
    r"(?:de\s+|del\s+|of\s+)?(?P<y1>(?:19|20)\d\d)(?!\d)"
    r"|(?<![^\W\d_])(?P<m2>[^\W\d_]\w*)\.?\s+(?P<d2>\d{1,2})(?:st|nd|rd|th|\.)?,?\s+(?P<y2>(?:19|20)\d\d)(?!\d)"
    r"|(?P<y3>(?:19|20)\d\d)[\s.,]+(?:m\.\s+|gada\s+)?(?P<m3>[^\W\d_]\w*)\.?\s+(?P<d3>\d{1,2})(?!\d)"
)
_TIME: Final = re.compile(
    r"(?<![\d.:])(\d{1,2})[:.h時시时]\s?(\d\d)(?:分|분)?(?::\d\d)?(?![\d.])\s?([ap]\.?m\b\.?)?\s*(UTC|GMT|Z\b|[+-]\d\d:?\d\d)?",
    re.IGNORECASE,
)
_OTHER_DIGIT: Final = re.compile(r"[^\D0-9]")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_SHORT_YEAR: Final = re.compile(r"[-/.]\s?\d\d(?!\d)")
"""Every date has a year in full, or the last two digits of one behind a separator."""
_FULL_YEAR: Final = 4
"""Digits."""
_EARLIEST: Final = 1900
_LATEST: Final = 2100
_TIME_WINDOW: Final = 24
"""Characters behind a date in which its time of day stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A date read from text."""

    at: datetime
    """in UTC"""
    zone_known: bool
    """the text names its time zone; if not, it was read as UTC"""


@cache
def _months() -> Mapping[str, Mapping[str, int]]:
    data = json.loads(files("newsds").joinpath("months.json").read_text(encoding="utf-8"))
    months: Mapping[str, Mapping[str, int]] = data["months"]
    return months


@cache
def _any_language() -> Mapping[str, int]:
    """Names that mean the same month in every language that has them."""
    seen: dict[str, set[int]] = {}
    for names in _months().values():
        for name, number in names.items():
            seen.setdefault(name, set()).add(number)
    return {name: min(numbers) for name, numbers in seen.items() if len(numbers) == 1}


def month_number(name: str, language: str | None = None) -> int | None:
    """Return the month, 1–12, that a word names, in `language` or in any.

    >>> month_number("Mai"), month_number("listopad", "pl"), month_number("listopad", "hr"), month_number("Ann")
    (5, 11, 10, None)
    """
    word = unicodedata.normalize("NFKC", name).casefold().strip(". ")
    return _months().get((language or "").split("-")[0], {}).get(word) or _any_language().get(word)


def parse_date(text: str, *, language: str | None = None) -> Moment | None:
    """Return the first date in `text`.

    Args:
        text: anything that holds a date: a line of a page, the value of an attribute.
        language: BCP 47 tag of the page, for names that differ between languages and the order of `3/4/2024`,
            which is read month first in English, else day first.

    >>> parse_date("3. Mai 2024, 17:47").at.isoformat()
    '2024-05-03T17:47:00+00:00'
    >>> parse_date("2024-05-03T17:47:00+02:00").at.isoformat()
    '2024-05-03T15:47:00+00:00'
    >>> parse_date("no date") is None
    True
    """
    text = _ascii_digits(text[:400])
    found = _ISO.search(text) if "-" in text else None
    if found:
        year, month, day, hour, minute, second, zone = found.groups()
        return _moment(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), zone)
    found = _RFC.search(text) if "," in text else None
    if found:
        try:
            at = parsedate_to_datetime(found[0])
        except ValueError:
            return None
        return _utc(at)
    for match in _days(text):
        day_of = _read(match, language)
        if day_of is None:
            continue
        clock = _clock(text, match)
        hour, minute, zone = 0, 0, None
        if clock:
            hour, minute, zone = int(clock[1]), int(clock[2]), clock[4]
            if clock[3]:
                hour = hour % 12 + (12 if clock[3][0] in "pP" else 0)
        moment = _moment(*day_of, hour, minute, 0, zone) or _moment(*day_of, 0, 0, 0, None)
        if moment:
            return moment
    return None


def possible_days(text: str, *, language: str | None = None) -> frozenset[date]:
    """Return every day that a date in `text` may name: numbers alone are read day first and month first.

    Dates with two digits of a year are left out: each of the three numbers could be it.

    >>> sorted(map(str, possible_days("09.10.2024")))
    ['2024-09-10', '2024-10-09']
    >>> possible_days("9.10.24")
    frozenset()
    """
    found = set()
    for match in _days(_ascii_digits(text[:400])):
        if match.re is _YEAR_LAST and len(match[4]) < _FULL_YEAR:
            continue
        read = _read(match, language)
        if read is None:
            continue
        year, month, day = read
        orders = ((month, day), (day, month)) if match.re is _YEAR_LAST else ((month, day),)
        for one, other in orders:
            moment = _moment(year, one, other, 0, 0, 0, None)
            if moment:
                found.add(moment.at.date())
    return frozenset(found)


def find_date(text: str) -> tuple[int, int] | None:
    """Return where the first date with day, month and year stands in `text`: first character and one past the last.

    >>> find_date("Published 18 May 2024, 06:00"), find_date("18 of 2024 votes")
    ((10, 21), None)
    """
    for match in _days(_ascii_digits(text[:400])):
        names = [match[f"m{n}"] for n in "123"] if match.re is _NAMED else []
        if not names or any(_is_month(name) for name in names if name):
            return match.span()
    return None


def _ascii_digits(text: str) -> str:
    """Write the decimal digits of other scripts as `0`–`9`, each in its place."""
    if text.isascii() or _OTHER_DIGIT.search(text) is None:
        return text
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def _clock(text: str, day: re.Match[str]) -> re.Match[str] | None:
    """The time of day right before a date, or else shortly behind it, unless it belongs to another date there."""
    for before in _TIME.finditer(text, max(0, day.start() - _TIME_WINDOW), day.start()):
        if not text[before.end() : day.start()].strip(" ,|·-–—"):
            return before
    behind = _TIME.search(text, day.end(), day.end() + _TIME_WINDOW)
    return None if behind is None or "(" in text[day.end() : behind.start()] else behind


def _days(text: str) -> list[re.Match[str]]:
    """What may be a day, in the order of the text."""
    if _YEAR.search(text):
        found = [m for p in (_YEAR_FIRST, _NAMED, _YEAR_LAST) for m in p.finditer(text)]
        return sorted(found, key=lambda m: m.start())
    return list(_YEAR_LAST.finditer(text)) if _SHORT_YEAR.search(text) else []


def _is_month(name: str) -> bool:
    word = unicodedata.normalize("NFKC", name).casefold().strip(". ")
    return any(word in names for names in _months().values())


def _read(match: re.Match[str], language: str | None) -> tuple[int, int, int] | None:
    """Year, month and day of a match of one of the three patterns."""
    if match.re is _YEAR_FIRST:
        return int(match[1]), int(match[2]), int(match[3])
    if match.re is _YEAR_LAST:
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        if year < 100:
            year += 2000 if year < 70 else 1900  # POSIX's pivot
        month_first = match[2] == "/" and (language or "").split("-")[0] == "en"
        if second > 12 or (month_first and first <= 12):
            return year, first, second
        return year, second, first
    for n in "123":
        if match[f"y{n}"]:
            month = month_number(match[f"m{n}"], language)
            return (int(match[f"y{n}"]), month, int(match[f"d{n}"])) if month else None
    return None


def _moment(year: int, month: int, day: int, hour: int, minute: int, second: int, zone: str | None) -> Moment | None:
    try:
        at = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    if zone and zone[0] in "+-":
        digits = zone[1:].replace(":", "").ljust(4, "0")
        shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        at = at - shift if zone[0] == "+" else at + shift
    return Moment(at=at, zone_known=zone is not None) if _EARLIEST <= at.year < _LATEST else None


def _utc(at: datetime) -> Moment | None:
    known = at.tzinfo is not None
    at = at.astimezone(UTC) if known else at.replace(tzinfo=UTC)
    return Moment(at=at, zone_known=known) if _EARLIEST <= at.year < _LATEST else None
