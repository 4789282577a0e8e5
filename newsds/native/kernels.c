/* The module newsds.native._kernels: what its files offer, and what they share.

   Rules of every kernel:
   - It is a function of its arguments: no state is kept between calls, but for constants made once.
   - Pages are hostile. Every index is checked against the length it belongs to, every size that a page decides against
     overflow; time and memory are linear in the page, or bounded. Nothing recurses.
   - It never writes to an argument, but to numbers that the caller made for it; those are checked, too.
   - Out of memory is a MemoryError. What a caller did wrong is a TypeError or ValueError, never undefined. */

#include "kernels.h"

int numbers_take(Numbers *numbers, PyObject *object, Py_ssize_t size, Py_ssize_t least, int writable)
{
    int flags = PyBUF_ND | PyBUF_FORMAT | (writable ? PyBUF_WRITABLE : 0);
    numbers->view.obj = NULL;
    if (PyObject_GetBuffer(object, &numbers->view, flags) < 0)
        return -1;
    if (numbers->view.itemsize != size) {
        PyErr_Format(PyExc_TypeError, "numbers of %zd bytes, not %zd", size, numbers->view.itemsize);
        numbers_release(numbers);
        return -1;
    }
    numbers->length = numbers->view.len / size;
    if (numbers->length < least) {
        PyErr_Format(PyExc_ValueError, "%zd numbers at least, not %zd", least, numbers->length);
        numbers_release(numbers);
        return -1;
    }
    return 0;
}

void numbers_release(Numbers *numbers)
{
    if (numbers->view.obj != NULL)
        PyBuffer_Release(&numbers->view); /* sets obj to NULL */
}

int offsets_check(const Numbers *offsets, Py_ssize_t rows)
{
    const int64_t *const at = offsets->view.buf;
    int64_t before = 0;
    for (Py_ssize_t i = 0; i < offsets->length; before = at[i++])
        if (at[i] < before || at[i] > rows) {
            PyErr_SetString(PyExc_ValueError, "offsets that lead nowhere");
            return -1;
        }
    return 0;
}

int text_of(Text *text, PyObject *object)
{
    if (!PyUnicode_Check(object)) {
        PyErr_Format(PyExc_TypeError, "str, not %.100s", Py_TYPE(object)->tp_name);
        return -1;
    }
#if PY_VERSION_HEX < 0x030C0000
    if (PyUnicode_READY(object) < 0)
        return -1;
#endif
    text->data = PyUnicode_DATA(object);
    text->length = PyUnicode_GET_LENGTH(object);
    text->kind = PyUnicode_KIND(object);
    return 0;
}

void *with_room(void *items, Py_ssize_t used, Py_ssize_t *room, size_t size)
{
    if (used < *room)
        return items;
    const Py_ssize_t wanted = used < 32 ? 64 : used * 2;
    void *const moved =
        used > PY_SSIZE_T_MAX / 2 / (Py_ssize_t)size ? NULL : PyMem_Realloc(items, (size_t)wanted * size);
    if (moved == NULL)
        PyErr_NoMemory();
    else
        *room = wanted;
    return moved;
}

PyObject *text_item(Text *text, PyObject *list, Py_ssize_t i)
{
    PyObject *const object = PyList_GetItem(list, i);
    return object == NULL || text_of(text, object) < 0 ? NULL : object;
}

static int execute(PyObject *module)
{
    PyMethodDef *const files[] = {
        automaton_methods,
        blocks_methods,
        context_methods,
        evidence_methods,
        forest_methods,
        header_methods,
        held_methods,
        lines_methods,
        links_methods,
        marks_methods,
        places_methods,
        screen_methods,
        sequence_methods,
        topic_methods,
        utf8_methods,
        words_methods,
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (PyModule_AddFunctions(module, files[i]) < 0)
            return -1;
    return PyModule_AddIntMacro(module, REVISION);
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, execute},
#if PY_VERSION_HEX >= 0x030C0000
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#endif
    {0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "newsds.native._kernels",
    .m_doc = "The innermost loops of newsds; see newsds.native.",
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__kernels(void)
{
    return PyModuleDef_Init(&definition);
}
