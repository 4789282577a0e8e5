/* Headers of WARC records and HTTP messages: lines `Name: value` up to a blank one. newsds/read/header.py says what
   it does. */

#include "kernels.h"

PyDoc_STRVAR(read_header_doc,
             "read_header(buffer, at, end, names)\n--\n\n"
             "Return the values of named fields of a header, and where it ends; None if it does not.\n\n"
             "buffer: bytes, of which those from `at` up to `end` count. names: tuple of bytes, in lower case.");

PyDoc_STRVAR(read_response_doc,
             "read_response(buffer, at, end, names)\n--\n\n"
             "Return status, fields and end of the header of an HTTP response; None if it has no status.\n\n"
             "The arguments are those of read_header. The fields are None where the header does not end.");

typedef struct {
    const char *start, *end;
} Span;

static int is_blank(char c) /* what bytes.strip takes off */
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static Span stripped(Span of)
{
    while (of.start < of.end && is_blank(*of.start))
        of.start++;
    while (of.start < of.end && is_blank(of.end[-1]))
        of.end--;
    return of;
}

/* Whether a name is this one, which is in lower case. */
static int is_name(Span name, PyObject *other)
{
    const Py_ssize_t length = PyBytes_GET_SIZE(other);
    if (name.end - name.start != length)
        return 0;
    const char *const lower = PyBytes_AS_STRING(other);
    for (Py_ssize_t i = 0; i < length; i++) {
        const char c = name.start[i];
        if ((c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) != lower[i])
            return 0;
    }
    return 1;
}

/* Keep the value of a line if it is a field that is asked for. */
static int take_line(Span line, PyObject *names, PyObject *fields)
{
    const char *const colon = memchr(line.start, ':', (size_t)(line.end - line.start));
    if (colon == NULL)
        return 0;
    Span name = {line.start, colon};
    while (name.start < name.end && is_blank(name.end[-1]))
        name.end--;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names); i++) {
        PyObject *const key = PyTuple_GET_ITEM(names, i);
        if (!is_name(name, key))
            continue;
        const Span value = stripped((Span){colon + 1, line.end});
        PyObject *const object = PyBytes_FromStringAndSize(value.start, value.end - value.start);
        const int status = object == NULL ? -1 : PyDict_SetItem(fields, key, object);
        Py_XDECREF(object);
        return status;
    }
    return 0;
}

static int take_lines(Span lines, PyObject *names, PyObject *fields)
{
    while (lines.start < lines.end) {
        const char *const newline = memchr(lines.start, '\n', (size_t)(lines.end - lines.start));
        const Span line = {lines.start, newline == NULL ? lines.end : newline};
        if (take_line(line, names, fields) < 0)
            return -1;
        lines.start = newline == NULL ? lines.end : newline + 1;
    }
    return 0;
}

/* Go on with a line that begins with a blank in the one before, as one blank: from `lines` to `out`, which is no
   shorter. */
static Span unfolded(Span lines, char *out)
{
    const Span written = {out, out};
    const char *at = lines.start;
    Span result = written;
    while (at < lines.end) {
        const char *const newline = at + (*at == '\r' && at + 1 < lines.end);
        if (*newline == '\n' && newline + 1 < lines.end && (newline[1] == ' ' || newline[1] == '\t')) {
            for (at = newline + 1; at < lines.end && (*at == ' ' || *at == '\t'); at++)
                ;
            *out++ = ' ';
        } else
            *out++ = *at++;
    }
    result.end = out;
    return result;
}

/* Find the blank line behind the lines that begin at `all.start`: where it begins, with the newline before it, and where
   it ends. NULL if there is none. */
static Span blank_line(Span all, int *folded)
{
    const char *at = all.start;
    while (at < all.end && (at = memchr(at, '\n', (size_t)(all.end - at))) != NULL) {
        const char *const next = at + 1;
        if (next < all.end && *next == '\n')
            return (Span){at, next + 1};
        if (all.end - next >= 2 && *next == '\r' && next[1] == '\n')
            return (Span){at, next + 2};
        if (next < all.end && (*next == ' ' || *next == '\t'))
            *folded = 1;
        at = next;
    }
    return (Span){NULL, NULL};
}

static PyObject *fields_of(Span lines, int folded, PyObject *names)
{
    char *copy = NULL;
    if (folded) {
        copy = PyMem_Malloc((size_t)(lines.end - lines.start) + 1);
        if (copy == NULL)
            return PyErr_NoMemory();
        lines = unfolded(lines, copy);
    }
    PyObject *fields = PyDict_New();
    if (fields != NULL && take_lines(lines, names, fields) < 0)
        Py_CLEAR(fields);
    PyMem_Free(copy);
    return fields;
}

static int are_names(PyObject *names)
{
    if (!PyTuple_Check(names))
        return 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names); i++)
        if (!PyBytes_Check(PyTuple_GET_ITEM(names, i)))
            return 0;
    return 1;
}

/* Take the arguments of both functions; -1 and an error if they are other ones. */
static int take_arguments(PyObject *const *args, Py_ssize_t count, Span *part)
{
    if (count != 4 || !PyBytes_Check(args[0]) || !are_names(args[3])) {
        PyErr_SetString(PyExc_TypeError, "bytes, where in them from and to, and a tuple of bytes");
        return -1;
    }
    const Py_ssize_t length = PyBytes_GET_SIZE(args[0]);
    const Py_ssize_t at = PyNumber_AsSsize_t(args[1], NULL);
    if (at == -1 && PyErr_Occurred())
        return -1;
    const Py_ssize_t end = PyNumber_AsSsize_t(args[2], NULL);
    if (end == -1 && PyErr_Occurred())
        return -1;
    if (at < 0 || end < 0) {
        PyErr_SetString(PyExc_ValueError, "places are counted from 0");
        return -1;
    }
    const char *const data = PyBytes_AS_STRING(args[0]);
    part->end = data + (end < length ? end : length);
    part->start = at < part->end - data ? data + at : part->end;
    return 0;
}

static PyObject *read_header(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    (void)module;
    Span part;
    if (take_arguments(args, count, &part) < 0)
        return NULL;
    int folded = 0;
    const Span blank = blank_line(part, &folded);
    if (blank.start == NULL)
        Py_RETURN_NONE;
    PyObject *const fields = fields_of((Span){part.start, blank.start}, folded, args[3]);
    if (fields == NULL)
        return NULL;
    return Py_BuildValue("(Nn)", fields, (Py_ssize_t)(blank.end - PyBytes_AS_STRING(args[0])));
}

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The status of a response, -1 if it has none. */
static int status_of(Span message)
{
    const char *at = message.start, *const end = message.end;
    if (end - at < 6 || memcmp(at, "HTTP/", 5) != 0 || !is_digit(at[5]))
        return -1;
    at += 6;
    if (end - at >= 2 && *at == '.' && is_digit(at[1]))
        at += 2;
    const char *const version = at;
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    if (at == version || end - at < 3 || !is_digit(at[0]) || !is_digit(at[1]) || !is_digit(at[2]))
        return -1;
    return (at[0] - '0') * 100 + (at[1] - '0') * 10 + (at[2] - '0');
}

static PyObject *read_response(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    (void)module;
    Span part;
    if (take_arguments(args, count, &part) < 0)
        return NULL;
    const int status = status_of(part);
    if (status < 0)
        Py_RETURN_NONE;
    const char *const data = PyBytes_AS_STRING(args[0]);
    int folded = 0;
    const Span blank = blank_line(part, &folded);
    if (blank.start == NULL)
        return Py_BuildValue("(iOn)", status, Py_None, (Py_ssize_t)(part.end - data));
    PyObject *const fields = fields_of((Span){part.start, blank.start}, folded, args[3]);
    if (fields == NULL)
        return NULL;
    return Py_BuildValue("(iNn)", status, fields, (Py_ssize_t)(blank.end - data));
}

PyMethodDef header_methods[] = {
    {"read_header", (PyCFunction)(void (*)(void))read_header, METH_FASTCALL, read_header_doc},
    {"read_response", (PyCFunction)(void (*)(void))read_response, METH_FASTCALL, read_response_doc},
    {NULL, NULL, 0, NULL},
};
