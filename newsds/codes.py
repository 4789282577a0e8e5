"""The codes that say what was done to a page, and why an input is no row, each with its meaning."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Code(StrEnum):
    """A code that carries its meaning."""

    meaning: str
    """a sentence for whoever meets the code"""

    def __new__(cls, value: str, meaning: str = "") -> Self:
        """Make a member of `(value, meaning)`."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member


class Flag(Code):
    """What was done to a page, or is missing from it, that a reader of the data should know."""

    ENCODING_GUESSED = (
        "encoding_guessed",
        "no byte-order mark, header or meta named the encoding, and the bytes are not UTF-8: a detector chose",
    )
    CHARSET_CONFLICT = ("charset_conflict", "another encoding was declared than the bytes are in")
    CHARACTERS_REPLACED = (
        "characters_replaced",
        "bytes that are no character in the encoding became U+FFFD; `replaced_chars` counts them",
    )
    MOJIBAKE = (
        "mojibake",
        "UTF-8 that was read as windows-1252 before it came here, as `cafÃ©`; it is left as it is",
    )
    CONTROL_CHARACTERS = (
        "control_characters",
        "NUL and other control characters became U+FFFD; `replaced_chars` counts them",
    )
    TRUNCATED = (
        "truncated",
        "the end of the page is missing: it was longer than the limit `page_bytes` and was cut there, or its container "
        "ended before it did",
    )
    RESYNCED = (
        "resynced",
        "the container was damaged before the page, and reading went on at the next record found; the damaged range "
        "is in the ledger",
    )
    DIGEST_MISMATCH = (
        "digest_mismatch",
        "the page's bytes are not those that its container states the digest, checksum or length of",
    )
    BLOCKS_MERGED = (
        "blocks_merged",
        "the page held more blocks than the limit `page_blocks`; the rest became one boilerplate block",
    )
    BINARY = ("binary", "the bytes are not text")
    REFERENCE_PARSER = ("reference_parser", "the fast parser failed on the page, and BeautifulSoup read it")
    NO_TITLE = ("no_title", "no headline was found on the page")
    NO_ARTICLE = ("no_article", "no article body was found on the page: a listing, an error page, an empty page")
    METADATA_CONFLICT = (
        "metadata_conflict",
        "the page's metadata names another headline or date than the page shows; the visible page decides, "
        "but for a date later than the declared one, which may be that of an update",
    )
    TIMEZONE_ASSUMED = ("timezone_assumed", "a date on the page names no time zone and was read as UTC")
    LANGUAGE_GUESSED = ("language_guessed", "the page declares no language: a detector chose")


class Reason(Code):
    """Why an input is not a row of the dataset."""

    EMPTY = ("empty", "the input holds no visible character")
    BINARY = ("binary", "the input is not text")
    TOO_LARGE = (
        "too_large",
        "the page is longer than the limit `page_bytes`, or a file that must be held in memory than `buffered_bytes`",
    )
    TOO_MANY = ("too_many", "the input holds more members than the limit `members`")
    TOO_DEEP = ("too_deep", "archives and compressions lie deeper in each other than the limit `nesting`")
    UNREADABLE = ("unreadable", "the operating system refused to read the input")
    DAMAGED = (
        "damaged",
        "bytes of a container that hold no readable record, among them headers longer than the limit `header_bytes`",
    )
    EXPANDED = (
        "expanded",
        "compressed data that unpacks to more than the limits `expanded_bytes` and `expansion_ratio` allow",
    )
    MALFORMED = (
        "malformed",
        "a record that breaks the rules of its container: a line that is no JSON object, a row with too many fields, a "
        "line longer than the limit `line_bytes`",
    )
    NO_TEXT = ("no_text", "the record has no field with the text of a page")
    ENCRYPTED = ("encrypted", "the member of an archive is encrypted")
    HTTP_STATUS = ("http_status", "the server answered with a status other than 2xx: no page")
    MEDIA_TYPE = ("media_type", "the record declares that it is no text: an image, a script, a font")
    REVISIT = ("revisit", "the record says that the page was the same as in an earlier capture, and does not hold it")
    UNKNOWN_FORMAT = ("unknown_format", "neither content nor suffix tell what the input is")
    NO_ARTICLE = ("no_article", "the page holds no article body")
    INVALID = ("invalid", "the row breaks a rule of the schema; the message names every one")
    DUPLICATE = (
        "duplicate",
        "another input holds the same page, or the same title and text; `duplicate_of` names the row kept",
    )
    CRASHED = (
        "crashed",
        "newsds itself failed on the page, with both its parsers, or needed more memory than the limit `worker_bytes`: "
        "a defect, please report it with the page",
    )
    TIMEOUT = (
        "timeout",
        "reading the page took longer than the limit `read_seconds`, or taking it apart longer than `page_seconds`",
    )
