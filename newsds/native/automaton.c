/* Many patterns found in one pass. newsds/segment/automaton.py says what an automaton is. */

#include "kernels.h"

PyDoc_STRVAR(find_patterns_doc,
             "find_patterns(texts, longest, word, doubtful, columns, bits)\n--\n\n"
             "Find the bits of all patterns that are in each text.\n\n"
             "texts: list of str. longest: characters of a text that are looked at; all if it is negative. doubtful: bits\n"
             "that mean nothing if more than `word` characters stand between two blanks. columns: classes, uint8, of the\n"
             "characters of ASCII, 0 for a blank, 255 for one that is not read; uint16, the next state of each state and\n"
             "class; uint64, bits of each state; bits of one that a text ends in; uint16, at most six states before a text.\n"
             "bits: int64, one a text, written; -1 where they are doubtful, and of a text that is not read or not ASCII.");

#define CHARS 128
#define CHAINS 6
#ifdef __GNUC__
#define ALL_AT_ONCE _Pragma("GCC unroll 6") /* in a loop states are kept in memory: a third slower */
#else
#define ALL_AT_ONCE
#endif
#define UNREAD 255
#define ASKED (-1)
#define INVALID (-2) /* a state or class that is not there */

typedef struct {
    const uint8_t *classes;
    const uint16_t *table, *start;
    const uint64_t *found, *last;
    size_t states, width; /* of the table */
    uint64_t doubtful;
    Py_ssize_t longest, word;
} Automaton;

/* The bits of a text, or one of the above. `chains` are the states at a time, a constant where this is called: they wait
   for the table side by side. */
static inline int64_t bits_of(const Automaton *of, const Py_UCS1 *text, Py_ssize_t length, int chains)
{
    size_t state[CHAINS];
    uint64_t bits = 0, doubtful = 0;
    Py_ssize_t word = 0; /* where it begins */
    for (int k = 0; k < chains; k++)
        state[k] = of->start[k];
    for (Py_ssize_t i = 0; i < length; i++) {
        const size_t class = of->classes[text[i]];
        if (class >= of->width)
            return class == UNREAD ? ASKED : INVALID;
        if (class == 0)
            word = i + 1;
        else if (i - word >= of->word)
            doubtful = of->doubtful;
        ALL_AT_ONCE
        for (int k = 0; k < chains; k++) {
            state[k] = of->table[state[k] * of->width + class];
            if (state[k] >= of->states)
                return INVALID;
            bits |= of->found[state[k]];
        }
    }
    for (int k = 0; k < chains; k++)
        bits |= of->last[state[k]];
    return bits & doubtful ? ASKED : (int64_t)(bits & INT64_MAX);
}

static int64_t bits_of_text(const Automaton *of, PyObject *object, Py_ssize_t chains)
{
    if (!PyUnicode_IS_ASCII(object))
        return ASKED;
    const Py_UCS1 *const text = PyUnicode_1BYTE_DATA(object);
    const Py_ssize_t all = PyUnicode_GET_LENGTH(object), length = all < of->longest ? all : of->longest;
    switch (chains) {
    case 1:
        return bits_of(of, text, length, 1);
    case CHAINS:
        return bits_of(of, text, length, CHAINS);
    default:
        return bits_of(of, text, length, (int)chains);
    }
}

/* Look at the columns of an automaton; -1 and an error if they do not fit each other. */
static int automaton_of(Automaton *of, const Numbers columns[5])
{
    of->classes = columns[0].view.buf;
    of->table = columns[1].view.buf;
    of->found = columns[2].view.buf;
    of->last = columns[3].view.buf;
    of->start = columns[4].view.buf;
    of->states = (size_t)columns[2].length;
    of->width = of->states ? (size_t)columns[1].length / of->states : 0;
    int fits = of->width > 0 && columns[3].length == columns[2].length && columns[4].length <= CHAINS;
    for (Py_ssize_t k = 0; k < columns[4].length && fits; k++)
        fits = of->start[k] < of->states;
    if (!fits)
        PyErr_SetString(PyExc_ValueError, "columns that are not of one automaton");
    return fits ? 0 : -1;
}

static PyObject *find_patterns(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *texts, *columns, *out, *result = NULL;
    Automaton automaton;
    unsigned long long doubtful;
    if (!PyArg_ParseTuple(args, "O!nnKO!O", &PyList_Type, &texts, &automaton.longest, &automaton.word, &doubtful,
                          &PyTuple_Type, &columns, &out))
        return NULL;
    automaton.doubtful = doubtful;
    if (PyTuple_GET_SIZE(columns) != 5) {
        PyErr_SetString(PyExc_ValueError, "five columns");
        return NULL;
    }
    if (automaton.longest < 0)
        automaton.longest = PY_SSIZE_T_MAX;
    const Py_ssize_t count = PyList_GET_SIZE(texts), sizes[5] = {1, 2, 8, 8, 2}, least[5] = {CHARS, 1, 1, 1, 1};
    Numbers of[6] = {0};
    for (int i = 0; i < 5; i++)
        if (numbers_take(&of[i], PyTuple_GET_ITEM(columns, i), sizes[i], least[i], 0) < 0)
            goto done;
    if (numbers_take(&of[5], out, 8, count, 1) < 0 || automaton_of(&automaton, of) < 0)
        goto done;
    int64_t *const bits = of[5].view.buf;
    for (Py_ssize_t i = 0; i < count; i++) {
        Text text;
        PyObject *const object = text_item(&text, texts, i);
        if (object == NULL)
            goto done;
        bits[i] = bits_of_text(&automaton, object, of[4].length);
        if (bits[i] == INVALID) {
            PyErr_SetString(PyExc_ValueError, "a state or class that is not there");
            goto done;
        }
    }
    result = Py_NewRef(Py_None);
done:
    for (int i = 0; i < 6; i++)
        numbers_release(&of[i]);
    return result;
}

PyMethodDef automaton_methods[] = {
    {"find_patterns", find_patterns, METH_VARARGS, find_patterns_doc},
    {NULL, NULL, 0, NULL},
};
