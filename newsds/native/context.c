/* Probabilities of the blocks around each block, and how far marked blocks are. newsds/segment/context.py and arrays.py
   say what each does. Columns of probabilities are bytes, one role behind the other. */

#include "kernels.h"

#define MOST_ROLES 64
#define WIDEST (1 << 16) /* blocks of a mean that a multiplication gives */

static int rows_fit(Py_ssize_t rows, Py_ssize_t roles)
{
    if (rows >= 0 && rows < PY_SSIZE_T_MAX / (8 * MOST_ROLES) && roles >= 1 && roles <= MOST_ROLES)
        return 1;
    PyErr_SetString(PyExc_ValueError, "no such shape");
    return 0;
}

/* What a sum of up to 255 times `n` is multiplied by for its mean, in 2 ** -40: the quotient is exact below WIDEST. */
static uint64_t inverse(int64_t n)
{
    return n < 1 ? 0 : (((uint64_t)1 << 40) + (uint64_t)n - 1) / (uint64_t)n;
}

PyDoc_STRVAR(mean_between_doc,
             "mean_between(sums, first, end, roles, means)\n--\n\n"
             "Find the means of bytes between rows, for each role.\n\n"
             "sums: int64, shape (roles, rows + 1), running sums of bytes with a 0 in front. first, end: int64, of each row;\n"
             "there are no rows between them if the end is not beyond the first. means: uint8, shape (roles, rows),\n"
             "written.");

static PyObject *mean_between(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *objects[4], *result = NULL;
    Py_ssize_t roles;
    if (!PyArg_ParseTuple(args, "OOOnO", &objects[0], &objects[1], &objects[2], &roles, &objects[3]))
        return NULL;
    Numbers of[4] = {0};
    uint64_t *inverses = NULL;
    if (numbers_take(&of[1], objects[1], 8, 0, 0) < 0 || !rows_fit(of[1].length, roles))
        goto done;
    const Py_ssize_t rows = of[1].length;
    if (numbers_take(&of[0], objects[0], 8, roles * (rows + 1), 0) < 0 ||
        numbers_take(&of[2], objects[2], 8, rows, 0) < 0 || numbers_take(&of[3], objects[3], 1, roles * rows, 1) < 0)
        goto done;
    const int64_t *const first = of[1].view.buf, *const end = of[2].view.buf;
    inverses = PyMem_Malloc(((size_t)rows + 1) * sizeof *inverses);
    if (inverses == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    int wide = 0;
    for (Py_ssize_t i = 0; i < rows; i++) {
        if (first[i] < 0 || first[i] > rows || end[i] < 0 || end[i] > rows) {
            PyErr_SetString(PyExc_ValueError, "rows that are not there");
            goto done;
        }
        wide |= end[i] - first[i] >= WIDEST;
        inverses[i] = inverse(end[i] - first[i]);
    }
    for (Py_ssize_t role = 0; role < roles; role++) {
        const uint64_t *const sums = (const uint64_t *)of[0].view.buf + role * (rows + 1);
        uint8_t *const means = (uint8_t *)of[3].view.buf + role * rows;
        for (Py_ssize_t i = 0; i < rows; i++)
            means[i] = (uint8_t)((sums[end[i]] - sums[first[i]]) * inverses[i] >> 40);
        for (Py_ssize_t i = 0; wide && i < rows; i++)
            if (end[i] - first[i] >= WIDEST)
                means[i] = (uint8_t)((sums[end[i]] - sums[first[i]]) / (uint64_t)(end[i] - first[i]));
    }
    result = Py_NewRef(Py_None);
done:
    PyMem_Free(inverses);
    for (int i = 0; i < 4; i++)
        numbers_release(&of[i]);
    return result;
}

PyDoc_STRVAR(mean_alike_doc,
             "mean_alike(bytes, groups, count, roles, means)\n--\n\n"
             "Find the means of bytes over the rows of the same group, for each role.\n\n"
             "bytes: uint8, shape (roles, rows). groups: int64, of each row, below count. means: as bytes, written.");

static PyObject *mean_alike(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *objects[3], *result = NULL;
    Py_ssize_t count, roles;
    if (!PyArg_ParseTuple(args, "OOnnO", &objects[0], &objects[1], &count, &roles, &objects[2]))
        return NULL;
    Numbers of[3] = {0};
    uint64_t *sums = NULL;
    if (numbers_take(&of[1], objects[1], 8, 0, 0) < 0 || !rows_fit(of[1].length, roles) || !rows_fit(count, roles))
        goto done;
    const Py_ssize_t rows = of[1].length;
    if (numbers_take(&of[0], objects[0], 1, roles * rows, 0) < 0 ||
        numbers_take(&of[2], objects[2], 1, roles * rows, 1) < 0)
        goto done;
    const int64_t *const group = of[1].view.buf;
    sums = PyMem_Calloc((size_t)count + 1, 2 * sizeof *sums); /* and how many rows each group has */
    if (sums == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    uint64_t *const times = sums + count;
    for (Py_ssize_t i = 0; i < rows; i++) {
        if (group[i] < 0 || group[i] >= count) {
            PyErr_SetString(PyExc_ValueError, "a group beyond their count");
            goto done;
        }
        times[group[i]]++;
    }
    for (Py_ssize_t role = 0; role < roles; role++) {
        const uint8_t *const bytes = (const uint8_t *)of[0].view.buf + role * rows;
        uint8_t *const means = (uint8_t *)of[2].view.buf + role * rows;
        memset(sums, 0, (size_t)count * sizeof *sums);
        for (Py_ssize_t i = 0; i < rows; i++)
            sums[group[i]] += bytes[i];
        for (Py_ssize_t i = 0; i < count; i++)
            sums[i] /= times[i] ? times[i] : 1;
        for (Py_ssize_t i = 0; i < rows; i++)
            means[i] = (uint8_t)sums[group[i]];
    }
    result = Py_NewRef(Py_None);
done:
    PyMem_Free(sums);
    for (int i = 0; i < 3; i++)
        numbers_release(&of[i]);
    return result;
}

PyDoc_STRVAR(share_so_far_doc,
             "share_so_far(bytes, offsets, roles, shares)\n--\n\n"
             "Find what share, of 255, of the sum of bytes of its page stands above each row, for each role.\n\n"
             "bytes: uint8, shape (roles, rows). offsets: int64, where each page begins, and the end. shares: as bytes,\n"
             "written.");

static PyObject *share_so_far(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *objects[3], *result = NULL;
    Py_ssize_t roles;
    if (!PyArg_ParseTuple(args, "OOnO", &objects[0], &objects[1], &roles, &objects[2]))
        return NULL;
    Numbers of[3] = {0};
    if (numbers_take(&of[1], objects[1], 8, 1, 0) < 0)
        goto done;
    const int64_t *const offset = of[1].view.buf;
    const Py_ssize_t pages = of[1].length - 1;
    if (offset[pages] < 0 || offset[pages] > PY_SSIZE_T_MAX || !rows_fit((Py_ssize_t)offset[pages], roles))
        goto done;
    const Py_ssize_t rows = (Py_ssize_t)offset[pages];
    if (offsets_check(&of[1], rows) < 0 || numbers_take(&of[0], objects[0], 1, roles * rows, 0) < 0 ||
        numbers_take(&of[2], objects[2], 1, roles * rows, 1) < 0)
        goto done;
    for (Py_ssize_t role = 0; role < roles; role++) {
        const uint8_t *const bytes = (const uint8_t *)of[0].view.buf + role * rows;
        uint8_t *const shares = (uint8_t *)of[2].view.buf + role * rows;
        for (Py_ssize_t page = 0; page < pages; page++) {
            uint64_t total = 0, above = 0;
            for (int64_t i = offset[page]; i < offset[page + 1]; i++)
                total += bytes[i];
            /* exact for totals below 2 ** 20, as 255 times their square is below 2 ** 48 */
            const int exact = total < 1 << 20;
            const uint64_t divisor = total ? total : 1, inverted = (((uint64_t)1 << 48) + divisor - 1) / divisor;
            for (int64_t i = offset[page]; i < offset[page + 1]; i++) {
                shares[i] = (uint8_t)(exact ? 255 * above * inverted >> 48 : 255 * above / divisor);
                above += bytes[i];
            }
        }
    }
    result = Py_NewRef(Py_None);
done:
    for (int i = 0; i < 3; i++)
        numbers_release(&of[i]);
    return result;
}

PyDoc_STRVAR(distances_doc,
             "distances(marked, offsets, back, rows)\n--\n\n"
             "Find how many rows there are to the next marked one of its page, or, back, since the last: up to 254; 255\n"
             "without one.\n\n"
             "marked: one byte a row, not 0 if it is. offsets: int64, where each page begins, and the end. rows: uint8,\n"
             "written.");

static PyObject *distances(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *objects[3], *result = NULL;
    int back;
    if (!PyArg_ParseTuple(args, "OOpO", &objects[0], &objects[1], &back, &objects[2]))
        return NULL;
    Numbers of[3] = {0};
    if (numbers_take(&of[0], objects[0], 1, 0, 0) < 0 || numbers_take(&of[1], objects[1], 8, 1, 0) < 0 ||
        numbers_take(&of[2], objects[2], 1, of[0].length, 1) < 0 || offsets_check(&of[1], of[0].length) < 0)
        goto done;
    const uint8_t *const marked = of[0].view.buf;
    const int64_t *const offset = of[1].view.buf;
    uint8_t *const rows = of[2].view.buf;
    for (Py_ssize_t page = 0; page + 1 < of[1].length; page++) {
        unsigned distance = 255;
        for (int64_t at = offset[page]; at < offset[page + 1]; at++) {
            const int64_t i = back ? at : offset[page] + offset[page + 1] - 1 - at;
            distance = marked[i] ? 0 : distance + (distance < 254);
            rows[i] = (uint8_t)distance;
        }
    }
    result = Py_NewRef(Py_None);
done:
    for (int i = 0; i < 3; i++)
        numbers_release(&of[i]);
    return result;
}

PyMethodDef context_methods[] = {
    {"mean_between", mean_between, METH_VARARGS, mean_between_doc},
    {"mean_alike", mean_alike, METH_VARARGS, mean_alike_doc},
    {"share_so_far", share_so_far, METH_VARARGS, share_so_far_doc},
    {"distances", distances, METH_VARARGS, distances_doc},
    {NULL, NULL, 0, NULL},
};
