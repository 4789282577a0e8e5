/* What the kernels share. Every kernel keeps the rules of kernels.c. */

#ifndef NEWSDS_KERNELS_H
#define NEWSDS_KERNELS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

/* Of what the kernels offer and how they are called; newsds/native/__init__.py has the same. A build that has another is
   not used: it was made from other sources than the Python around it. */
#define REVISION 13

/* One-dimensional numbers of a caller: what numpy, array and memoryview give; checked, and held until released. */
typedef struct {
    Py_buffer view;
    Py_ssize_t length; /* numbers, not bytes */
} Numbers;

/* Take the numbers of `object`, `size` bytes each. At least `least` of them; writable if asked for. -1 and an error if it
   has other ones. */
int numbers_take(Numbers *numbers, PyObject *object, Py_ssize_t size, Py_ssize_t least, int writable);

/* Let go of them; nothing is done where nothing was taken. */
void numbers_release(Numbers *numbers);

/* Check that int64 `offsets` cut `rows` rows into runs, one behind the other; -1 and ValueError if not. */
int offsets_check(const Numbers *offsets, Py_ssize_t rows);

/* The text of a str, whatever its width. */
typedef struct {
    const void *data;
    Py_ssize_t length;
    int kind;
} Text;

/* Look at a str; -1 and TypeError if `object` is none. Valid as long as `object` is. */
int text_of(Text *text, PyObject *object);

/* Look at item `i` of a list of str; the str, borrowed, or NULL and an error. */
PyObject *text_item(Text *text, PyObject *list, Py_ssize_t i);

static inline Py_UCS4 text_at(const Text *text, Py_ssize_t i)
{
    return PyUnicode_READ(text->kind, text->data, i);
}

/* `items` with room for one more than `used`; NULL and MemoryError, with `items` as they were, if there is none. */
void *with_room(void *items, Py_ssize_t used, Py_ssize_t *room, size_t size);

/* Make room for one more in an array `what` with its `what_used` and `what_room`; return `error` if there is none. */
#define MAKE_ROOM(owner, what, error)                                                                                  \
    do {                                                                                                               \
        void *const moved_ =                                                                                           \
            with_room((owner)->what, (owner)->what##_used, &(owner)->what##_room, sizeof *(owner)->what);              \
        if (moved_ == NULL)                                                                                            \
            return error;                                                                                              \
        (owner)->what = moved_;                                                                                        \
    } while (0)

extern PyMethodDef automaton_methods[];
extern PyMethodDef forest_methods[];
extern PyMethodDef blocks_methods[];
extern PyMethodDef context_methods[];
extern PyMethodDef evidence_methods[];
extern PyMethodDef header_methods[];
extern PyMethodDef held_methods[];
extern PyMethodDef lines_methods[];
extern PyMethodDef links_methods[];
extern PyMethodDef marks_methods[];
extern PyMethodDef places_methods[];
extern PyMethodDef screen_methods[];
extern PyMethodDef sequence_methods[];
extern PyMethodDef topic_methods[];
extern PyMethodDef utf8_methods[];
extern PyMethodDef words_methods[];

#endif
