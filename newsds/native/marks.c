/* What the words of lines say, by the lexicon. newsds/segment/marks.py says what that is. */

#include "kernels.h"

#define LONGEST 260 /* characters of a line that is read */
#define FOLDED 3    /* characters that one becomes in case folding, at most */
#define MARKED 64   /* characters of a line that can be a marker word alone */
#define LEAD 48     /* characters in which a marker and its separator stand */
#define DATE 140    /* characters of a line that can be dated */
#define PHRASE 4    /* words of a marker */
#define PREFIX 9    /* characters of a marker in a script without blanks, and one */

/* Classes of characters. */
#define EDGE 1
#define SEPARATOR 2
#define ARROW 4
#define CLASSES 65536

/* What is left to be asked of a line. */
#define COUNTED 1
#define DATED 2
#define POINTS 4

/* Bit of a filter that is set if a word exists: the words are in a dictionary, of which most are not asked. */
#define FILTER 8192 /* bytes */
#define SEED 0x811C9DC5u

static inline uint32_t mixed(uint32_t hash, Py_UCS4 c)
{
    return (hash ^ c) * 0x01000193u;
}

static inline unsigned slot_of(uint32_t hash)
{
    return (hash ^ hash >> 15) & (8 * FILTER - 1);
}

typedef struct {
    PyObject *words; /* dict: word → bits */
    const uint8_t *filter, *classes;
} Lexicon;

/* The bits of a word with this hash; -1 and an error if the dictionary has one. */
static int64_t bits_of(const Lexicon *lexicon, const Py_UCS4 *word, Py_ssize_t length, uint32_t hash)
{
    const unsigned slot = slot_of(hash);
    if (!(lexicon->filter[slot >> 3] >> (slot & 7) & 1))
        return 0;
    PyObject *const key = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, word, length);
    if (key == NULL)
        return -1;
    PyObject *const found = PyDict_GetItemWithError(lexicon->words, key);
    Py_DECREF(key);
    if (found == NULL)
        return PyErr_Occurred() ? -1 : 0;
    const int64_t bits = PyLong_AsLongLong(found);
    if (bits >= 0 && bits < 0x10000)
        return bits;
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, "bits of a word beyond 16");
    return -1;
}

static inline int class_of(const Lexicon *lexicon, Py_UCS4 c)
{
    return c < CLASSES ? lexicon->classes[c] : 0;
}

static inline Py_UCS4 folded_at(const Text *text, Py_ssize_t i)
{
    const Py_UCS4 c = text_at(text, i);
    return c + ((Py_UCS4)(c - 'A' < 26u) << 5); /* no folded text has capitals of ASCII */
}

/* Cut what is no part of a word off the ends of a text. */
static void strip(const Lexicon *lexicon, const Text *text, Py_ssize_t *start, Py_ssize_t *end)
{
    while (*start < *end && class_of(lexicon, text_at(text, *start)) & EDGE)
        (*start)++;
    while (*start < *end && class_of(lexicon, text_at(text, *end - 1)) & EDGE)
        (*end)--;
}

/* A line, folded and stripped, its words apart by one blank each. */
typedef struct {
    Py_UCS4 text[LONGEST * FOLDED + 1];
    Py_ssize_t length, words; /* words but the last */
    uint32_t hash;
    int64_t phrase; /* bits of the words that it begins with, without the last */
} Words;

/* Split a text; one that is not `marked` is read only as far as its phrase may go. */
static int split(const Lexicon *lexicon, const Text *folded, int marked, Words *words)
{
    Py_ssize_t start = 0, end = folded->length;
    strip(lexicon, folded, &start, &end);
    words->length = words->words = words->phrase = 0;
    words->hash = SEED;
    int blank = 0;
    for (; start < end; start++) {
        const Py_UCS4 c = folded_at(folded, start);
        if (Py_UNICODE_ISSPACE(c)) {
            blank = 1;
            continue;
        }
        if (blank && words->length) {
            if (++words->words <= PHRASE) {
                const int64_t bits = bits_of(lexicon, words->text, words->length, words->hash);
                if (bits < 0)
                    return -1;
                words->phrase |= bits;
            } else if (!marked) {
                break;
            }
            words->text[words->length++] = ' ';
            words->hash = mixed(words->hash, ' ');
        }
        blank = 0;
        words->text[words->length++] = c;
        words->hash = mixed(words->hash, c);
    }
    return 0;
}

/* Bits of the characters that a line of one word begins with: scripts without blanks. */
static int64_t bits_of_prefixes(const Lexicon *lexicon, const Words *words)
{
    int64_t found = 0;
    uint32_t hash = SEED;
    for (Py_ssize_t n = 1; n < PREFIX && n < words->length; n++) {
        hash = mixed(hash, words->text[n - 1]);
        const int64_t bits = n < 2 ? 0 : bits_of(lexicon, words->text, n, hash);
        if (bits < 0)
            return -1;
        found |= bits;
    }
    return found;
}

/* Where the first separator stands in the lead of a line: its first character and one past its last; -1 without one. */
static Py_ssize_t find_separator(const Lexicon *lexicon, const Text *line, Py_ssize_t *end)
{
    const Py_ssize_t lead = line->length < LEAD ? line->length : LEAD;
    Py_ssize_t blanks = 0;
    for (Py_ssize_t i = 0; i < lead; i++) {
        const Py_UCS4 c = text_at(line, i);
        const int dash = c == '-' && blanks && i + 1 < lead && Py_UNICODE_ISSPACE(text_at(line, i + 1));
        if (dash || class_of(lexicon, c) & SEPARATOR) {
            for (*end = i + 1; *end < lead && Py_UNICODE_ISSPACE(text_at(line, *end)); (*end)++)
                ;
            return i - blanks;
        }
        blanks = Py_UNICODE_ISSPACE(c) ? blanks + 1 : 0;
    }
    return -1;
}

/* A text, folded; but ASCII text as it is, which `folded_at` folds. */
static PyObject *folded_of(PyObject *text, PyObject *casefold)
{
    if (PyUnicode_IS_ASCII(text))
        return Py_NewRef(text);
    PyObject *const folded = PyObject_CallMethodNoArgs(text, casefold);
    if (folded != NULL && !PyUnicode_Check(folded)) {
        Py_DECREF(folded);
        PyErr_SetString(PyExc_TypeError, "a folded str is none");
        return NULL;
    }
    return folded;
}

/* Bits of what stands before the first separator. */
static int64_t bits_of_marker(const Lexicon *lexicon, PyObject *object, const Text *line, PyObject *casefold)
{
    Py_ssize_t end = 0;
    const Py_ssize_t cut = find_separator(lexicon, line, &end);
    if (cut <= 0 || end >= line->length)
        return 0;
    PyObject *const lead = PyUnicode_Substring(object, 0, cut);
    PyObject *const folded = lead != NULL ? folded_of(lead, casefold) : NULL;
    Py_XDECREF(lead);
    Text text;
    if (folded == NULL || text_of(&text, folded) < 0) {
        Py_XDECREF(folded);
        return -1;
    }
    int64_t found = 0;
    Py_ssize_t start = 0, length = text.length;
    strip(lexicon, &text, &start, &length);
    if (length - start <= LEAD * FOLDED) {
        Py_UCS4 word[LEAD * FOLDED];
        uint32_t hash = SEED;
        for (Py_ssize_t i = start; i < length; i++)
            hash = mixed(hash, word[i - start] = folded_at(&text, i));
        found = bits_of(lexicon, word, length - start, hash);
    }
    Py_DECREF(folded);
    return found;
}

static inline int is_digit(Py_UCS4 c)
{
    return c - '0' < 10u;
}

/* Whether a character is a digit of another script. The first are Arabic; ideographs have none. */
static inline int is_other_digit(Py_UCS4 c)
{
    return c >= 0x660 && (c < 0x2E80 || c >= 0xA620) && Py_UNICODE_ISDECIMAL(c);
}

static inline int in_word(Py_UCS4 c)
{
    return is_digit(c) || (c | 0x20) - 'a' < 26u || c == '_' || (c >= 0x80 && Py_UNICODE_ISALNUM(c));
}

/* Where the first digit of a line stands, or its end. */
static Py_ssize_t first_digit(const Text *line)
{
    Py_ssize_t i = 0;
    for (; i < line->length; i++) {
        const Py_UCS4 c = text_at(line, i);
        if (is_digit(c) || is_other_digit(c))
            break;
    }
    return i;
}

/* Whether a line may be a number, an age or hold a date: patterns decide. */
static int may_be_dated(const Text *line)
{
    if (first_digit(line) == line->length)
        return 0;
    Py_ssize_t runs = 0, run = 0, words = 0;
    int year = 0, first = 0; /* of letters and digits: 1 a digit, 2 v, 3 another */
    Py_UCS4 ahead[2] = {0, 0}; /* the two characters before a run */
    for (Py_ssize_t i = 0; i <= line->length; i++) {
        const Py_UCS4 c = i < line->length ? text_at(line, i) : 0;
        const int ascii = is_digit(c);
        if (!ascii && run) { /* a run of digits ends */
            for (Py_ssize_t at = i - run; at + 4 <= i; at++) {
                const Py_UCS4 a = text_at(line, at), b = text_at(line, at + 1);
                year |= (a == '1' && b == '9') || (a == '2' && b == '0');
            }
            const Py_UCS4 sign = Py_UNICODE_ISSPACE(ahead[1]) ? ahead[0] : ahead[1];
            year |= run == 2 && (sign == '-' || sign == '/' || sign == '.');
            run = 0;
        }
        if (i == line->length)
            break;
        if (ascii) {
            if (run++ == 0) {
                runs++;
                ahead[0] = i > 1 ? text_at(line, i - 2) : 0;
                ahead[1] = i > 0 ? text_at(line, i - 1) : 0;
            }
        } else if (is_other_digit(c)) {
            return 1;
        }
        if (in_word(c)) {
            words += !ascii;
            if (first == 0)
                first = ascii ? 1 : c == 'v' || c == 'V' ? 2 : 3;
        }
    }
    /* nothing but a number; an age is one, or `vor` one; a date has a year, or two digits of one, and another number */
    return runs > 0 && (words == 0 || first < 3 || (year && runs > 1));
}

/* Whether a line that is no word may be one with a number before or behind it. */
static int may_be_counted(const Lexicon *lexicon, const Words *words)
{
    if (words->length == 0)
        return 0;
    const Py_UCS4 first = words->text[0], last = words->text[words->length - 1];
    return is_digit(first) || is_other_digit(first) || is_digit(last) || is_other_digit(last) ||
           (class_of(lexicon, first) | class_of(lexicon, last)) & EDGE;
}

/* Read a line: what its words say, and what is left to be asked. -1 and an error, or 0. */
static int read_line(const Lexicon *lexicon, PyObject *object, const Text *line, PyObject *casefold, int64_t *said,
                     int64_t *asked)
{
    Words words;
    Text text = *line;
    PyObject *const folded = folded_of(object, casefold);
    if (folded == NULL)
        return -1;
    int ok = text_of(&text, folded) == 0;
    if (ok && text.length > LONGEST * FOLDED) {
        PyErr_SetString(PyExc_ValueError, "a line grew beyond measure");
        ok = 0;
    }
    ok = ok && split(lexicon, &text, line->length <= MARKED, &words) == 0;
    Py_DECREF(folded);
    if (!ok)
        return -1;
    int64_t whole = 0, phrase = words.phrase;
    if (line->length <= MARKED) {
        whole = bits_of(lexicon, words.text, words.length, words.hash);
        if (whole == 0 && may_be_counted(lexicon, &words))
            *asked |= COUNTED;
    }
    if (words.words == 0 && !PyUnicode_IS_ASCII(object))
        phrase = bits_of_prefixes(lexicon, &words);
    const int64_t marker = bits_of_marker(lexicon, object, line, casefold);
    if (whole < 0 || phrase < 0 || marker < 0)
        return -1;
    *said = whole | marker << 16 | phrase << 32;
    if (line->length <= DATE && may_be_dated(line))
        *asked |= DATED;
    return 0;
}

PyDoc_STRVAR(read_lines_doc,
             "read_lines(texts, words, filter, classes, said, asked)\n--\n\n"
             "Read what the words of lines say.\n\n"
             "texts: list of str. words: dict of each word's bits. filter: of the words, see filter_words. classes: 65536\n"
             "bytes, one a character: 1 not part of a word, 2 separator, 4 arrow. said: int64, written: 16 bits each for\n"
             "the whole line, what is before its separator, what it begins with. asked: int64, written: 1 if the line may\n"
             "be a word with a number, 2 if it may be dated, 4 if an arrow is at its edge.");

static PyObject *read_lines(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *texts, *objects[4], *result = NULL;
    Lexicon lexicon;
    if (!PyArg_ParseTuple(args, "O!O!OOOO", &PyList_Type, &texts, &PyDict_Type, &lexicon.words, &objects[0],
                          &objects[1], &objects[2], &objects[3]))
        return NULL;
    const Py_ssize_t count = PyList_GET_SIZE(texts);
    Numbers of[4] = {0};
    PyObject *const casefold = PyUnicode_InternFromString("casefold");
    if (casefold == NULL || numbers_take(&of[0], objects[0], 1, FILTER, 0) < 0 ||
        numbers_take(&of[1], objects[1], 1, CLASSES, 0) < 0 || numbers_take(&of[2], objects[2], 8, count, 1) < 0 ||
        numbers_take(&of[3], objects[3], 8, count, 1) < 0)
        goto done;
    lexicon.filter = of[0].view.buf;
    lexicon.classes = of[1].view.buf;
    int64_t *const said = of[2].view.buf, *const asked = of[3].view.buf;
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *const object = PyList_GET_ITEM(texts, i);
        Text line;
        if (text_of(&line, object) < 0)
            goto done;
        if (!PyUnicode_CheckExact(object)) {
            PyErr_SetString(PyExc_TypeError, "a str that is more than that");
            goto done;
        }
        said[i] = asked[i] = 0;
        if (line.length == 0)
            continue;
        if ((class_of(&lexicon, text_at(&line, 0)) | class_of(&lexicon, text_at(&line, line.length - 1))) & ARROW)
            asked[i] |= POINTS;
        if (line.length <= LONGEST && read_line(&lexicon, object, &line, casefold, &said[i], &asked[i]) < 0)
            goto done;
    }
    result = Py_NewRef(Py_None);
done:
    Py_XDECREF(casefold);
    for (int i = 0; i < 4; i++)
        numbers_release(&of[i]);
    return result;
}

PyDoc_STRVAR(filter_words_doc,
             "filter_words(words, filter)\n--\n\n"
             "Set a bit of a filter for each word.\n\n"
             "words: list of str. filter: 8192 bytes, written.");

static PyObject *filter_words(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *words, *object, *result = NULL;
    Numbers filter;
    if (!PyArg_ParseTuple(args, "O!O", &PyList_Type, &words, &object) ||
        numbers_take(&filter, object, 1, FILTER, 1) < 0)
        return NULL;
    uint8_t *const bits = filter.view.buf;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(words); i++) {
        Text word;
        if (text_of(&word, PyList_GET_ITEM(words, i)) < 0)
            goto done;
        uint32_t hash = SEED;
        for (Py_ssize_t at = 0; at < word.length; at++)
            hash = mixed(hash, text_at(&word, at));
        const unsigned slot = slot_of(hash);
        bits[slot >> 3] |= (uint8_t)(1 << (slot & 7));
    }
    result = Py_NewRef(Py_None);
done:
    numbers_release(&filter);
    return result;
}

PyMethodDef marks_methods[] = {
    {"read_lines", read_lines, METH_VARARGS, read_lines_doc},
    {"filter_words", filter_words, METH_VARARGS, filter_words_doc},
    {NULL, NULL, 0, NULL},
};
