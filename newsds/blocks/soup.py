"""Blocks of an HTML page, from the tree of BeautifulSoup over Python's own `html.parser`.

Slow, pure Python and memory-safe: what the fast parser is held against in tests, and what a page can be read with that
the fast one fails on.

Known differences, by the standard library: before Python 3.11.14, 3.12.12 and 3.13.6 `html.parser` reads tags inside
`title`, `textarea`, `iframe`, `noembed`, `noframes`, `xmp` and `plaintext` as tags, where they are text; the `&copy` of
`href="?a&copy=b"` as a character reference; `</script x>` as no end of a script and `</ p>` as the end of a paragraph;
and a script, or a value with `>` in it, that the end of the page cuts off as text.
"""

from __future__ import annotations

import re
import warnings
from typing import Any, Final

from bs4 import BeautifulSoup, Tag
from bs4.builder._htmlparser import BeautifulSoupHTMLParser, HTMLParserTreeBuilder
from bs4.element import NavigableString, PreformattedString

from newsds.blocks.builder import BlockBuilder
from newsds.blocks.tags import IMPLIED
from newsds.chars import ENDLESS
from newsds.limits import PAGE_BLOCKS
from newsds.model import Blocks

_COMMENT: Final = re.compile("<!--(?:-?>|.*?--!?>)", re.DOTALL)
"""A comment (HTML standard, 13.2.5.43 and following); without an end it goes on to the end of the page."""


class _Parser(BeautifulSoupHTMLParser):
    """Reads `<p/>` as `<p>`, as the HTML standard does."""

    finished = False

    def __init__(self, soup: Any, *args: Any, **kwargs: Any) -> None:
        # the builder decodes references itself, and without this html.parser takes all behind `&#1a` for text
        super().__init__(soup, *args, **kwargs | {"convert_charrefs": True})
        soup.parser = self

    def parse_comment(self, i: int, report: object = True) -> int:
        found = _COMMENT.match(self.rawdata, i)
        self.handle_comment("")
        return found.end() if found else len(self.rawdata)

    def parse_html_declaration(self, i: int) -> int:
        if self.rawdata.startswith("<![", i):  # html.parser raises for what is no section of SGML
            return self.parse_bogus_comment(i)
        return super().parse_html_declaration(i)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag in self.CDATA_CONTENT_ELEMENTS:
            self.set_cdata_mode(tag)

    def handle_endtag(self, tag: str, check_already_closed: bool = True) -> None:
        self.soup.endData()  # which bs4 leaves out before an end tag that it ignores
        if check_already_closed and tag in IMPLIED and not self.soup.open_tag_counter[tag]:
            self.handle_starttag(tag, [], handle_empty_element=False)
            check_already_closed = False
        super().handle_endtag(tag, check_already_closed)

    def close(self) -> None:
        super().close()
        self.finished = True


class _TreeBuilder(HTMLParserTreeBuilder):
    def feed(self, markup: Any, _parser_class: type[BeautifulSoupHTMLParser] = _Parser) -> None:
        super().feed(markup, _parser_class)


class _Soup(BeautifulSoup):
    """Notes for each string where in the source it is."""

    def __init__(self, page: str) -> None:
        self.parser: _Parser | None = None
        self.ranges: dict[int, tuple[int, int]] = {}
        self.page_chars = len(page)
        self.text_from = 0
        self.lines = [0, 0]
        for line in page.split("\n"):
            self.lines.append(self.lines[-1] + len(line) + 1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "looks like a URL", "looks like XML": pages may look like anything
            builder = _TreeBuilder(on_duplicate_attribute="ignore", multi_valued_attributes=None)
            super().__init__(ENDLESS.sub(lambda m: "?" * len(m[0]), page), builder=builder)

    def _here(self) -> int:
        if self.parser is None or self.parser.finished:
            return self.page_chars
        line, column = self.parser.getpos()
        return self.lines[line] + column

    def handle_data(self, data: str) -> None:
        if not self.current_data:
            self.text_from = self._here()
        super().handle_data(data)

    def endData(self, containerClass: type[NavigableString] | None = None) -> None:  # noqa: N802, N803 (bs4's names)
        before = self._most_recent_element
        super().endData(containerClass)
        made = self._most_recent_element
        if made is not before:
            self.ranges[id(made)] = (self.text_from, self._here())


def soup_blocks(page: str, *, limit: int = PAGE_BLOCKS.value) -> Blocks:
    """Cut an HTML page into blocks, as `html_blocks` does.

    >>> from newsds.blocks.html import html_blocks
    >>> page = "<h1>Tea</h1><p>One &amp; <a href='/b'>two</a>."
    >>> soup_blocks(page) == html_blocks(page)
    True
    """
    soup = _Soup(page)
    builder = BlockBuilder(page, limit=limit)
    opened: list[Tag] = [soup]
    for item in soup.descendants:
        while item.parent is not opened[-1]:
            opened.pop()
            builder.close()
        if isinstance(item, Tag):
            # by the standard every line break is a line feed before the page is read
            builder.open(item.name, [(k, re.sub("\r\n?", "\n", str(v))) for k, v in item.attrs.items()])
            opened.append(item)
        elif not isinstance(item, PreformattedString):  # comments, declarations and their like
            builder.text(*soup.ranges[id(item)])
    for _ in opened[1:]:
        builder.close()
    return builder.finish()
