/* What the files share that read the blocks of HTML: tokens.c, texts.c, labels.c, tags.c, blocks.c. */

#ifndef NEWSDS_BLOCKS_H
#define NEWSDS_BLOCKS_H

#include "kernels.h"

/* --- tokens -------------------------------------------------------------------------------------------------------- */

enum { /* names of what a token has, and of its attributes */
    N_TYPE,
    N_TAG,
    N_SOURCE,
    N_DATA,
    N_LINE,
    N_COL,
    N_ATTRS,
    N_ATTR,
    N_HREF,
    N_DATETIME,
    N_STRIP,
    NAMES,
};

/* Tokens of a page, and where in it they stand. */
typedef struct {
    PyObject *page;           /* borrowed */
    Py_ssize_t chars;         /* of the page */
    PyObject *names[NAMES];
    PyTypeObject *type;       /* of the tokens, once there was one */
    PyObject *getters[NAMES]; /* of that type; NULL where it has none in C */
    Py_ssize_t line;          /* found last */
    Py_ssize_t line_start;
    Py_ssize_t feed, lone;    /* line feed and carriage return found last; -1 before that */
} Tokens;

int tokens_begin(Tokens *t, PyObject *page);
void tokens_end(Tokens *t);

/* A new reference to what a token has by that name. */
PyObject *token_get(Tokens *t, PyObject *token, int name);

/* A number that a token has. */
int token_number(Tokens *t, PyObject *token, int name, Py_ssize_t *number);

/* A str that a token has. -1 if it is another object; 0 if it is None or empty; else 1, and a reference. */
int token_string(Tokens *t, PyObject *token, int name, PyObject **string);

/* The value of a tag's attribute, stripped: a reference, or NULL; -1 if it cannot be had. */
int token_value(Tokens *t, PyObject *token, int name, PyObject **value);

/* Where a token begins in the page. They are asked in the order in which they stand there. */
int token_offset(Tokens *t, PyObject *token, Py_ssize_t *offset);

/* --- texts --------------------------------------------------------------------------------------------------------- */

/* Whether a character is one of _BLANKS of builder.py. */
int is_blank(Py_UCS4 c);

/* Whether nothing is to be dropped from a part of a text; then, whether there are signs in it that begin references or
   tags. */
int is_clean(const Text *text, Py_ssize_t start, Py_ssize_t end, int *has_signs);

/* Whether `data` is `page[start:end]` with its references decoded. 0 also where Python is to find out: references are only
   those of `references`, and decimal ones of usual characters. -1 and an error. */
int decodes_to(PyObject *page, Py_ssize_t start, Py_ssize_t end, PyObject *references, const Text *data);

/* --- tags ---------------------------------------------------------------------------------------------------------- */

enum { /* marks of a kind, as _marks of html.py gives them */
    BREAKS = 1,
    IS_VOID = 2,
    OF_HEAD = 4,
    APART = 8,
    BESIDE = 16,
    LINE_BREAK = 32,
    IMPLIED = 64,
    IS_LINK = 128,
    IS_TIME = 256,
    IS_SCRIPT = 512,
    NEVER_HIDDEN = 1024,
};
enum { SKIPPED = 1, LINKED_DATA = 4 }; /* of `unseen`, as in tags.py */

typedef struct { /* what all tags of a name have in common */
    PyObject *name;
    uint32_t marks, unseen, pre;
    uint32_t own, ends; /* its bit, and those of the kinds that it ends unsaid */
    Py_ssize_t open;    /* elements */
    Py_ssize_t bare;    /* its tag without attributes; -1 before there was one */
} Kind;

typedef struct { /* a start tag as it is written */
    Py_ssize_t kind;
    uint32_t unseen;
    int hides;
    PyObject *href, *when; /* or NULL */
    PyObject *label;       /* NULL before it was asked for */
    PyObject *token;
} Tag;

typedef struct {
    uint64_t key;
    Py_ssize_t kind;
} Named;
#define SLOT_BITS 7

/* Kinds and tags that are known; the first of each is the document's. */
typedef struct {
    Tokens *tokens;
    PyObject *shown, *read_label; /* borrowed */
    PyObject *numbers;            /* name -> kind */
    Named short_names[1 << SLOT_BITS]; /* met last */
    PyObject *sources;            /* source -> tag */
    PyObject *empty, *linked_data;
    PyObject *head; /* tokens of tags that say something of the page, one for each way they are written */
    Kind *kinds;
    Tag *tags;
    Py_ssize_t kinds_used, kinds_room, tags_used, tags_room;
} Tags;

int tags_begin(Tags *t, Tokens *tokens, PyObject *names, PyObject *kinds);
void tags_end(Tags *t);

/* The kind of a name; one that nothing is known of is noted. */
Py_ssize_t kind_of(Tags *t, PyObject *name);

/* The tag of a start token of that kind. */
Py_ssize_t tag_of(Tags *t, PyObject *token, Py_ssize_t kind);

/* Read what names the elements of a tag, and whether they are shown, unless that is known. */
int tag_label(Tags *t, Tag *tag);

/* Read what names an element and whether that hides it from its attributes, as far as they are ASCII: 1, and a reference
   in `label`; 0 if Python is to read them; -1 and an error. */
int label_of(PyObject *attributes, PyObject *shown, PyObject **label, int *hides);

/* Whether a callback gave a tuple, as it is to; TypeError if not. */
int is_tuple(PyObject *object);

#endif
