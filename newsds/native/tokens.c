/* What a token has, and where in its page it stands. */

#include "blocks.h"

static const char *const names_of[NAMES] = {"type",  "tag",  "source", "data",     "line", "col",
                                            "attrs", "attr", "href",   "datetime", "strip"};

/* Find how what tokens have is read: what PyObject_GetAttr would find again for each of them. */
static void find_getters(Tokens *t, PyTypeObject *type)
{
    t->type = (PyTypeObject *)Py_NewRef((PyObject *)type);
    for (int i = 0; i <= N_ATTRS && type->tp_getattro == PyObject_GenericGetAttr; i++) {
        PyObject *const getter = PyObject_GetAttr((PyObject *)type, t->names[i]);
        if (getter == NULL)
            PyErr_Clear(); /* the token says so, if it is asked */
        else if (Py_IS_TYPE(getter, &PyGetSetDescr_Type))
            t->getters[i] = getter;
        else
            Py_DECREF(getter);
    }
}

PyObject *token_get(Tokens *t, PyObject *token, int name)
{
    if (t->type == NULL)
        find_getters(t, Py_TYPE(token));
    PyObject *const getter = Py_IS_TYPE(token, t->type) ? t->getters[name] : NULL;
    if (getter != NULL)
        return Py_TYPE(getter)->tp_descr_get(getter, token, (PyObject *)t->type);
    return PyObject_GetAttr(token, t->names[name]);
}

int token_number(Tokens *t, PyObject *token, int name, Py_ssize_t *number)
{
    PyObject *const found = token_get(t, token, name);
    if (found == NULL)
        return -1;
    *number = PyLong_AsSsize_t(found);
    Py_DECREF(found);
    return *number == -1 && PyErr_Occurred() ? -1 : 0;
}

/* What token_string says of an object; takes the reference. */
static int string_in(PyObject *object, PyObject **string)
{
    *string = NULL;
    if (object == NULL)
        return -1;
    Text text;
    const int status = object == Py_None ? 0 : text_of(&text, object) < 0 ? -1 : text.length > 0;
    if (status == 1)
        *string = object;
    else
        Py_DECREF(object);
    return status;
}

int token_string(Tokens *t, PyObject *token, int name, PyObject **string)
{
    return string_in(token_get(t, token, name), string);
}

int token_value(Tokens *t, PyObject *token, int name, PyObject **value)
{
    PyObject *const arguments[2] = {token, t->names[name]};
    const int status = string_in(PyObject_VectorcallMethod(t->names[N_ATTR], arguments, 2, NULL), value);
    if (status <= 0)
        return status;
    Text text;
    text_of(&text, *value);
    if (!Py_UNICODE_ISSPACE(text_at(&text, 0)) && !Py_UNICODE_ISSPACE(text_at(&text, text.length - 1)))
        return 0;
    PyObject *const stripped = PyObject_CallMethodNoArgs(*value, t->names[N_STRIP]);
    Py_SETREF(*value, stripped);
    return stripped == NULL ? -1 : 0;
}

/* Where an ASCII character stands in the page, from `at` on; where there is none, the page's end. Its byte is looked for, which
   is fast; other characters may have it, too. */
static Py_ssize_t find(const Tokens *t, char c, Py_ssize_t at)
{
    const int kind = PyUnicode_KIND(t->page);
    const char *const chars = PyUnicode_DATA(t->page);
    while (at < t->chars) {
        const char *const found = memchr(chars + at * kind, c, (size_t)((t->chars - at) * kind));
        if (found == NULL)
            return t->chars;
        at = (found - chars) / kind;
        if (PyUnicode_READ(kind, chars, at) == (Py_UCS4)c)
            return at;
        at++;
    }
    return t->chars;
}

/* Where the line ends that begins at `line_start`: at a line feed, or at a carriage return that none follows. Both are
   looked for where they are not known to be, so that each character is looked at once for each of them. */
static Py_ssize_t end_of_line(Tokens *t)
{
    if (t->feed < t->line_start)
        t->feed = find(t, '\n', t->line_start);
    if (t->lone < t->line_start)
        t->lone = find(t, '\r', t->line_start);
    while (t->lone + 1 == t->feed && t->feed < t->chars)
        t->lone = find(t, '\r', t->feed);
    const Py_ssize_t end = t->lone < t->feed ? t->lone : t->feed;
    if (end < t->chars)
        return end;
    PyErr_SetString(PyExc_ValueError, "a token that is not of its page");
    return -1;
}

int token_offset(Tokens *t, PyObject *token, Py_ssize_t *offset)
{
    Py_ssize_t line, column;
    if (token_number(t, token, N_LINE, &line) < 0 || token_number(t, token, N_COL, &column) < 0)
        return -1;
    if (column < 0 || column > t->chars || line < 0 || line > t->chars + 1) {
        PyErr_SetString(PyExc_ValueError, "a token that is not of its page");
        return -1;
    }
    for (; t->line < line; t->line++) {
        const Py_ssize_t at = end_of_line(t);
        if (at < 0)
            return -1;
        t->line_start = at + 1;
    }
    *offset = line ? t->line_start + column : column;
    return 0;
}

int tokens_begin(Tokens *t, PyObject *page)
{
    Text text;
    if (text_of(&text, page) < 0)
        return -1;
    if (text.length > PY_SSIZE_T_MAX / 4) {
        PyErr_SetString(PyExc_ValueError, "no such page");
        return -1;
    }
    t->page = page;
    t->chars = text.length;
    t->line = 1;
    t->feed = t->lone = -1;
    for (int i = 0; i < NAMES; i++)
        if ((t->names[i] = PyUnicode_InternFromString(names_of[i])) == NULL)
            return -1;
    return 0;
}

void tokens_end(Tokens *t)
{
    for (int i = 0; i < NAMES; i++) {
        Py_XDECREF(t->names[i]);
        Py_XDECREF(t->getters[i]);
    }
    Py_XDECREF((PyObject *)t->type);
}
