"""Folds of labelled pages: a publisher's pages, and the copies of a page, are all in one.

A publisher's pages share a layout, so figures on pages of a publisher that the fit has seen are too good. Which fold a
page is in depends on its own id and address alone: not on other pages, their order or the machine.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final
from urllib.parse import urlsplit

_DATE: Final = re.compile(r"[_-](?:19|20)\d\d(?:[_-]?\d\d){1,2}$")
_COUNTRY: Final = re.compile(r"[a-z]{2,3}")
_ADDRESS: Final = re.compile(r"[\d.]+|.*:.*")
_SHARED: Final = frozenset(
    "ac asn co com edu gob gob gouv gov govt go gv id info ltd me mil ne net nhs nom or org plc pp res sch web".split()
)
"""Labels below a country's that anyone can register under: `co.uk`, `com.br`. The usual ones: what is missing here puts
publishers together, never a publisher's pages apart."""


def publisher(page_id: str, url: str | None = None) -> str:
    """Return who published a page: the registered domain of its address, else what its id says.

    Without an address, the id is read as `[prefix-][country-]name[_date]`: the prefix, which says what set of pages
    the copy is from, and the date are left out. A page whose id names no publisher is its own.

    Args:
        page_id: the page's id in its set.
        url: its address.

    >>> publisher("wcxb-0006", "https://blog.example.co.uk/kites"), publisher("0006", "http://example.co.uk:80/")
    ('example.co.uk', 'example.co.uk')
    >>> publisher("news-at-DerStandard_2024_05_03"), publisher("at-DerStandard_2024_05_04")
    ('at-DerStandard', 'at-DerStandard')
    >>> publisher("set-b-0006"), publisher("0006")
    ('0006', '0006')
    """
    host = _host(url) if url else None
    if host:
        return _registered(host)
    pieces = [piece for piece in _DATE.sub("", page_id).split("-") if piece]
    if not pieces:
        return page_id
    *before, name = pieces
    country = before[-1] if before and not name.isdigit() and _COUNTRY.fullmatch(before[-1]) else None
    return f"{country}-{name}" if country else name


def fold_of(publisher: str, folds: int = 5) -> int:
    """Return the fold that a publisher's pages are in, from 0: by SHA-256 of its name.

    The name alone counts, without country and top-level domain, so that pages known by their address and pages known
    by their id come together.

    Args:
        publisher: as `publisher` returns it.
        folds: how many there are.

    Raises:
        ValueError: there is no fold.

    >>> fold_of("at-DerStandard") == fold_of("derstandard.at"), 0 <= fold_of("example.org", folds=3) < 3
    (True, True)
    """
    if folds < 1:
        raise ValueError(f"folds={folds}: there must be one at least")
    return int.from_bytes(_digest(publisher), "big") % folds


def share_of(publisher: str) -> float:
    """Return where in an even draw of publishers one stands, from 0 to 1: a half of them stand below 0.5.

    It has nothing to do with the fold that the publisher is in.

    >>> share_of("at-DerStandard") == share_of("derstandard.at"), 0 <= share_of("example.org") < 1
    (True, True)
    """
    again = hashlib.sha256(_digest(publisher)).digest()
    return int.from_bytes(again[:4], "big") / 2**32


def _digest(publisher: str) -> bytes:
    return hashlib.sha256(_name(publisher).encode("utf-8", "surrogatepass")).digest()


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:  # a bracket that is no address
        return None


def _registered(host: str) -> str:
    host = host.strip(".")
    if _ADDRESS.fullmatch(host):
        return host
    labels = host.split(".")
    size = 3 if len(labels[-1]) == 2 and len(labels) > 2 and labels[-2] in _SHARED else 2
    return ".".join(labels[-size:])


def _name(publisher: str) -> str:
    """What is hashed: the first label of a domain, or what follows the country; letters and digits alone."""
    name = publisher.partition(".")[0] if "." in publisher.strip(".") else publisher.rpartition("-")[2]
    return "".join(c for c in name.casefold() if c.isalnum()) or publisher
