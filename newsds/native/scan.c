/* Tokens of a page of HTML, as ranges of its characters: the tokenizer of the HTML standard, 13.2.5. What a token says is
   not read here, and so nothing is made, and nothing can fail. */

#include "blocks.h"

#define NO_CHARACTER 0x110000 /* behind the page */

static int is_letter(Py_UCS4 c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static Py_UCS4 peek(const Text *page, Py_ssize_t at)
{
    return at < page->length ? text_at(page, at) : NO_CHARACTER;
}

/* Where an ASCII character stands in the page, from `at` on; where there is none, the page's end. Its byte is looked for,
   which is fast; other characters may have it, too. */
static Py_ssize_t find(const Text *page, Py_UCS4 c, Py_ssize_t at)
{
    const char *const chars = page->data;
    while (at < page->length) {
        const char *const found = memchr(chars + at * page->kind, (int)c, (size_t)((page->length - at) * page->kind));
        if (found == NULL)
            return page->length;
        at = (found - chars) / page->kind;
        if (text_at(page, at) == c)
            return at;
        at++;
    }
    return page->length;
}

/* --- tags ---------------------------------------------------------------------------------------------------------- */

/* scan_attribute for one width of characters: the compiler makes a function of its own for each. */
static inline Py_ALWAYS_INLINE int attribute_in(int kind, const Text *page, Py_ssize_t *place, Attribute *found)
{
#define AT(i) ((i) < end ? PyUnicode_READ(kind, data, i) : NO_CHARACTER)
    const void *const data = page->data;
    const Py_ssize_t end = page->length;
    Py_ssize_t at = *place;
    Py_UCS4 c;
    while (is_white(c = AT(at)) || c == '/')
        at++;
    *place = at + 1;
    if (c == '>' || c == NO_CHARACTER)
        return c == '>' ? 0 : -1;
    found->name = at++;
    while (!is_white(c = AT(at)) && c != '=' && c != '/' && c != '>' && c != NO_CHARACTER)
        at++;
    found->name_end = found->value = found->value_end = at;
    while (is_white(c = AT(at)))
        at++;
    if (c == '=') {
        at++;
        while (is_white(c = AT(at)))
            at++;
        if (c == '"' || c == '\'') {
            found->value = at + 1;
            found->value_end = find(page, c, at + 1);
            *place = found->value_end + 1;
            return found->value_end < end ? 1 : -1;
        }
        found->value = at;
        while (!is_white(c = AT(at)) && c != '>' && c != NO_CHARACTER)
            at++;
        found->value_end = at;
    }
    *place = at;
    return c == NO_CHARACTER ? -1 : 1;
#undef AT
}

int scan_attribute(const Text *page, Py_ssize_t *at, Attribute *found)
{
    if (page->kind == PyUnicode_1BYTE_KIND)
        return attribute_in(PyUnicode_1BYTE_KIND, page, at, found);
    if (page->kind == PyUnicode_2BYTE_KIND)
        return attribute_in(PyUnicode_2BYTE_KIND, page, at, found);
    return attribute_in(PyUnicode_4BYTE_KIND, page, at, found);
}

/* Where the name ends that begins at `at`. */
static Py_ssize_t end_of_name(const Text *page, Py_ssize_t at)
{
    Py_UCS4 c;
    while (!is_white(c = peek(page, at)) && c != '/' && c != '>' && c != NO_CHARACTER)
        at++;
    return at;
}

/* Read a tag, whose name begins at `name`; 0 if the page ends in it. */
static int scan_tag(Scanner *s, Token *token, Py_ssize_t name)
{
    Attribute attribute;
    int status;
    token->name = name;
    token->name_end = end_of_name(&s->page, name);
    Py_ssize_t at = token->name_end;
    do
        status = scan_attribute(&s->page, &at, &attribute);
    while (status > 0);
    s->at = token->end = status < 0 ? s->page.length : at;
    return status == 0;
}

/* --- what is no tag ------------------------------------------------------------------------------------------------ */

/* Where the comment ends that begins at `start`. */
static Py_ssize_t end_of_comment(const Text *page, Py_ssize_t start)
{
    const Py_ssize_t first = start + 4; /* behind its `<!--` */
    for (Py_ssize_t at = first;; at++) {
        at = find(page, '>', at);
        if (at == page->length)
            return at;
        const Py_ssize_t inside = at - first;
        const Py_ssize_t dashes = inside > 2 && text_at(page, at - 1) == '!' ? at - 1 : at;
        if (inside == 0 || (inside == 1 && text_at(page, first) == '-'))
            return at + 1;
        if (inside > 1 && text_at(page, dashes - 1) == '-' && text_at(page, dashes - 2) == '-')
            return at + 1;
    }
}

/* Read a comment, a declaration, or what is taken for one. */
static int scan_other(Scanner *s, Token *token)
{
    const Text *const page = &s->page;
    const Py_ssize_t at = token->start;
    if (peek(page, at + 1) == '!' && peek(page, at + 2) == '-' && peek(page, at + 3) == '-')
        token->end = end_of_comment(page, at);
    else {
        const Py_ssize_t last = find(page, '>', at + 2);
        token->end = last < page->length ? last + 1 : last;
    }
    s->at = token->end;
    return 1;
}

/* --- text ---------------------------------------------------------------------------------------------------------- */

enum { SIGN, NOTHING, TAG_START, TAG_END, OTHER_START };

/* What begins with the `<` at `at`. */
static int what_begins(const Text *page, Py_ssize_t at)
{
    const Py_UCS4 c = peek(page, at + 1);
    if (is_letter(c))
        return TAG_START;
    if (c == '!' || c == '?')
        return OTHER_START;
    if (c != '/')
        return SIGN;
    const Py_UCS4 after = peek(page, at + 2);
    return is_letter(after) ? TAG_END : after == '>' ? NOTHING : after == NO_CHARACTER ? SIGN : OTHER_START;
}

/* Find where the text ends that begins at `start`, which is moved behind what is nothing; and what begins there. */
static Py_ssize_t end_of_text(const Text *page, Py_ssize_t *start, int *begins)
{
    for (Py_ssize_t at = *start;;) {
        at = find(page, '<', at);
        *begins = at < page->length ? what_begins(page, at) : SIGN;
        if (at == page->length || *begins > NOTHING)
            return at;
        const Py_ssize_t behind = *begins == SIGN ? at + 1 : at + 3;
        if (*begins == NOTHING && at == *start)
            *start = behind;
        at = behind;
    }
}

/* Whether a word in lower case stands at `at`, and a tag's name ends behind it. */
static int names(const Text *page, Py_ssize_t at, const char *word)
{
    for (; *word; word++, at++) {
        const Py_UCS4 c = peek(page, at);
        if (c != (Py_UCS4)*word && !(is_letter(c) && (c | 0x20) == (Py_UCS4)*word))
            return 0;
    }
    const Py_UCS4 behind = peek(page, at);
    return is_white(behind) || behind == '/' || behind == '>';
}

/* Whether the end tag stands at `at` that ends the text of the element that was opened. */
static int ends_element(const Scanner *s, Py_ssize_t at)
{
    const Text *const page = &s->page;
    if (peek(page, at + 1) != '/')
        return 0;
    at += 2;
    for (Py_ssize_t i = s->name; i < s->name_end; i++, at++) {
        const Py_UCS4 c = text_at(page, i), other = peek(page, at);
        if (c != other && !(is_letter(c) && is_letter(other) && (c | 0x20) == (other | 0x20)))
            return 0;
    }
    const Py_UCS4 behind = peek(page, at);
    return is_white(behind) || behind == '/' || behind == '>';
}

/* Where the text of an element ends in which nothing but its end tag is a tag. */
static Py_ssize_t end_of_raw(const Scanner *s, Py_ssize_t at)
{
    while ((at = find(&s->page, '<', at)) < s->page.length && !ends_element(s, at))
        at++;
    return at;
}

/* Where a script ends. In a comment there may be scripts, whose end tags do not end it (13.2.5.15 and following). */
static Py_ssize_t end_of_script(const Scanner *s, Py_ssize_t at)
{
    const Text *const page = &s->page;
    int inner = 0; /* in a script of the comment */
    while ((at = find(page, '<', at)) < page->length && !ends_element(s, at)) {
        at++;
        if (peek(page, at) != '!' || peek(page, at + 1) != '-' || peek(page, at + 2) != '-')
            continue;
        for (at++; at < page->length; at++) {
            const Py_UCS4 c = text_at(page, at);
            if (c == '-' && peek(page, at + 1) == '-' && peek(page, at + 2) == '>')
                break;
            if (c != '<')
                continue;
            if (inner)
                inner = !(peek(page, at + 1) == '/' && names(page, at + 2, "script"));
            else if (ends_element(s, at))
                return at;
            else
                inner = names(page, at + 1, "script");
        }
        inner = 0;
    }
    return at;
}

/* --- tokens -------------------------------------------------------------------------------------------------------- */

void scan_inside(Scanner *s, const Token *tag, int inside)
{
    s->inside = inside;
    s->name = tag->name;
    s->name_end = tag->name_end;
}

int scan_begin(Scanner *s, PyObject *page)
{
    if (text_of(&s->page, page) < 0)
        return -1;
    if (s->page.length > PY_SSIZE_T_MAX / 8) {
        PyErr_SetString(PyExc_ValueError, "no such page");
        return -1;
    }
    s->at = 0;
    s->inside = IN_TEXT;
    return 0;
}

int scan_next(Scanner *s, Token *token)
{
    const Text *const page = &s->page;
    Py_ssize_t start = s->at, end;
    int begins = TAG_END;
    token->inside = s->inside;
    if (s->inside == IN_TEXT)
        end = end_of_text(page, &start, &begins);
    else if (s->inside == IN_RAW)
        end = end_of_raw(s, start);
    else
        end = s->inside == IN_SCRIPT ? end_of_script(s, start) : page->length;
    s->inside = IN_TEXT;
    token->start = start;
    if (end > start) {
        token->type = T_TEXT;
        s->at = token->end = end;
        return 1;
    }
    if (end == page->length)
        return 0;
    token->type = begins == TAG_START ? T_START : begins == TAG_END ? T_END : T_OTHER;
    return begins == OTHER_START ? scan_other(s, token) : scan_tag(s, token, start + (begins == TAG_START ? 1 : 2));
}
