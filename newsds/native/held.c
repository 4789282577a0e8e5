/* Lines that the running text of their page holds, or a line near them. newsds/segment/topic.py says what is marked. */

#include "folded.h"

PyDoc_STRVAR(hold_lines_doc,
             "hold_lines(texts, offsets, short, prose, times, inside)\n--\n\n"
             "Count how often the prose of its page holds each short text, and mark what is in a text near it.\n\n"
             "texts: a list of str. offsets: int64, the first text of each page, and the end of the last.\n"
             "short, prose: bool, one a text. times, inside: int64, one a text, written.");

#define LONGEST 300 /* characters of a line that may hold another, or stand in one */
#define WHOLE 12    /* characters of a line that is not in another by chance */
#define AROUND 3    /* lines either way in which one may stand */

/* A line holds one that is most of it, is most of one; holds a shorter one, is in a longer one. */
enum { HOLDS_MOST = 1, IS_MOST = 2, HOLDS = 4, IS_HELD = 8 };

enum { OFFSETS, IS_SHORT, PROSE, TIMES, INSIDE, ARRAYS };

typedef struct {
    Line line;
    int middling; /* may hold another, or stand in one */
} Row;

typedef struct {
    PyObject *texts;
    Numbers numbers[ARRAYS];
    Codes codes;
    Index index;
    Row *rows; /* of the page */
    Py_ssize_t room;
} Held;

static int has_any(const uint8_t *bools, Py_ssize_t start, Py_ssize_t end)
{
    for (Py_ssize_t i = start; i < end; i++)
        if (bools[i])
            return 1;
    return 0;
}

/* Read a text of the page if it is `wanted`, or may hold another. */
static int read_row(Held *of, Py_ssize_t i, int wanted, Row *row)
{
    Text text;
    PyObject *const object = text_item(&text, of->texts, i);
    if (object == NULL)
        return -1;
    row->middling = text.length >= WHOLE && text.length <= LONGEST;
    return wanted || row->middling ? line_add_lower(&of->codes, object, &row->line) : 0;
}

/* Read the texts of a page, prose first, with a line break between two, so that it is one text. */
static int read_rows(Held *of, Py_ssize_t start, Py_ssize_t end, int counted, Line *text)
{
    const uint8_t *const prose = of->numbers[PROSE].view.buf, *const is_short = of->numbers[IS_SHORT].view.buf;
    of->codes.length = 0;
    Row *const rows = with_room(of->rows, end - start, &of->room, sizeof *rows);
    if (rows == NULL)
        return -1;
    of->rows = rows;
    for (Py_ssize_t i = start; i < end; i++)
        if (prose[i] && (read_row(of, i, counted, &rows[i - start]) < 0 || codes_break(&of->codes) < 0))
            return -1;
    *text = (Line){.start = 0, .length = of->codes.length ? of->codes.length - 1 : 0};
    for (Py_ssize_t i = start; i < end; i++)
        if (!prose[i] && read_row(of, i, is_short[i], &rows[i - start]) < 0)
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
            times[i] = index_count(&of->index, &of->codes, &of->rows[i - start].line, PY_SSIZE_T_MAX);
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
        *of_one |= most ? HOLDS_MOST : HOLDS;
        *of_other |= most ? IS_MOST : IS_HELD;
    }
}

/* Hold each line of middling length against those near it. */
static void mark_lines(Held *of, Py_ssize_t start, Py_ssize_t end)
{
    int64_t *const inside = (int64_t *)of->numbers[INSIDE].view.buf + start;
    for (Py_ssize_t i = 0; i < end - start; i++) {
        const Row *const row = &of->rows[i];
        inside[i] = 0;
        for (Py_ssize_t by = 1; row->middling && by <= AROUND && by <= i; by++)
            if (row[-by].middling)
                mark_pair(&of->codes, &row->line, &row[-by].line, &inside[i], &inside[i - by]);
    }
}

static int hold_page(Held *of, Py_ssize_t start, Py_ssize_t end)
{
    const int counted = has_any(of->numbers[IS_SHORT].view.buf, start, end) &&
                        has_any(of->numbers[PROSE].view.buf, start, end);
    Line text;
    memset((int64_t *)of->numbers[TIMES].view.buf + start, 0, (size_t)(end - start) * sizeof(int64_t));
    if (read_rows(of, start, end, counted, &text) < 0 || (counted && count_lines(of, start, end, text) < 0))
        return -1;
    mark_lines(of, start, end);
    return 0;
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
    PyMem_Free(of->rows);
    PyMem_Free(of);
    return result;
}

PyMethodDef held_methods[] = {
    {"hold_lines", hold_lines, METH_VARARGS, hold_lines_doc},
    {NULL, NULL, 0, NULL},
};
