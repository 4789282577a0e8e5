"""What hostile pages write into titles, tags, addresses and names, and what an HTML file may hold of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

MARK = "NEWSDSPWNED"
SCRIPT = f"window.{MARK}=1"
MARKUP = (
    f"<script>{SCRIPT}</script>",
    f"</script><script>{SCRIPT}</script>",
    f"</style><script>{SCRIPT}</script>",
    f"</title><script>{SCRIPT}</script>",
    f"</textarea><script>{SCRIPT}</script>",
    f"--><script>{SCRIPT}</script><!--",
    f"]]><script>{SCRIPT}</script>",
    f"<ScRiPt >{SCRIPT}</sCrIpT >",
    f"<scr<script>ipt>{SCRIPT}</scr</script>ipt>",
    f"<script/x>{SCRIPT}</script>",
    f"<script src=//evil.example/{MARK}.js></script>",
    f"<img src=x onerror={SCRIPT}>",
    f"<img src=x onerror={SCRIPT}//",
    f"<img/src='x'/onerror='{SCRIPT}'>",
    f"<svg onload={SCRIPT}>",
    f"<svg><script>{SCRIPT}</script></svg>",
    f"<svg><animate onbegin={SCRIPT} attributeName=x dur=1s>",
    f"<svg><use href='data:image/svg+xml,<svg id=x onload={SCRIPT}>#x'/></svg>",
    f"<math><mtext><style><img src=x onerror={SCRIPT}></style></mtext></math>",
    f"<body onload={SCRIPT}>",
    f"<iframe srcdoc='<script>{SCRIPT}</script>'></iframe>",
    f"<iframe src=javascript:{SCRIPT}></iframe>",
    f"<object data=javascript:{SCRIPT}></object>",
    f"<embed src=javascript:{SCRIPT}>",
    f"<a href=javascript:{SCRIPT}>x</a>",
    f"<form action=javascript:{SCRIPT}><button>x</button></form>",
    f"<button formaction=javascript:{SCRIPT}>x</button>",
    f"<input autofocus onfocus={SCRIPT}>",
    f"<details open ontoggle={SCRIPT}>",
    f"<video><source onerror={SCRIPT}></video>",
    f"<audio src=x onerror={SCRIPT}>",
    f"<marquee onstart={SCRIPT}>x</marquee>",
    f"<meta http-equiv=refresh content='0;url=javascript:{SCRIPT}'>",
    "<base href=//evil.example/>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css';</style>",
    f"<template><script>{SCRIPT}</script></template>",
    f"<noscript><p title='</noscript><img src=x onerror={SCRIPT}>'></noscript>",
    f"<select><style></select><img src=x onerror={SCRIPT}></style>",
    f"<xmp><script>{SCRIPT}</script></xmp>",
    f"<plaintext><script>{SCRIPT}</script>",
    f'" onmouseover="{SCRIPT}" x="',
    f"' onmouseover='{SCRIPT}' x='",
    f"` onmouseover=`{SCRIPT}",
    f'"><script>{SCRIPT}</script>',
    f"'><script>{SCRIPT}</script>",
    f"&lt;script&gt;{SCRIPT}&lt;/script&gt;",
    f"&#60;script&#62;{SCRIPT}&#60;/script&#62;",
    f"&#x3c;script&#x3e;{SCRIPT}",
    f"\\u003cscript\\u003e{SCRIPT}",
    f"+ADw-script+AD4-{SCRIPT}+ADw-/script+AD4-",
    f"{{{{ self.__init__.__globals__ }}}}{{% for x in range(9) %}}{MARK}{{% endfor %}}",
    "{# comment #}{{ 7 * 191 }}",
    f"${{{SCRIPT}}} #{{{SCRIPT}}} <%= {SCRIPT} %>",
    f"<\x00script>{SCRIPT}</script>",
    f"<scr\x00ipt>{SCRIPT}</scr\x00ipt>",
    f"\x1b[31m<b>\x1b]8;;javascript:{SCRIPT}\x07x\x1b]8;;\x07",
    f"\u202e<script>{SCRIPT}</script>\u202c",
    f"\u2066\u2067\u2068{MARK}\u2069",
    f"＜script＞{SCRIPT}＜/script＞",
    f"\ufeff<script>{SCRIPT}</script>",
    f"\x0c<script\x0c>{SCRIPT}</script\x0c>",
    f"\x85\x9b31m\x7f\x08\x08\x08{MARK}",
    f"\ud800<script>{SCRIPT}</script>\udfff",
    f"\ufffe\uffff{MARK}\U000e0041\U000e007f",
)
"""Markup, and what a terminal or the direction of text would make of it."""
ADDRESSES = (
    f"javascript:{SCRIPT}",
    f"JaVaScRiPt:{SCRIPT}",
    f" javascript:{SCRIPT}",
    f"java\nscript:{SCRIPT}",
    f"\x01javascript:{SCRIPT}",
    f"javascript://https://a.example/%0a{SCRIPT}",
    f"data:text/html,<script>{SCRIPT}</script>",
    f"data:text/html;base64,{MARK}",
    f"vbscript:{MARK}",
    "file:///etc/passwd",
    "blob:https://a.example/1",
    "//evil.example/x",
    "https:evil.example",
    "http://",
    f'https://a.example/"onmouseover="{SCRIPT}',
    f"https://a.example/'onmouseover='{SCRIPT}",
    f"https://a.example/<script>{SCRIPT}</script>",
    "https://a.example/\u202egpj.exe",
    "https://a.example/\x1b[31m",
)
"""Addresses of which only those of the web may become links."""
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e007f\ud800-\udfff]"
)
_ELEMENTS = set(
    "html head meta title style body a header span button main h1 h2 h3 p bdi section ul li div label input table "
    "caption tbody thead tr th td script nav details summary dl dt dd svg rect path text desc code strong del "
    "ins".split()
)
_ATTRIBUTES = set(
    "lang charset http-equiv content name class href type hidden id aria-label aria-labelledby role data-prefix "
    "aria-pressed tabindex data-b data-role aria-describedby scope title dir rel target viewbox width height x y rx d "
    "text-anchor aria-hidden colspan preserveaspectratio aria-live autocomplete".split()
)


@dataclass
class _Seen(HTMLParser):
    found: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    links: list[dict[str, str | None]] = field(default_factory=list)
    metas: list[dict[str, str | None]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    referred: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    _open: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in _ELEMENTS, tag
        assert len(dict(attrs)) == len(attrs), attrs
        for name, value in attrs:
            assert name in _ATTRIBUTES, (tag, name, value)
            if name == "id":
                self.ids.append(value or "")
            if name.startswith("aria-") and name in ("aria-labelledby", "aria-describedby"):
                self.referred += (value or "").split()
        if tag == "a":
            self.links.append(dict(attrs))
        if tag == "meta":
            self.metas.append(dict(attrs))
        if tag in ("script", "style"):
            (self.scripts if tag == "script" else self.styles).append("")
        self._open = tag

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_data(self, data: str) -> None:
        if self._open in ("script", "style"):  # which may come in parts
            (self.scripts if self._open == "script" else self.styles)[-1] += data
        else:
            self.text.append(data)


def look(page: str) -> _Seen:
    """Parse a file that newsds wrote, and check that it holds nothing but what newsds puts there."""
    assert not _HIDDEN.search(page), _HIDDEN.search(page)
    page.encode()
    seen = _Seen()
    seen.feed(page)
    seen.close()
    for link in seen.links:
        target = link["href"] or ""
        if target.startswith("#"):
            continue
        assert re.match(r"https?://[^\s\"<>]+\Z", target), target
        assert "noopener" in (link["rel"] or "").split()
    assert len(set(seen.ids)) == len(seen.ids)
    assert set(seen.referred) <= set(seen.ids)
    for code in (*seen.scripts, *seen.styles):
        assert MARK not in code
    return seen
