from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.card import Card, parse_card, read_card, source_text
from newsds.errors import CardError

ROOT = Path(__file__).parents[2]


def test_name_is_that_of_the_file_or_of_the_front_matter(tmp_path: Path) -> None:
    path = tmp_path / "pages.md"
    path.write_text("# Pages\n")
    assert read_card(path).name == "pages"
    path.write_text("---\nnewsds_name: other\n---\n")
    assert read_card(path).name == "other"
    readme = tmp_path / "README.md"
    readme.write_text("# Pages\n")
    assert read_card(readme).name is None


def test_text_is_kept_word_for_word() -> None:
    text = "# Pages  \n\n\n<b>&amp;</b>\t|\n---\nnot: front matter\n---\n"
    assert parse_card(f"---\nlicense: mit\n---\n{text}").text == text
    assert parse_card(text).text == text
    assert parse_card(text.replace("\n", "\r\n")).text == text


def test_what_newsds_writes_is_left_out() -> None:
    card = parse_card(
        "---\nlicense: mit\nconfigs: []\ndataset_info: []\nsize_categories: [n<1K]\n---\n"
        "before\n\n<!-- newsds:begin facts -->\nold\n<!-- newsds:end facts -->\n\nafter\n"
    )
    assert card.meta == {"license": "mit"}
    assert card.text == "before\n\nafter\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("---\nlicense: mit\n", "line 1: the front matter has no end"),
        ("---\nlicense: mit\ntags: [a\n---\n", "line 3: "),
        ("---\nlicense: mit\nlicense: cc0-1.0\n---\n", "line 3: the key 'license' comes twice"),
        ("---\n- a\n---\n", "the front matter is no table of keys"),
        ("---\n1: a\n---\n", "the front matter is no table of keys"),
        ("---\nlanguage: [en, no]\n---\n", "language has False"),
        ("---\nlicense: 1.0\n---\n", "license has 1.0"),
        ("---\nnewsds_name: a b\n---\n", "'a b' is no name"),
        ("---\nnewsds_name: 5\n---\n", "5 is no name"),
        ("---\nday: 2024-99-99\n---\n", "month must be in 1..12"),
        ("---\nnewsds_released: 2024-02\n---\n", "newsds_released is '2024-02'"),
        ("---\nnewsds_released: 2024-02-01 10:00:00\n---\n", "which is no day"),
        ("---\nnewsds_authors: [1]\n---\n", "newsds_authors has 1"),
        ("text <!-- newsds:begin facts --> text", "stands alone"),
    ],
)
def test_wrong_cards(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "pages.md"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CardError) as error:
        read_card(path)
    assert str(path) in str(error.value)
    assert message in str(error.value)
    assert error.value.remedy


def test_unreadable_cards(tmp_path: Path) -> None:
    with pytest.raises(CardError, match="cannot read"):
        read_card(tmp_path / "missing.md")
    path = tmp_path / "pages.md"
    path.write_bytes(b"---\nlicense: mit\n---\n\xff\n")
    with pytest.raises(CardError, match="line 4: not UTF-8"):
        read_card(path)
    with pytest.raises(CardError, match="is no name"):
        read_card(Path(tmp_path, "my pages.md")) if (tmp_path / "my pages.md").write_text("x") else None


@pytest.mark.parametrize("path", sorted((ROOT / "cards").glob("*.md")), ids=lambda path: path.stem)
def test_the_cards_of_this_repository(path: Path) -> None:
    card = read_card(path)
    assert card.meta["license"]
    assert card.meta["language"]
    assert card.text.startswith("# ")


@given(
    st.dictionaries(
        st.text("abcdefgh_", min_size=1, max_size=8),
        st.one_of(st.none(), st.text(max_size=20), st.dates(), st.lists(st.text(max_size=9)), st.booleans()),
        max_size=4,
    ),
    st.text(max_size=60),
)
def test_the_text_of_a_card_makes_the_card(meta: dict[str, Any], text: str) -> None:
    try:
        card = parse_card(source_text(Card(meta=meta, text=text)))
    except CardError:
        return  # no card has such a text
    again = parse_card(source_text(card))
    assert (again.meta, again.text) == (card.meta, card.text)
