/* Kinds of tags, and tags as they are written on a page: newsds/blocks/tags.py. */

#include "blocks.h"

static int add_kind(Tags *t, PyObject *name, const uint32_t *row)
{
    MAKE_ROOM(t, kinds, -1);
    t->kinds[t->kinds_used++] = (Kind){
        .name = Py_NewRef(name),
        .marks = row ? row[0] : 0,
        .unseen = row ? row[1] : 0,
        .pre = row ? row[2] : 0,
        .own = row ? row[3] : 0,
        .ends = row ? row[4] : 0,
        .bare = -1,
    };
    return 0;
}

/* The kind of a name, from the table of all. */
static Py_ssize_t find_kind(Tags *t, PyObject *name)
{
    PyObject *const found = PyDict_GetItemWithError(t->numbers, name);
    if (found != NULL) {
        const Py_ssize_t kind = PyLong_AsSsize_t(found);
        if (kind < 0 || kind >= t->kinds_used) {
            PyErr_SetString(PyExc_ValueError, "a name without a kind");
            return -1;
        }
        return kind;
    }
    if (PyErr_Occurred())
        return -1;
    PyObject *const number = PyLong_FromSsize_t(t->kinds_used);
    if (number == NULL || PyDict_SetItem(t->numbers, name, number) < 0 || add_kind(t, name, NULL) < 0) {
        Py_XDECREF(number);
        return -1;
    }
    Py_DECREF(number);
    return t->kinds_used - 1;
}

/* A short name and its length as a number, which is found faster than a str that has to be hashed; 0 for longer ones. */
static uint64_t key_of(PyObject *name)
{
    const Py_ssize_t length = PyUnicode_GET_LENGTH(name);
    if (length > 7 || !PyUnicode_IS_ASCII(name))
        return 0;
    uint64_t key = 0;
    const Py_UCS1 *const chars = PyUnicode_DATA(name);
    for (Py_ssize_t i = 0; i < length; i++)
        key |= (uint64_t)chars[i] << (8 * i);
    return key | (uint64_t)length << 56;
}

Py_ssize_t kind_of(Tags *t, PyObject *name)
{
    const uint64_t key = key_of(name);
    Named *const slot = &t->short_names[(key * 0x9E3779B97F4A7C15u) >> (64 - SLOT_BITS)];
    if (key && slot->key == key)
        return slot->kind;
    const Py_ssize_t kind = find_kind(t, name);
    if (key && kind >= 0)
        *slot = (Named){key, kind};
    return kind;
}

static int type_of_script(Tags *t, PyObject *token, uint32_t *unseen)
{
    PyObject *type;
    if (token_value(t->tokens, token, N_TYPE, &type) < 0)
        return -1;
    const int found = type == NULL ? 0 : PyUnicode_Contains(type, t->linked_data);
    Py_XDECREF(type);
    if (found > 0)
        *unseen |= LINKED_DATA;
    return found < 0 ? -1 : 0;
}

/* A new tag; without token it has no attribute. */
static Py_ssize_t add_tag(Tags *t, Py_ssize_t kind, PyObject *token)
{
    const uint32_t marks = t->kinds[kind].marks;
    MAKE_ROOM(t, tags, -1);
    Tag *const tag = &t->tags[t->tags_used++];
    *tag = (Tag){.kind = kind, .unseen = t->kinds[kind].unseen, .token = Py_XNewRef(token)};
    if (token == NULL) {
        tag->label = Py_NewRef(t->empty);
        return t->tags_used - 1;
    }
    if (marks & IS_LINK && token_value(t->tokens, token, N_HREF, &tag->href) < 0)
        return -1;
    if (marks & IS_TIME && token_value(t->tokens, token, N_DATETIME, &tag->when) < 0)
        return -1;
    if (marks & IS_SCRIPT && type_of_script(t, token, &tag->unseen) < 0)
        return -1;
    if (marks & OF_HEAD && PyList_Append(t->head, token) < 0)
        return -1;
    return t->tags_used - 1;
}

Py_ssize_t tag_of(Tags *t, PyObject *token, Py_ssize_t kind)
{
    PyObject *source;
    const int status = token_string(t->tokens, token, N_SOURCE, &source);
    if (status <= 0) {
        if (status == 0)
            PyErr_SetString(PyExc_ValueError, "a tag without its source");
        return -1;
    }
    Py_ssize_t tag = -1;
    const int bare = PyUnicode_GET_LENGTH(source) == PyUnicode_GET_LENGTH(t->kinds[kind].name) + 2; /* `<p>` */
    if (bare && !(t->kinds[kind].marks & OF_HEAD)) {
        tag = t->kinds[kind].bare;
        if (tag < 0)
            tag = t->kinds[kind].bare = add_tag(t, kind, NULL);
        Py_DECREF(source);
        return tag;
    }
    PyObject *const found = PyDict_GetItemWithError(t->sources, source);
    if (found != NULL)
        tag = PyLong_AsSsize_t(found);
    else if (!PyErr_Occurred()) {
        tag = add_tag(t, kind, token);
        PyObject *const number = tag < 0 ? NULL : PyLong_FromSsize_t(tag);
        if (number == NULL || PyDict_SetItem(t->sources, source, number) < 0)
            tag = -1;
        Py_XDECREF(number);
    }
    Py_DECREF(source);
    return tag;
}

int is_tuple(PyObject *object)
{
    if (PyTuple_Check(object))
        return 1;
    PyErr_Format(PyExc_TypeError, "a tuple, not %.100s", Py_TYPE(object)->tp_name);
    return 0;
}

int tag_label(Tags *t, Tag *tag)
{
    if (tag->label != NULL)
        return 0;
    const uint32_t marks = t->kinds[tag->kind].marks;
    if (!(marks & IS_SCRIPT)) {
        PyObject *const attributes = token_get(t->tokens, tag->token, N_ATTRS);
        if (attributes == NULL)
            return -1;
        const int status = label_of(attributes, t->shown, &tag->label, &tag->hides);
        Py_DECREF(attributes);
        if (marks & NEVER_HIDDEN)
            tag->hides = 0;
        if (status != 0)
            return status < 0 ? -1 : 0;
    }
    PyObject *const read = PyObject_CallOneArg(t->read_label, tag->token);
    if (read == NULL)
        return -1;
    PyObject *label;
    const int good = is_tuple(read) && PyArg_ParseTuple(read, "Up", &label, &tag->hides);
    tag->label = good ? Py_NewRef(label) : NULL;
    Py_DECREF(read);
    return good ? 0 : -1;
}

/* Note the kinds that are known before the page is read. */
static int take_kinds(Tags *t, PyObject *names, const uint32_t *rows)
{
    PyObject *name, *number;
    for (Py_ssize_t at = 0; PyDict_Next(names, &at, &name, &number);) {
        Text text;
        if (text_of(&text, name) < 0)
            return -1;
        if (PyLong_AsSsize_t(number) != t->kinds_used) {
            if (!PyErr_Occurred())
                PyErr_SetString(PyExc_ValueError, "names out of order");
            return -1;
        }
        if (add_kind(t, name, rows + 5 * t->kinds_used) < 0)
            return -1;
    }
    return 0;
}

int tags_begin(Tags *t, Tokens *tokens, PyObject *names, PyObject *kinds)
{
    t->tokens = tokens;
    if ((t->head = PyList_New(0)) == NULL || (t->sources = PyDict_New()) == NULL ||
        (t->numbers = PyDict_Copy(names)) == NULL || (t->empty = PyUnicode_FromString("")) == NULL ||
        (t->linked_data = PyUnicode_FromString("ld+json")) == NULL)
        return -1;
    const Py_ssize_t count = PyDict_GET_SIZE(t->numbers);
    if (count < 1 || count > PY_SSIZE_T_MAX / 5) {
        PyErr_SetString(PyExc_ValueError, "no kind for the document");
        return -1;
    }
    Numbers rows;
    if (numbers_take(&rows, kinds, 4, 5 * count, 0) < 0)
        return -1;
    const int failed = take_kinds(t, names, rows.view.buf);
    numbers_release(&rows);
    return failed || add_tag(t, 0, NULL) < 0 ? -1 : 0;
}

void tags_end(Tags *t)
{
    for (Py_ssize_t i = 0; i < t->kinds_used; i++)
        Py_DECREF(t->kinds[i].name);
    for (Py_ssize_t i = 0; i < t->tags_used; i++) {
        Py_XDECREF(t->tags[i].href);
        Py_XDECREF(t->tags[i].when);
        Py_XDECREF(t->tags[i].label);
        Py_XDECREF(t->tags[i].token);
    }
    Py_XDECREF(t->head);
    Py_XDECREF(t->sources);
    Py_XDECREF(t->numbers);
    Py_XDECREF(t->empty);
    Py_XDECREF(t->linked_data);
    PyMem_Free(t->kinds);
    PyMem_Free(t->tags);
}
