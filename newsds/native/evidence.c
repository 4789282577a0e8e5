/* What a page says of its article out of sight, held against each block. newsds/segment/evidence.py says what is found. */

#include "folded.h"

PyDoc_STRVAR(page_evidence_doc,
             "page_evidence(texts, start, end, declared, columns)\n--\n\n"
             "Fill in what speaks for the blocks of a page.\n\n"
             "texts: a list of str, those of the page from `start` to `end`. columns: int64 (11, texts), zeros, written.\n"
             "declared: None for a text dump; else titles, exact titles, keywords, sections, descriptions, authors, all\n"
             "lists of str, and the body, a str.");

#define LINE 120    /* code points of a line that are compared */
#define SHORTEST 6  /* code points of a line that can be a headline */
#define WHOLE 12    /* code points of a line that is not in a title by chance */
#define TOP 6       /* first lines of a text dump, among which the document's title is */
#define OPENING 16  /* code points by which the repeat of a longer line is told */
#define TEASER 40   /* code points of a description that a standfirst shares with it */

enum { SAME, BEFORE, OPENINGS, OPENINGS_BEFORE, TITLE, TITLE_WORDS, KEYWORD, SECTION, AUTHOR, DESCRIPTION, BODY, COLUMNS };

enum { TITLES, EXACT, KEYWORDS, SECTIONS, DESCRIPTIONS, AUTHORS, LISTS };

typedef struct {
    Codes codes;
    Line *keys;
    const Line **order, **spare; /* the keys, sorted */
    Py_ssize_t length;
    int64_t *columns[COLUMNS]; /* from the page's first row on */
    Index index;
    Lines words; /* of the title */
} Evidence;

static int read_keys(Evidence *of, PyObject *texts, Py_ssize_t start)
{
    of->keys = PyMem_Calloc((size_t)of->length + 1, sizeof *of->keys);
    of->order = PyMem_Calloc((size_t)of->length + 1, 2 * sizeof *of->order);
    if (of->keys == NULL || of->order == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    of->spare = of->order + of->length;
    for (Py_ssize_t i = 0; i < of->length; i++) {
        Text text;
        PyObject *const object = text_item(&text, texts, start + i);
        if (object == NULL || line_add_folded(&of->codes, object, LINE, &of->keys[i]) < 0)
            return -1;
        of->order[i] = &of->keys[i];
    }
    return 0;
}

/* --- lines that are alike */

/* Where the run of lines that begin as the one at `start` ends. */
static Py_ssize_t run_end(const Evidence *of, Py_ssize_t start, Py_ssize_t end, Py_ssize_t most)
{
    Py_ssize_t i = start + 1;
    while (i < end && line_begins(&of->codes, of->order[start], of->order[i], most))
        i++;
    return i;
}

/* Number the lines of a run, which are in the order of the page. */
static void number_run(const Evidence *of, Py_ssize_t start, Py_ssize_t end, int count, int above)
{
    for (Py_ssize_t i = start; i < end; i++) {
        const Py_ssize_t row = of->order[i] - of->keys;
        of->columns[count][row] = end - start;
        of->columns[above][row] = i - start;
    }
}

static void find_repeats(Evidence *of)
{
    lines_sort(&of->codes, of->order, of->spare, of->length, OPENING);
    for (Py_ssize_t start = 0, end; start < of->length; start = end) {
        end = run_end(of, start, of->length, OPENING);
        if (of->order[start]->length >= OPENING)
            number_run(of, start, end, OPENINGS, OPENINGS_BEFORE);
        if (end - start > 1)
            lines_sort(&of->codes, of->order + start, of->spare, end - start, PY_SSIZE_T_MAX);
        for (Py_ssize_t one = start, other; one < end; one = other) {
            other = run_end(of, one, end, PY_SSIZE_T_MAX);
            number_run(of, one, other, SAME, BEFORE);
        }
    }
}

/* --- words in common with the title */

/* The next word of a line from code point `from` of all on; its end, or -1 if there is none. */
static Py_ssize_t next_word(const Codes *codes, Py_ssize_t from, Py_ssize_t end, Line *word)
{
    while (from < end && Py_UNICODE_ISSPACE(codes->at[from]))
        from++;
    Py_ssize_t i = from;
    while (i < end && !Py_UNICODE_ISSPACE(codes->at[i]))
        i++;
    *word = (Line){.start = from, .length = i - from};
    return i > from ? i : -1;
}

static int read_words(Evidence *of, const Line *title)
{
    const Py_ssize_t end = title->start + title->length;
    Line *const words = PyMem_Calloc((size_t)title->length / 2 + 1, sizeof *words); /* a blank between two */
    if (words == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    Py_ssize_t count = 0;
    Line word;
    for (Py_ssize_t at = title->start; (at = next_word(&of->codes, at, end, &word)) >= 0;)
        words[count++] = word;
    return lines_make(&of->words, &of->codes, words, count);
}

static int share_words(Evidence *of, const Line *title)
{
    if (read_words(of, title) < 0)
        return -1;
    for (Py_ssize_t i = 0; i < of->length; i++) {
        const Line *const key = &of->keys[i];
        if (key->length <= 3 || key->length >= LINE)
            continue;
        const Py_ssize_t end = key->start + key->length;
        int64_t words = 0, shared = 0;
        Line word;
        for (Py_ssize_t at = key->start; (at = next_word(&of->codes, at, end, &word)) >= 0;) {
            words++;
            shared += lines_have(&of->words, &of->codes, &word);
        }
        if (shared)
            of->columns[TITLE_WORDS][i] = 255 * shared / (words > of->words.length ? words : of->words.length);
    }
    return 0;
}

/* --- a text dump: its first lines */

static int64_t held_by(const Codes *codes, const Line *key, const Line *const *top, Py_ssize_t count)
{
    int64_t in = 0, holds = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        if (!in && !line_is(codes, key, top[i]) && line_holds(codes, top[i], key))
            in = 2;
        if (!holds && top[i]->length < key->length && line_holds(codes, key, top[i]))
            holds = 4;
    }
    return in + holds;
}

static int hold_to_top(Evidence *of)
{
    const Line *top[TOP];
    Py_ssize_t count = 0;
    for (Py_ssize_t i = 0; i < of->length && i < TOP; i++)
        if (of->keys[i].length >= WHOLE)
            top[count++] = &of->keys[i];
    if (count == 0)
        return 0;
    for (Py_ssize_t i = 0; i < of->length; i++) {
        const Line *const key = &of->keys[i];
        if (key->length >= SHORTEST && key->length < LINE)
            of->columns[TITLE][i] = held_by(&of->codes, key, top, count);
    }
    return share_words(of, top[0]);
}

/* --- an HTML page: its head */

typedef struct {
    Line *lines[LISTS];
    Py_ssize_t count[LISTS];
    Lines sets[LISTS]; /* of those that are asked for whole lines */
    Line body, joined;
} Declared;

static void declared_free(Declared *declared)
{
    for (int i = 0; i < LISTS; i++) {
        PyMem_Free(declared->lines[i]);
        lines_free(&declared->sets[i]);
    }
}

/* Read a list of str, with a line break between two. */
static int read_list(Evidence *of, Declared *declared, int which, PyObject *list)
{
    const Py_ssize_t count = PyList_GET_SIZE(list);
    declared->lines[which] = PyMem_Calloc((size_t)count + 1, sizeof(Line));
    if (declared->lines[which] == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        Text text;
        PyObject *const object = text_item(&text, list, i);
        if (object == NULL || codes_break(&of->codes) < 0 ||
            line_add(&of->codes, object, &declared->lines[which][i]) < 0)
            return -1;
    }
    declared->count[which] = count;
    return 0;
}

static int make_set(Evidence *of, Declared *declared, int which)
{
    Line *const lines = declared->lines[which];
    declared->lines[which] = NULL;
    return lines_make(&declared->sets[which], &of->codes, lines, declared->count[which]);
}

static int read_declared(Evidence *of, Declared *declared, PyObject *const *lists, PyObject *body)
{
    for (int i = 0; i < LISTS; i++)
        if (read_list(of, declared, i, lists[i]) < 0)
            return -1;
    if (line_add(&of->codes, body, &declared->body) < 0)
        return -1;
    const Py_ssize_t count = declared->count[TITLES];
    if (count) {
        const Line *const titles = declared->lines[TITLES];
        declared->joined.start = titles[0].start;
        declared->joined.length = titles[count - 1].start + titles[count - 1].length - titles[0].start;
    }
    for (int i = EXACT; i < AUTHORS; i++)
        if (make_set(of, declared, i) < 0)
            return -1;
    return 0;
}

/* What a line says of the title: 3 if it is one, 2 or 1 if one holds it. */
static int64_t title_of(const Evidence *of, const Declared *declared, const Line *key)
{
    if (lines_have(&declared->sets[EXACT], &of->codes, key))
        return 3;
    if (index_count(&of->index, &of->codes, key, 1) == 0)
        return 0;
    return key->length > WHOLE ? 2 : 1;
}

static int names_author(const Evidence *of, const Declared *declared, const Line *key)
{
    for (Py_ssize_t i = 0; i < declared->count[AUTHORS]; i++)
        if (line_holds(&of->codes, key, &declared->lines[AUTHORS][i]))
            return 1;
    return 0;
}

/* A tag without the marks around it. */
static Line without_hash(const Codes *codes, const Line *key)
{
    Line line = *key;
    if (line.length && codes->at[line.start] == '#') {
        for (; line.length && codes->at[line.start] == '#'; line.length--)
            line.start++;
        while (line.length && codes->at[line.start + line.length - 1] == '#')
            line.length--;
    }
    return line;
}

static void hold_to_lines(Evidence *of, const Declared *declared)
{
    const Codes *const codes = &of->codes;
    for (Py_ssize_t i = 0; i < of->length; i++) {
        const Line *const key = &of->keys[i];
        if (key->length >= SHORTEST && key->length < LINE) {
            of->columns[TITLE][i] = title_of(of, declared, key);
            of->columns[AUTHOR][i] = names_author(of, declared, key);
        }
        if (key->length < LINE) {
            const Line tag = without_hash(codes, key);
            of->columns[SECTION][i] = lines_have(&declared->sets[SECTIONS], codes, key);
            of->columns[KEYWORD][i] = lines_have(&declared->sets[KEYWORDS], codes, &tag);
        }
        if (key->length > TEASER) {
            const Line teaser = {.start = key->start, .length = TEASER};
            of->columns[DESCRIPTION][i] = lines_have(&declared->sets[DESCRIPTIONS], codes, &teaser);
        }
    }
}

static int hold_to_body(Evidence *of, const Line *body)
{
    if (index_build(&of->index, &of->codes, *body) < 0)
        return -1;
    for (Py_ssize_t i = 0; i < of->length; i++) {
        Line key = of->keys[i];
        if (key.length <= OPENING)
            continue;
        if (key.length > LINE / 2)
            key.length = LINE / 2;
        of->columns[BODY][i] = 1 + index_count(&of->index, &of->codes, &key, 1);
    }
    return 0;
}

static int hold_to_head(Evidence *of, const Declared *declared)
{
    if (index_build(&of->index, &of->codes, declared->joined) < 0)
        return -1;
    hold_to_lines(of, declared);
    if (declared->body.length && hold_to_body(of, &declared->body) < 0)
        return -1;
    return declared->count[TITLES] ? share_words(of, &declared->lines[TITLES][0]) : 0;
}

/* --- a page */

static int fill_page(Evidence *of, PyObject *texts, Py_ssize_t start, PyObject *declared)
{
    if (read_keys(of, texts, start) < 0)
        return -1;
    if (declared == Py_None) {
        find_repeats(of);
        return hold_to_top(of);
    }
    PyObject *lists[LISTS], *body;
    if (!PyTuple_Check(declared)) {
        PyErr_SetString(PyExc_TypeError, "declared: None or a tuple");
        return -1;
    }
    if (!PyArg_ParseTuple(declared, "O!O!O!O!O!O!U", &PyList_Type, &lists[TITLES], &PyList_Type, &lists[EXACT],
                          &PyList_Type, &lists[KEYWORDS], &PyList_Type, &lists[SECTIONS], &PyList_Type,
                          &lists[DESCRIPTIONS], &PyList_Type, &lists[AUTHORS], &body))
        return -1;
    Declared read = {0};
    int failed = read_declared(of, &read, lists, body);
    if (!failed) {
        find_repeats(of);
        failed = hold_to_head(of, &read);
    }
    declared_free(&read);
    return failed;
}

static PyObject *page_evidence(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *texts, *declared, *columns;
    Py_ssize_t start, end;
    if (!PyArg_ParseTuple(args, "O!nnOO", &PyList_Type, &texts, &start, &end, &declared, &columns))
        return NULL;
    const Py_ssize_t rows = PyList_GET_SIZE(texts);
    if (start < 0 || start > end || end > rows || rows > PY_SSIZE_T_MAX / 64) {
        PyErr_SetString(PyExc_ValueError, "no such page");
        return NULL;
    }
    Numbers numbers;
    if (numbers_take(&numbers, columns, sizeof(int64_t), COLUMNS * rows, 1) < 0)
        return NULL;
    int failed = -1;
    Evidence *const of = PyMem_Calloc(1, sizeof *of);
    if (of == NULL) {
        PyErr_NoMemory();
    } else {
        of->length = end - start;
        for (int i = 0; i < COLUMNS; i++)
            of->columns[i] = (int64_t *)numbers.view.buf + i * rows + start;
        failed = fill_page(of, texts, start, declared);
        codes_free(&of->codes);
        index_free(&of->index);
        lines_free(&of->words);
        PyMem_Free(of->keys);
        PyMem_Free(of->order);
        PyMem_Free(of);
    }
    numbers_release(&numbers);
    return failed ? NULL : Py_NewRef(Py_None);
}

PyMethodDef evidence_methods[] = {
    {"page_evidence", page_evidence, METH_VARARGS, page_evidence_doc},
    {NULL, NULL, 0, NULL},
};
