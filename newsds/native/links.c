/* What the addresses of links show. newsds/segment/links.py says what that is. */

#include "kernels.h"

#define DATED 1
#define HERE 2
#define SCRIPT 4

typedef struct {
    const Py_UCS1 *at;
    Py_ssize_t length;
} Piece;

static Piece before(Piece piece, char c)
{
    const Py_UCS1 *const found = piece.length ? memchr(piece.at, c, (size_t)piece.length) : NULL;
    return (Piece){piece.at, found != NULL ? found - piece.at : piece.length};
}

static Piece without(Piece piece, Py_ssize_t first)
{
    return (Piece){piece.at + first, piece.length - first};
}

static int begins(Piece piece, const char *prefix, Py_ssize_t length)
{
    return piece.length >= length && memcmp(piece.at, prefix, (size_t)length) == 0;
}

static int is_digit(Py_UCS1 c)
{
    return c >= '0' && c <= '9';
}

/* Six digits, or a year and a month behind a slash: `/2024/05`, `/2024-05`, `/202405`. */
static int is_dated(Piece address)
{
    Py_ssize_t run = 0;
    for (Py_ssize_t i = 0; i < address.length; i++) {
        const Py_UCS1 *const c = address.at + i;
        run = is_digit(*c) ? run + 1 : 0;
        if (run == 6)
            return 1;
        /* the last digit of a month, the separator before it, four digits before that, a slash */
        if (run == 2 && i >= 7 && (c[-2] == '/' || c[-2] == '-') && is_digit(c[-3]) && is_digit(c[-4]) &&
            ((c[-6] == '1' && c[-5] == '9') || (c[-6] == '2' && c[-5] == '0')) && c[-7] == '/')
            return 1;
    }
    return 0;
}

static int is_script(Piece address)
{
    static const char word[] = "javascript";
    const Py_ssize_t length = sizeof word - 1;
    if (address.length == 0 || (address.length == 1 && address.at[0] == '\n')) /* where `$` matches */
        return 1;
    if (address.length < length)
        return 0;
    for (Py_ssize_t i = 0; i < length; i++)
        if (Py_TOLOWER(address.at[i]) != word[i])
            return 0;
    return 1;
}

PyDoc_STRVAR(read_addresses_doc,
             "read_addresses(addresses, longest, columns)\n--\n\n"
             "Read the first `longest` characters of addresses.\n\n"
             "addresses: list of str. columns: five of int64, one number an address, written: 1 dated, 2 leads to the page\n"
             "itself, 4 to a script; parts of the path; characters of the longest; hyphens in it; whether there is a query.\n"
             "Returns the host of each, without `www.`; None of one that is not ASCII, which is not read.");

static PyObject *read_addresses(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *addresses, *columns;
    Py_ssize_t longest;
    if (!PyArg_ParseTuple(args, "O!nO!", &PyList_Type, &addresses, &longest, &PyTuple_Type, &columns))
        return NULL;
    const Py_ssize_t count = PyList_GET_SIZE(addresses);
    if (longest < 0 || PyTuple_GET_SIZE(columns) != 5) {
        PyErr_SetString(PyExc_ValueError, "no such size");
        return NULL;
    }
    Numbers of[5] = {0};
    PyObject *hosts = PyList_New(count);
    if (hosts == NULL)
        return NULL;
    for (int i = 0; i < 5; i++)
        if (numbers_take(&of[i], PyTuple_GET_ITEM(columns, i), 8, count, 1) < 0)
            goto failed;
    int64_t *const shown = of[0].view.buf, *const parts = of[1].view.buf, *const longest_part = of[2].view.buf;
    int64_t *const hyphens = of[3].view.buf, *const query = of[4].view.buf;
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *const object = PyList_GET_ITEM(addresses, i);
        Text text;
        if (text_of(&text, object) < 0)
            goto failed;
        shown[i] = parts[i] = longest_part[i] = hyphens[i] = query[i] = 0;
        if (!PyUnicode_IS_ASCII(object)) {
            PyList_SET_ITEM(hosts, i, Py_NewRef(Py_None));
            continue;
        }
        const Piece address = {text.data, text.length < longest ? text.length : longest};
        shown[i] = (is_dated(address) ? DATED : 0) | (begins(address, "#", 1) ? HERE : 0) |
                   (is_script(address) ? SCRIPT : 0);
        query[i] = before(address, '?').length < address.length;
        Piece path = before(before(address, '#'), '?'), host = {path.at, 0};
        if (begins(path, "http", 4) || begins(path, "//", 2)) {
            while (path.length && !begins(path, "//", 2))
                path = without(path, 1);
            path = without(path, path.length < 2 ? path.length : 2);
            host = before(path, '/');
            path = without(path, host.length);
            if (begins(host, "www.", 4))
                host = without(host, 4);
        }
        Piece best = {path.at, 0};
        while (path.length) {
            const Piece part = before(path, '/');
            parts[i] += part.length > 0;
            if (part.length > best.length)
                best = part;
            path = without(path, part.length < path.length ? part.length + 1 : path.length);
        }
        longest_part[i] = best.length;
        for (Py_ssize_t at = 0; at < best.length; at++)
            hyphens[i] += best.at[at] == '-' || best.at[at] == '_';
        PyObject *const name = PyUnicode_FromKindAndData(PyUnicode_1BYTE_KIND, host.at, host.length);
        if (name == NULL)
            goto failed;
        PyList_SET_ITEM(hosts, i, name);
    }
    goto done;
failed:
    Py_CLEAR(hosts);
done:
    for (int i = 0; i < 5; i++)
        numbers_release(&of[i]);
    return hosts;
}

PyMethodDef links_methods[] = {
    {"read_addresses", read_addresses, METH_VARARGS, read_addresses_doc},
    {NULL, NULL, 0, NULL},
};
