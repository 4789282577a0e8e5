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
static uint64_t key_of(const Text *page, const Token *token)
{
    const Py_ssize_t length = token->name_end - token->name;
    if (length > 7)
        return 0;
    uint64_t key = 0;
    for (Py_ssize_t i = 0; i < length; i++) {
        const Py_UCS4 c = text_at(page, token->name + i);
        if (c == 0 || c >= 128)
            return 0;
        key |= (uint64_t)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) << (8 * i);
    }
    return key | (uint64_t)length << 56;
}

/* The name of a tag as a str: in lower case, as far as it is ASCII, and a sign in place of what is no character. */
static PyObject *name_of(Tags *t, const Token *token)
{
    const Py_ssize_t length = token->name_end - token->name;
    Py_UCS4 *const chars = with_room(t->decoded.chars, length, &t->decoded.room, sizeof *chars);
    if (chars == NULL)
        return NULL;
    t->decoded.chars = chars;
    for (Py_ssize_t i = 0; i < length; i++) {
        const Py_UCS4 c = text_at(&t->text, token->name + i);
        chars[i] = c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c == 0 ? 0xfffd : c;
    }
    return PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, chars, length);
}

Py_ssize_t kind_of(Tags *t, const Token *token)
{
    const uint64_t key = key_of(&t->text, token);
    Named *const slot = &t->short_names[(key * 0x9E3779B97F4A7C15u) >> (64 - SLOT_BITS)];
    if (key && slot->key == key)
        return slot->kind;
    PyObject *const name = name_of(t, token);
    if (name == NULL)
        return -1;
    const Py_ssize_t kind = find_kind(t, name);
    Py_DECREF(name);
    if (key && kind >= 0)
        *slot = (Named){key, kind};
    return kind;
}

/* --- tags by their source ------------------------------------------------------------------------------------------ */

#define PROBES 16 /* places that a source may have in the table; one that finds none free is read again and again */

static uint64_t mixed(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 32;
}

static uint64_t hash_of(const Text *page, Py_ssize_t start, Py_ssize_t end)
{
    const char *at = (const char *)page->data + start * page->kind;
    Py_ssize_t left = (end - start) * page->kind;
    uint64_t hash = (uint64_t)left, word = 0;
    for (; left >= 8; left -= 8, at += 8) {
        memcpy(&word, at, 8);
        hash = mixed(hash, word);
    }
    word = 0;
    memcpy(&word, at, (size_t)left);
    return mixed(hash, word);
}

static int same_source(const Tags *t, const Tag *tag, const Token *token)
{
    const Py_ssize_t length = token->end - token->start, kind = t->text.kind;
    const char *const chars = t->text.data;
    return tag->end - tag->start == length &&
           memcmp(chars + tag->start * kind, chars + token->start * kind, (size_t)(length * kind)) == 0;
}

/* The tag that is written like a token; if there is none 0, and the place in the table for it, or NULL. */
static Py_ssize_t find_source(const Tags *t, const Token *token, uint64_t hash, Source **place)
{
    for (Py_ssize_t i = 0; i < PROBES; i++) {
        Source *const source = &t->sources[(size_t)(hash + (uint64_t)i) & (size_t)(t->sources_room - 1)];
        *place = source;
        if (source->tag == 0)
            return 0;
        if (source->hash == hash && same_source(t, &t->tags[source->tag], token))
            return source->tag;
    }
    *place = NULL;
    return 0;
}

/* Make the table of sources twice as large; what finds no place is left out. */
static int grow_sources(Tags *t)
{
    const Py_ssize_t before = t->sources_room, room = before ? before * 2 : 256;
    Source *const old = t->sources;
    Source *const grown = PyMem_Calloc((size_t)room, sizeof *grown); /* NULL if that is too much */
    if (grown == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    t->sources_used = 0;
    for (Py_ssize_t i = 0; i < before; i++)
        for (Py_ssize_t j = 0; old[i].tag && j < PROBES; j++) {
            Source *const place = &grown[(size_t)(old[i].hash + (uint64_t)j) & (size_t)(room - 1)];
            if (place->tag == 0) {
                *place = old[i];
                t->sources_used++;
                break;
            }
        }
    t->sources = grown;
    t->sources_room = room;
    PyMem_Free(old);
    return 0;
}

/* --- what tags say ------------------------------------------------------------------------------------------------- */

static PyObject *source_of(const Tags *t, const Tag *tag)
{
    return PyUnicode_Substring(t->page, tag->start, tag->end);
}

/* Read a str that may be None, instead of what there is: a reference, or NULL; -1 if it is another object. */
static int take_string(PyObject *object, PyObject **string)
{
    Text text;
    if (object != Py_None && text_of(&text, object) < 0)
        return -1;
    Py_XSETREF(*string, object == Py_None ? NULL : Py_NewRef(object));
    return 0;
}

/* Read all of a tag in Python. */
static int read_rare_tag(Tags *t, Tag *tag)
{
    PyObject *const source = source_of(t, tag);
    PyObject *const read = source == NULL ? NULL : PyObject_CallOneArg(t->read_tag, source);
    Py_XDECREF(source);
    if (read == NULL)
        return -1;
    PyObject *href, *when, *label;
    const int good = is_tuple(read) &&
                     PyArg_ParseTuple(read, "OOIUp", &href, &when, &tag->unseen, &label, &tag->hides) &&
                     take_string(href, &tag->href) == 0 && take_string(when, &tag->when) == 0;
    if (good)
        Py_XSETREF(tag->label, Py_NewRef(label));
    Py_DECREF(read);
    return good ? 0 : -1;
}

/* The part `start` to `end` of a text, without white space at its ends, as a str. */
static PyObject *stripped(const Text *text, Py_ssize_t start, Py_ssize_t end)
{
    while (start < end && Py_UNICODE_ISSPACE(text_at(text, start)))
        start++;
    while (start < end && Py_UNICODE_ISSPACE(text_at(text, end - 1)))
        end--;
    return PyUnicode_FromKindAndData(text->kind, (const char *)text->data + start * text->kind, end - start);
}

/* The value of a tag's attribute, stripped: 1, and a reference, or NULL if it is empty; 0 if Python is to read it; -1 and
   an error. */
static int value_of(Tags *t, const Tag *tag, const char *name, PyObject **value)
{
    Attribute attribute;
    Py_ssize_t at = tag->name_end;
    *value = NULL;
    do
        if (scan_attribute(&t->text, &at, &attribute) <= 0)
            return 1;
    while (!has_name(&t->text, &attribute, name, (Py_ssize_t)strlen(name)));
    if (attribute.value == attribute.value_end)
        return 1;
    Text text = t->text;
    Py_ssize_t start = attribute.value, end = attribute.value_end;
    int decoded = 0;
    for (Py_ssize_t i = start; i < end && !decoded; i++) {
        const Py_UCS4 c = text_at(&text, i);
        decoded = c == '&' || c == '\r' || c == 0;
    }
    if (decoded) {
        const int status = decode_part(t->page, start, end, t->references, &t->decoded);
        if (status <= 0)
            return status;
        text = (Text){.data = t->decoded.chars, .length = t->decoded.used, .kind = PyUnicode_4BYTE_KIND};
        start = 0;
        end = text.length;
    }
    *value = stripped(&text, start, end);
    return *value == NULL ? -1 : 1;
}

/* Read the type of a script; 1, 0 or -1 as value_of. */
static int type_of_script(Tags *t, Tag *tag)
{
    PyObject *type;
    const int status = value_of(t, tag, "type", &type);
    const int found = type == NULL ? 0 : PyUnicode_Contains(type, t->linked_data);
    Py_XDECREF(type);
    if (found > 0)
        tag->unseen |= LINKED_DATA;
    return found < 0 ? -1 : status;
}

/* Note a tag that says something of the page. */
static int add_to_head(Tags *t, const Tag *tag)
{
    PyObject *const source = source_of(t, tag);
    const int failed = source == NULL ? -1 : PyList_Append(t->head, source);
    Py_XDECREF(source);
    return failed;
}

/* Read what is asked of a new tag before its label. */
static int read_new_tag(Tags *t, Tag *tag)
{
    const uint32_t marks = t->kinds[tag->kind].marks;
    int status = 1;
    if (marks & IS_LINK)
        status = value_of(t, tag, "href", &tag->href);
    if (status == 1 && marks & IS_TIME)
        status = value_of(t, tag, "datetime", &tag->when);
    if (status == 1 && marks & IS_SCRIPT)
        status = type_of_script(t, tag);
    if (status < 0 || (marks & OF_HEAD && add_to_head(t, tag) < 0))
        return -1;
    return status == 0 ? read_rare_tag(t, tag) : 0;
}

/* A new tag; without token it has no attribute. */
static Py_ssize_t add_tag(Tags *t, Py_ssize_t kind, const Token *token)
{
    MAKE_ROOM(t, tags, -1);
    Tag *const tag = &t->tags[t->tags_used++];
    *tag = (Tag){.kind = kind, .unseen = t->kinds[kind].unseen};
    if (token == NULL) {
        tag->label = Py_NewRef(t->empty);
        return t->tags_used - 1;
    }
    tag->start = token->start;
    tag->end = token->end;
    tag->name_end = token->name_end;
    return read_new_tag(t, tag) < 0 ? -1 : t->tags_used - 1;
}

Py_ssize_t tag_of(Tags *t, const Token *token, Py_ssize_t kind)
{
    if (token->end == token->name_end + 1 && !(t->kinds[kind].marks & OF_HEAD)) { /* `<p>` */
        if (t->kinds[kind].bare < 0) {
            const Py_ssize_t bare = add_tag(t, kind, NULL);
            t->kinds[kind].bare = bare;
        }
        return t->kinds[kind].bare;
    }
    if (t->sources_used * 2 >= t->sources_room && grow_sources(t) < 0)
        return -1;
    const uint64_t hash = hash_of(&t->text, token->start, token->end);
    Source *place;
    Py_ssize_t tag = find_source(t, token, hash, &place);
    if (tag == 0) {
        tag = add_tag(t, kind, token);
        if (tag > 0 && place != NULL) {
            *place = (Source){hash, tag};
            t->sources_used++;
        }
    }
    return tag;
}

int tag_label(Tags *t, Tag *tag)
{
    if (tag->label != NULL)
        return 0;
    const uint32_t marks = t->kinds[tag->kind].marks;
    if (marks & IS_SCRIPT) {
        tag->label = Py_NewRef(tag->unseen & LINKED_DATA ? t->linked_data : t->empty);
        return 0;
    }
    const int status = label_of(t, tag, &tag->label, &tag->hides);
    if (status == 0)
        return read_rare_tag(t, tag);
    if (marks & NEVER_HIDDEN)
        tag->hides = 0;
    return status < 0 ? -1 : 0;
}

int is_tuple(PyObject *object)
{
    if (PyTuple_Check(object))
        return 1;
    PyErr_Format(PyExc_TypeError, "a tuple, not %.100s", Py_TYPE(object)->tp_name);
    return 0;
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

/* Note the attributes that are looked for. */
static int take_shown(Tags *t, PyObject *shown)
{
    PyObject *name, *meaning;
    for (Py_ssize_t at = 0; PyDict_Next(shown, &at, &name, &meaning); t->shown_used++) {
        Text text;
        if (text_of(&text, name) < 0)
            return -1;
        Shown *const one = &t->shown[t->shown_used];
        if (t->shown_used == MOST_SHOWN || !PyUnicode_IS_ASCII(name) || text.length > (Py_ssize_t)sizeof one->name) {
            PyErr_SetString(PyExc_ValueError, "attributes that are no page's");
            return -1;
        }
        memcpy(one->name, text.data, (size_t)text.length);
        one->length = text.length;
        one->meaning = PyLong_AsLong(meaning);
        if (one->meaning == -1 && PyErr_Occurred())
            return -1;
    }
    return 0;
}

int tags_begin(Tags *t, PyObject *names, PyObject *kinds, PyObject *shown)
{
    if (text_of(&t->text, t->page) < 0)
        return -1;
    if ((t->head = PyList_New(0)) == NULL || (t->numbers = PyDict_Copy(names)) == NULL ||
        (t->empty = PyUnicode_FromString("")) == NULL || (t->linked_data = PyUnicode_FromString("ld+json")) == NULL)
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
    return failed || take_shown(t, shown) < 0 || add_tag(t, 0, NULL) < 0 ? -1 : 0;
}

void tags_end(Tags *t)
{
    for (Py_ssize_t i = 0; i < t->kinds_used; i++)
        Py_DECREF(t->kinds[i].name);
    for (Py_ssize_t i = 0; i < t->tags_used; i++) {
        Py_XDECREF(t->tags[i].href);
        Py_XDECREF(t->tags[i].when);
        Py_XDECREF(t->tags[i].label);
    }
    Py_XDECREF(t->head);
    Py_XDECREF(t->numbers);
    Py_XDECREF(t->empty);
    Py_XDECREF(t->linked_data);
    PyMem_Free(t->kinds);
    PyMem_Free(t->tags);
    PyMem_Free(t->sources);
    PyMem_Free(t->decoded.chars);
}
