/* Boosted trees: the sum of the leaves that each block falls into. newsds/segment/forest.py says what it does. */

#include "kernels.h"

#define DEEPEST 8
#define WIDE 16  /* scores of a leaf */
#define STRIP 64 /* blocks at a time */
#define TURN 128 /* trees at a time: the sum of so many scores of a byte fits in 16 bits */

/* What is asked of a block. */
typedef struct {
    const uint8_t *table;   /* shape (features, blocks) */
    const int64_t *feature; /* shape (trees, depth) */
    const uint8_t *border;  /* the same */
    const int16_t *leaves;  /* shape (trees, 2 ** depth, WIDE), scores of one byte */
    Py_ssize_t blocks, trees, depth;
} Forest;

/* Find the leaves of some trees that the `n` blocks from `start` on fall into: leaf[tree * STRIP + block]. */
static void find_leaves(uint8_t *restrict leaf, const Forest *forest, Py_ssize_t first, Py_ssize_t trees,
                        Py_ssize_t start, Py_ssize_t n)
{
    memset(leaf, 0, (size_t)(trees * STRIP));
    for (Py_ssize_t tree = 0; tree < trees; tree++)
        for (Py_ssize_t level = 0; level < forest->depth; level++) {
            const Py_ssize_t at = (first + tree) * forest->depth + level;
            const uint8_t *restrict column = forest->table + forest->feature[at] * forest->blocks + start;
            const uint8_t border = forest->border[at], bit = (uint8_t)(1u << level);
            uint8_t *restrict out = leaf + tree * STRIP;
            for (Py_ssize_t i = 0; i < n; i++)
                out[i] |= (uint8_t)(-(column[i] > border) & bit);
        }
}

/* Add the scores of these leaves to the sums of the blocks. */
static void add_scores(int32_t *restrict sums, const uint8_t *restrict leaf, const Forest *forest, Py_ssize_t first,
                       Py_ssize_t trees, Py_ssize_t n)
{
    int16_t total[STRIP * WIDE];
    memset(total, 0, sizeof total);
    for (Py_ssize_t tree = 0; tree < trees; tree++) {
        const int16_t *const of_tree = forest->leaves + ((first + tree) << forest->depth) * WIDE;
        for (Py_ssize_t i = 0; i < n; i++) {
            const int16_t *restrict scores = of_tree + leaf[tree * STRIP + i] * WIDE;
            int16_t *restrict out = total + i * WIDE;
            for (int k = 0; k < WIDE; k++)
                out[k] = (int16_t)(out[k] + scores[k]);
        }
    }
    for (Py_ssize_t i = 0; i < n * WIDE; i++)
        sums[i] += total[i];
}

PyDoc_STRVAR(add_leaves_doc, "add_leaves(table, feature, border, leaves, sums, blocks, trees, depth)\n--\n\n"
                             "Add the leaves of all trees that each block falls into to its sums.\n\n"
                             "table: uint8, shape (features, blocks). feature: int64, border: uint8 (trees, depth).\n"
                             "leaves: int16 (trees, 2 ** depth, 16), each of one byte. sums: int32 (blocks, 16), written.");

static PyObject *add_leaves(PyObject *module, PyObject *args)
{
    (void)module;
    enum { TABLE, FEATURE, BORDER, LEAVES, SUMS, COUNT };
    PyObject *objects[COUNT];
    Forest forest;
    if (!PyArg_ParseTuple(args, "OOOOOnnn", &objects[TABLE], &objects[FEATURE], &objects[BORDER], &objects[LEAVES],
                          &objects[SUMS], &forest.blocks, &forest.trees, &forest.depth))
        return NULL;
    const Py_ssize_t blocks = forest.blocks, trees = forest.trees, asked = forest.trees * forest.depth;
    if (blocks < 0 || trees < 0 || trees > (1 << 20) || blocks > PY_SSIZE_T_MAX / 64 || forest.depth < 0 ||
        forest.depth > DEEPEST) {
        PyErr_SetString(PyExc_ValueError, "no such shape");
        return NULL;
    }
    const Py_ssize_t sizes[COUNT] = {1, 8, 1, 2, 4};
    const Py_ssize_t least[COUNT] = {0, asked, asked, (trees << forest.depth) * WIDE, blocks * WIDE};
    Numbers of[COUNT];
    uint8_t *leaf = NULL;
    PyObject *result = NULL;
    for (int i = 0; i < COUNT; i++)
        of[i].view.obj = NULL;
    for (int i = 0; i < COUNT; i++)
        if (numbers_take(&of[i], objects[i], sizes[i], least[i], i == SUMS) < 0)
            goto done;
    forest.table = of[TABLE].view.buf;
    forest.feature = of[FEATURE].view.buf;
    forest.border = of[BORDER].view.buf;
    forest.leaves = of[LEAVES].view.buf;
    int32_t *const sums = of[SUMS].view.buf;
    for (Py_ssize_t i = 0; blocks > 0 && i < asked; i++)
        if (forest.feature[i] < 0 || forest.feature[i] >= of[TABLE].length / blocks) {
            PyErr_SetString(PyExc_ValueError, "a tree asks for a feature that the table lacks");
            goto done;
        }
    leaf = PyMem_Malloc(TURN * STRIP);
    if (leaf == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    for (Py_ssize_t start = 0; start < blocks; start += STRIP) {
        const Py_ssize_t n = blocks - start < STRIP ? blocks - start : STRIP;
        for (Py_ssize_t first = 0; first < trees; first += TURN) {
            const Py_ssize_t turn = trees - first < TURN ? trees - first : TURN;
            find_leaves(leaf, &forest, first, turn, start, n);
            add_scores(sums + start * WIDE, leaf, &forest, first, turn, n);
        }
    }
    result = Py_NewRef(Py_None);
done:
    PyMem_Free(leaf);
    for (int i = 0; i < COUNT; i++)
        numbers_release(&of[i]);
    return result;
}

PyMethodDef forest_methods[] = {
    {"add_leaves", add_leaves, METH_VARARGS, add_leaves_doc},
    {NULL, NULL, 0, NULL},
};
