from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.train.folds import fold_of, publisher
from newsds.train.labels import LabelledPage, labelled_page, read_labels


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://www.example.org/a/b?c=d", "example.org"),
        ("http://Blog.News.Example.COM:8080", "example.com"),
        ("https://home.example.co.uk/x", "example.co.uk"),
        ("https://example.com.au", "example.com.au"),
        ("https://learn.edu.in/", "learn.edu.in"),
        ("https://co.uk/", "co.uk"),
        ("https://a.blog.of.example.in", "example.in"),
        ("http://192.0.2.7/page", "192.0.2.7"),
        ("http://[2001:db8::1]/page", "2001:db8::1"),
        ("http://localhost/page", "localhost"),
        ("https://example.org./", "example.org"),
    ],
)
def test_publisher_is_the_registered_domain(url: str, wanted: str) -> None:
    assert publisher("any-id", url) == wanted


@pytest.mark.parametrize("url", [None, "", "no address", "http://[bad", "file:///tmp/x.html"])
def test_without_an_address_the_id_speaks(url: str | None) -> None:
    assert publisher("news-at-DerStandard_2024_05_03", url) == "at-DerStandard"


@pytest.mark.parametrize(
    ("page_id", "wanted"),
    [
        ("at-DerStandard_2024_05_03", "at-DerStandard"),
        ("a-b-ind-TimesOfIndia_2025_11_06", "ind-TimesOfIndia"),
        ("DerStandard_2024_05", "DerStandard"),
        ("wcxb-0006", "0006"),
        ("wcxb-2024", "2024"),
        ("at-0006", "0006"),
        ("-", "-"),
        ("", ""),
        ("_2024_05_03", "_2024_05_03"),
    ],
)
def test_publisher_of_an_id(page_id: str, wanted: str) -> None:
    assert publisher(page_id) == wanted


IDS = st.from_regex(r"([a-z]{2}-)?[A-Z][A-Za-z]{2,12}(_20[0-9]{2}_[01][0-9]_[0-3][0-9])?|[0-9]{4}", fullmatch=True)
PREFIXES = st.from_regex(r"([A-Za-z0-9_]{1,8}-){1,3}", fullmatch=True)


@given(IDS, PREFIXES, PREFIXES, st.integers(1, 9))
def test_copies_of_a_page_are_in_one_fold(page_id: str, one: str, other: str, folds: int) -> None:
    of = {LabelledPage(id=x).fold(folds) for x in (page_id, one + page_id, other + page_id)}
    assert len(of) == 1
    assert of <= set(range(folds))


@given(st.text(), st.one_of(st.none(), st.text()))
def test_every_page_has_a_fold(page_id: str, url: str | None) -> None:
    assert 0 <= LabelledPage(id=page_id, url=url).fold() < 5


def test_pages_of_a_publisher_are_in_one_fold_however_it_is_known() -> None:
    ids = ("at-DerStandard_2024_05_03", "news-at-DerStandard_2025_01_01", "DerStandard")
    pages = [LabelledPage(id=x) for x in ids]
    pages.append(LabelledPage(id="0001", url="https://www.derstandard.at/story/1"))
    assert len({p.fold() for p in pages}) == 1


def test_folds_are_about_even_and_stay_as_they_are() -> None:
    folds = [fold_of(f"site{i}.example") for i in range(1000)]
    assert all(150 < folds.count(k) < 250 for k in range(5))
    assert [fold_of(x) for x in ("example.org", "at-DerStandard", "0006")] == STAY


STAY = [2, 0, 2]


def test_no_folds_are_refused() -> None:
    with pytest.raises(ValueError, match="folds=0"):
        fold_of("example.org", 0)


def test_labels_say_what_they_are_silent_about(tmp_path: Path) -> None:
    file = tmp_path / "labels.jsonl"
    objects: list[dict[str, object]] = [
        {"id": "a", "url": "https://example.org/a", "tags": [], "prev": None},
        {"id": "b", "recs": []},
    ]
    file.write_text("\n".join(map(json.dumps, objects)), encoding="utf-8")
    one, other = read_labels(file)
    assert one.publisher == "example.org"
    assert {"tags", "previous"}.isdisjoint(one.unlabelled)
    assert {"next", "recommendations", "body", "title"} <= one.unlabelled
    assert "recommendations" not in other.unlabelled
    assert LabelledPage(id="c").unlabelled == frozenset()
    assert labelled_page(objects[1]) == other
