/* Clean UTF-8 to text, in one pass that checks and one that writes. newsds/decode.py says what is clean, newsds/mojibake.py
   what is counted. */

#include "kernels.h"

PyDoc_STRVAR(read_utf8_doc,
             "read_utf8(content)\n--\n\n"
             "Return the text of sound UTF-8 without control characters, and three counts; None for other bytes.\n\n"
             "The counts: letters that begin with the byte C3, those that begin a character read as windows-1252, and\n"
             "those that do so in words.");

/* What the pass over the bytes tells. */
typedef struct {
    Py_ssize_t chars;
    uint8_t highest; /* of all first bytes: how wide the text is */
    Py_ssize_t letters, characters, in_words; /* as newsds/mojibake.py counts them */
} Seen;

#define PIECE 32 /* bytes of ASCII looked at together */
#define EACH(byte) (0x0101010101010101u * (byte))

/* 0 if the bytes are ASCII without control characters but white space. */
static inline uint64_t odd_piece(const uint8_t *s)
{
    uint64_t odd = 0;
    for (int i = 0; i < PIECE / 8; i++) {
        uint64_t x;
        memcpy(&x, s + 8 * i, 8);
        /* the highest bit of each byte, which is ASCII or else odd anyway: is it so much or more? */
        const uint64_t of_tab = (x | EACH(0x80)) - EACH('\t'), of_shift_out = (x | EACH(0x80)) - EACH('\r' + 1);
        const uint64_t of_blank = (x | EACH(0x80)) - EACH(' '), of_delete = x + EACH(1);
        odd |= x | of_delete | ~(of_blank | (of_tab & ~of_shift_out));
    }
    return odd & EACH(0x80);
}

static inline int follows(uint8_t byte)
{
    return (byte & 0xc0) == 0x80;
}

/* Bytes of the character at `s`, which is not ASCII; 0 if it is unsound or a control character. U+0085 is none: it ends
   a line. */
static inline int sound_char(const uint8_t *s, const uint8_t *end)
{
    const uint8_t first = s[0];
    const Py_ssize_t left = end - s;
    if (first < 0xc2 || left < 2 || !follows(s[1]))
        return 0;
    if (first < 0xe0)
        return first == 0xc2 && s[1] < 0xa0 && s[1] != 0x85 ? 0 : 2;
    if (left < 3 || !follows(s[2]))
        return 0;
    if (first < 0xf0) /* neither too long nor a surrogate */
        return (first == 0xe0 && s[1] < 0xa0) || (first == 0xed && s[1] >= 0xa0) ? 0 : 3;
    if (left < 4 || !follows(s[3]) || first > 0xf4)
        return 0;
    return (first == 0xf0 && s[1] < 0x90) || (first == 0xf4 && s[1] >= 0x90) ? 0 : 4;
}

static inline Py_UCS4 char_at(const uint8_t *s, int size)
{
    switch (size) {
    case 2:
        return (Py_UCS4)(s[0] & 0x1f) << 6 | (s[1] & 0x3f);
    case 3:
        return (Py_UCS4)(s[0] & 0x0f) << 12 | (Py_UCS4)(s[1] & 0x3f) << 6 | (s[2] & 0x3f);
    default:
        return (Py_UCS4)(s[0] & 0x07) << 18 | (Py_UCS4)(s[1] & 0x3f) << 12 | (Py_UCS4)(s[2] & 0x3f) << 6 | (s[3] & 0x3f);
    }
}

static inline int size_of(uint8_t first)
{
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* Bytes of the character at `s` if it is what windows-1252 shows for one of 80 to BF; 0 if it is another. */
static int following(const uint8_t *s, const uint8_t *end)
{
    const int size = s < end && *s >= 0xc2 ? sound_char(s, end) : 0;
    if (!size)
        return 0;
    switch (char_at(s, size)) {
    case 0x85: case 0x152: case 0x153: case 0x160: case 0x161: case 0x178: case 0x17d: case 0x17e: case 0x192:
    case 0x2c6: case 0x2dc: case 0x2013: case 0x2014: case 0x2018: case 0x2019: case 0x201a: case 0x201c: case 0x201d:
    case 0x201e: case 0x2020: case 0x2021: case 0x2022: case 0x2026: case 0x2030: case 0x2039: case 0x203a: case 0x20ac:
    case 0x2122: case 0xfffd: /* the last for those that windows-1252 has not */
        return size;
    default: /* from A0 on the two are alike */
        return *s == 0xc2 && s[1] >= 0xa0 ? size : 0;
    }
}

/* Whether `count` of those stand at `s`. */
static int all_following(const uint8_t *s, const uint8_t *end, int count)
{
    while (count--) {
        const int size = following(s, end);
        if (!size)
            return 0;
        s += size;
    }
    return 1;
}

static int starts_with(const uint8_t *s, const uint8_t *end, const char *bytes, Py_ssize_t count)
{
    return end - s >= count && memcmp(s, bytes, (size_t)count) == 0;
}

/* Count the letter behind whose first byte, C3, `s` stands. */
static void count_letter(Seen *seen, const uint8_t *start, const uint8_t *s, const uint8_t *end)
{
    const uint8_t letter = *s;
    seen->letters++;
    if (letter >= 0x82 && letter <= 0xb4 && !starts_with(s, end, "\x97\xc2\xa0", 3))
        seen->characters += all_following(s + 1, end, letter < 0xa0 ? 1 : letter < 0xb0 ? 2 : 3);
    if (s - start < 2 || s[-2] < 'a' || s[-2] > 'z')
        return;
    if (letter == 0x83 && !starts_with(s + 1, end, "\xc2\xa0", 2))
        seen->in_words += all_following(s + 1, end, 1);
    else if (starts_with(s, end, "\xa2\xe2\x82\xac", 4))
        seen->in_words += all_following(s + 4, end, 1);
}

/* Look at all bytes; 0 if they are not clean. */
static int look(Seen *seen, const uint8_t *const start, const uint8_t *const end)
{
    const uint8_t *s = start;
    while (s < end) {
        if (end - s >= PIECE && !odd_piece(s)) {
            s += PIECE;
            seen->chars += PIECE;
            continue;
        }
        const uint8_t *const stop = end - s >= PIECE ? s + PIECE : end;
        while (s < stop) {
            const uint8_t first = *s;
            int size = 1;
            if (first >= 0x80) {
                size = sound_char(s, end);
                if (!size)
                    return 0;
                if (first > seen->highest)
                    seen->highest = first;
                if (first == 0xc3)
                    count_letter(seen, start, s + 1, end);
            } else if (first == 0x7f || (first < 0x20 && (first < '\t' || first > '\r')))
                return 0;
            s += size;
            seen->chars++;
        }
    }
    return 1;
}

/* Write sound UTF-8 as characters of one width. */
#define WRITE(name, width)                                                                                             \
    static void name(width *out, const uint8_t *s, const uint8_t *const end)                                          \
    {                                                                                                                  \
        while (s < end) {                                                                                              \
            uint64_t eight = UINT64_MAX;                                                                               \
            if (end - s >= 8)                                                                                          \
                memcpy(&eight, s, 8);                                                                                  \
            if (!(eight & EACH(0x80))) {                                                                               \
                for (int i = 0; i < 8; i++)                                                                            \
                    out[i] = s[i];                                                                                     \
                s += 8;                                                                                                \
                out += 8;                                                                                              \
                continue;                                                                                              \
            }                                                                                                          \
            const uint8_t *const stop = end - s >= 8 ? s + 8 : end;                                                    \
            while (s < stop) {                                                                                         \
                const int size = *s < 0x80 ? 1 : size_of(*s);                                                          \
                *out++ = (width)(size == 1 ? *s : char_at(s, size));                                                   \
                s += size;                                                                                             \
            }                                                                                                          \
        }                                                                                                              \
    }

WRITE(write_narrow, Py_UCS1)
WRITE(write_medium, Py_UCS2)
WRITE(write_wide, Py_UCS4)

static PyObject *text_from(const Seen *seen, const uint8_t *start, const uint8_t *end)
{
    const uint8_t highest = seen->highest;
    const Py_UCS4 largest = highest < 0x80 ? 0x7f : highest < 0xc4 ? 0xff : highest < 0xf0 ? 0xffff : 0x10ffff;
    PyObject *text = PyUnicode_New(seen->chars, largest);
    if (text == NULL || seen->chars == 0)
        return text;
    void *const data = PyUnicode_DATA(text);
    if (largest == 0x7f)
        memcpy(data, start, (size_t)(end - start));
    else if (largest == 0xff)
        write_narrow(data, start, end);
    else if (largest == 0xffff)
        write_medium(data, start, end);
    else
        write_wide(data, start, end);
    return text;
}

static PyObject *read_utf8(PyObject *module, PyObject *content)
{
    (void)module;
    Py_buffer view;
    if (PyObject_GetBuffer(content, &view, PyBUF_SIMPLE) < 0)
        return NULL;
    const uint8_t *const start = view.buf;
    Seen seen = {0, 0, 0, 0, 0};
    PyObject *result = NULL;
    if (!look(&seen, start, start + view.len))
        result = Py_NewRef(Py_None);
    else {
        PyObject *text = text_from(&seen, start, start + view.len);
        if (text != NULL)
            result = Py_BuildValue("Nnnn", text, seen.letters, seen.characters, seen.in_words);
    }
    PyBuffer_Release(&view);
    return result;
}

PyMethodDef utf8_methods[] = {
    {"read_utf8", read_utf8, METH_O, read_utf8_doc},
    {NULL, NULL, 0, NULL},
};
