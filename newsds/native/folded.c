/* Lines of a page in small letters: see folded.h. */

#include "folded.h"

/* --- code points that grow */

int codes_reserve(Codes *codes, Py_ssize_t more)
{
    if (more <= codes->room - codes->length)
        return 0;
    if (more > PY_SSIZE_T_MAX - codes->length) {
        PyErr_NoMemory();
        return -1;
    }
    Py_UCS4 *const at = with_room(codes->at, codes->length + more, &codes->room, sizeof *at);
    if (at == NULL)
        return -1;
    codes->at = at;
    return 0;
}

int codes_break(Codes *codes)
{
    if (codes_reserve(codes, 1) < 0)
        return -1;
    codes->at[codes->length++] = '\n';
    return 0;
}

void codes_free(Codes *codes)
{
    PyMem_Free(codes->at);
    *codes = (Codes){0};
}

/* --- small letters */

#define NO_SMALL UINT32_MAX /* more than one code point, or not the same everywhere: Python is asked */

typedef Py_UCS4 (*Small)(Py_UCS4 c);

static inline Py_UCS4 same(Py_UCS4 c)
{
    return c;
}

static inline Py_UCS4 small_ascii(Py_UCS4 c)
{
    return c - 'A' < 26 ? c + ('a' - 'A') : c;
}

static inline Py_UCS4 lowered(Py_UCS4 c)
{
    if (c < 0x80)
        return small_ascii(c);
    if (c == 0x130 || c == 0x3A3) /* dotted capital i: two code points; capital sigma: another one at the end of a word */
        return NO_SMALL;
    return Py_UNICODE_TOLOWER(c);
}

/* Letters outside the ranges here are rare, or fold as no rule says. */
static inline Py_UCS4 folded(Py_UCS4 c)
{
    if (c < 0x80)
        return small_ascii(c);
    if ((c >= 0x2000 && c < 0x2100) || (c >= 0x2E80 && c < 0xA640) || (c >= 0xAC00 && c < 0xFB00))
        return c; /* marks; Chinese, Japanese, Korean */
    if (c < 0x250) /* Latin */
        return c == 0xB5 || c == 0xDF || c == 0x130 || c == 0x149 || c == 0x17F || c == 0x1F0 ? NO_SMALL
                                                                                              : Py_UNICODE_TOLOWER(c);
    if ((c >= 0x400 && c < 0x530) || (c >= 0x1EA0 && c < 0x1F00)) /* Cyrillic, Vietnamese */
        return Py_UNICODE_TOLOWER(c);
    if (c >= 0x590 && c < 0x10A0) /* Hebrew to Burmese */
        return c;
    return NO_SMALL;
}

/* Write `length` code points in small letters to `out`; 0, or -1 if there is one that has none. */
static inline int make_small(Py_UCS4 *out, uint64_t *letters, const void *data, Py_ssize_t length, int width,
                             Small small)
{
    for (Py_ssize_t i = 0; i < length; i++) {
        const Py_UCS4 c = small(PyUnicode_READ(width, data, i));
        if (c == NO_SMALL)
            return -1;
        out[i] = c;
        *letters |= UINT64_C(1) << (c % 64);
    }
    return 0;
}

/* Add the first `length` code points of a text in small letters: 1; 0 if Python is to do it; -1 and an error. */
static inline int add_small(Codes *codes, const Text *text, Py_ssize_t length, Line *line, Small small)
{
    if (codes_reserve(codes, length) < 0)
        return -1;
    Py_UCS4 *const out = codes->at + codes->length;
    uint64_t letters = 0;
    int failed;
    if (text->kind == PyUnicode_1BYTE_KIND) /* a loop for each width, as it is known to the compiler */
        failed = make_small(out, &letters, text->data, length, PyUnicode_1BYTE_KIND, small);
    else if (text->kind == PyUnicode_2BYTE_KIND)
        failed = make_small(out, &letters, text->data, length, PyUnicode_2BYTE_KIND, small);
    else
        failed = make_small(out, &letters, text->data, length, PyUnicode_4BYTE_KIND, small);
    if (failed)
        return 0;
    *line = (Line){codes->length, length, letters};
    codes->length += length;
    return 1;
}

int line_add(Codes *codes, PyObject *object, Line *line)
{
    Text text;
    if (text_of(&text, object) < 0)
        return -1;
    return add_small(codes, &text, text.length, line, same) < 0 ? -1 : 0;
}

/* Add what a method of str makes of the first `most` code points. */
static int add_made(Codes *codes, PyObject *object, Py_ssize_t most, const char *method, Line *line)
{
    PyObject *const piece = PyUnicode_Substring(object, 0, most);
    if (piece == NULL)
        return -1;
    PyObject *const made = PyObject_CallMethod((PyObject *)&PyUnicode_Type, method, "O", piece);
    Py_DECREF(piece);
    if (made == NULL)
        return -1;
    const int failed = line_add(codes, made, line);
    Py_DECREF(made);
    return failed;
}

int line_add_lower(Codes *codes, PyObject *object, Line *line)
{
    Text text;
    if (text_of(&text, object) < 0)
        return -1;
    const int done = add_small(codes, &text, text.length, line, lowered);
    return done ? (done < 0 ? -1 : 0) : add_made(codes, object, text.length, "lower", line);
}

int line_add_folded(Codes *codes, PyObject *object, Py_ssize_t most, Line *line)
{
    Text text;
    if (text_of(&text, object) < 0)
        return -1;
    const Py_ssize_t length = text.length < most ? text.length : most;
    const int done = add_small(codes, &text, length, line, folded);
    return done ? (done < 0 ? -1 : 0) : add_made(codes, object, length, "casefold", line);
}

/* --- one line in another */

static inline int same_codes(const Py_UCS4 *one, const Py_UCS4 *other, Py_ssize_t length)
{
    return memcmp(one, other, (size_t)length * sizeof *one) == 0;
}

int line_is(const Codes *codes, const Line *one, const Line *other)
{
    return one->length == other->length &&
           same_codes(codes->at + one->start, codes->at + other->start, one->length);
}

int line_holds(const Codes *codes, const Line *one, const Line *other)
{
    if (other->length > one->length || (other->letters & ~one->letters))
        return 0;
    if (other->length == 0)
        return 1;
    const Py_UCS4 *const text = codes->at + one->start, *const line = codes->at + other->start;
    const Py_ssize_t last = other->length - 1;
    for (Py_ssize_t i = 0; i + last < one->length; i++)
        if (text[i] == line[0] && text[i + last] == line[last] && same_codes(text + i, line, other->length))
            return 1;
    return 0;
}

/* --- many lines */

static inline Py_ssize_t at_most(Py_ssize_t length, Py_ssize_t most)
{
    return length < most ? length : most;
}

/* Any order will do, as long as it is one, and a line stands by those that it begins. */
static int line_order(const Codes *codes, const Line *one, const Line *other, Py_ssize_t most)
{
    const Py_ssize_t a = at_most(one->length, most), b = at_most(other->length, most);
    const Py_UCS4 *const x = codes->at + one->start, *const y = codes->at + other->start;
    if (a && b && *x != *y)
        return *x < *y ? -1 : 1;
    const int order = memcmp(x, y, (size_t)at_most(a, b) * sizeof *x);
    return order ? order : (a > b) - (a < b);
}

int line_begins(const Codes *codes, const Line *one, const Line *other, Py_ssize_t most)
{
    return line_order(codes, one, other, most) == 0;
}

/* Merge sorted runs [start, middle) and [middle, end). */
static void merge(const Codes *codes, const Line **from, const Line **to, Py_ssize_t start, Py_ssize_t middle,
                  Py_ssize_t end, Py_ssize_t most)
{
    Py_ssize_t a = start, b = middle;
    for (Py_ssize_t i = start; i < end; i++)
        if (b >= end || (a < middle && line_order(codes, from[a], from[b], most) <= 0))
            to[i] = from[a++];
        else
            to[i] = from[b++];
}

void lines_sort(const Codes *codes, const Line **lines, const Line **spare, Py_ssize_t count, Py_ssize_t most)
{
    const Line **from = lines, **to = spare;
    for (Py_ssize_t run = 1; run < count; run *= 2) {
        for (Py_ssize_t start = 0; start < count; start += 2 * run)
            merge(codes, from, to, start, at_most(start + run, count), at_most(start + 2 * run, count), most);
        const Line **const done = to;
        to = from;
        from = done;
    }
    if (from != lines && count)
        memcpy(lines, from, (size_t)count * sizeof *lines);
}

/* The bit by which a line is not among most others. */
static inline uint64_t filter_bit(const Codes *codes, const Line *line)
{
    uint32_t hash = (uint32_t)line->length;
    if (line->length)
        hash += codes->at[line->start] * UINT32_C(0x9E3779B1) +
                codes->at[line->start + line->length - 1] * UINT32_C(0x85EBCA77);
    return UINT64_C(1) << (hash >> 26);
}

int lines_make(Lines *set, const Codes *codes, Line *lines, Py_ssize_t count)
{
    *set = (Lines){.lines = lines};
    if (count == 0)
        return 0;
    const Line **const order = PyMem_Calloc((size_t)count, 2 * sizeof *order);
    if (order == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    set->order = order;
    for (Py_ssize_t i = 0; i < count; i++) {
        order[i] = &lines[i];
        set->filter |= filter_bit(codes, &lines[i]);
    }
    lines_sort(codes, order, order + count, count, PY_SSIZE_T_MAX);
    for (Py_ssize_t i = 0; i < count; i++)
        if (set->length == 0 || !line_is(codes, order[set->length - 1], order[i]))
            order[set->length++] = order[i];
    return 0;
}

int lines_have(const Lines *set, const Codes *codes, const Line *line)
{
    if (set->length == 0 || !(set->filter & filter_bit(codes, line)))
        return 0;
    Py_ssize_t start = 0, end = set->length;
    while (start < end) {
        const Py_ssize_t middle = start + (end - start) / 2;
        const int order = line_order(codes, set->order[middle], line, PY_SSIZE_T_MAX);
        if (order == 0)
            return 1;
        if (order < 0)
            start = middle + 1;
        else
            end = middle;
    }
    return 0;
}

void lines_free(Lines *set)
{
    PyMem_Free(set->lines);
    PyMem_Free(set->order);
    *set = (Lines){0};
}

/* --- many lines in one text */

static inline uint32_t pair_at(const Py_UCS4 *at)
{
    return (uint32_t)(at[0] * UINT32_C(0x9E3779B1) + at[1] * UINT32_C(0x85EBCA77)) >> 20;
}

int index_build(Index *index, const Codes *codes, Line text)
{
    if (text.length >= INT32_MAX) {
        PyErr_NoMemory();
        return -1;
    }
    uint32_t *const next = with_room(index->next, text.length, &index->room, sizeof *next);
    if (next == NULL)
        return -1;
    index->next = next;
    memset(index->first, 0, sizeof index->first);
    memset(index->count, 0, sizeof index->count);
    index->text = text;
    const Py_UCS4 *const at = codes->at + text.start;
    for (Py_ssize_t i = text.length - 2; i >= 0; i--) {
        const uint32_t pair = pair_at(at + i);
        index->next[i] = index->first[pair];
        index->first[pair] = (uint32_t)i + 1;
        index->count[pair]++;
    }
    return 0;
}

void index_free(Index *index)
{
    PyMem_Free(index->next);
}

/* The place in a line of the pair that the text has least. */
static Py_ssize_t rarest(const Index *index, const Py_UCS4 *line, Py_ssize_t length)
{
    Py_ssize_t best = 0;
    uint32_t least = UINT32_MAX;
    for (Py_ssize_t i = 0; i + 1 < length && least > 0; i++) {
        const uint32_t count = index->count[pair_at(line + i)];
        if (count < least) {
            least = count;
            best = i;
        }
    }
    return best;
}

Py_ssize_t index_count(const Index *index, const Codes *codes, const Line *line, Py_ssize_t most)
{
    const Py_UCS4 *const text = codes->at + index->text.start, *const at = codes->at + line->start;
    const Py_ssize_t length = line->length, size = index->text.length;
    if (length < 2 || length > size)
        return 0;
    const Py_ssize_t in_line = rarest(index, at, length);
    Py_ssize_t found = 0, from = 0;
    for (uint32_t next = index->first[pair_at(at + in_line)]; next && found < most; next = index->next[next - 1]) {
        const Py_ssize_t start = (Py_ssize_t)next - 1 - in_line;
        if (start >= from && start <= size - length && same_codes(text + start, at, length)) {
            found++;
            from = start + length;
        }
    }
    return found;
}
