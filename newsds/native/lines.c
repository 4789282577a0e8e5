/* The visible lines of a text dump. newsds/blocks/text.py says what they are. */

#include "kernels.h"

PyDoc_STRVAR(visible_lines_doc,
             "visible_lines(page, edge, limit)\n--\n\n"
             "Return the lines of a page without blanks at their ends, where they start and end, the blank lines before\n"
             "each, its indent, those that are not in clean form, and whether there are more than `limit`.\n\n"
             "edge: the characters that are blank at the ends of a line; white space is.");

#define COLUMNS 6

/* A line, and what is visible of it. */
typedef struct {
    Py_ssize_t start, end; /* with its line break */
    Py_ssize_t first, last; /* equal if nothing is */
} Line;

static inline int is_break(Py_UCS4 c)
{
    return (c < 0x1f || c >= 0x85) && Py_UNICODE_ISLINEBREAK(c);
}

/* Where the line break at or behind `i` is, `end` if there is none. */
static inline Py_ssize_t break_in(const void *data, int kind, Py_ssize_t i, Py_ssize_t end)
{
    while (i < end && !is_break(PyUnicode_READ(kind, data, i)))
        i++;
    return i;
}

/* Say whether a piece of text is in clean form: nothing unprintable in it, and no two blanks. */
static inline int clean_in(const void *data, int kind, Py_ssize_t i, Py_ssize_t end)
{
    for (Py_UCS4 before = 0; i < end; i++) {
        const Py_UCS4 c = PyUnicode_READ(kind, data, i);
        if (c <= ' ' ? c != ' ' || before == ' ' : c >= 0x7f && !Py_UNICODE_ISPRINTABLE(c))
            return 0;
        before = c;
    }
    return 1;
}

/* The same for each width, which the compiler then knows. */
static Py_ssize_t break_at(const Text *text, Py_ssize_t i)
{
    switch (text->kind) {
    case PyUnicode_1BYTE_KIND:
        return break_in(text->data, PyUnicode_1BYTE_KIND, i, text->length);
    case PyUnicode_2BYTE_KIND:
        return break_in(text->data, PyUnicode_2BYTE_KIND, i, text->length);
    default:
        return break_in(text->data, PyUnicode_4BYTE_KIND, i, text->length);
    }
}

static int is_clean(const Text *text, Py_ssize_t i, Py_ssize_t end)
{
    switch (text->kind) {
    case PyUnicode_1BYTE_KIND:
        return clean_in(text->data, PyUnicode_1BYTE_KIND, i, end);
    case PyUnicode_2BYTE_KIND:
        return clean_in(text->data, PyUnicode_2BYTE_KIND, i, end);
    default:
        return clean_in(text->data, PyUnicode_4BYTE_KIND, i, end);
    }
}

static int is_blank(Py_UCS4 c, const Text *edge)
{
    if (Py_UNICODE_ISSPACE(c))
        return 1;
    if (c < 0x80)
        return 0;
    for (Py_ssize_t i = 0; i < edge->length; i++)
        if (text_at(edge, i) == c)
            return 1;
    return 0;
}

static Line line_from(const Text *page, Py_ssize_t start, const Text *edge)
{
    const Py_ssize_t end = break_at(page, start);
    Line line = {start, end, start, end};
    if (end < page->length) {
        const Py_UCS4 c = text_at(page, line.end++);
        if (c == '\r' && line.end < page->length && text_at(page, line.end) == '\n')
            line.end++;
    }
    while (line.first < line.last && is_blank(text_at(page, line.first), edge))
        line.first++;
    while (line.first < line.last && is_blank(text_at(page, line.last - 1), edge))
        line.last--;
    return line;
}

/* Append an object, and let go of it; -1 if there is none. */
static int append(PyObject *list, PyObject *item)
{
    const int failed = item == NULL || PyList_Append(list, item) < 0;
    Py_XDECREF(item);
    return failed ? -1 : 0;
}

static PyObject *visible_lines(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *object, *blanks;
    Py_ssize_t limit;
    Text page, edge;
    if (!PyArg_ParseTuple(args, "OOn", &object, &blanks, &limit) || text_of(&page, object) < 0 ||
        text_of(&edge, blanks) < 0)
        return NULL;
    PyObject *columns[COLUMNS] = {NULL};
    PyObject *result = NULL;
    for (int i = 0; i < COLUMNS; i++)
        if ((columns[i] = PyList_New(0)) == NULL)
            goto done;
    Py_ssize_t found = 0, empty = 0;
    int more = 0;
    for (Py_ssize_t at = 0; at < page.length && !more;) {
        const Line line = line_from(&page, at, &edge);
        at = line.end;
        if (line.first == line.last) {
            empty++;
            continue;
        }
        if (found == limit) {
            more = 1;
            break;
        }
        if (append(columns[0], PyUnicode_Substring(object, line.first, line.last)) < 0 ||
            append(columns[1], PyLong_FromSsize_t(line.first)) < 0 ||
            append(columns[2], PyLong_FromSsize_t(line.last)) < 0 ||
            append(columns[3], PyLong_FromSsize_t(found ? empty : 0)) < 0 ||
            append(columns[4], PyLong_FromSsize_t(line.first - line.start)) < 0 ||
            (!is_clean(&page, line.first, line.last) && append(columns[5], PyLong_FromSsize_t(found)) < 0))
            goto done;
        found++;
        empty = 0;
    }
    result = Py_BuildValue("OOOOOOO", columns[0], columns[1], columns[2], columns[3], columns[4], columns[5],
                           more ? Py_True : Py_False);
done:
    for (int i = 0; i < COLUMNS; i++)
        Py_XDECREF(columns[i]);
    return result;
}

PyMethodDef lines_methods[] = {
    {"visible_lines", visible_lines, METH_VARARGS, visible_lines_doc},
    {NULL, NULL, 0, NULL},
};
