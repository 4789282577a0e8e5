/* What the files share that read the blocks of HTML: scan.c, texts.c, labels.c, tags.c, blocks.c. */

#ifndef NEWSDS_BLOCKS_H
#define NEWSDS_BLOCKS_H

#include "kernels.h"

/* --- scan ---------------------------------------------------------------------------------------------------------- */

enum { T_TEXT, T_START, T_END, T_OTHER };         /* types of tokens */
enum { IN_TEXT, IN_RAW, IN_SCRIPT, IN_PLAINTEXT }; /* where nothing, or nothing but an end tag, is a tag */

typedef struct { /* ranges of the page */
    int type;
    int inside; /* what, a text */
    Py_ssize_t start, end;
    Py_ssize_t name, name_end; /* of a tag */
} Token;

typedef struct {
    Py_ssize_t name, name_end, value, value_end; /* without quotes; empty if there is no value */
} Attribute;

typedef struct {
    Text page;
    Py_ssize_t at;             /* where the next token begins */
    int inside;                /* what it does */
    Py_ssize_t name, name_end; /* of the element whose end tag ends that */
} Scanner;

/* Scan a page, which has to stay where it is. -1 and an error if it is no str. */
int scan_begin(Scanner *s, PyObject *page);

/* Find the next token; 0 at the end. What the end cuts off is none: then the token before ends before the page does. */
int scan_next(Scanner *s, Token *token);

/* Take what follows for what is inside the element of a start tag, which has just been found. */
void scan_inside(Scanner *s, const Token *tag, int inside);

/* Find the next attribute of a tag, from `at` on, which is moved behind it; 0 at the tag's end, -1 at the page's. */
int scan_attribute(const Text *page, Py_ssize_t *at, Attribute *found);

/* Whether a character separates attributes. */
static inline int is_white(Py_UCS4 c)
{
    return c <= ' ' && ((uint64_t)1 << c & ((uint64_t)1 << ' ' | 1 << '\n' | 1 << '\t' | 1 << '\r' | 1 << '\f'));
}

/* --- texts --------------------------------------------------------------------------------------------------------- */

/* Whether a character is one of _BLANKS of builder.py. */
int is_blank(Py_UCS4 c);

/* Whether nothing is to be dropped from a part of a text; then, whether there are signs in it that begin references or
   tags. */
int is_clean(const Text *text, Py_ssize_t start, Py_ssize_t end, int *has_signs);

/* Characters of a text. */
typedef struct {
    Py_UCS4 *chars;
    Py_ssize_t used, room;
} Decoded;

/* Decode the references of `page[start:end]`. 0 where Python is to do it: references are only those of `references`, and
   decimal ones of usual characters, and there is no other markup. -1 and an error. */
int decode_part(PyObject *page, Py_ssize_t start, Py_ssize_t end, PyObject *references, Decoded *decoded);

/* Whether `page[start:end]` is nothing but blanks once its references are decoded. -1 and an error. */
int is_blank_part(PyObject *page, Py_ssize_t start, Py_ssize_t end, PyObject *references);

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
    HOLDS_TEXT = 2048,
    HOLDS_REST = 4096,
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
    Py_ssize_t start, end, name_end; /* in the page, where it stands first */
    uint32_t unseen;
    int hides;
    PyObject *href, *when; /* or NULL */
    PyObject *label;       /* NULL before it was asked for */
} Tag;

typedef struct {
    uint64_t key;
    Py_ssize_t kind;
} Named;
#define SLOT_BITS 7

typedef struct {
    uint64_t hash;
    Py_ssize_t tag; /* 0, the document's, where there is none */
} Source;

typedef struct { /* an attribute that names an element, or hides it */
    char name[32];
    Py_ssize_t length;
    long meaning;
} Shown;
#define MOST_SHOWN 32

/* Kinds and tags that are known; the first of each is the document's. */
typedef struct {
    PyObject *page, *references, *read_tag; /* borrowed */
    Text text;                              /* of the page */
    PyObject *numbers;                      /* name -> kind */
    Named short_names[1 << SLOT_BITS];      /* met last */
    Shown shown[MOST_SHOWN];
    int shown_used;
    PyObject *empty, *linked_data;
    PyObject *head; /* tags that say something of the page, as they are written */
    Decoded decoded;
    Kind *kinds;
    Tag *tags;
    Source *sources; /* a hash table of tags */
    Py_ssize_t kinds_used, kinds_room, tags_used, tags_room, sources_used, sources_room;
} Tags;

int tags_begin(Tags *t, PyObject *names, PyObject *kinds, PyObject *shown);
void tags_end(Tags *t);

/* The kind of a tag; one that nothing is known of is noted. */
Py_ssize_t kind_of(Tags *t, const Token *token);

/* The tag of a start token of that kind. */
Py_ssize_t tag_of(Tags *t, const Token *token, Py_ssize_t kind);

/* Read what names the elements of a tag, and whether they are shown, unless that is known. */
int tag_label(Tags *t, Tag *tag);

/* Read what names an element and whether that hides it from its attributes, as far as they are ASCII: 1, and a reference
   in `label`; 0 if Python is to read them; -1 and an error. */
int label_of(const Tags *t, const Tag *tag, PyObject **label, int *hides);

/* Whether an attribute has a name that is in lower case. */
int has_name(const Text *page, const Attribute *attribute, const char *name, Py_ssize_t length);

/* Whether a callback gave a tuple, as it is to; TypeError if not. */
int is_tuple(PyObject *object);

#endif
