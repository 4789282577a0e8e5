/* Words of lines that the running text of their page has. newsds/segment/topic.py says what is counted. */

#include "characters.h"

PyDoc_STRVAR(told_words_doc,
             "told_words(texts, offsets, prose, kinds, small, words, told)\n--\n\n"
             "Count the words of each text, and those of them that prose elsewhere on its page has.\n\n"
             "texts: a list of str. offsets: int64, the first text of each page, and the end of the last.\n"
             "prose: bool, one a text. kinds: uint8, small: uint32, of each code point.\n"
             "words, told: int64, one a text, written.");

#define SHORTEST 4 /* letters of a word that counts */
#define STEM 6     /* letters by which words are compared */
#define ODD UINT64_C(0x9E3779B97F4A7C15)
#define MIX UINT64_C(0xD6E8FEB86659FD93)

static inline uint64_t mixed(uint64_t x, uint64_t y)
{
    const uint64_t found = (x ^ (y + ODD)) * MIX;
    return found ^ (found >> 32);
}

/* --- the words of a page, as numbers */

typedef struct {
    uint64_t *at;
    Py_ssize_t length, room;
} Stems;

static int stems_reserve(Stems *stems, Py_ssize_t more)
{
    if (more <= stems->room - stems->length)
        return 0;
    if (more > PY_SSIZE_T_MAX - stems->length) {
        PyErr_NoMemory();
        return -1;
    }
    uint64_t *const at = with_room(stems->at, stems->length + more, &stems->room, sizeof *at);
    if (at == NULL)
        return -1;
    stems->at = at;
    return 0;
}

static inline int is_letter(int kind)
{
    return kind == KIND_LOWER || kind == KIND_UPPER || kind == KIND_LETTER || kind == KIND_MARK;
}

static inline int is_dense(int kind)
{
    return kind == KIND_IDEOGRAPH || kind == KIND_SPACELESS;
}

/* Write the words of a text to `out`, at most one a character; how many there are. */
static inline Py_ssize_t stems_read(uint64_t *out, const void *data, Py_ssize_t length, int width,
                                    const uint8_t *kinds, const uint32_t *small)
{
    Py_ssize_t found = 0, run = 0;
    uint64_t stem = 0;
    Py_UCS4 dense = 0; /* the character before, if it is of a script without blanks */
    for (Py_ssize_t i = 0; i < length; i++) {
        const Py_UCS4 c = PyUnicode_READ(width, data, i);
        const int kind = kinds[c];
        if (is_letter(kind)) {
            if (run++ < STEM)
                stem = mixed(stem, small[c]);
            dense = 0;
            continue;
        }
        if (run >= SHORTEST)
            out[found++] = stem;
        run = 0;
        stem = 0;
        if (is_dense(kind)) {
            if (dense)
                out[found++] = mixed(dense * ODD, c);
            dense = c;
        } else {
            dense = 0;
        }
    }
    if (run >= SHORTEST)
        out[found++] = stem;
    return found;
}

static int stems_add(Stems *stems, const Text *text, const uint8_t *kinds, const uint32_t *small)
{
    if (stems_reserve(stems, text->length) < 0)
        return -1;
    uint64_t *const out = stems->at + stems->length;
    if (text->kind == PyUnicode_1BYTE_KIND) /* a loop for each width, as it is known to the compiler */
        stems->length += stems_read(out, text->data, text->length, PyUnicode_1BYTE_KIND, kinds, small);
    else if (text->kind == PyUnicode_2BYTE_KIND)
        stems->length += stems_read(out, text->data, text->length, PyUnicode_2BYTE_KIND, kinds, small);
    else
        stems->length += stems_read(out, text->data, text->length, PyUnicode_4BYTE_KIND, kinds, small);
    return 0;
}

/* --- which of them prose has: a table of trees, so that no choice of words makes a look-up long */

#define SLOTS 2048
#define BRANCHES 4 /* two bits of a number each, so that a path ends after 32 */
#define SEVERAL -1

typedef struct {
    uint64_t stem;
    Py_ssize_t block; /* the one that has it, or SEVERAL */
    uint32_t next[BRANCHES]; /* 0 where there is none, else 1 more than its place */
} Entry;

typedef struct {
    uint32_t slot[SLOTS];
    Entry *entry;
    Py_ssize_t length, room;
} Known;

/* The link that leads, or would lead, to the entry of a word. */
static uint32_t *known_link(Known *known, uint64_t stem)
{
    uint32_t *link = &known->slot[stem % SLOTS];
    for (uint64_t rest = stem / SLOTS; *link && known->entry[*link - 1].stem != stem; rest /= BRANCHES)
        link = &known->entry[*link - 1].next[rest % BRANCHES];
    return link;
}

static int known_add(Known *known, uint64_t stem, Py_ssize_t block)
{
    if (known->length >= INT32_MAX) {
        PyErr_NoMemory();
        return -1;
    }
    Entry *const entry = with_room(known->entry, known->length, &known->room, sizeof *entry);
    if (entry == NULL)
        return -1;
    known->entry = entry;
    uint32_t *const link = known_link(known, stem);
    if (*link == 0) {
        entry[known->length] = (Entry){.stem = stem, .block = block};
        *link = (uint32_t)++known->length;
    } else if (entry[*link - 1].block != block) {
        entry[*link - 1].block = SEVERAL;
    }
    return 0;
}

static void known_clear(Known *known)
{
    memset(known->slot, 0, sizeof known->slot);
    known->length = 0;
}

/* --- page by page */

enum { OFFSETS, PROSE, KINDS_OF, SMALL, WORDS, TOLD, ARRAYS };

typedef struct {
    PyObject *texts;
    Numbers numbers[ARRAYS];
    Stems stems;
    Known known;
} Told;

/* Read the words of all blocks of a page; their numbers go to `words`. */
static int read_page(Told *of, Py_ssize_t start, Py_ssize_t end)
{
    of->stems.length = 0;
    for (Py_ssize_t i = start; i < end; i++) {
        Text text;
        const Py_ssize_t before = of->stems.length;
        if (text_item(&text, of->texts, i) == NULL ||
            stems_add(&of->stems, &text, of->numbers[KINDS_OF].view.buf, of->numbers[SMALL].view.buf) < 0)
            return -1;
        ((int64_t *)of->numbers[WORDS].view.buf)[i] = of->stems.length - before;
    }
    return 0;
}

static int count_page(Told *of, Py_ssize_t start, Py_ssize_t end)
{
    const uint8_t *const prose = of->numbers[PROSE].view.buf;
    const int64_t *const words = of->numbers[WORDS].view.buf;
    int64_t *const told = of->numbers[TOLD].view.buf;
    if (read_page(of, start, end) < 0)
        return -1;
    known_clear(&of->known);
    const uint64_t *stem = of->stems.at;
    for (Py_ssize_t i = start; i < end; stem += words[i++])
        for (Py_ssize_t k = 0; prose[i] && k < words[i]; k++)
            if (known_add(&of->known, stem[k], i) < 0)
                return -1;
    stem = of->stems.at;
    for (Py_ssize_t i = start; i < end; stem += words[i++]) {
        told[i] = 0;
        for (Py_ssize_t k = 0; k < words[i]; k++) {
            const uint32_t link = *known_link(&of->known, stem[k]);
            told[i] += link && of->known.entry[link - 1].block != i;
        }
    }
    return 0;
}

static int count_pages(Told *of)
{
    const int64_t *const offsets = of->numbers[OFFSETS].view.buf;
    for (Py_ssize_t page = 0; page + 1 < of->numbers[OFFSETS].length; page++)
        if (count_page(of, (Py_ssize_t)offsets[page], (Py_ssize_t)offsets[page + 1]) < 0)
            return -1;
    return 0;
}

static PyObject *told_words(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *objects[ARRAYS];
    Told of = {0};
    if (!PyArg_ParseTuple(args, "O!OOOOOO", &PyList_Type, &of.texts, &objects[OFFSETS], &objects[PROSE],
                          &objects[KINDS_OF], &objects[SMALL], &objects[WORDS], &objects[TOLD]))
        return NULL;
    const Py_ssize_t texts = PyList_GET_SIZE(of.texts);
    const Py_ssize_t sizes[ARRAYS] = {8, 1, 1, 4, 8, 8};
    const Py_ssize_t least[ARRAYS] = {1, texts, CODE_POINTS, CODE_POINTS, texts, texts};
    PyObject *result = NULL;
    for (int i = 0; i < ARRAYS; i++)
        if (numbers_take(&of.numbers[i], objects[i], sizes[i], least[i], i >= WORDS) < 0)
            goto done;
    if (offsets_check(&of.numbers[OFFSETS], texts) == 0 && count_pages(&of) == 0)
        result = Py_NewRef(Py_None);
done:
    for (int i = 0; i < ARRAYS; i++)
        numbers_release(&of.numbers[i]);
    PyMem_Free(of.stems.at);
    PyMem_Free(of.known.entry);
    return result;
}

PyMethodDef topic_methods[] = {
    {"told_words", told_words, METH_VARARGS, told_words_doc},
    {NULL, NULL, 0, NULL},
};
