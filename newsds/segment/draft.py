"""The labels of a page while they are being found: what the rules read and write."""

from __future__ import annotations

import re
from typing import Final

from newsds.model import Blocks, Labels, Role
from newsds.segment import lexicon
from newsds.segment.cues import Cues, is_credited, is_figures, is_notice, read_cues
from newsds.segment.elements import looks_like
from newsds.segment.region import Region

_BY: Final = re.compile(
    r"(?:by|von|par|por|di|door|af|av|oleh|автор|作者|記者|记者|文|بقلم)\b(?!\s+(?:the|der|die|das|la|le|el)\b)",
    re.IGNORECASE,
)
"""A byline without a colon."""


class Draft:
    """A page, its cues, and the roles found so far; the first rule that gives a block a role has the say."""

    def __init__(self, blocks: Blocks) -> None:
        self.blocks = blocks
        self.cues: Cues = read_cues(blocks)
        self.size = len(blocks)
        self.roles: list[Role | None] = [None] * self.size
        self.reasons = [""] * self.size
        self.region = Region(start=0, end=0)
        self.title = -1
        """block of the headline, -1 if none was found"""

    @property
    def is_html(self) -> bool:
        """The page is HTML."""
        return self.blocks.kind == "html"

    def set(self, i: int, role: Role, reason: str) -> None:
        """Give block `i` a role, if it has none yet."""
        if self.roles[i] is None:
            self.roles[i] = role
            self.reasons[i] = reason

    def free(self, i: int) -> bool:
        """Say whether block `i` is one, and has no role yet."""
        return 0 <= i < self.size and self.roles[i] is None

    def in_body(self, i: int) -> bool:
        """Say whether block `i` is in the body's run of blocks."""
        region = self.region
        return region.start <= i < region.end and (not region.inside or region.inside[i])

    def labels(self) -> Labels:
        """Return the roles; what has none is boilerplate."""
        for i in range(self.size):
            self.set(i, Role.BOILERPLATE, "nothing speaks for another role")
        return Labels(roles=[r or Role.BOILERPLATE for r in self.roles], reasons=self.reasons)

    # what more than one rule asks of a block

    def title_like(self, i: int) -> bool:
        """Say whether a block reads as the headline of an article."""
        text, cues = self.blocks.text[i], self.cues
        return (
            8 <= len(text) <= 220
            and 2.5 <= cues.words[i] <= 34
            and not cues.date[i]
            and not cues.categories[i]
            and not is_figures(text)
            and not is_notice(text)
            and not lexicon.opens_chrome(text)
            and not (cues.ends[i] and text[-1] in ".。:：;" and not cues.cut[i])
        )

    def caption_like(self, i: int) -> bool:
        """Say whether a block is marked as a caption: by its element, a lead-in, or the photographer's name."""
        cues, text = self.cues, self.blocks.text[i]
        if "figcaption " in cues.within[i] or looks_like("caption", cues.labels[i]):
            return True
        if cues.words[i] > 40:
            return False
        start = lexicon.split_marker(text, "caption")
        if start is not None and not text[:start].strip()[-1:].isalnum():
            return True
        return is_credited(text)

    def byline_like(self, i: int) -> bool:
        """Say whether a block names the author."""
        cues, text = self.cues, self.blocks.text[i]
        if cues.words[i] > 16 or len(text) > 120 or (cues.ends[i] and not text.endswith(".")):
            return False
        if looks_like("byline", cues.labels[i]) and cues.words[i] > 1:
            return True
        if lexicon.split_marker(text, "byline") is not None:
            return True
        return _BY.match(text) is not None and 2 <= cues.words[i] <= 9
