"""Regenerates the sourced part of `newsds/segment/lexicon.json` from translations of blog and site software.

    python tools/lexicon.py SOURCES          # rewrites the lexicon, prints what it left out and why
    python tools/lexicon.py SOURCES --check  # exits 1 if that would change it

SOURCES is a folder with one folder for each source of `SOURCES`, named as there, holding the unpacked package. To
obtain them (Debian 12, PyPI and npm; the versions are in the table):

    apt-get download wordpress-l10n && dpkg -x wordpress-l10n_*.deb wordpress
    apt-get download mediawiki && dpkg -x mediawiki_*.deb mediawiki
    apt-get download $(apt-cache depends firefox-esr-l10n-all | grep -o 'firefox-esr-l10n-[a-z-]*$' | grep -v -- -all)
    for f in firefox-esr-l10n-*.deb; do dpkg -x "$f" firefox; done
    pip download --no-deps plone.app.locales Nikola django-blog-zinnia mezzanine mkdocs-material isso   # unzip, tar x
    npm pack @docusaurus/theme-translations @astrojs/starlight hexo-theme-next hexo-theme-icarus hexo-theme-fluid \
        hexo-theme-butterfly ghost          # tar x; the hexo themes side by side in one folder `hexo`;
    tar x -f ghost/package/components/tryghost-i18n-*.tgz -C ghost           # inside ghost

A word is taken if the software uses it where a page shows it: `Tags`, `Previous Post`, `By: %s`. Placeholders and
punctuation at its end go; what then still holds one, or markup, a digit or a sentence, is left out, as is what equals
the English word of its category. Words written for newsds (source `own`) are kept as they stand. The output depends
on the sources and the `own` words alone.
"""

from __future__ import annotations

import argparse
import ast
import gettext
import html
import json
import re
import sys
import unicodedata
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Final

import yaml

from newsds.segment.lexicon import key

LEXICON: Final = Path(__file__).resolve().parents[1] / "newsds" / "segment" / "lexicon.json"
OWN: Final = "own"
OWN_TITLE: Final = "written for newsds from the common wording of news sites and blogs"
BROADER: Final = {"ad": "chrome", "more": "inline_related", "share": "chrome", "subscribe": "chrome"}
"""Categories whose words are words of another one too; the file holds them once."""

Message = tuple[str, str, str]
"""Language, id of the message, translation."""
Words = dict[str, dict[str, dict[str, set[str]]]]
"""Category, language, folded word: its sources."""

_OWN_SUPPORT: Final = 1000
"""What an own word counts for; a sourced one counts its sources."""
_LONGEST: Final = 40
"""Characters of a marker, at most: longer ones are sentences."""
_MOST_WORDS: Final = 5
_PLACEHOLDER: Final = r"%(?:\d\$)?[sd]|%\(\w+\)s|\$?\{+\s*\w+\s*\}+|\$\d|#"
_LEADING: Final = re.compile(rf"^\s*(?:(?:{_PLACEHOLDER})\s*)+")
_TRAILING: Final = re.compile(rf"(?:[\s:：«»„“\"'({{-]*(?:{_PLACEHOLDER})[\s.»”\"')]*)+$")
_MARKUP: Final = re.compile(r"<[^<>]{1,60}>")
_REJECTED: Final = re.compile(r"[%${}<>&|/\\@#\d=*_]|[.!?。！？।]\s*\S|[!?！？]$|\s[-–—]\s|[(（].*[)）]|[\u200e\u200f]")
_WITHOUT_BLANKS: Final = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Scripts of which one character may be a word, and Korean."""
_CODES: Final = {
    "cz": "cs",
    "fil": "tl",
    "fu": "fur",
    "iw": "he",
    "ku-iq": "ckb",
    "kz": "kk",
    "nb": "no",
    "vn": "vi",
    "sr-latin": "sr",
}
"""Language codes that a source has of its own, or that mean the same here."""
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")

DROPPED: Final = {
    "byline": "per gan nga kwa ana garatzailea geliştirici hönnuður izstrādāja разработчики"
    " შემქმნელი โดยผู้ดูแลระบบ 已寫入 szerzőé",
    "chrome": "генератор бәрі",
    "comments": "versturen verstuur отправить 意見 版本附註 توضیحات پاسخ_دهید ghi_chú նշում նշումներ הערה"
    " הערות تبادلہ تبادلے تبادلہ_شامل_کریں تبادلے_میں_شامل_ہوں mchango پیوستن",
    "date": "post_created updated_at ditulis_oleh creado_por modificado_por kreita_por"
    " modifita_por שונה פרסום stvaranje تخلیق تحديث the_date",
    "more": "mehr více viac більше читать tovább прочети",
    "next": "이전_게시물 ďalej_na ေရှ့သို့ ေနာက်သို့ ရှေ့သို့ နောက်သို့ הכי_חדש sau tiếp sesudah sakwise berikut आगामी পরে",
    "previous": "다음_게시물 naspäť_na ေရှ့သို့ ေနာက်သို့ ရှေ့သို့ နောက်သို့ ultima_pagina trước sebelum sakdurunge කලින් 以前",
    "related": "son ссылки collegamenti सन्दर्भाः i̇stinadlar patula-patali",
    "share": "گەڕان भजतु",
    "subscribe": "تشہیر",
    "tags": "label ominaisuus mục इसके_अधीन depusă_în_conformitate_cu 整理基準 shranjeno_kot зберігається_у",
}
"""Translations that mark too much, or have another sense, by category, found by reading them; `_` is a blank."""

_STRONGER: Final = ("chrome", "previous", "related", "more", "next", "date")
"""Which category has a word that as many translations give to each of two."""

_BESIDE: Final = {
    frozenset(pair)
    for pair in (
        ("related", "inline_related"),
        ("related", "more"),
        ("inline_related", "more"),
        ("ad", "related"),
        ("chrome", "ad"),
        ("chrome", "share"),
        ("chrome", "subscribe"),
        ("chrome", "caption"),
        ("chrome", "inline_related"),
        ("chrome", "more"),
        ("chrome", "related"),
    )
}
"""Pairs of categories that may share a word: a heading, a lead-in and a link read alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Software whose translations name headings and markers."""

    folder: str
    """name of its folder"""
    title: str
    """name, version, package and licence"""
    read: Callable[[Path], Iterable[Message]]
    words: Mapping[str, str]
    """category: ids of messages, parted by ` | `"""
    known_languages: bool = False
    """only languages that another source has too"""


def language_of(code: str) -> str | None:
    """Return the language of a locale's code, None for a private or historical one.

    >>> language_of("pt_BR"), language_of("sr@latn"), language_of("nb_NO"), language_of("map-bms")
    ('pt', 'sr', 'no', 'map')
    """
    code = code.replace("_", "-").replace("@", "-").lower()
    for known in (code, code.partition("-")[0]):
        if known in _CODES:
            return _CODES[known]
    base = code.partition("-")[0]
    return base if _LANGUAGE.fullmatch(base) else None


def _catalogues(folder: Path, pattern: str, code: Callable[[Path], str]) -> Iterator[Message]:
    for path in sorted(folder.glob(pattern)):
        with path.open("rb") as f:
            catalogue = gettext.GNUTranslations(f)._catalog  # type: ignore[attr-defined]  # the one way to list it
        for message, text in catalogue.items():
            if isinstance(message, str):
                yield code(path), message, text
                if "\x04" in message:  # with a context
                    yield code(path), message.partition("\x04")[2], text


def _english(messages: Iterable[Message]) -> Iterator[Message]:
    """Messages that are their own English."""
    seen = set()
    for language, message, text in messages:
        if message not in seen:
            seen.add(message)
            yield "en", message, message.rpartition("\x04")[2]
        yield language, message, text


def _wordpress(folder: Path) -> Iterator[Message]:
    return _english(_catalogues(folder, "**/languages/*.mo", lambda p: p.stem.rpartition("-")[2]))


def _gettext(name: str) -> Callable[[Path], Iterator[Message]]:
    return lambda folder: _catalogues(folder, f"**/LC_MESSAGES/{name}.mo", lambda p: p.parents[1].name)


def _django(folder: Path) -> Iterator[Message]:
    return _english(_gettext("django")(folder))


def _nikola(folder: Path) -> Iterator[Message]:
    for path in sorted(folder.glob("**/themes/base/messages/messages_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign):
                for message, text in ast.literal_eval(node.value).items():
                    yield path.stem.removeprefix("messages_"), message, text


def _pairs(pattern: str, code: Callable[[Path], str]) -> Callable[[Path], Iterator[Message]]:
    """`"message": "translation"` in files that are no JSON as a whole."""

    def read(folder: Path) -> Iterator[Message]:
        for path in sorted(folder.glob(pattern)):
            for found in re.finditer(r'^\s*"([\w.-]+)": ("(?:[^"\\]|\\.)*")', path.read_text(encoding="utf-8"), re.M):
                yield code(path), found[1], str(json.loads(found[2]))

    return read


def _json(pattern: str, code: Callable[[Path], str]) -> Callable[[Path], Iterator[Message]]:
    def read(folder: Path) -> Iterator[Message]:
        for path in sorted(folder.glob(pattern)):
            for message, text in json.loads(path.read_text(encoding="utf-8")).items():
                if isinstance(text, str):
                    yield code(path), message, text

    return read


def _yaml(folder: Path) -> Iterator[Message]:
    for path in sorted(folder.glob("**/languages/*.yml")):
        if path.stem != "default":
            data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
            for message, text in _leaves(data, ""):
                yield path.stem, message, text


def _leaves(data: object, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(data, dict):
        for k, v in data.items():
            yield from _leaves(v, f"{name}.{k}" if name else str(k))
    elif isinstance(data, str):
        yield name, data


def _isso(folder: Path) -> Iterator[Message]:
    for language, message, text in _pairs("**/js/app/i18n/*.js", lambda p: p.stem)(folder):
        for form in text.split("\n"):
            yield language, message, form


def _firefox(folder: Path) -> Iterator[Message]:
    for path in sorted(folder.glob("**/langpack-*.xpi")):
        code = path.name.removeprefix("langpack-").partition("@")[0]
        with zipfile.ZipFile(path) as pack:
            for name in sorted(pack.namelist()):
                if name.endswith(("toolkit/pdfviewer/viewer.ftl", "browser/newtab/newtab.ftl")):
                    for found in re.finditer(r"^([\w-]+) = (.+)$", pack.read(name).decode("utf-8"), re.M):
                        yield code, found[1], found[2]


SOURCES: Final[Mapping[str, Source]] = {
    "du": Source(
        folder="docusaurus",
        title="Docusaurus 3.10.2 theme translations, npm @docusaurus/theme-translations (MIT)",
        read=_json("**/locales/*/theme-common.json", lambda p: p.parent.name.replace("base", "en")),
        words={
            "tags": "theme.tags.tagsListLabel | theme.tags.tagsPageTitle",
            "previous": "theme.blog.post.paginator.olderPost | theme.blog.paginator.olderEntries"
            " | theme.docs.paginator.previous",
            "next": "theme.blog.post.paginator.newerPost | theme.blog.paginator.newerEntries"
            " | theme.docs.paginator.next",
            "date": "theme.lastUpdated.lastUpdatedAtBy",
            "byline": "theme.blog.authorsList.pageTitle",
            "chrome": "theme.common.skipToMainContent | theme.BackToTopButton.buttonAriaLabel"
            " | theme.blog.archive.title",
            "error": "theme.NotFound.title",
            "more": "theme.blog.post.readMore",
        },
    ),
    "ff": Source(
        folder="firefox",
        title="Firefox ESR 140.12 language packs, Debian firefox-esr-l10n-* (MPL-2.0)",
        read=_firefox,
        words={
            "ad": "newtab-topsite-sponsored",
            "byline": "pdfjs-document-properties-author",
            "date": "pdfjs-document-properties-creation-date | pdfjs-document-properties-modification-date",
            "tags": "pdfjs-document-properties-keywords",
        },
    ),
    "gh": Source(
        folder="ghost",
        title="Ghost 5.130.6 translations, npm ghost (MIT)",
        read=_json("**/locales/*/*.json", lambda p: p.parent.name),
        words={
            "tags": "Tags",
            "comments": "Comments | Comment | View comments | Add comment | Join the discussion",
            "related": "Recommendations",
            "byline": "By {authors} | Authors",
            "subscribe": "Subscribe | Sign up | Sign up now | Email newsletter | Enter your email address"
            " | Your email address",
            "chrome": "Sign in | Sign out | Reply | Sort by",
        },
    ),
    "hx": Source(
        folder="hexo",
        title="Hexo themes next 8.29.0 (AGPL-3.0), icarus 6.1.1 (MIT), fluid 1.9.9 (GPL-3.0), butterfly 5.7.0"
        " (Apache-2.0), npm hexo-theme-*",
        read=_yaml,
        words={
            "tags": "title.tag | title.category | menu.tags | menu.categories | common.tag.one"
            " | common.tag.other | common.category.one | common.category.other | tag.title"
            " | category.title | page.tag | page.category",
            "previous": "common.prev | post.prev_post | pagination.prev | accessibility.prev_page",
            "next": "common.next | post.next_post | pagination.next | accessibility.next_page",
            "related": "post.related_posts | post.recommend | aside.card_recent_post | widget.recents",
            "comments": "article.comments | post.comments | comment",
            "byline": "article.licensing.author | post.copyright.author | post.copyright.post_author"
            " | copy_copyright.author",
            "date": "article.licensing.created_at | article.licensing.updated_at | article.created_at"
            " | article.updated_at | post.posted | post.edited | post.created | post.modified"
            " | post.updated | post.copyright.posted | post.copyright.updated",
            "more": "article.more | post.read_more",
            "share": "share",
            "subscribe": "widget.subscribe | widget.subscribe_email",
            "ad": "widget.adsense",
            "chrome": "menu.home | menu.archives | menu.search | menu.sitemap | home.title | archive.title"
            " | search.title | search.search | common.archive.one | common.archive.other"
            " | page.archives | accessibility.back_to_top | plugin.backtotop"
            " | rightside.back_to_top | aside.card_newest_comments.headline | load_more",
            "error": "page404.title | error404",
        },
    ),
    "is": Source(
        folder="isso",
        title="Isso 0.14.0, PyPI isso (MIT)",
        read=_isso,
        words={"comments": "num-comments", "chrome": "comment-reply"},
    ),
    "mm": Source(
        folder="material",
        title="Material for MkDocs 9.8.1, PyPI mkdocs-material (MIT)",
        read=_pairs("**/partials/languages/*.html", lambda p: p.stem),
        words={
            "tags": "blog.categories",
            "previous": "footer.previous",
            "next": "footer.next",
            "related": "blog.references",
            "comments": "meta.comments",
            "byline": "blog.authors",
            "date": "source.file.date.created | source.file.date.updated",
            "more": "blog.continue",
            "share": "search.share",
            "chrome": "action.skip | blog.archive | search | top | consent.accept | consent.reject",
        },
    ),
    "mw": Source(
        folder="mediawiki",
        title="MediaWiki 1.39.17, Debian mediawiki (GPL-2.0-or-later)",
        read=_json("**/languages/i18n/*.json", lambda p: p.stem),
        words={
            "tags": "categories | upload-form-label-infoform-categories",
            "previous": "prev-page | table_pager_prev",
            "next": "next-page | table_pager_next",
            "related": "search-relatedarticle",
            "date": "listfiles_date",
            "chrome": "search | searchbutton | pt-login | pt-createaccount | mainpage-description | privacy",
        },
        known_languages=True,
    ),
    "mz": Source(
        folder="mezzanine",
        title="Mezzanine 6.1.1, PyPI mezzanine (BSD-2-Clause)",
        read=_django,
        words={
            "tags": "Tags | Tag: | Categories | Category: | Keywords",
            "related": "Related posts | Recent Posts",
            "comments": "Comments",
            "byline": "Posted by | Author: | Author",
            "date": "Published",
            "more": "read more",
            "share": "Share on Facebook | Share on Twitter",
            "chrome": "Log in | Search | Recent Comments | Reply | Archive",
            "error": "Page not found",
        },
    ),
    "nk": Source(
        folder="nikola",
        title="Nikola 8.3.3, PyPI Nikola (MIT)",
        read=_nikola,
        words={
            "tags": "Tags | Categories | Tags and Categories",
            "previous": "Previous post | Previous | Older posts",
            "next": "Next post | Next | Newer posts",
            "related": "More posts about %s",
            "comments": "Comments",
            "byline": "Authors",
            "date": "Posted: | Publication date | updated",
            "more": "Read more",
            "chrome": "Skip to main content | Archive",
        },
    ),
    "pl": Source(
        folder="plone",
        title="Plone, plone.app.locales 7.0.4, PyPI plone.app.locales (GPL-2.0)",
        read=_gettext("plone"),
        words={
            "tags": "label_tags | Tags | Tag | Category | Keywords | label_keywords"
            " | section_keywords_heading | filed under:",
            "previous": "label_previous_item",
            "next": "label_next_item",
            "related": "section_related_heading | label_related_items | box_more_news_link",
            "comments": "Comments | label_comments | label_comment | label_add_comment | Add a comment",
            "byline": "by | label_by_author",
            "date": "Date | Publication date | publiciation_date | label_effective_date | Last modified"
            " | box_last_modified | box_published | Modification date | Creation date"
            " | listingheader_modified",
            "more": "read_more",
            "chrome": "Search | label_search | box_search | Log in | label_log_in | box_sign_in | label_reply",
        },
    ),
    "st": Source(
        folder="starlight",
        title="Starlight 0.42.4, npm @astrojs/starlight (MIT)",
        read=_pairs("**/dist/translations/*.js", lambda p: p.stem),
        words={
            "previous": "page.previousLink",
            "next": "page.nextLink",
            "date": "page.lastUpdated",
            "chrome": "skipLink.label | search.label | menuButton.accessibleLabel",
        },
    ),
    "wp": Source(
        folder="wordpress",
        title="WordPress translations, Debian wordpress-l10n 6.1.9 (GPL-2.0-or-later)",
        read=_wordpress,
        words={
            "tags": "Tags | Tags:  | Tag | Categories | Category",
            "previous": "&laquo; Previous | &laquo; Previous Page | Previous Post | Previous post"
            " | Previous page | Older posts",
            "next": "Next &raquo; | Next Page &raquo; | Next Post | Next post | Next page | Newer posts",
            "related": "Recent Posts",
            "comments": "Comments | Comment | Leave a Comment | Leave a comment | Leave a Reply | Post Comment"
            " | Submit Comment",
            "byline": "By: %s | By %s | by %s | Author | Author: | <strong>Author:</strong> %s",
            "date": "Published | Published on: | Last updated | Last updated: %s | Date | Published on: <b>%1$s</b>",
            "more": "Read more | Read More | Continue reading",
            "chrome": "Log in | Log In | Search | Search for: | Archives | Reply | Cancel reply | Show menu"
            " | Menu | Register | Skip to content | Recent Comments | Post navigation",
            "error": "Page not found",
        },
    ),
    "zi": Source(
        folder="zinnia",
        title="Zinnia 0.20, PyPI django-blog-zinnia (BSD)",
        read=_django,
        words={
            "tags": "Tags | tags | Categories | categories",
            "previous": "Previous entry",
            "next": "Next entry",
            "related": "Related entries | Similar entries | Popular entries | Recent entries",
            "comments": "Comments | Comment | Post your comment",
            "byline": "Written by | Author | Authors",
            "date": "Last update on | publication date",
            "more": "Continue reading",
            "chrome": "Archives | Search | Recent comments",
            "error": "Page not found",
        },
    ),
}


def clean(text: str, category: str) -> str | None:
    """Return a translation as the lexicon compares it, None if it is no marker.

    >>> clean("Von: %s", "byline"), clean("« Vorherige Seite", "previous"), clean("%s tarafından", "byline")
    ('von', 'vorherige seite', None)
    """
    text = _MARKUP.sub("", html.unescape(html.unescape(text)))
    text = _TRAILING.sub("", text)
    if category == "comments":
        text = _LEADING.sub("", text)
    text = text.strip()
    if text[:1] in "(（" and text[-1:] in ")）":
        text = text[1:-1]
    if _REJECTED.search(text.rstrip(" .…:")):
        return None
    word = key(text)
    least = 1 if _WITHOUT_BLANKS.match(word) else 3
    if not least <= len(word) <= _LONGEST or len(word.split()) > _MOST_WORDS:
        return None
    return word if any(unicodedata.category(c)[0] == "L" for c in word) else None


def collect(folder: Path) -> Words:
    """Return the sourced words."""
    out: Words = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
    dropped: Mapping[str, set[str]] = defaultdict(set, {c: set(words.split()) for c, words in DROPPED.items()})
    known = {"en"}
    for name, source in sorted(SOURCES.items(), key=lambda item: item[1].known_languages):
        wanted: dict[str, list[str]] = defaultdict(list)
        for category, ids in source.words.items():
            for message in ids.split(" | "):
                wanted[message].append(category)
        found = 0
        for code, message, text in source.read(folder / source.folder):
            language = language_of(code)
            if language is None or not text or message not in wanted:
                continue
            if source.known_languages and language not in known:
                continue
            for category in wanted[message]:
                word = clean(text, category)
                if word and word.replace(" ", "_") not in dropped[category]:
                    out[category][language][word].add(name)
                    found += 1
        if not found:
            raise SystemExit(f"no translations in {folder / source.folder}: see the head of {__file__}")
        if not source.known_languages:
            known |= {language for languages in out.values() for language in languages}
    return out


def merge(sourced: Words, own: Words) -> Words:
    """Return the words of both, without those that are English in another language's list."""
    out: Words = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
    for words in (own, sourced):
        for category, languages in words.items():
            for language, entries in languages.items():
                for word, sources in entries.items():
                    out[category][language][word] |= sources
    for languages in out.values():
        for language in list(languages):
            if language != "en":
                for word in [w for w, s in languages[language].items() if OWN not in s and w in languages["en"]]:
                    del languages[language][word]
            if not languages[language]:
                del languages[language]
    return out


def resolve(words: Words) -> list[str]:
    """Drop words from the categories that speak less for them; return what was dropped, a line each."""
    support: dict[str, Counter[str]] = defaultdict(Counter)
    for category, languages in words.items():
        for entries in languages.values():
            for word, sources in entries.items():
                support[word][category] += _OWN_SUPPORT if OWN in sources else len(sources)
    dropped = []
    for word, counts in sorted(support.items()):
        for one, other in combinations(sorted(counts), 2):
            if frozenset((one, other)) in _BESIDE or not counts[one] or not counts[other]:
                continue
            if BROADER.get(one) == BROADER.get(other) is not None:
                continue
            winner = max((one, other), key=lambda c: (counts[c], -_STRONGER.index(c) if c in _STRONGER else -99))
            losers = [c for c in (one, other) if c != winner and counts[c] < _OWN_SUPPORT]
            for loser in losers:
                where = sorted(la for la, entries in words[loser].items() if word in entries)
                dropped.append(f"{word}: not {loser} ({' '.join(where)}) but {winner}")
                counts[loser] = 0
                for language in where:
                    if OWN not in words[loser][language][word]:
                        del words[loser][language][word]
    return dropped


def read_own() -> Words:
    """Return the words that were written for newsds."""
    data = json.loads(LEXICON.read_text(encoding="utf-8"))
    out: Words = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
    for category, languages in data["entries"].items():
        for language, groups in languages.items():
            for sources, entries in groups.items():
                if OWN in sources.split():
                    for word in entries.split("|"):
                        out[category][language][word].add(OWN)
    return out


def render(words: Words) -> str:
    """Return the file: a line for each language of each category."""
    titles = {OWN: OWN_TITLE, **{name: source.title for name, source in SOURCES.items()}}
    out = [
        "{",
        ' "about": "Heading and marker words of web pages, folded: category, language, sources, words between bars.",',
    ]
    out.append(f' "sources": {json.dumps(titles, ensure_ascii=False, indent=2, sort_keys=True)[:-1]} }},')
    out.append(f' "broader": {json.dumps(BROADER, sort_keys=True)},')
    out.append(' "entries": {')
    blocks = []
    for category, languages in sorted(words.items()):
        lines = []
        for language, entries in sorted(languages.items()):
            groups: dict[str, list[str]] = defaultdict(list)
            for word, sources in sorted(entries.items()):
                groups[" ".join(sorted(sources))].append(word)
            if groups:
                joined = {sources: "|".join(group) for sources, group in sorted(groups.items())}
                line = json.dumps(joined, ensure_ascii=False, separators=(",", ":"))
                lines.append(f'   "{language}": {line}')
        blocks.append(f'  "{category}": {{\n' + ",\n".join(lines) + "\n  }")
    return "\n".join(out) + "\n" + ",\n".join(blocks) + "\n }\n}\n"


def main() -> int:
    """Run the script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("sources", type=Path, help="folder with the unpacked packages, one folder a source")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the lexicon would change")
    args = parser.parse_args()
    words = merge(collect(args.sources), read_own())
    say = sys.stdout.write
    for line in resolve(words):
        say(f"{line}\n")
    for category, languages in sorted(words.items()):
        count = sum(map(len, languages.values()))
        say(f"{category}: {sum(1 for e in languages.values() if e)} languages, {count} words\n")
    text = render(words)
    if args.check:
        return int(text != LEXICON.read_text(encoding="utf-8"))
    LEXICON.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
