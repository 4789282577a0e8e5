/* Elements of pages: which strings and paths are the same, what elements inherit and hold. newsds/segment/places.py
   says what each does. */

#include "kernels.h"

/* Slots of a table of `items`, at most half of them taken; all empty, which is -1. NULL and MemoryError without room. */
static Py_ssize_t *slots_of(Py_ssize_t items, size_t *mask)
{
    size_t slots = 16;
    while (slots / 2 < (size_t)items)
        slots *= 2; /* ends: no object holds more items than half of SIZE_MAX */
    if (slots > (size_t)PY_SSIZE_T_MAX / sizeof(Py_ssize_t)) {
        PyErr_NoMemory();
        return NULL;
    }
    Py_ssize_t *const found = PyMem_Malloc(slots * sizeof *found);
    if (found == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    memset(found, 0xFF, slots * sizeof *found);
    *mask = slots - 1;
    return found;
}

static int same_text(PyObject *x, PyObject *y)
{
    Text a, b;
    if (x == y)
        return 1;
    if (text_of(&a, x) < 0 || text_of(&b, y) < 0)
        return -1;
    return a.length == b.length && a.kind == b.kind && memcmp(a.data, b.data, (size_t)a.length * (size_t)a.kind) == 0;
}

PyDoc_STRVAR(number_strings_doc,
             "number_strings(strings, numbers)\n--\n\n"
             "Number the strings of a list from 0, equal ones alike, in the order in which they are first met.\n\n"
             "numbers: int64, one a string, written. Returns the strings, each once.");

static PyObject *number_strings(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *strings, *object;
    if (!PyArg_ParseTuple(args, "O!O", &PyList_Type, &strings, &object))
        return NULL;
    const Py_ssize_t count = PyList_GET_SIZE(strings);
    Numbers numbers;
    size_t mask;
    if (numbers_take(&numbers, object, 8, count, 1) < 0)
        return NULL;
    int64_t *const number = numbers.view.buf;
    PyObject *once = PyList_New(0);
    Py_ssize_t *const slots = once != NULL ? slots_of(count, &mask) : NULL;
    if (slots == NULL)
        goto failed;
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *const string = PyList_GET_ITEM(strings, i); /* exact str: nothing below runs Python code */
        if (!PyUnicode_CheckExact(string)) {
            PyErr_Format(PyExc_TypeError, "str, not %.100s", Py_TYPE(string)->tp_name);
            goto failed;
        }
        const Py_hash_t hash = PyObject_Hash(string);
        if (hash == -1)
            goto failed;
        size_t slot = (size_t)hash & mask;
        while (slots[slot] >= 0) {
            PyObject *const other = PyList_GET_ITEM(once, slots[slot]);
            const int same = PyObject_Hash(other) == hash ? same_text(other, string) : 0;
            if (same < 0)
                goto failed;
            if (same)
                break;
            slot = (slot + 1) & mask;
        }
        if (slots[slot] < 0) {
            slots[slot] = PyList_GET_SIZE(once);
            if (PyList_Append(once, string) < 0)
                goto failed;
        }
        number[i] = slots[slot];
    }
    goto done;
failed:
    Py_CLEAR(once);
done:
    PyMem_Free(slots);
    numbers_release(&numbers);
    return once;
}

PyDoc_STRVAR(number_groups_doc,
             "number_groups(keys, offsets, numbers, ranks)\n--\n\n"
             "Number the keys of each page, equal ones alike, from 0 on through the batch; rank the equal ones from 0.\n\n"
             "keys: uint64. offsets: int64, where each page begins, and the end. numbers, ranks: int64, written.\n"
             "Returns how many numbers there are.");

static PyObject *number_groups(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *objects[4];
    if (!PyArg_ParseTuple(args, "OOOO", &objects[0], &objects[1], &objects[2], &objects[3]))
        return NULL;
    Numbers of[4] = {0};
    PyObject *result = NULL;
    Py_ssize_t *slots = NULL, *first = NULL;
    for (int i = 0; i < 4; i++)
        if (numbers_take(&of[i], objects[i], 8, i == 1 ? 1 : i > 1 ? of[0].length : 0, i > 1) < 0)
            goto done;
    const Py_ssize_t rows = of[0].length, pages = of[1].length - 1;
    const uint64_t *const key = of[0].view.buf;
    const int64_t *const offset = of[1].view.buf;
    int64_t *const number = of[2].view.buf, *const rank = of[3].view.buf;
    if (offset[0] != 0 || offset[pages] != rows) {
        PyErr_SetString(PyExc_ValueError, "pages of other rows than there are");
        goto done;
    }
    size_t mask;
    slots = slots_of(rows, &mask);
    first = PyMem_Calloc((size_t)rows + 1, 2 * sizeof *first); /* of each number: its first row, how many there are */
    if (slots == NULL || first == NULL) {
        if (slots != NULL)
            PyErr_NoMemory();
        goto done;
    }
    Py_ssize_t found = 0, *const times = first + rows + 1;
    for (Py_ssize_t page = 0; page < pages; page++) {
        if (offset[page + 1] < offset[page] || offset[page + 1] > rows) {
            PyErr_SetString(PyExc_ValueError, "pages out of order");
            goto done;
        }
        for (Py_ssize_t i = offset[page]; i < offset[page + 1]; i++) {
            const uint64_t mixed = (key[i] ^ (uint64_t)page) * 0x9E3779B97F4A7C15u;
            size_t slot = (size_t)(mixed >> 32) & mask;
            while (slots[slot] >= 0 && (first[slots[slot]] < offset[page] || key[first[slots[slot]]] != key[i]))
                slot = (slot + 1) & mask;
            if (slots[slot] < 0) {
                first[found] = i;
                slots[slot] = found++;
            }
            number[i] = slots[slot];
            rank[i] = times[slots[slot]]++;
        }
    }
    result = PyLong_FromSsize_t(found);
done:
    PyMem_Free(slots);
    PyMem_Free(first);
    for (int i = 0; i < 4; i++)
        numbers_release(&of[i]);
    return result;
}

/* Take columns of 8 bytes a number: `least` of each; from `written` on they are writable. What was taken is released
   by columns_release, whether all could be or not. */
#define MOST_COLUMNS 14

static int columns_take(Numbers *columns, PyObject *tuple, const Py_ssize_t *least, Py_ssize_t count, Py_ssize_t written)
{
    for (Py_ssize_t i = 0; i < MOST_COLUMNS; i++)
        columns[i].view.obj = NULL;
    if (PyTuple_GET_SIZE(tuple) != count) {
        PyErr_Format(PyExc_ValueError, "%zd columns, not %zd", count, PyTuple_GET_SIZE(tuple));
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++)
        if (numbers_take(&columns[i], PyTuple_GET_ITEM(tuple, i), 8, least[i], i >= written) < 0)
            return -1;
    return 0;
}

static void columns_release(Numbers *columns)
{
    for (Py_ssize_t i = 0; i < MOST_COLUMNS; i++)
        numbers_release(&columns[i]);
}

/* Whether each element stands behind its parent, or is its own: a document. */
static int parents_first(const int64_t *parent, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; i < count; i++)
        if (parent[i] < 0 || parent[i] > i)
            return 0;
    return 1;
}

static int all_within(const int64_t *x, Py_ssize_t count, int64_t end)
{
    for (Py_ssize_t i = 0; i < count; i++)
        if (x[i] < 0 || x[i] >= end)
            return 0;
    return 1;
}

PyDoc_STRVAR(inherit_doc,
             "inherit(columns, elements, rows)\n--\n\n"
             "Find what elements inherit and which blocks they hold.\n\n"
             "columns: of each element its parent, labels, name and kind; of each block its element; written, of each\n"
             "element: around and hidden (there is what it gives itself), the labels of the innermost four, those of all\n"
             "around it, depth, path, path of names, first block, end. All int64 or uint64.\n"
             "Returns False, and writes nothing, if a parent stands behind its child.");

static PyObject *inherit(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *tuple, *result = NULL;
    Py_ssize_t elements, rows;
    if (!PyArg_ParseTuple(args, "O!nn", &PyTuple_Type, &tuple, &elements, &rows))
        return NULL;
    const Py_ssize_t n = elements;
    const Py_ssize_t least[] = {n, n, n, n, rows, n, n, n, n, n, n, n, n, n};
    Numbers of[MOST_COLUMNS];
    if (columns_take(of, tuple, least, 14, 5) < 0)
        goto done;
    const int64_t *const parent = of[0].view.buf, *const labels = of[1].view.buf, *const node = of[4].view.buf;
    const uint64_t *const name = of[2].view.buf, *const kind = of[3].view.buf;
    int64_t *const around = of[5].view.buf, *const hidden = of[6].view.buf, *const closest = of[7].view.buf;
    int64_t *const all = of[8].view.buf, *const depth = of[9].view.buf;
    uint64_t *const path = of[10].view.buf, *const names = of[11].view.buf;
    int64_t *const first = of[12].view.buf, *const end = of[13].view.buf;
    if (!all_within(node, rows, n)) {
        PyErr_SetString(PyExc_ValueError, "a block in no element");
        goto done;
    }
    if (!parents_first(parent, n)) {
        result = Py_NewRef(Py_False);
        goto done;
    }
    const uint64_t step = 0x100000001B3u, label_mix = 0x9E3779B97F4A7C15u, tag_mix = 0xC2B2AE3D27D4EB4Fu;
    for (Py_ssize_t i = 0; i < n; i++) {
        const int64_t up = parent[i], further = parent[up];
        closest[i] = labels[i] | labels[up] | labels[further] | labels[parent[further]];
        first[i] = rows;
        end[i] = 0;
        if (up == i) {
            all[i] = labels[i];
            depth[i] = 0;
            path[i] = names[i] = 0;
            continue;
        }
        around[i] |= around[up];
        hidden[i] |= hidden[up];
        all[i] = labels[i] | all[up];
        depth[i] = depth[up] + 1;
        path[i] = kind[i] * label_mix + step * path[up];
        names[i] = (name[i] + 1) * tag_mix + step * names[up];
    }
    for (Py_ssize_t i = 0; i < rows; i++) {
        if (first[node[i]] > i)
            first[node[i]] = i;
        end[node[i]] = i + 1;
    }
    for (Py_ssize_t i = n - 1; i >= 0; i--) {
        const int64_t up = parent[i];
        if (first[i] < first[up])
            first[up] = first[i];
        if (end[i] > end[up])
            end[up] = end[i];
        if (first[i] > end[i])
            first[i] = end[i]; /* it holds nothing; all inside it was before */
    }
    result = Py_NewRef(Py_True);
done:
    columns_release(of);
    return result;
}

PyDoc_STRVAR(find_main_doc,
             "find_main(columns, pages, elements, rows, percent)\n--\n\n"
             "Find the deepest element of each page that holds a share of its weight.\n\n"
             "columns: running sums of the weights of blocks, with a 0 in front; where the elements of each page begin, and\n"
             "the end; of each element depth, first block, end; written, of each page: the element. All int64.");

static PyObject *find_main(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *tuple, *result = NULL;
    Py_ssize_t pages, elements, rows, percent;
    if (!PyArg_ParseTuple(args, "O!nnnn", &PyTuple_Type, &tuple, &pages, &elements, &rows, &percent))
        return NULL;
    if (pages < 0 || elements < 0 || rows < 0 || pages == PY_SSIZE_T_MAX || rows == PY_SSIZE_T_MAX || percent < 0) {
        PyErr_SetString(PyExc_ValueError, "no such size");
        return NULL;
    }
    const Py_ssize_t least[] = {rows + 1, pages + 1, elements, elements, elements, pages};
    Numbers of[MOST_COLUMNS];
    if (columns_take(of, tuple, least, 6, 5) < 0)
        goto done;
    const uint64_t *const sums = of[0].view.buf;
    const int64_t *const offset = of[1].view.buf, *const depth = of[2].view.buf;
    const int64_t *const first = of[3].view.buf, *const end = of[4].view.buf;
    int64_t *const main = of[5].view.buf;
    if (!all_within(offset, pages + 1, elements + 1) || !all_within(first, elements, rows + 1) ||
        !all_within(end, elements, rows + 1)) {
        PyErr_SetString(PyExc_ValueError, "elements or blocks that are not there");
        goto done;
    }
    for (Py_ssize_t page = 0; page < pages; page++) {
        if (offset[page] >= offset[page + 1]) {
            PyErr_SetString(PyExc_ValueError, "a page without elements");
            goto done;
        }
        int64_t best = offset[page];
        const uint64_t total = sums[end[best]] - sums[first[best]];
        for (int64_t i = best + 1; i < offset[page + 1] && (int64_t)total > 0; i++) {
            const uint64_t held = sums[end[i]] - sums[first[i]]; /* unsigned: other sums than ours wrap around */
            if ((int64_t)(100 * held) >= (int64_t)((uint64_t)percent * total) && depth[i] > depth[best])
                best = i;
        }
        main[page] = best;
    }
    result = Py_NewRef(Py_None);
done:
    columns_release(of);
    return result;
}

PyDoc_STRVAR(common_depth_doc,
             "common_depth(columns, pages, elements)\n--\n\n"
             "Find how deep the deepest element is that is around both an element and the main one of its page.\n\n"
             "columns: the main element of each page; where the elements of each page begin, and the end; of each element\n"
             "parent, depth, first block, end; written, of each element: that depth. All int64.\n"
             "Returns False, and writes nothing, if a parent stands behind its child.");

static PyObject *common_depth(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *tuple, *result = NULL;
    Py_ssize_t pages, elements;
    if (!PyArg_ParseTuple(args, "O!nn", &PyTuple_Type, &tuple, &pages, &elements))
        return NULL;
    if (pages < 0 || elements < 0 || pages == PY_SSIZE_T_MAX) {
        PyErr_SetString(PyExc_ValueError, "no such size");
        return NULL;
    }
    const Py_ssize_t least[] = {pages, pages + 1, elements, elements, elements, elements, elements};
    Numbers of[MOST_COLUMNS];
    if (columns_take(of, tuple, least, 7, 6) < 0)
        goto done;
    const int64_t *const main = of[0].view.buf, *const offset = of[1].view.buf, *const parent = of[2].view.buf;
    const int64_t *const depth = of[3].view.buf, *const first = of[4].view.buf, *const end = of[5].view.buf;
    int64_t *const common = of[6].view.buf;
    if (!all_within(offset, pages + 1, elements + 1) || !all_within(main, pages, elements)) {
        PyErr_SetString(PyExc_ValueError, "elements that are not there");
        goto done;
    }
    if (!parents_first(parent, elements)) {
        result = Py_NewRef(Py_False);
        goto done;
    }
    for (Py_ssize_t page = 0; page < pages; page++) {
        const int64_t of_page = main[page];
        for (int64_t i = offset[page]; i < offset[page + 1]; i++) {
            /* what holds all that the main one holds and is no deeper is around it */
            const int on_path = first[i] <= first[of_page] && end[i] >= end[of_page] && depth[i] <= depth[of_page];
            common[i] = on_path ? depth[i] : 0;
            if (common[i] < common[parent[i]])
                common[i] = common[parent[i]];
        }
    }
    result = Py_NewRef(Py_True);
done:
    columns_release(of);
    return result;
}

PyMethodDef places_methods[] = {
    {"number_strings", number_strings, METH_VARARGS, number_strings_doc},
    {"number_groups", number_groups, METH_VARARGS, number_groups_doc},
    {"inherit", inherit, METH_VARARGS, inherit_doc},
    {"find_main", find_main, METH_VARARGS, find_main_doc},
    {"common_depth", common_depth, METH_VARARGS, common_depth_doc},
    {NULL, NULL, 0, NULL},
};
