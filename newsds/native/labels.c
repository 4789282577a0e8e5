/* What names an element, and whether it is shown: read_label of newsds/blocks/tags.py, as far as all is ASCII. */

#include "blocks.h"

enum { LABEL, HIDDEN, STYLE, ARIA }; /* what an attribute is to a label */
#define VALUES 8                     /* of a label; more are no page's */

typedef struct {
    const Py_UCS1 *chars;
    Py_ssize_t length;
} Value;

static Py_UCS1 lower(Py_UCS1 c)
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static int holds(Value value, const char *word, Py_ssize_t length)
{
    for (Py_ssize_t i = 0; i + length <= value.length; i++) {
        Py_ssize_t same = 0;
        while (same < length && lower(value.chars[i + same]) == (Py_UCS1)word[same])
            same++;
        if (same == length)
            return 1;
    }
    return 0;
}

/* Look at a str of ASCII signs; 0 if it is another one, -1 and TypeError if it is none. */
static int ascii_of(PyObject *object, Value *value)
{
    Text text;
    if (text_of(&text, object) < 0)
        return -1;
    *value = (Value){text.data, text.length};
    return PyUnicode_IS_ASCII(object);
}

/* Write the words of a value in lower case, each with a blank behind it; returns where the next begins. */
static Py_UCS1 *write_words(Py_UCS1 *to, Value value)
{
    Py_UCS1 before = ' ';
    for (Py_ssize_t i = 0; i < value.length; i++) {
        const Py_UCS1 c = Py_UNICODE_ISSPACE(value.chars[i]) ? ' ' : lower(value.chars[i]);
        if (c != ' ' || before != ' ')
            *to++ = c;
        before = c;
    }
    if (before != ' ')
        *to++ = ' ';
    return to;
}

/* Join the words of values, the last value's first. */
static PyObject *joined(const Value *values, int count)
{
    Py_UCS1 fixed[256], *buffer = fixed;
    size_t room = 0;
    for (int i = 0; i < count; i++)
        room += (size_t)values[i].length + 1;
    if (room > sizeof fixed && (buffer = PyMem_Malloc(room)) == NULL)
        return PyErr_NoMemory();
    Py_UCS1 *end = buffer;
    for (int i = count - 1; i >= 0; i--)
        end = write_words(end, values[i]);
    const Py_ssize_t length = end == buffer ? 0 : end - buffer - 1;
    PyObject *const label = PyUnicode_New(length, 127);
    if (label != NULL && length > 0)
        memcpy(PyUnicode_DATA(label), buffer, (size_t)length);
    if (buffer != fixed)
        PyMem_Free(buffer);
    return label;
}

/* What `shown` says of a name; -1 if nothing, -2 and an error if it is no name. */
static long meaning_of(PyObject *shown, PyObject *name)
{
    PyObject *const found = PyDict_GetItemWithError(shown, name);
    if (found == NULL)
        return PyErr_Occurred() ? -2 : -1;
    const long meaning = PyLong_AsLong(found);
    return meaning == -1 && PyErr_Occurred() ? -2 : meaning;
}

int label_of(PyObject *attributes, PyObject *shown, PyObject **label, int *hides)
{
    static const Py_UCS1 aria_hidden[] = "aria-hidden";
    Value values[VALUES + 1]; /* values[0] stands last */
    int count = 1, aria = 0, status = 1;
    *hides = 0;
    PyObject *const pairs = attributes == Py_None ? PyTuple_New(0) : PySequence_Fast(attributes, "no attributes");
    if (pairs == NULL)
        return -1;
    for (Py_ssize_t i = 0; status > 0 && i < PySequence_Fast_GET_SIZE(pairs); i++) {
        PyObject *const pair = PySequence_Fast_GET_ITEM(pairs, i);
        if (!PyTuple_Check(pair) || PyTuple_GET_SIZE(pair) != 2) {
            PyErr_SetString(PyExc_TypeError, "no pair of a name and a value");
            status = -1;
            break;
        }
        PyObject *const text = PyTuple_GET_ITEM(pair, 1);
        const long meaning = meaning_of(shown, PyTuple_GET_ITEM(pair, 0));
        Value value;
        if (meaning == -2)
            status = -1;
        else if (meaning == HIDDEN)
            *hides = 1;
        else if (meaning == ARIA)
            aria = text != Py_None && PyUnicode_Check(text) && PyUnicode_CompareWithASCIIString(text, "true") == 0;
        else if (meaning == -1 || text == Py_None)
            continue;
        else if ((status = ascii_of(text, &value)) <= 0)
            break;
        else if (meaning == STYLE)
            status = !holds(value, "none", 4) && !holds(value, "hidden", 6);
        else if (count <= VALUES)
            values[count++] = value;
        else
            status = 0;
    }
    values[0] = (Value){aria_hidden, aria ? (Py_ssize_t)sizeof aria_hidden - 1 : 0};
    if (status > 0) {
        *label = joined(values, count);
        status = *label == NULL ? -1 : 1;
    }
    Py_DECREF(pairs);
    return status;
}
