/* Boosted trees: the sum of the leaves that each block falls into. newsds/segment/forest.py says what it does. */

#include "kernels.h"

PyDoc_STRVAR(add_leaves_doc,
             "add_leaves(table, feature, border, leaves, sums, blocks, trees, depth, lanes)\n--\n\n"
             "Add the packed leaves of all trees that each block falls into to its sums.\n\n"
             "table: uint8, shape (features, blocks). feature: int64 (trees, depth), border: uint8 (trees, depth).\n"
             "leaves: uint64 (trees, 2 ** depth, lanes). sums: uint64 (blocks, lanes), written.");

#define DEEPEST 8
#define STRIP 256 /* blocks at a time: their leaves and sums stay in the nearest cache */

static PyObject *add_leaves(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *objects[5];
    Py_ssize_t blocks, trees, depth, lanes;
    if (!PyArg_ParseTuple(args, "OOOOOnnnn", &objects[0], &objects[1], &objects[2], &objects[3], &objects[4], &blocks,
                          &trees, &depth, &lanes))
        return NULL;
    if (blocks < 0 || trees < 0 || depth < 1 || depth > DEEPEST || lanes < 1 || lanes > 64 ||
        trees > PY_SSIZE_T_MAX / ((Py_ssize_t)1 << 20) || blocks > PY_SSIZE_T_MAX / 64) {
        PyErr_SetString(PyExc_ValueError, "no such shape");
        return NULL;
    }
    const Py_ssize_t width = (Py_ssize_t)1 << depth;
    const Py_ssize_t sizes[5] = {1, 8, 1, 8, 8};
    const Py_ssize_t least[5] = {0, trees * depth, trees * depth, trees * width * lanes, blocks * lanes};
    Numbers of[5];
    for (int i = 0; i < 5; i++)
        of[i].view.obj = NULL;
    PyObject *result = NULL;
    for (int i = 0; i < 5; i++)
        if (numbers_take(&of[i], objects[i], sizes[i], least[i], i == 4) < 0)
            goto done;
    const uint8_t *table = of[0].view.buf, *border = of[2].view.buf;
    const int64_t *feature = of[1].view.buf;
    const uint64_t *leaves = of[3].view.buf;
    uint64_t *sums = of[4].view.buf;
    const Py_ssize_t features = blocks ? of[0].length / blocks : 0;
    for (Py_ssize_t i = 0; i < trees * depth; i++)
        if (blocks && (feature[i] < 0 || feature[i] >= features)) {
            PyErr_SetString(PyExc_ValueError, "a tree asks for a feature that the table lacks");
            goto done;
        }
    Py_BEGIN_ALLOW_THREADS
    for (Py_ssize_t start = 0; start < blocks; start += STRIP) {
        const Py_ssize_t n = blocks - start < STRIP ? blocks - start : STRIP;
        uint64_t *const out = sums + start * lanes;
        for (Py_ssize_t t = 0; t < trees; t++) {
            uint8_t leaf[STRIP] = {0};
            for (Py_ssize_t level = 0; level < depth; level++) {
                const uint8_t *const column = table + feature[t * depth + level] * blocks + start;
                const uint8_t edge = border[t * depth + level];
                for (Py_ssize_t i = 0; i < n; i++)
                    leaf[i] |= (uint8_t)((column[i] > edge) << level);
            }
            const uint64_t *const of_tree = leaves + t * width * lanes;
            for (Py_ssize_t i = 0; i < n; i++)
                for (Py_ssize_t lane = 0; lane < lanes; lane++)
                    out[i * lanes + lane] += of_tree[leaf[i] * lanes + lane];
        }
    }
    Py_END_ALLOW_THREADS
    result = Py_NewRef(Py_None);
done:
    for (int i = 0; i < 5; i++)
        numbers_release(&of[i]);
    return result;
}

PyMethodDef forest_methods[] = {
    {"add_leaves", add_leaves, METH_VARARGS, add_leaves_doc},
    {NULL, NULL, 0, NULL},
};
