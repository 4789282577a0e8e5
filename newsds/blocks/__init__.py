"""Decoded page → blocks: the smallest pieces of a page that have one role each.

text.py     text dumps: a line, or the lines of a hard-wrapped paragraph
html.py     HTML, by a scanner in C, or tokenised by turbohtml where that was not built: fast
soup.py     HTML, parsed by BeautifulSoup's html.parser: slow, pure Python, the reference
builder.py  what html.py and soup.py share: tokens in, blocks out; for html.py in C, where that was built
head.py     what a page says of itself out of sight
tags.py     what a tag does to the text around it
"""

from __future__ import annotations

from newsds.blocks.html import html_blocks
from newsds.blocks.text import text_blocks

__all__ = ["html_blocks", "text_blocks"]
