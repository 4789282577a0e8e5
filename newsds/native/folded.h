/* Lines of a page in small letters, side by side, and what is asked of them. */

#ifndef NEWSDS_FOLDED_H
#define NEWSDS_FOLDED_H

#include "kernels.h"

/* Code points that grow. */
typedef struct {
    Py_UCS4 *at;
    Py_ssize_t length, room;
} Codes;

/* Have room for `more`; -1 and MemoryError if there is none. */
int codes_reserve(Codes *codes, Py_ssize_t more);
/* Add a line break. */
int codes_break(Codes *codes);
void codes_free(Codes *codes);

/* A run of code points: its place among those of its page, which may move as they grow. */
typedef struct {
    Py_ssize_t start, length;
    uint64_t letters; /* a bit for each that is there, with others: a line that lacks one of another does not hold it */
} Line;

/* Add a str as it is, as `lower()` makes it, or as `[:most].casefold()` does; -1 and an error if that fails. */
int line_add(Codes *codes, PyObject *object, Line *line);
int line_add_lower(Codes *codes, PyObject *object, Line *line);
int line_add_folded(Codes *codes, PyObject *object, Py_ssize_t most, Line *line);

/* Whether one is the other, code point by code point; whether one holds the other. */
int line_is(const Codes *codes, const Line *one, const Line *other);
int line_holds(const Codes *codes, const Line *one, const Line *other);

/* Put lines in an order in which those that begin alike, in `most` code points, stand together, and otherwise as before.
   `spare` has room for as many. */
void lines_sort(const Codes *codes, const Line **lines, const Line **spare, Py_ssize_t count, Py_ssize_t most);

/* Whether two lines begin alike, or are the same if shorter. */
int line_begins(const Codes *codes, const Line *one, const Line *other, Py_ssize_t most);

/* Distinct lines, to be asked for one. */
typedef struct {
    Line *lines;
    const Line **order;
    Py_ssize_t length;
    uint64_t filter;
} Lines;

/* Make a set of `count` lines, and take over their memory, also on failure: -1 and MemoryError. */
int lines_make(Lines *set, const Codes *codes, Line *lines, Py_ssize_t count);
int lines_have(const Lines *set, const Codes *codes, const Line *line);
void lines_free(Lines *set);

/* All code points of a text by the pairs they make, so that many lines are sought in one pass over it.
   Its time is linear in the text, that of a search at most in text and line as `str.count`'s, and mostly much less. */
#define PAIRS 4096

typedef struct {
    uint32_t first[PAIRS]; /* 1 more than the place of the first such pair; 0 if there is none */
    uint32_t count[PAIRS];
    uint32_t *next;
    Py_ssize_t room;
    Line text;
} Index;

/* Look at a text of the page; -1 and MemoryError if there is no room. */
int index_build(Index *index, const Codes *codes, Line text);
void index_free(Index *index);

/* How often the text holds a line of two code points or more, without overlap, as `str.count`; at most `most`. */
Py_ssize_t index_count(const Index *index, const Codes *codes, const Line *line, Py_ssize_t most);

#endif
