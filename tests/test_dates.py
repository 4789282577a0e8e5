"""dates: what pages write, as points in time."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.dates import _NAMED, _YEAR_FIRST, _YEAR_LAST, _days, month_number, parse_date, possible_days

MIDNIGHT = "T00:00:00+00:00"


def _iso(text: str, language: str | None = None) -> str | None:
    moment = parse_date(text, language=language)
    return moment.at.isoformat() if moment else None


@pytest.mark.parametrize(
    ("text", "at", "zone_known"),
    [
        ("2024-05-03", "2024-05-03T00:00:00+00:00", False),
        ("2024-05-03T17:47", "2024-05-03T17:47:00+00:00", False),
        ("2024-05-03 17:47:09", "2024-05-03T17:47:09+00:00", False),
        ("2024-05-03T17:47:09.123Z", "2024-05-03T17:47:09+00:00", True),
        ("2024-05-03T17:47:00+02:00", "2024-05-03T15:47:00+00:00", True),
        ("2024-05-03T17:47:00-0330", "2024-05-03T21:17:00+00:00", True),
        ("2024-05-03T17:47:00+02", "2024-05-03T15:47:00+00:00", True),
        ("2024-05-03 17:47 UTC", "2024-05-03T17:47:00+00:00", True),
        ("Updated 2024-01-01T00:30:00+01:00 by us", "2023-12-31T23:30:00+00:00", True),
        ("Fri, 03 May 2024 17:47:09 +0200", "2024-05-03T15:47:09+00:00", True),
        ("Fri, 03 May 2024 17:47:09 GMT", "2024-05-03T17:47:09+00:00", True),
        ("3 May 2024 17:47 +02:00", "2024-05-03T15:47:00+00:00", True),
        ("3 May 2024, 17:47 GMT", "2024-05-03T17:47:00+00:00", True),
    ],
)
def test_time_and_zone(text: str, at: str, zone_known: bool) -> None:
    moment = parse_date(text)
    assert moment is not None
    assert (moment.at.isoformat(), moment.at.tzinfo, moment.zone_known) == (at, UTC, zone_known)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("May 3, 2024", "en"),
        ("Published: 3rd May 2024", "en"),
        ("3. Mai 2024", "de"),
        ("3 de mayo de 2024", "es"),
        ("3 de maio de 2024", "pt"),
        ("3 mai 2024", "fr"),
        ("3 maggio 2024", "it"),
        ("3 maja 2024", "pl"),
        ("3 мая 2024", "ru"),
        ("3 травня 2024", "uk"),
        ("3 Mayıs 2024", "tr"),
        ("3 Μαΐου 2024", "el"),
        ("3. květen 2024", "cs"),
        ("3 مايو 2024", "ar"),
        ("3 मई 2024", "hi"),
        ("2024年5月3日", "zh"),
        ("2024年05月03日", "ja"),
        ("2024년 5월 3일", "ko"),
        ("2024. május 3.", "hu"),
        ("03.05.2024", "de"),
        ("3/5/2024", "fr"),
        ("05/03/2024", "en"),
        ("3-5-2024", "nl"),
        ("2024/5/3", None),
        ("2024.5.3", None),
        ("03.05.24", "de"),
    ],
)
def test_written_dates(text: str, language: str | None) -> None:
    assert _iso(text, language) == "2024-05-03" + MIDNIGHT


@pytest.mark.parametrize(
    ("text", "language", "at"),
    [
        ("3/4/2024", "en", "2024-03-04"),
        ("3/4/2024", "en-GB", "2024-03-04"),
        ("3/4/2024", "es", "2024-04-03"),
        ("3/4/2024", None, "2024-04-03"),
        ("3.4.2024", "en", "2024-04-03"),
        ("31/12/2024", "en", "2024-12-31"),
        ("12/31/2024", "fr", "2024-12-31"),
        ("1 listopad 2023", "pl", "2023-11-01"),
        ("1 listopad 2023", "hr", "2023-10-01"),
        ("3.5.69", "de", "2069-05-03"),
        ("3.5.70", "de", "1970-05-03"),
    ],
)
def test_language_decides(text: str, language: str | None, at: str) -> None:
    assert _iso(text, language) == at + MIDNIGHT


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("3 May 2024, 5:47 pm", "17:47"),
        ("3 May 2024 12:05 am", "00:05"),
        ("3 May 2024 12:05 p.m.", "12:05"),
        ("3. Mai 2024, 17.47 Uhr", "17:47"),
        ("3 mai 2024 à 17h47", "17:47"),
        ("2024年5月3日 17時47分", "17:47"),
        ("3 May 2024 25:61", "00:00"),
    ],
)
def test_time_of_day(text: str, at: str) -> None:
    assert _iso(text) == f"2024-05-03T{at}:00+00:00"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "5 hours ago",
        "May 2024",
        "3 May",
        "30 February 2024",
        "2024-13-01",
        "1899-12-31",
        "2100-01-01",
        "31/31/2024",
        "version 1.2.3",
        "Call 555-2024-17",
        "3 Ann 2024",
        "Fri, 99 May 2024 17:47:09 GMT",
        "x" * 400 + " 2024-05-03",
    ],
)
def test_no_date(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(
    "text", ["1900-01-01T00:00:00+23:59", "2099-12-31T23:59:59-23:59", "Mon, 01 Jan 1900 00:00:00 +1400"]
)
def test_zone_does_not_lead_out_of_range(text: str) -> None:
    assert parse_date(text) is None


def test_first_date_counts() -> None:
    assert _iso("3 May 2024, updated 7 June 2024") == "2024-05-03" + MIDNIGHT


def test_impossible_date_is_passed_over() -> None:
    assert _iso("31 June 2024, 7 June 2024") == "2024-06-07" + MIDNIGHT


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("3 May 2024, updated 7 June 2024", {date(2024, 5, 3), date(2024, 6, 7)}),
        ("3/4/2024", {date(2024, 4, 3), date(2024, 3, 4)}),
        ("23/4/2024", {date(2024, 4, 23)}),
        ("2024-05-03T10:00:00Z", {date(2024, 5, 3)}),
        ("2024年5月3日", {date(2024, 5, 3)}),
        ("٣ مايو ٢٠٢٤", {date(2024, 5, 3)}),
        ("3.4.24", set()),
        ("31 June 2024", set()),
        ("5 hours ago", set()),
        ("", set()),
    ],
)
def test_possible_days(text: str, days: set[date]) -> None:
    assert possible_days(text) == days


def test_possible_days_reads_names_of_months_in_the_language() -> None:
    assert possible_days("3 listopad 2024", language="hr") == {date(2024, 10, 3)}
    assert possible_days("3 listopad 2024", language="pl") == {date(2024, 11, 3)}


def test_months_are_twelve_in_every_language() -> None:
    months = json.loads(files("newsds").joinpath("months.json").read_text(encoding="utf-8"))["months"]
    assert len(months) >= 30
    assert [code for code, names in months.items() if set(names.values()) != set(range(1, 13))] == []


@pytest.mark.parametrize(
    ("name", "language", "month"),
    [("MAY", None, 5), ("Sept.", "en", 9), ("März", None, 3), ("", None, None), ("tag", "de", None)],
)
def test_month_number(name: str, language: str | None, month: int | None) -> None:
    assert month_number(name, language) == month


def test_result_is_utc() -> None:
    moment = parse_date("2024-05-03T23:00:00-05:00")
    assert moment is not None
    assert moment.at == datetime(2024, 5, 4, 4, tzinfo=UTC)


@given(
    st.lists(
        st.sampled_from(
            "May|Mai|3|12|18|2024|1999|24|_|1May|x_May|st|.|/|-|,|年|月|é|a\u0301|d'|ng\u00a0| ".split("|")
        ),
        max_size=12,
    ).map("".join)
)
def test_what_spares_patterns_changes_nothing(line: str) -> None:
    slow = _NAMED.pattern.replace(r"(?<![^\W\d_])(?P<m2>", "(?P<m2>")
    assert slow != _NAMED.pattern
    patterns = (_YEAR_FIRST, re.compile(slow), _YEAR_LAST)
    found = sorted((m for p in patterns for m in p.finditer(line)), key=lambda m: m.start())
    assert [m.regs for m in _days(line)] == [m.regs for m in found]
