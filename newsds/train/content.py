"""What is written on a training page: its own labelled content, and what other pages lend it."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from newsds.train.labels import LabelledPage
from newsds.train.words import WIDE, Words

_FEW: Final = 3
"""Pages of one language below which pages of other languages help out."""
_MANY: Final = 30
"""Pages of one language from which headlines need hardly be made of sentences."""
_TRIES: Final = 6
_LONGEST_TITLE: Final = 200
_OPENING: Final = 3
"""Paragraphs at the beginning of an article that a snippet is taken from."""
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])")
_WORD: Final = re.compile(r"[^\W\d_][\w'’-]{3,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Teaser:
    """Another article, as a list offers it."""

    title: str
    text: str
    """what a snippet may be cut from; may be empty"""


@dataclass(slots=True, kw_only=True)
class Content:
    """Draws content for one page; no headline is drawn twice."""

    rng: random.Random
    page: LabelledPage
    near: Sequence[LabelledPage]
    """other pages in its language"""
    far: Sequence[LabelledPage]
    """other pages in any language"""
    words: Words
    site: str
    wide: bool
    used: set[str] = field(default_factory=set)

    def other(self) -> LabelledPage:
        """Draw another page, mostly one in the same language; the page itself if there is no other."""
        if self.near and (len(self.near) >= _FEW or self.rng.random() < 0.7):
            return self.rng.choice(self.near)
        return self.rng.choice(self.far) if self.far else self.page

    def teaser(self) -> Teaser:
        """Draw an article to recommend: one the page recommends, another page, or one another page recommends."""
        found = Teaser(title="", text="")
        for _ in range(_TRIES):
            found = self._teaser()
            if found.title and found.title not in self.used:
                break
        self.used.add(found.title)
        return found

    def _teaser(self) -> Teaser:
        rng = self.rng
        own = self.page.recommendations
        page = self.page if own and rng.random() < 0.25 else self.other()
        if page.recommendations and (page is self.page or rng.random() < 0.6):
            chosen = rng.choice(page.recommendations)
            return Teaser(title=chosen.title[:_LONGEST_TITLE], text=chosen.snippet or self.opening(self.other()))
        text = self.opening(page)
        if page.title and page is not self.page and rng.random() < (0.9 if len(self.near) >= _MANY else 0.5):
            return Teaser(title=page.title, text=text)
        return Teaser(title=self._sentence_title(page), text=text)

    def _sentence_title(self, page: LabelledPage) -> str:
        """Make a headline of a sentence of the body."""
        if not page.body:
            return page.title or ""
        sentences = _SENTENCE_END.split(self.rng.choice(page.body[_OPENING:] or page.body))
        shortest, longest = (6, 40) if self.wide else (20, 110)
        sentence = self.rng.choice([s for s in sentences if len(s) >= shortest] or sentences)
        sentence = sentence.strip(" .。“”\"'‘’«»-–—•()[]")
        if len(sentence) > longest:
            sentence = self.clipped(sentence, self.rng.randint(longest // 2, longest))
        return sentence[:1].upper() + sentence[1:]

    def opening(self, page: LabelledPage) -> str:
        """Return a paragraph near the beginning of a page, and what follows it."""
        if not page.body:
            return ""
        first = self.rng.randrange(min(_OPENING, len(page.body)))
        return " ".join(page.body[first : first + 2])

    def clipped(self, text: str, length: int) -> str:
        """Return the beginning of `text`, cut between words."""
        if len(text) <= length:
            return text
        end = text.rfind(" ", length // 2, length + 1)
        return text[: end if end > 0 else length].rstrip(" ,;:–-")

    def snippet(self, teaser: Teaser, *, length: int, how: str, ending: str) -> str:
        """Cut a teaser's text as a list does.

        Args:
            teaser: the article.
            length: characters.
            how: `chars`, `words` or `sentence`.
            ending: what stands for the rest; not where nothing is cut.
        """
        text = teaser.text.strip()
        if how == "sentence":
            sentences = _SENTENCE_END.split(text)
            out = sentences[0]
            for sentence in sentences[1:]:
                if len(out) + len(sentence) >= length:
                    break
                out = f"{out} {sentence}"
            return out[: 2 * length]
        if len(text) <= length:
            return text
        return (text[:length].rstrip() if how == "chars" else self.clipped(text, length)) + ending

    def tags(self, count: int) -> list[str]:
        """Return up to `count` labels: the page's own first, then those of other pages, then words of its headline."""
        found = dict.fromkeys(tag.lstrip("# ") for tag in self.page.tags[:count])
        for _ in range(4 * (count - len(found))):
            lender = self.other()
            if lender.tags and self.rng.random() < 0.95:
                found.setdefault(self.rng.choice(lender.tags).lstrip("# "))
            elif not lender.tags and self.rng.random() < 0.3:
                found.setdefault(self._keyword(lender))
            if len(found) >= count:
                break
        found.pop("", None)
        return list(found)[:count]

    def _keyword(self, page: LabelledPage) -> str:
        text = page.title or (page.body[0] if page.body else "")
        if self.wide:
            start = self.rng.randrange(max(1, len(text) - 4))
            return text[start : start + self.rng.randint(2, 5)].strip("，。：“”、！？ ")
        found = _WORD.findall(text)
        if not found:
            return ""
        at = self.rng.randrange(len(found))
        return " ".join(found[at : at + (1 if self.rng.random() < 0.7 else 2)])

    def name(self) -> str:
        """Draw the name of an author."""
        return self.rng.choice(self.words.phrases("names"))

    def section(self) -> str:
        """Draw the name of a section of the site, or a label."""
        if self.rng.random() < 0.25:
            return next(iter(self.tags(1)), self.site)
        return self.rng.choice(self.words.phrases("sections"))

    def furniture(self, *, end: bool, most: int) -> Sequence[str]:
        """Return neighbouring boilerplate lines of a page: from its beginning, or its end."""
        lender = self.other() if self.rng.random() < 0.85 else self.page
        lines = lender.boilerplate
        count = self.rng.randint(1, most)
        if self.rng.random() < 0.2 and len(lines) > count:
            start = self.rng.randrange(len(lines) - count)
            return lines[start : start + count]
        return lines[-count:] if end else lines[:count]

    def comment(self) -> str:
        """Draw what a reader remarks."""
        lender = self.page if self.page.comments and self.rng.random() < 0.5 else self.other()
        if lender.comments and self.rng.random() < 0.5:
            return self.rng.choice(lender.comments)
        if lender.body and self.rng.random() < 0.6:
            sentences = _SENTENCE_END.split(self.rng.choice(self.other().body or lender.body))
            return " ".join(sentences[: self.rng.randint(1, 3)])[:600]
        return self.words.phrase("remark")


def gather(page: LabelledPage, pool: Sequence[LabelledPage], words: Words, rng: random.Random) -> Content:
    """Make ready what a page can be written from.

    Args:
        page: the page.
        pool: pages that may lend it content; it may be among them.
        words: what its site speaks.
        rng: what to draw from.
    """
    far = [other for other in pool if other.id != page.id]
    near = [other for other in far if other.language == page.language]
    used = {text for text in (page.title, page.previous, page.next) if text}
    return Content(
        rng=rng,
        page=page,
        near=near,
        far=far,
        words=words,
        site=_site(words),
        wide=page.language in WIDE,
        used=used,
    )


def _site(words: Words) -> str:
    place, paper = words.anywhere("places"), words.anywhere("papers")
    how = words.rng.random()
    if how < 0.15:
        return place
    if how < 0.3:
        return f"{place}{paper}{words.anywhere('endings')}".lower()
    return f"The {place} {paper}" if how < 0.4 and words.language == "en" else f"{place} {paper}"
