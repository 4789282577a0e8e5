/* Texts of a page that read_text of newsds/blocks/builder.py would leave as they are, once references are decoded. */

#include "blocks.h"

int is_blank(Py_UCS4 c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' || c == 0xa0 || c == 0x3000 || c == 0x2003 ||
           c == 0x2002 || c == 0x2009;
}

/* is_clean for one width of characters: the compiler makes a loop of its own for each. */
static inline int is_clean_in(int kind, const void *data, Py_ssize_t start, Py_ssize_t end, int *has_signs)
{
    Py_UCS4 before = 0;
    int signs = 0;
    for (Py_ssize_t i = start; i < end; i++) {
        const Py_UCS4 c = PyUnicode_READ(kind, data, i);
        if (c <= ' ') {
            if (c != ' ' || before == ' ')
                return 0;
        } else if (c >= 127 && !Py_UNICODE_ISPRINTABLE(c))
            return 0;
        signs |= c == '&' || c == '<';
        before = c;
    }
    *has_signs = signs;
    return 1;
}

int is_clean(const Text *text, Py_ssize_t start, Py_ssize_t end, int *has_signs)
{
    if (text->kind == PyUnicode_1BYTE_KIND)
        return is_clean_in(PyUnicode_1BYTE_KIND, text->data, start, end, has_signs);
    if (text->kind == PyUnicode_2BYTE_KIND)
        return is_clean_in(PyUnicode_2BYTE_KIND, text->data, start, end, has_signs);
    return is_clean_in(PyUnicode_4BYTE_KIND, text->data, start, end, has_signs);
}

#define LONGEST 32 /* characters of a reference: as many as html.unescape looks at */

/* Where the reference ends that begins at `at`, behind its semicolon; -1 if it has none. */
static Py_ssize_t end_of_reference(const Text *page, Py_ssize_t at, Py_ssize_t end)
{
    const Py_ssize_t last = end - at > LONGEST ? at + LONGEST : end;
    for (Py_ssize_t i = at + 1; i < last; i++) {
        const Py_UCS4 c = text_at(page, i);
        if (c == ';')
            return i + 1;
        if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && c != '#')
            return -1;
    }
    return -1;
}

/* The character of a decimal reference `&#…;`; 0 for those that are another one by the standard, or none. */
static Py_UCS4 numbered(const Text *page, Py_ssize_t at, Py_ssize_t end)
{
    Py_UCS4 number = 0;
    if (end - at < 4 || end - at > 8)
        return 0;
    for (Py_ssize_t i = at + 2; i < end - 1; i++) {
        const Py_UCS4 c = text_at(page, i);
        if (c < '0' || c > '9')
            return 0;
        number = number * 10 + (c - '0');
    }
    const int usual = (number >= 0x20 && number < 0x7f) || (number >= 0xa0 && number < 0xd800);
    return usual ? number : 0;
}

/* What the reference of the page stands for that ends behind a semicolon: a str, borrowed; NULL if it is to be found out
   elsewhere, or with an error. */
static PyObject *named(PyObject *page, Py_ssize_t start, Py_ssize_t end, PyObject *references)
{
    PyObject *const name = PyUnicode_Substring(page, start + 1, end);
    if (name == NULL)
        return NULL;
    PyObject *const found = PyDict_GetItemWithError(references, name);
    Py_DECREF(name);
    return found;
}

/* Write what the reference `page[start:end]` stands for: how many characters, 0 if not, -1 and an error. */
static Py_ssize_t write_reference(PyObject *page, const Text *signs, Py_ssize_t start, Py_ssize_t end,
                                  PyObject *references, Py_UCS4 *to)
{
    if (text_at(signs, start + 1) == '#') {
        *to = numbered(signs, start, end);
        return *to != 0;
    }
    PyObject *const found = named(page, start, end, references);
    Text meant;
    if (found == NULL || text_of(&meant, found) < 0)
        return PyErr_Occurred() ? -1 : 0;
    if (meant.length > end - start)
        return 0;
    for (Py_ssize_t i = 0; i < meant.length; i++)
        to[i] = text_at(&meant, i);
    return meant.length;
}

int decode_part(PyObject *page, Py_ssize_t start, Py_ssize_t end, PyObject *references, Decoded *decoded)
{
    Text signs;
    if (text_of(&signs, page) < 0)
        return -1;
    Py_UCS4 *const chars = with_room(decoded->chars, end - start, &decoded->room, sizeof *chars);
    if (chars == NULL)
        return -1;
    decoded->chars = chars;
    decoded->used = 0;
    for (Py_ssize_t i = start; i < end;) {
        const Py_UCS4 c = text_at(&signs, i);
        if (c == '<' || c == '\r' || c == 0)
            return 0;
        if (c == '&' && !(i + 1 < end && text_at(&signs, i + 1) == ' ')) {
            const Py_ssize_t behind = end_of_reference(&signs, i, end);
            const Py_ssize_t written =
                behind < 0 ? 0 : write_reference(page, &signs, i, behind, references, chars + decoded->used);
            if (written <= 0)
                return (int)written;
            decoded->used += written;
            i = behind;
        } else {
            chars[decoded->used++] = c;
            i++;
        }
    }
    return 1;
}

static int is_digit(Py_UCS4 c, int base)
{
    return (c >= '0' && c <= '9') || (base == 16 && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')));
}

/* Where the numeric reference of a blank ends, whose number begins at `at`; -1 if it is another one, or none. */
static Py_ssize_t end_of_blank_number(const Text *page, Py_ssize_t at, Py_ssize_t end)
{
    const int base = at < end && (text_at(page, at) | 0x20) == 'x' ? 16 : 10;
    const Py_ssize_t first = base == 16 ? at + 1 : at;
    Py_UCS4 number = 0;
    for (at = first; at < end && is_digit(text_at(page, at), base) && number <= 0x3000; at++) {
        const Py_UCS4 c = text_at(page, at);
        number = number * (Py_UCS4)base + (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    if (at == first || !is_blank(number))
        return -1;
    return at < end && text_at(page, at) == ';' ? at + 1 : at;
}

/* Where the named reference of blanks ends that begins at `at`; -1 if it is another one, or none; -2 and an error. */
static Py_ssize_t end_of_blank_name(PyObject *page, const Text *signs, Py_ssize_t at, Py_ssize_t end,
                                    PyObject *references)
{
    static const char usual[] = "&nbsp"; /* which needs no semicolon */
    const Py_ssize_t behind = end_of_reference(signs, at, end);
    PyObject *const found = behind < 0 ? NULL : named(page, at, behind, references);
    Text meant;
    if (found == NULL) {
        Py_ssize_t same = 0;
        while (usual[same] && at + same < end && text_at(signs, at + same) == (Py_UCS4)usual[same])
            same++;
        return PyErr_Occurred() ? -2 : usual[same] ? -1 : at + same;
    }
    if (text_of(&meant, found) < 0)
        return -2;
    for (Py_ssize_t i = 0; i < meant.length; i++)
        if (!is_blank(text_at(&meant, i)))
            return -1;
    return behind;
}

int is_blank_part(PyObject *page, Py_ssize_t start, Py_ssize_t end, PyObject *references)
{
    Text signs;
    if (text_of(&signs, page) < 0)
        return -1;
    while (start < end) {
        const Py_UCS4 c = text_at(&signs, start);
        if (is_blank(c))
            start++;
        else if (c == '<' && end - start > 2 && text_at(&signs, start + 1) == '/' && text_at(&signs, start + 2) == '>')
            start += 3; /* is nothing */
        else if (c != '&' || end - start < 2)
            return 0;
        else {
            start = text_at(&signs, start + 1) == '#' ? end_of_blank_number(&signs, start + 2, end)
                                                      : end_of_blank_name(page, &signs, start, end, references);
            if (start < 0)
                return start == -1 ? 0 : -1;
        }
    }
    return 1;
}
