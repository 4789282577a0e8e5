"""languages: a language whose words are missing from the lexicon loses little."""

from __future__ import annotations

from benchmarks import languages
from newsds.segment import lexicon

_BODY = 0.06
"""What the body may lose."""


def test_without_its_words_a_language_keeps_its_articles() -> None:
    # error pages are told by their words, so without those they are none
    measured = languages.losses([page for page in languages.pages([]) if page.label.body])
    assert len(measured) > 15
    for language, (_, whole, rest) in measured.items():
        assert whole.body
        assert rest.body
        assert rest.body.f1 >= whole.body.f1 - _BODY, language
    assert "zh" in languages.table(measured)


def test_the_words_are_back_afterwards() -> None:
    with languages.without("de"):
        assert "schlagwörter" not in lexicon.tables().words["tags"]
    assert "schlagwörter" in lexicon.tables().words["tags"]
