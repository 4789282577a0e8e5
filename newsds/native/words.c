/* What the characters of each block show, in one pass. newsds/segment/words.py says what is counted. */

#include "characters.h"

PyDoc_STRVAR(count_words_doc,
             "count_words(texts, kinds, counts, numbers, edges)\n--\n\n"
             "Count characters by kind, tokens and sentences of each text, and look at its ends.\n\n"
             "texts: a list of str, none empty. kinds: uint8, the kind of each code point.\n"
             "counts: int64 (kinds, texts), written. numbers: int64 (5, texts), written: characters, tokens, those with a\n"
             "capital, words, sentences. edges: uint8 (5, texts), written: kinds of the first character, of the last three from\n"
             "the end, and how many of the last two are dots.");

#define CJK 0x2E7F /* scripts beyond it set no blank behind a full stop */

/* Characters by what stands before them and by kind, so that one addition a character counts all there is to count. */
typedef struct {
    uint32_t of[3 * KINDS_ROOM];
    uint32_t ends; /* of sentences that no blank tells */
} Tally;

/* What stands before a character: where its kinds are counted. */
#define AFTER_SPACE KINDS_ROOM
#define AFTER_STOP (2 * KINDS_ROOM)

static inline void tally_up(Tally *tally, const void *data, Py_ssize_t length, int width, const uint8_t *kinds)
{
    unsigned before = AFTER_SPACE;
    for (Py_ssize_t i = 0; i < length; i++) {
        const Py_UCS4 c = PyUnicode_READ(width, data, i);
        const unsigned kind = kinds[c] % KINDS_ROOM;
        tally->of[before + kind]++;
        before = (kind == KIND_SPACE ? AFTER_SPACE : 0) + (kind == KIND_STOP ? AFTER_STOP : 0);
        if (c > CJK && kind == KIND_STOP) {
            tally->ends++;
            before = 0;
        }
    }
    tally->ends += before == AFTER_STOP;
}

static void tally_text(Tally *tally, const Text *text, const uint8_t *kinds)
{
    memset(tally, 0, sizeof *tally);
    if (text->kind == PyUnicode_1BYTE_KIND) /* a loop for each width, as it is known to the compiler */
        tally_up(tally, text->data, text->length, PyUnicode_1BYTE_KIND, kinds);
    else if (text->kind == PyUnicode_2BYTE_KIND)
        tally_up(tally, text->data, text->length, PyUnicode_2BYTE_KIND, kinds);
    else
        tally_up(tally, text->data, text->length, PyUnicode_4BYTE_KIND, kinds);
}

static void write_counts(const Tally *tally, int64_t *counts, int64_t *numbers, Py_ssize_t texts)
{
    const uint32_t *const other = tally->of, *const opening = other + AFTER_SPACE, *const stopped = other + AFTER_STOP;
    int64_t tokens = 0;
    for (int kind = 0; kind < KINDS; kind++) {
        counts[kind * texts] = (int64_t)other[kind] + opening[kind] + stopped[kind];
        tokens += opening[kind];
    }
    numbers[texts] = tokens - opening[KIND_SPACE];
    numbers[2 * texts] = opening[KIND_UPPER];
    numbers[3 * texts] = (int64_t)opening[KIND_LOWER] + opening[KIND_UPPER] + opening[KIND_LETTER] + opening[KIND_DIGIT];
    numbers[4 * texts] = (int64_t)tally->ends + stopped[KIND_SPACE];
}

static void write_edges(const Text *text, const uint8_t *kinds, uint8_t *edges, Py_ssize_t texts)
{
    const Py_ssize_t last = text->length - 1;
    const Py_UCS4 end = text_at(text, last), second = text_at(text, last > 1 ? last - 1 : 0);
    edges[0] = kinds[text_at(text, 0)];
    edges[texts] = kinds[end];
    edges[2 * texts] = kinds[second];
    edges[3 * texts] = kinds[text_at(text, last > 2 ? last - 2 : 0)];
    edges[4 * texts] = (uint8_t)((end == '.') + (second == '.'));
}

static PyObject *count_words(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *list, *objects[4];
    if (!PyArg_ParseTuple(args, "O!OOOO", &PyList_Type, &list, &objects[0], &objects[1], &objects[2], &objects[3]))
        return NULL;
    const Py_ssize_t texts = PyList_GET_SIZE(list);
    if (texts > PY_SSIZE_T_MAX / KINDS)
        return PyErr_NoMemory();
    const Py_ssize_t sizes[4] = {1, 8, 8, 1};
    const Py_ssize_t least[4] = {CODE_POINTS, texts * KINDS, texts * 5, texts * 5};
    Numbers of[4];
    for (int i = 0; i < 4; i++)
        of[i].view.obj = NULL;
    PyObject *result = NULL;
    for (int i = 0; i < 4; i++)
        if (numbers_take(&of[i], objects[i], sizes[i], least[i], i > 0) < 0)
            goto done;
    const uint8_t *const kinds = of[0].view.buf;
    int64_t *const counts = of[1].view.buf, *const numbers = of[2].view.buf;
    uint8_t *const edges = of[3].view.buf;
    for (Py_ssize_t i = 0; i < texts; i++) {
        Text text;
        if (text_item(&text, list, i) == NULL)
            goto done;
        if (text.length == 0 || text.length > INT32_MAX) {
            PyErr_SetString(PyExc_ValueError, "an empty text, or an endless one");
            goto done;
        }
        Tally tally;
        tally_text(&tally, &text, kinds);
        numbers[i] = text.length;
        write_counts(&tally, counts + i, numbers + i, texts);
        write_edges(&text, kinds, edges + i, texts);
    }
    result = Py_NewRef(Py_None);
done:
    for (int i = 0; i < 4; i++)
        numbers_release(&of[i]);
    return result;
}

PyMethodDef words_methods[] = {
    {"count_words", count_words, METH_VARARGS, count_words_doc},
    {NULL, NULL, 0, NULL},
};
