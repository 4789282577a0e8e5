/* What names an element, and whether it is shown: read_label of newsds/blocks/tags.py, as far as all is ASCII. */

#include "blocks.h"

enum { LABEL, HIDDEN, STYLE, ARIA }; /* what an attribute is to a label */
#define VALUES 8                     /* of a label; more are no page's */
#define ARIA_HIDDEN "aria-hidden"

typedef struct {
    const Py_UCS1 *chars;
    Py_ssize_t length;
} Value;

/* What is read of a tag. */
typedef struct {
    Value values[VALUES];
    Py_UCS1 *buffer; /* twice as long as the tag and `ARIA_HIDDEN`: signs of values, then the label */
    Py_ssize_t used; /* of it */
    int count, aria, hides;
} Label;

static Py_UCS1 lower(Py_UCS1 c)
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

int has_name(const Text *page, const Attribute *attribute, const char *name, Py_ssize_t length)
{
    if (attribute->name_end - attribute->name != length)
        return 0;
    for (Py_ssize_t i = 0; i < length; i++) {
        const Py_UCS4 c = text_at(page, attribute->name + i);
        if (c >= 128 || lower((Py_UCS1)c) != (Py_UCS1)name[i])
            return 0;
    }
    return 1;
}

static int holds(const Value *value, const char *word, Py_ssize_t length)
{
    for (Py_ssize_t i = 0; i + length <= value->length; i++) {
        Py_ssize_t same = 0;
        while (same < length && lower(value->chars[i + same]) == (Py_UCS1)word[same])
            same++;
        if (same == length)
            return 1;
    }
    return 0;
}

/* copy_value for one width of characters. */
static inline Py_ALWAYS_INLINE int copy_in(int kind, const void *data, const Attribute *attribute, Py_UCS1 *to)
{
    for (Py_ssize_t i = attribute->value; i < attribute->value_end; i++) {
        const Py_UCS4 c = PyUnicode_READ(kind, data, i);
        if (c >= 128 || c == '&' || c == '\r' || c == 0)
            return 0;
        *to++ = (Py_UCS1)c;
    }
    return 1;
}

/* Copy a value that is ASCII and means what stands there; 0 if it is another one. */
static int copy_value(const Text *page, const Attribute *attribute, Label *label, Value *value)
{
    Py_UCS1 *const to = label->buffer + label->used;
    *value = (Value){to, attribute->value_end - attribute->value};
    label->used += value->length;
    if (page->kind == PyUnicode_1BYTE_KIND)
        return copy_in(PyUnicode_1BYTE_KIND, page->data, attribute, to);
    if (page->kind == PyUnicode_2BYTE_KIND)
        return copy_in(PyUnicode_2BYTE_KIND, page->data, attribute, to);
    return copy_in(PyUnicode_4BYTE_KIND, page->data, attribute, to);
}

/* Write the words of a value in lower case, each with a blank behind it; returns where the next begins. */
static Py_UCS1 *write_words(Py_UCS1 *to, const Value *value)
{
    Py_UCS1 before = ' ';
    for (Py_ssize_t i = 0; i < value->length; i++) {
        const Py_UCS1 c = Py_UNICODE_ISSPACE(value->chars[i]) ? ' ' : lower(value->chars[i]);
        if (c != ' ' || before != ' ')
            *to++ = c;
        before = c;
    }
    if (before != ' ')
        *to++ = ' ';
    return to;
}

/* Join the words of all values, the last value's first. */
static PyObject *joined(const Label *label)
{
    Py_UCS1 *const start = label->buffer + label->used, *end = start;
    for (int i = label->count - 1; i >= 0; i--)
        end = write_words(end, &label->values[i]);
    if (label->aria) {
        memcpy(end, ARIA_HIDDEN " ", sizeof ARIA_HIDDEN);
        end += sizeof ARIA_HIDDEN;
    }
    const Py_ssize_t length = end == start ? 0 : end - start - 1;
    PyObject *const result = PyUnicode_New(length, 127);
    if (result != NULL && length > 0)
        memcpy(PyUnicode_DATA(result), start, (size_t)length);
    return result;
}

/* Which of the attributes that are looked for one is; -1 if none. */
static int which(const Tags *t, const Attribute *attribute)
{
    for (int i = 0; i < t->shown_used; i++)
        if (has_name(&t->text, attribute, t->shown[i].name, t->shown[i].length))
            return i;
    return -1;
}

/* Read an attribute that is looked for; 0 if Python is to read it. */
static int add_attribute(const Text *page, const Attribute *attribute, long meaning, Label *label)
{
    Value value;
    if (meaning == HIDDEN)
        label->hides = 1;
    else if (!copy_value(page, attribute, label, &value))
        return 0;
    else if (meaning == ARIA)
        label->aria = value.length == 4 && memcmp(value.chars, "true", 4) == 0;
    else if (meaning == STYLE)
        return !holds(&value, "none", 4) && !holds(&value, "hidden", 6);
    else if (label->count == VALUES)
        return 0;
    else
        label->values[label->count++] = value;
    return 1;
}

/* Read the attributes of a tag; 0 if Python is to read them. */
static int read_attributes(const Tags *t, const Tag *tag, Label *label)
{
    uint32_t seen = 0; /* of two that have the same name the first counts */
    Attribute attribute;
    for (Py_ssize_t at = tag->name_end; scan_attribute(&t->text, &at, &attribute) > 0;) {
        const int found = which(t, &attribute);
        if (found < 0 || seen >> found & 1)
            continue;
        seen |= (uint32_t)1 << found;
        if (!add_attribute(&t->text, &attribute, t->shown[found].meaning, label))
            return 0;
    }
    return 1;
}

int label_of(const Tags *t, const Tag *tag, PyObject **label, int *hides)
{
    Py_UCS1 fixed[1024];
    const size_t room = 2 * ((size_t)(tag->end - tag->start) + sizeof ARIA_HIDDEN);
    Label read = {.buffer = room > sizeof fixed ? PyMem_Malloc(room) : fixed};
    if (read.buffer == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    int status = read_attributes(t, tag, &read);
    if (status) {
        *label = joined(&read);
        *hides = read.hides;
        status = *label == NULL ? -1 : 1;
    }
    if (read.buffer != fixed)
        PyMem_Free(read.buffer);
    return status;
}
