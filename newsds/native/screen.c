/* Which patterns may be found in texts, by pieces of three letters. newsds/segment/screen.py says what it is for. */

#include "kernels.h"

PyDoc_STRVAR(screen_doc,
             "screen(texts, filter, pieces, bits, longest, from_end, found)\n--\n\n"
             "Find the bits of all pieces that stand in each text, whatever the case of its letters.\n\n"
             "texts: list of str. pieces: uint64, sorted, three characters of 21 bits each, or a single one that is not\n"
             "ASCII. bits: uint64, of each piece. filter: 32768 bytes, 1 where a piece is: see `Screen`. longest: characters\n"
             "of a text that are looked at, its first or, from_end, its last; all if it is negative. found: uint64, one a text,\n"
             "written.");

#define FILTER 32768
#define SLOTS 0x7FFF

/* The small letter that a character is to patterns that take no notice of case; 0 if that is no simple matter. */
static inline Py_UCS4 small_letter(Py_UCS4 c)
{
    if (c < 0x100) { /* À to Þ are capitals, but for × */
        const int capital = (c - 'A' < 26u) | ((c - 0xC0 < 31u) & (c != 0xD7));
        return c + ((Py_UCS4)capital << 5);
    }
    if (c >= 0x2E80 && c < 0xA640) /* ideographs and their like have no case */
        return c;
    if (c == 0x131) /* dotless */
        return 'i';
    if (c == 0x17F) /* long */
        return 's';
    if (c >= 0x1C80 && c <= 0x1C8F) /* Cyrillic letters of old print, which some take for the common ones */
        return 0;
    return Py_UNICODE_TOLOWER(c);
}

typedef struct {
    const uint8_t *filter;
    const uint64_t *pieces, *bits;
    Py_ssize_t count;
    uint8_t latin[256]; /* the small letters of the first characters */
} Screen;

static uint64_t bits_of(const Screen *screen, uint64_t piece)
{
    Py_ssize_t low = 0, high = screen->count;
    while (low < high) {
        const Py_ssize_t middle = low + (high - low) / 2;
        if (screen->pieces[middle] < piece)
            low = middle + 1;
        else
            high = middle;
    }
    return low < screen->count && screen->pieces[low] == piece ? screen->bits[low] : 0;
}

static inline int may_be(const Screen *screen, unsigned slot)
{
    return screen->filter[slot];
}

/* The small letter at a place of a text. `kind` is the text's, a constant where this is called. */
static inline Py_UCS4 small_at(const Screen *screen, const void *data, int kind, Py_ssize_t i)
{
    const Py_UCS4 c = PyUnicode_READ(kind, data, i);
    return kind == PyUnicode_1BYTE_KIND || c < 256 ? screen->latin[c] : small_letter(c);
}

/* The bits of the pieces between two characters of a text; all bits if some letter is no simple matter. */
static inline uint64_t bits_between(const Screen *screen, const void *data, int kind, Py_ssize_t start, Py_ssize_t end)
{
    uint64_t found = 0;
    unsigned slot = 0;
    for (Py_ssize_t i = start; i < end; i++) {
        const Py_UCS4 c = small_at(screen, data, kind, i);
        slot = (slot << 5 ^ c) & SLOTS; /* of the last three characters: earlier ones are shifted out */
        if (may_be(screen, slot) && i >= start + 2) {
            const uint64_t first = small_at(screen, data, kind, i - 2), second = small_at(screen, data, kind, i - 1);
            found |= bits_of(screen, first << 42 | second << 21 | c);
        }
        if (c >= 0x80 && may_be(screen, c & SLOTS))
            found |= bits_of(screen, c);
        if (c == 0)
            return UINT64_MAX;
    }
    return found;
}

static PyObject *screen(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *texts, *objects[4], *result = NULL;
    Py_ssize_t longest;
    int from_end;
    if (!PyArg_ParseTuple(args, "O!OOOnpO", &PyList_Type, &texts, &objects[0], &objects[1], &objects[2], &longest,
                          &from_end, &objects[3]))
        return NULL;
    const Py_ssize_t count = PyList_GET_SIZE(texts);
    Numbers of[4] = {0};
    if (numbers_take(&of[0], objects[0], 1, FILTER, 0) < 0 || numbers_take(&of[1], objects[1], 8, 0, 0) < 0 ||
        numbers_take(&of[2], objects[2], 8, of[1].length, 0) < 0 || numbers_take(&of[3], objects[3], 8, count, 1) < 0)
        goto done;
    Screen screen = {of[0].view.buf, of[1].view.buf, of[2].view.buf, of[1].length, {0}};
    for (Py_UCS4 c = 0; c < 256; c++)
        screen.latin[c] = (uint8_t)small_letter(c);
    uint64_t *const found = of[3].view.buf;
    for (Py_ssize_t i = 0; i < count; i++) {
        Text text;
        if (text_of(&text, PyList_GET_ITEM(texts, i)) < 0)
            goto done;
        const Py_ssize_t length = longest >= 0 && text.length > longest ? longest : text.length;
        const Py_ssize_t start = from_end ? text.length - length : 0;
        if (text.kind == PyUnicode_1BYTE_KIND)
            found[i] = bits_between(&screen, text.data, PyUnicode_1BYTE_KIND, start, start + length);
        else if (text.kind == PyUnicode_2BYTE_KIND)
            found[i] = bits_between(&screen, text.data, PyUnicode_2BYTE_KIND, start, start + length);
        else
            found[i] = bits_between(&screen, text.data, PyUnicode_4BYTE_KIND, start, start + length);
    }
    result = Py_NewRef(Py_None);
done:
    for (int i = 0; i < 4; i++)
        numbers_release(&of[i]);
    return result;
}

PyMethodDef screen_methods[] = {
    {"screen", screen, METH_VARARGS, screen_doc},
    {NULL, NULL, 0, NULL},
};
