"""Bytes → text, with the evidence: which encoding, who named it, what had to be replaced.

The order is that of the WHATWG Encoding and HTML standards (byte-order mark, transport, `meta`, detector) with one
change: bytes that are sound UTF-8 with multi-byte sequences are UTF-8 whatever was declared, since archives re-encode
pages and leave the old declaration in place, while no other encoding's text is sound UTF-8 by chance.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import Final, Literal

from turbohtml.detect import detect

from newsds.chars import CONTROL
from newsds.limits import PAGE_BYTES
from newsds.model import Decoded, Flag
from newsds.mojibake import count_letters, is_mojibake, reads_as_mojibake
from newsds.native import kernels

_BOMS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16le"), (codecs.BOM_UTF16_BE, "utf-16be"))
_META: Final = re.compile(rb"""<meta[^>]{0,256}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_META_WINDOW: Final = 4096
"""Bytes searched for a `meta` declaration: the standard's 1024 is less than what pages put before it."""
_BINARY_CONTROLS: Final = bytes(c for c in range(32) if c not in b"\t\n\v\f\r\x1b")
_CONTROLS: Final = _BINARY_CONTROLS + b"\x1b\x7f"
_HIGH_CONTROL: Final = re.compile(rb"\xc2[\x80-\x84\x86-\x9f]")
"""The other control characters, in UTF-8."""
_BINARY_SHARE: Final = 0.01
"""More control bytes than this is no text: pages hold next to none, compressed and image data 8 % and more."""
_DAMAGED_UTF8: Final = 0.2
"""Broken sequences to sound ones up to which bytes are damaged UTF-8: of other encodings, most are broken."""
_UTF16: Final = dict.fromkeys(
    ("utf-16", "utf-16le", "unicode", "ucs-2", "iso-10646-ucs-2", "csunicode", "unicodefeff"), "utf-16le"
) | dict.fromkeys(("utf-16be", "unicodefffe"), "utf-16be")
"""The standard's labels of UTF-16, which it reads as UTF-8 in a `meta`."""
_SAMPLES: Final = ("Мэр города сообщил".encode("windows-1251"), "Мэр города сообщил".encode())
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


@lru_cache(maxsize=256)
def canonical_charset(label: str) -> str | None:
    """Return the WHATWG name, in lower case, of the encoding that `label` names; None if it names none.

    >>> canonical_charset("latin1"), canonical_charset("GB2312"), canonical_charset("klingon")
    ('windows-1252', 'gbk', None)
    """
    label = label.strip().lower()
    if not re.fullmatch(r"[\w.:-]{1,40}", label, re.ASCII):
        return None
    if label in _UTF16:
        return _UTF16[label]
    # The detector is the one public door to the standard's table of labels: a label in it is followed whatever the
    # text, any other leaves the choice to the text.
    meta = f'<meta charset="{label}">'.encode()
    found = {detect(meta + sample).encoding for sample in _SAMPLES}
    name = found.pop()
    return name.lower() if name and not found else None


def decode(content: bytes | str, *, charset: str | None = None, limit: int = PAGE_BYTES.value) -> Decoded:
    """Decode a page.

    Args:
        content: the page; a `str` is taken as decoded already.
        charset: what the transport declared.
        limit: bytes (characters of a `str`) read at most; more is cut off and flagged `truncated`.

    Returns:
        The text, in which no lone surrogate and no control character but white space is left.

    >>> page = decode("déjà".encode("windows-1252"))
    >>> page.text, page.charset, page.charset_source
    ('déjà', 'windows-1252', 'detector')
    """
    flags: set[Flag] = set()
    if len(content) > limit:
        content = content[:limit]
        flags.add(Flag.TRUNCATED)
    if isinstance(content, str):
        content, n = _SURROGATE.subn("\ufffd", content)
        flags.update([Flag.CHARACTERS_REPLACED] if n else [])
        return _finish(content.removeprefix("\ufeff"), "utf-8", "str", n, flags)
    for mark, marked in _BOMS:
        if content.startswith(mark):
            return _read(content[len(mark) :], marked, "bom", flags)
    declared = [(canonical_charset(charset or ""), "transport"), (_meta_charset(content), "meta")]
    name: str | None
    name, source = next(((n, s) for n, s in declared if n), (None, ""))
    clean = _clean(content)
    if clean is not None or _is_utf8(content, truncated=Flag.TRUNCATED in flags):
        if name not in (None, "utf-8") and not content.isascii():
            flags.add(Flag.CHARSET_CONFLICT)
        found: Literal["transport", "meta", "utf-8"] = "utf-8"
        if name == "utf-8":
            found = "transport" if source == "transport" else "meta"
        if clean is None:
            return _read(content, "utf-8", found, flags)
        text, *letters = clean
        flags.update([Flag.MOJIBAKE] if reads_as_mojibake(*letters) else [])
        return Decoded(text=text, charset="utf-8", charset_source=found, replaced_chars=0, flags=tuple(sorted(flags)))
    wide = _wide(content, name)
    if wide:
        flags.update([] if wide == name else [Flag.ENCODING_GUESSED])
        return _read(content, wide, "transport" if wide == name else "detector", flags)
    if content.translate(None, _BINARY_CONTROLS) != content and _control_share(content) > _BINARY_SHARE:
        flags.add(Flag.BINARY)
        return _read(content, "windows-1252", "default", flags)
    if name and name.startswith("utf-"):  # declared, and not true
        flags.add(Flag.CHARSET_CONFLICT)
    elif name:
        return _read(content, name, "transport" if source == "transport" else "meta", flags)
    flags.add(Flag.ENCODING_GUESSED)
    # without its declaration, which was looked at above, so that the detector judges the text alone
    guess = detect(_META.sub(b"<meta ", content)).encoding
    return _read(content, (guess or "windows-1252").lower(), "detector", flags)


def _meta_charset(content: bytes) -> str | None:
    window = content[:_META_WINDOW]
    found = _META.search(window) if b"charset" in window.lower() else None
    name = canonical_charset(found[1].decode("ascii", "replace")) if found else None
    return "utf-8" if name and name.startswith("utf-16") else name  # the standard's rule: it was read as ASCII


def _clean(content: bytes) -> tuple[str, int, int, int] | None:
    """Return the text of sound UTF-8 without a control character, which nearly every page is, and counts of letters.

    None for other bytes. The counts are those of `count_letters`.
    """
    if kernels is not None:
        return kernels.read_utf8(content)
    if len(content.translate(None, _CONTROLS)) < len(content) or (
        b"\xc2" in content and _HIGH_CONTROL.search(content) is not None
    ):
        return None
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text, *count_letters(content)


def _is_utf8(content: bytes, *, truncated: bool) -> bool:
    """UTF-8, whole or with little damage; plain ASCII counts, escape sequences of ISO-2022-JP do not."""
    if b"\x1b" in content and b"\x1b$" in content:
        return False
    if _control_share(content) > _BINARY_SHARE:
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        if truncated and error.start > len(content) - 4:
            return True
        text = content.decode("utf-8", "replace")
        broken = text.count("\ufffd")
        return broken <= _DAMAGED_UTF8 * (len(re.findall(r"[^\x00-\x7f]", text)) - broken)
    return True


def _control_share(content: bytes) -> float:
    return 1 - len(content.translate(None, _BINARY_CONTROLS)) / len(content) if content else 0.0


def _wide(content: bytes, declared: str | None) -> str | None:
    """UTF-16 without a byte-order mark: declared, or told by the zeros, which 8-bit text has not.

    In European languages one byte of most pairs is zero, always the same one; in others line ends and blanks have it,
    and the rest must read as text.
    """
    sample = content[: 1 << 16]
    pairs = len(sample) // 2
    low, high = sample[0::2].count(0), sample[1::2].count(0)
    if not low + high or (pairs < 8 and not (declared or "").startswith("utf-16")):
        return None
    likely: tuple[str, ...] = ("utf-16le", "utf-16be") if high > low else ("utf-16be", "utf-16le")
    if declared and declared.startswith("utf-16"):
        likely, sure = (declared,), True
    elif max(low, high) >= 0.3 * pairs:
        likely, sure = likely[:1], min(low, high) <= 0.02 * pairs
    else:
        sure = False
    for name in likely:
        text = sample[: 2 * pairs].decode(name, "replace")
        if len(CONTROL.findall(text)) + text.count("\ufffd") <= 0.02 * len(text) and (sure or _reads_as_text(text)):
            return name
    return None


def _reads_as_text(text: str) -> bool:
    """Letters of living scripts, for the most part: what numbers and pictures seldom come to, read as UTF-16."""
    kinds = Counter(map(unicodedata.category, text))
    letters = sum(kinds[kind] for kind in ("Lo", "Ll", "Lu", "Mn", "Mc"))
    return letters > 0.4 * len(text) and kinds["Cn"] + kinds["Co"] + kinds["Cs"] <= 0.005 * len(text)


def _read(
    content: bytes,
    name: str,
    source: Literal["bom", "utf-8", "transport", "meta", "detector", "default"],
    flags: set[Flag],
) -> Decoded:
    text = content.decode(name if name.startswith("utf") else f"whatwg-{name}", "replace")
    # U+FFFD that the page itself holds is not of our making
    replaced = text.count("\ufffd")
    if replaced and name.startswith("utf"):
        replaced -= content.decode(name, "ignore").count("\ufffd")
    if replaced > 0:
        flags.add(Flag.CHARACTERS_REPLACED)
    n = 0
    if not name.startswith("utf"):
        text, n = _SURROGATE.subn("\ufffd", text)
    return _finish(text, name, source, replaced + n, flags)


def _finish(
    text: str,
    name: str,
    source: Literal["str", "bom", "utf-8", "transport", "meta", "detector", "default"],
    replaced: int,
    flags: set[Flag],
) -> Decoded:
    text, n = CONTROL.subn("\ufffd", text)
    if n:
        flags.add(Flag.CONTROL_CHARACTERS)
    if Flag.BINARY not in flags and is_mojibake(text):
        flags.add(Flag.MOJIBAKE)
    return Decoded(
        text=text, charset=name, charset_source=source, replaced_chars=replaced + n, flags=tuple(sorted(flags))
    )
