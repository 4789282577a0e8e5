/* Lines that the running text of their page holds, or a line near them. newsds/segment/topic.py says what is marked. */

#include "folded.h"

PyDoc_STRVAR(hold_lines_doc,
             "hold_lines(texts, offsets, short, prose, times, inside)\n--\n\n"
             "Count how often the prose of its page holds each short text, and mark what is in a text near it.\n\n"
             "texts: a list of str. offsets: int64, the first text of each page, and the end of the last.\n"
             "short, prose: bool, one a text. times, inside: int64, one a text, written.");

#define LONGEST 300 /* characters of a line that may hold another, or stand in one */
#define WHOLE 12    /* characters of a line that is not in another by chance */
#define NEAR 3      /* lines either way */

enum { LONG_OF_MOST = 1, SHORT_OF_MOST = 2, LONG = 4, SHORT = 8 };

enum { OFFSETS, IS_SHORT, PROSE, TIMES, INSIDE, ARRAYS };

typedef struct {
    PyObject *texts;
    Numbers numbers[ARRAYS];
    Codes codes;
    Index index;
    Line *lines; /* of the page; without a start where they are not looked at */
    Py_ssize_t room;
} Held;

#define NOWHERE -1

static int has_any(const uint8_t *bools, Py_ssize_t start, Py_ssize_t end)
{
    for (Py_ssize_t i = start; i < end; i++)
        if (bools[i])
            return 1;
    return 0;
}

/* Whether a line may hold another, or stand in one. */
static int is_middling(const Text *text)
{
    return text->length >= WHOLE && text->length <= LONGEST;
}

/* Read a text of the page if it is `wanted`, or may hold another. */
static int read_line(Held *of, Py_ssize_t i, int wanted, Line *line)
{
    Text text;
    PyObject *const object = text_item(&text, of->texts, i);
    if (object == NULL)
        return -1;
    *line = (Line){.start = NOWHERE};
    return wanted || is_middling(&text) ? line_add_lower(&of->codes, object, line) : 0;
}

/* Read the lines of a page, prose first, with a line break between two, so that it is one text. */
static int read_lines(Held *of, Py_ssize_t start, Py_ssize_t end, int counted, Line *text)
{
    const uint8_t *const prose = of->numbers[PROSE].view.buf, *const is_short = of->numbers[IS_SHORT].view.buf;
    of->codes.length = 0;
    Line *const lines = with_room(of->lines, end - start, &of->room, sizeof *lines);
    if (lines == NULL)
        return -1;
    of->lines = lines;
    for (Py_ssize_t i = start; i < end; i++)
        if (prose[i] && (read_line(of, i, counted, &lines[i - start]) < 0 || codes_break(&of->codes) < 0))
            return -1;
    *text = (Line){.start = 0, .length = of->codes.length ? of->codes.length - 1 : 0};
    for (Py_ssize_t i = start; i < end; i++)
        if (!prose[i] && read_line(of, i, is_short[i], &lines[i - start]) < 0)
            return -1;
    return 0;
}

/* Count each short line in the prose. */
static int count_lines(Held *of, Py_ssize_t start, Py_ssize_t end, Line text)
{
    const uint8_t *const is_short = of->numbers[IS_SHORT].view.buf;
    int64_t *const times = of->numbers[TIMES].view.buf;
    if (index_build(&of->index, &of->codes, text) < 0)
        return -1;
    for (Py_ssize_t i = start; i < end; i++)
        if (is_short[i])
            times[i] = index_count(&of->index, &of->codes, &of->lines[i - start], PY_SSIZE_T_MAX);
    return 0;
}

static void mark_pair(const Codes *codes, const Line *one, const Line *other, int64_t *of_one, int64_t *of_other)
{
    if (one->length == other->length)
        return;
    if (one->length < other->length) {
        const Line *const longer = other;
        int64_t *const of_longer = of_other;
        other = one;
        of_other = of_one;
        one = longer;
        of_one = of_longer;
    }
    if (line_holds(codes, one, other)) {
        const int most = 2 * other->length >= one->length;
        *of_one |= most ? LONG_OF_MOST : LONG;
        *of_other |= most ? SHORT_OF_MOST : SHORT;
    }
}

/* Hold each line of middling length against those near it. */
static int mark_lines(Held *of, Py_ssize_t start, Py_ssize_t end)
{
    int64_t *const inside = of->numbers[INSIDE].view.buf;
    for (Py_ssize_t i = start; i < end; i++) {
        Text text;
        if (text_item(&text, of->texts, i) == NULL)
            return -1;
        if (!is_middling(&text))
            of->lines[i - start].start = NOWHERE;
        inside[i] = 0;
        const Line *const line = &of->lines[i - start];
        for (Py_ssize_t by = 1; line->start != NOWHERE && by <= NEAR && i - by >= start; by++)
            if (line[-by].start != NOWHERE)
                mark_pair(&of->codes, line, line - by, &inside[i], &inside[i - by]);
    }
    return 0;
}

static int hold_page(Held *of, Py_ssize_t start, Py_ssize_t end)
{
    const int counted = has_any(of->numbers[IS_SHORT].view.buf, start, end) &&
                        has_any(of->numbers[PROSE].view.buf, start, end);
    Line text;
    memset((int64_t *)of->numbers[TIMES].view.buf + start, 0, (size_t)(end - start) * sizeof(int64_t));
    if (read_lines(of, start, end, counted, &text) < 0 || (counted && count_lines(of, start, end, text) < 0))
        return -1;
    return mark_lines(of, start, end);
}

static int hold_pages(Held *of)
{
    const int64_t *const offsets = of->numbers[OFFSETS].view.buf;
    for (Py_ssize_t page = 0; page + 1 < of->numbers[OFFSETS].length; page++)
        if (hold_page(of, (Py_ssize_t)offsets[page], (Py_ssize_t)offsets[page + 1]) < 0)
            return -1;
    return 0;
}

static PyObject *hold_lines(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *list, *objects[ARRAYS];
    if (!PyArg_ParseTuple(args, "O!OOOOO", &PyList_Type, &list, &objects[OFFSETS], &objects[IS_SHORT], &objects[PROSE],
                          &objects[TIMES], &objects[INSIDE]))
        return NULL;
    Held *const of = PyMem_Calloc(1, sizeof *of);
    if (of == NULL)
        return PyErr_NoMemory();
    of->texts = list;
    const Py_ssize_t texts = PyList_GET_SIZE(list);
    const Py_ssize_t sizes[ARRAYS] = {8, 1, 1, 8, 8};
    const Py_ssize_t least[ARRAYS] = {1, texts, texts, texts, texts};
    PyObject *result = NULL;
    for (int i = 0; i < ARRAYS; i++)
        if (numbers_take(&of->numbers[i], objects[i], sizes[i], least[i], i >= TIMES) < 0)
            goto done;
    if (offsets_check(&of->numbers[OFFSETS], texts) == 0 && hold_pages(of) == 0)
        result = Py_NewRef(Py_None);
done:
    for (int i = 0; i < ARRAYS; i++)
        numbers_release(&of->numbers[i]);
    codes_free(&of->codes);
    index_free(&of->index);
    PyMem_Free(of->lines);
    PyMem_Free(of);
    return result;
}

PyMethodDef held_methods[] = {
    {"hold_lines", hold_lines, METH_VARARGS, hold_lines_doc},
    {NULL, NULL, 0, NULL},
};
