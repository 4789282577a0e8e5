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

/* Whether `data` has at `at` what the reference of the page stands for: how many characters, 0 if not, -1 and an error. */
static Py_ssize_t stands_for(PyObject *page, const Text *signs, Py_ssize_t start, Py_ssize_t end, PyObject *references,
                             const Text *data, Py_ssize_t at)
{
    if (text_at(signs, start + 1) == '#') {
        const Py_UCS4 number = numbered(signs, start, end);
        return number && at < data->length && text_at(data, at) == number;
    }
    PyObject *const name = PyUnicode_Substring(page, start + 1, end);
    if (name == NULL)
        return -1;
    PyObject *const found = PyDict_GetItemWithError(references, name);
    Py_DECREF(name);
    Text meant;
    if (found == NULL)
        return PyErr_Occurred() ? -1 : 0;
    if (text_of(&meant, found) < 0)
        return -1;
    for (Py_ssize_t i = 0; i < meant.length; i++)
        if (at + i >= data->length || text_at(data, at + i) != text_at(&meant, i))
            return 0;
    return meant.length;
}

int decodes_to(PyObject *page, Py_ssize_t start, Py_ssize_t end, PyObject *references, const Text *data)
{
    Text signs;
    if (text_of(&signs, page) < 0)
        return -1;
    if (start < 0 || start > end || end > signs.length)
        return 0;
    Py_ssize_t at = 0;
    for (Py_ssize_t i = start; i < end;) {
        const Py_UCS4 c = text_at(&signs, i);
        if (c == '<' || c == '\r')
            return 0;
        if (c == '&' && !(i + 1 < end && text_at(&signs, i + 1) == ' ')) {
            const Py_ssize_t behind = end_of_reference(&signs, i, end);
            const Py_ssize_t chars = behind < 0 ? 0 : stands_for(page, &signs, i, behind, references, data, at);
            if (chars <= 0)
                return (int)chars;
            at += chars;
            i = behind;
        } else {
            if (at >= data->length || text_at(data, at) != c)
                return 0;
            at++;
            i++;
        }
    }
    return at == data->length;
}
