"""Pages made to stall a parser, at a size at which anything but linear time shows."""

from __future__ import annotations

import subprocess
import sys

import pytest

N = 100_000
MB = 1 << 20
_LINE = "Running text number {i} of some words that ends a sentence here."
_HEADLINE = "'<h1>A headline of six words or so</h1>'"
_LD = "'<script type=\"application/ld+json\">'"
_PROSE = "'<p>' + 'Running text that makes an article of the page, word after word. ' * 20"

TRAPS = {
    "nested-divs": f"'<div>' * {N} + 'x'",
    "nested-divs-closed": f"'<div>' * {N} + 'x' + '</div>' * {N}",
    "nested-divs-with-text": f"'<div>some text here' * {N // 2}",
    "nested-inline": f"'<b>x ' * {N}",
    "unclosed-p": f"'<p>x' * {N}",
    "unclosed-p-of-prose": f"'<p>Running text of nine words that ends a sentence here.' * {N // 4}",
    "unclosed-links": f"'<a href=x>x' * {N}",
    "links-in-one-block": f"'<p>' + '<a href=/a>a link</a> ' * {N}",
    "headline-links": f"'<li><a href=/some-long-slug-here>A headline of some six words</a>' * {N // 4}",
    "nested-inline-in-p": f"'<p>' + '<b><i>' * {N} + 'x'",
    "attributes": f"'<p ' + ' '.join(f'a{{i}}=b' for i in range({N})) + '>x'",
    "repeated-attribute": f"'<p ' + 'class=b ' * {N} + '>x'",
    "long-class": f"'<div class=\"' + 'tag comment share ' * {N} + '\"><p>x'",
    "classes-nested": f"'<div class=\"related article-body\">' * {N // 4} + {_PROSE}",
    "nested-prose": f"''.join(f'<div>{_LINE}' for i in range({N // 4}))",
    "nested-prose-inline": f"''.join(f'<b>{_LINE}<br><br>' for i in range({N // 4}))",
    "nested-links-above-article": f"'<div><a href=/a>some text</a>' * {N // 4} + {_HEADLINE} + {_PROSE}",
    "nested-cells-of-prose": f"''.join(f'<table><tr><td>{_LINE}' for i in range({N // 8}))",
    "table-row-of-cells": f"'<table><tr>' + ''.join(f'<td>{_LINE}' for i in range({N // 4}))",
    "nested-quotes-of-prose": f"''.join(f'<blockquote><p>{_LINE}' for i in range({N // 8}))",
    "end-tags": f"'</b>' * {N}",
    "end-tags-of-p": f"'x</p>' * {N}",
    "misnested": f"'<b><i></b></i>x' * {N}",
    "stray-end-tags-under-depth": f"'<b>' * {N // 4} + '</i>x' * {N // 4}",
    "deep-lists": f"'<ul><li>' * {N} + 'x'",
    "deep-tables": f"'<table><tr><td>' * {N // 4} + {_PROSE}",
    "table-cells-of-prose": f"'<table><tr><td>' * 200 + {_PROSE} + ''.join(f'<td>{_LINE}' for i in range({N // 10}))",
    "breaks": f"'x<br>' * {N}",
    "double-breaks": f"'x<br><br>' * {N}",
    "less-than": f"'<' * {MB}",
    "less-than-letter": f"'<a' * {MB // 2}",
    "less-than-bang": f"'<!' * {MB // 2}",
    "comment-starts": f"'<!--' * {MB // 4}",
    "end-tag-starts": f"'</' * {MB // 2}",
    "question-marks": f"'<?' * {MB // 2}",
    "cdata-starts": f"'<![CDATA[' * {MB // 9}",
    "script-starts": f"'<script>' * {N}",
    "title-starts": f"'<title>' * {N}",
    "quotes": f"'<p a=\"' * {N}",
    "greater-than": f"'<p>' + '>' * {MB}",
    "ampersands": f"'<p>' + '&' * {MB}",
    "references": f"'<p>' + '&amp' * {MB // 4}",
    "numeric-references": f"'<p>&#' + '1' * {MB}",
    "doctypes": f"'<!doctype html>' * {N}",
    "meta-charset": f"'<meta ' * {N} + 'charset'",
    "times": f"'<time datetime=2024-05-03>x</time>' * {N}",
    "json-ld-depth": f"'<script type=\"application/ld+json\">' + '[' * {N} + '</script><p>x'",
    "json-ld-objects": f"'<script type=\"application/ld+json\">' + '{{\"@graph\":' * {N} + '</script><p>x'",
    "json-ld-list": f"'<script type=\"application/ld+json\">[' + '{{}},' * {N} + '{{}}]</script><p>x'",
    "json-ld-number": f"'<script type=\"application/ld+json\">[' + '1' * {MB} + ']</script><p>x'",
    "json-ld-scripts": f"'<script type=\"application/ld+json\">{{}}</script>' * {N}",
    "json-ld-authors": f"{_LD} + '{{\"@type\":\"Article\",\"author\":\"' + 'a and ' * {N} + '\"}}</script><p>x'",
    "long-title-element": f"'<title>' + 'a - ' * {MB // 4} + '</title><h1>x</h1>' + {_PROSE}",
    "long-title": f"'<title>' + 'word ' * {MB // 5} + '</title><h1>' + 'word ' * {MB // 5} + '</h1>' + {_PROSE}",
    "title-of-signs": f"'<title>' + ' | ' * {MB // 3} + '</title><h1>x</h1>' + {_PROSE}",
    "headline-of-signs": f"'<h1>' + ' | ' * {MB // 3} + '</h1>' + {_PROSE}",
    "title-of-blanks": f"'<meta property=og:title content=\"a' + ' ' * {MB} + 'b\"><h1>a b</h1>' + {_PROSE}",
    "byline-of-names": f"{_HEADLINE} + '<p class=byline>By ' + 'Ann Lee, ' * {N} + '</p>' + {_PROSE}",
    "tag-links": f"{_HEADLINE} + {_PROSE} + '<p class=tags>' + '<a rel=tag href=/tag/a>a</a> ' * {N}",
    "long-author": f"'<meta name=author content=\"' + ' and ' * {MB // 5} + '\">' + {_PROSE}",
    "long-date": f"'<meta property=article:published_time content=\"' + '1' * {MB} + '\">' + {_PROSE}",
    "long-url": f"'<link rel=canonical href=\"http://a/' + 'a' * {MB} + '\"><p><a href=\"' + '../' * {N} + '\">x</a>'",
    "long-language": f"'<html lang=\"' + 'a-' * {MB // 2} + '\">' + {_PROSE}",
    "style": f"'<p style=\"' + 'display ' * {MB // 8} + '\">x'",
    "style-blanks": f"'<p style=\"display' + ' ' * {MB} + '\">x'",
    "pre": f"'<pre>' + 'x  \\n' * {N}",
    "text-long-line": "'word ' * 1_000_000",
    "text-endless-line": "'word ' * 4_000_000",
    "text-tiny-blocks": "'a\\n\\n' * 1_000_000",
    "text-misread": f"'Ã©' * {MB}",
    "text-misread-in-part": f"'aÃ© é é ' * {MB // 4}",
    "html-endless-line": "'<p>' + 'word ' * 4_000_000",
    "tiny-blocks": "'<p>a' * 1_000_000",
    "bytes-utf-16": f"'新桥\\n'.encode('utf-16-le') * {MB}",
    "text-no-blank": "'x' * 5_000_000",
    "text-spaces": f"'a' + ' ' * {MB} + 'b'",
    "text-nbsp": f"'a' + '\\u00a0' * {MB} + 'b'",
    "text-only-spaces": f"' ' * {MB}",
    "text-zero-width": f"'a' + '\\u200b' * {MB} + 'b'",
    "text-zero-width-lines": f"'\\u200b\\n' * {MB // 2} + 'x'",
    "text-newlines": f"'a' + '\\n' * {MB} + 'b'",
    "text-lines": f"'a line\\n' * {N}",
    "text-same-prose": f"'Running text of nine words that ends a sentence here.\\n' * {N // 2}",
    "text-headlines": f"'A headline of some six words\\n' * {N}",
    "text-pairs": f"'A headline of some six words\\nA teaser of the article that is cut off...\\n' * {N // 2}",
    "text-wrapped": f"('word ' * 15 + '\\n') * {N}",
    "text-wide": f"'的' * {MB}",
    "text-tags": f"'Tags\\n' * {N}",
    "text-tag-line": f"'Tags: ' + 'a, ' * {N}",
    "text-hashtags": f"'#a ' * {N}",
    "text-hashtags-short-lines": f"('#a' * 140 + '!\\n') * {N // 20}",
    "text-markers": f"'<<:  The one before it\\n>>:  The one after it\\n' * {N // 2}",
    "text-arrows": f"'→ the one after it is here\\n' * {N // 2}",
    "text-arrows-in-a-line": f"'→' * {MB}",
    "text-previous": f"'Previous article\\n' * {N}",
    "text-related": f"'Related articles\\n' * {N}",
    "text-comments": f"'Comments\\n' * {N}",
    "text-dates": f"'3 May 2024\\n' * {N}",
    "text-date-in-a-line": f"'3 May 2024 ' * {N}",
    "text-brackets": f"'(' * {MB}",
    "text-photo-brackets": f"'(photo ' * {MB // 7}",
    "text-dashes": f"'-' * {MB}",
    "text-dash-lines": f"'- ' * {MB // 2}",
    "text-dots": f"'.' * {MB}",
    "text-ellipses": f"'…' * {MB}",
    "text-digits": f"'1' * {MB}",
    "text-digit-lines": f"'1 ' * {MB // 2}",
    "text-colons": f"'a: ' * {MB // 3}",
    "text-quotes": "'a' + '\"' * 1_000_000",
    "text-combining": f"'a' + '\\u0301' * {MB}",
    "text-surrogates": f"'\\ud800' * {MB}",
    "text-controls": f"'\\x00' * {MB}",
    "bytes-high": f"b'\\xff' * {MB}",
    "bytes-broken-utf-8": f"'é'.encode() * {MB // 4} + b'\\xc3'",
    "bytes-zero": f"b'\\x00' * {MB}",
    "bytes-escape": f"b'\\x1b$B' * {MB // 3}",
    "bytes-meta": f"b'<meta ' * {MB // 6} + b'\\xff'",
    "bytes-meta-charset": f"b'<meta charset=' * {MB // 14} + b'\\xff'",
}  # fmt: skip
SECONDS = 60
"""Far more than any page may take, far less than what a square of these sizes does take."""


@pytest.mark.slow
@pytest.mark.parametrize("trap", TRAPS)
def test_trap_ends(trap: str) -> None:
    kind = "text" if trap.startswith("text-") else "auto" if trap.startswith("bytes-") else "html"
    code = f"from newsds import extract; a = extract({TRAPS[trap]}, kind={kind!r}); print(a.page_chars)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) > N // 40


LINEAR = {
    "nested": "'<div>' * {n} + 'x'",
    "nested-inline": "'<b>' * {n} + 'x'",
    "attributes": "'<p ' + ' '.join(f'a{{i}}=b' for i in range({n})) + '>x'",
    "blocks": "'<p>a' * {n}",
    "links": "'<a href=/a>a</a> ' * {n}",
    "line": "'word ' * {n} * 20",
    "text-blocks": "'a\\n\\n' * {n}",
    "text-line": "'word ' * {n} * 20",
    "text-misread": "'aÃ© é ' * {n} * 4",
}
TIMED = """
import time
from newsds import extract
extract("<p>warm", kind="html")
def seconds(page):
    start = time.process_time()
    extract(page, kind={kind!r})
    return time.process_time() - start
print(min(seconds({small}) for _ in range(3)), min(seconds({large}) for _ in range(2)))
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", LINEAR)
def test_time_is_linear(name: str) -> None:
    small, large = (LINEAR[name].format(n=n) for n in (10_000, 40_000))
    code = TIMED.format(kind="text" if name.startswith("text-") else "html", small=small, large=large)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=SECONDS, check=True)
    one, four = map(float, done.stdout.split())
    assert four < 8 * one + 0.1  # of a square it is 16 times
