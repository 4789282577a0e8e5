/* Blocks of HTML: a page in, columns out. newsds/blocks/builder.py says what it does, newsds/blocks/html.py hands over
   what is known of tags.

   Open elements, tags and kinds of tags are structs in arrays, and named by their place there. What is rare, text that is
   not plain and labels that are not ASCII, is read in Python. */

#include "blocks.h"

PyDoc_STRVAR(read_blocks_doc,
             "read_blocks(page, limit, names, kinds, shown, references, read_text, read_tag)\n--\n\n"
             "Cut a page into blocks; returns a tuple of columns, as lists.\n\n"
             "names: str -> row of kinds, the document's first. kinds: uint32, shape (names, 5): marks, unseen, pre, own bit\n"
             "among `ends`, ends. shown: attribute -> 0 label, 1 hidden, 2 style, 3 aria-hidden. references: name of a\n"
             "character with its semicolon -> str. read_text(page, start, end, pre) and read_tag(source) read what is rare.\n\n"
             "Columns: text, start, end, tag and node of blocks; block, start, end, href and node of links; parent, tag,\n"
             "label and hidden of nodes. Then what was unseen: (part, start, end); times: (node, datetime); tags of the\n"
             "head, one for each way they are written; whether blocks were merged.");

#define FAR_UP 12 /* _FAR of builder.py */

enum {
    C_TEXT,
    C_START,
    C_END,
    C_TAG,
    C_NODE,
    C_LINK_BLOCK,
    C_LINK_START,
    C_LINK_END,
    C_LINK_HREF,
    C_LINK_NODE,
    C_PARENT,
    C_NAME,
    C_LABEL,
    C_HIDDEN,
    C_UNSEEN,
    C_TIMES,
    COLUMNS,
};

typedef struct { /* an element; 0 is the document */
    Py_ssize_t parent, below; /* below: the one opened before it that is still open */
    Py_ssize_t kind;
    Py_ssize_t tag;   /* or -1: not read yet from `token`, since few elements need it */
    Token token;
    Py_ssize_t link;  /* around its content, or -1 */
    Py_ssize_t row;   /* in the columns of nodes, or -1 */
    Py_ssize_t block; /* kind of the blocks in it */
    uint32_t unseen, pre;
} Element;

typedef struct {
    Py_ssize_t start, end, element;
} Linked;

typedef struct {
    Scanner scanner;
    Tags tags;
    PyObject *read_text; /* borrowed */
    Decoded decoded;
    PyObject *columns[COLUMNS], *space, *newline;
    Py_ssize_t limit;
    int merged;
    Element *elements;
    Linked *links;     /* of the block that is being read, as are `pieces` and what stands below them */
    Py_ssize_t *chain; /* scratch of row_of */
    Py_ssize_t elements_used, elements_room, links_used, links_room, chain_used, chain_room;
    Py_ssize_t top;
    Py_ssize_t pinned; /* no element up to here is forgotten: the block being read has need of it */
    int apart;         /* an element that stands apart has just been closed */
    PyObject *pieces;
    Py_ssize_t chars, first, until, holder;
    int breaks;
    char glue; /* 0, blank or line feed */
} Reader;

/* Append an object, and let go of it; -1 if there is none. */
static int append(PyObject *list, PyObject *object)
{
    const int failed = object == NULL ? -1 : PyList_Append(list, object);
    Py_XDECREF(object);
    return failed;
}

static int append_number(Reader *r, int column, Py_ssize_t number)
{
    return append(r->columns[column], PyLong_FromSsize_t(number));
}

static Kind *kind_at(const Reader *r, Py_ssize_t kind)
{
    return &r->tags.kinds[kind];
}

static Tag *tag_at(const Reader *r, Py_ssize_t tag)
{
    return &r->tags.tags[tag];
}

/* Where a link leads; NULL if the element is none. */
static PyObject *href_of(const Reader *r, Py_ssize_t element)
{
    const Py_ssize_t tag = r->elements[element].tag;
    return tag < 0 ? NULL : tag_at(r, tag)->href;
}

/* --- blocks -------------------------------------------------------------------------------------------------------- */

/* The row of an element in the columns of nodes; elements that hold nothing never get one. */
static Py_ssize_t row_of(Reader *r, Py_ssize_t element)
{
    r->chain_used = 0;
    for (; r->elements[element].row < 0; element = r->elements[element].parent) {
        MAKE_ROOM(r, chain, -1);
        r->chain[r->chain_used++] = element;
    }
    Py_ssize_t row = r->elements[element].row;
    while (r->chain_used > 0) {
        Element *const one = &r->elements[r->chain[--r->chain_used]];
        if (one->tag < 0) {
            one->tag = tag_of(&r->tags, &one->token, one->kind);
            if (one->tag < 0)
                return -1;
        }
        Tag *const tag = tag_at(r, one->tag);
        if (tag_label(&r->tags, tag) < 0)
            return -1;
        const int hidden = tag->hides || PyList_GET_ITEM(r->columns[C_HIDDEN], row) == Py_True;
        if (append_number(r, C_PARENT, row) < 0 ||
            PyList_Append(r->columns[C_NAME], kind_at(r, one->kind)->name) < 0 ||
            PyList_Append(r->columns[C_LABEL], tag->label) < 0 ||
            PyList_Append(r->columns[C_HIDDEN], hidden ? Py_True : Py_False) < 0)
            return -1;
        row = one->row = PyList_GET_SIZE(r->columns[C_NAME]) - 1;
    }
    return row;
}

static int add_links(Reader *r, Py_ssize_t block)
{
    for (Py_ssize_t i = 0; i < r->links_used; i++) {
        const Linked *const link = &r->links[i];
        const Py_ssize_t row = row_of(r, link->element);
        if (row < 0 || append_number(r, C_LINK_BLOCK, block) < 0 || append_number(r, C_LINK_START, link->start) < 0 ||
            append_number(r, C_LINK_END, link->end) < 0 ||
            PyList_Append(r->columns[C_LINK_HREF], href_of(r, link->element)) < 0 ||
            append_number(r, C_LINK_NODE, row) < 0)
            return -1;
    }
    return 0;
}

/* End the block that is being read, if there is one. */
static int end_block(Reader *r)
{
    const Py_ssize_t pieces = PyList_GET_SIZE(r->pieces);
    if (pieces == 0)
        return 0;
    const Py_ssize_t block = PyList_GET_SIZE(r->columns[C_TEXT]);
    if (block == r->limit) {
        PyObject *const end = PyLong_FromSsize_t(r->until);
        if (end == NULL || PyList_SetItem(r->columns[C_END], block - 1, end) < 0)
            return -1;
        r->merged = 1;
    } else {
        PyObject *const text =
            pieces == 1 ? Py_NewRef(PyList_GET_ITEM(r->pieces, 0)) : PyUnicode_Join(r->tags.empty, r->pieces);
        if (append(r->columns[C_TEXT], text) < 0 || append_number(r, C_START, r->first) < 0 ||
            append_number(r, C_END, r->until) < 0 ||
            PyList_Append(r->columns[C_TAG], kind_at(r, r->elements[r->holder].block)->name) < 0)
            return -1;
        const Py_ssize_t row = row_of(r, r->holder);
        if (row < 0 || append_number(r, C_NODE, row) < 0 || add_links(r, block) < 0)
            return -1;
    }
    r->chars = r->links_used = r->pinned = 0;
    return PyList_SetSlice(r->pieces, 0, pieces, NULL);
}

/* --- text ---------------------------------------------------------------------------------------------------------- */

/* Add a clean text to the block that is being read. `before` and `behind` are what it was first and last. */
static int add_text(Reader *r, PyObject *core, Py_UCS4 before, Py_UCS4 behind, Py_ssize_t start, Py_ssize_t end)
{
    const Element *const top = &r->elements[r->top];
    const Py_ssize_t link = href_of(r, r->top) == NULL ? top->link : r->top;
    Linked *last = r->links_used > 0 ? &r->links[r->links_used - 1] : NULL;
    if (PyList_GET_SIZE(r->pieces) > 0) {
        const int beside = link >= 0 && last != NULL && last->end == r->chars && last->element != link;
        if (beside && r->glue == '\n') {
            if (end_block(r) < 0)
                return -1;
            last = NULL;
        } else if (r->glue || beside || Py_UNICODE_ISSPACE(before)) {
            const int breaks = r->glue ? r->glue == '\n' : top->pre && before == '\n';
            if (PyList_Append(r->pieces, breaks ? r->newline : r->space) < 0)
                return -1;
            r->chars++;
        }
    }
    if (PyList_GET_SIZE(r->pieces) == 0) {
        r->first = start;
        r->holder = r->top;
    }
    const Py_ssize_t chars = PyUnicode_GET_LENGTH(core);
    if (PyList_Append(r->pieces, core) < 0)
        return -1;
    if (link >= 0 && last != NULL && last->element == link)
        last->end = r->chars + chars;
    else if (link >= 0) {
        MAKE_ROOM(r, links, -1);
        r->links[r->links_used++] = (Linked){.start = r->chars, .end = r->chars + chars, .element = link};
    }
    r->pinned = r->top > r->pinned ? r->top : r->pinned;
    r->chars += chars;
    r->until = end;
    r->breaks = 0;
    r->glue = !Py_UNICODE_ISSPACE(behind) ? 0 : top->pre && behind == '\n' ? '\n' : ' ';
    return 0;
}

/* Add a text that Python reads. */
static int add_rare_text(Reader *r, Py_ssize_t start, Py_ssize_t end)
{
    PyObject *const read =
        PyObject_CallFunction(r->read_text, "Onni", r->tags.page, start, end, (int)r->elements[r->top].pre);
    if (read == NULL)
        return -1;
    PyObject *text, *core;
    int failed = -1;
    if (is_tuple(read) && PyArg_ParseTuple(read, "UUnn", &text, &core, &start, &end)) {
        const Py_ssize_t chars = PyUnicode_GET_LENGTH(text);
        failed = 0;
        if (PyUnicode_GET_LENGTH(core) > 0 && chars > 0)
            failed = add_text(r, core, PyUnicode_READ_CHAR(text, 0), PyUnicode_READ_CHAR(text, chars - 1), start, end);
        else if (chars > 0 && !r->glue)
            r->glue = ' ';
    }
    Py_DECREF(read);
    return failed;
}

/* Add a text of which nothing is dropped but blanks at its ends; it shows at `page[start:end]`. */
static int add_clean_text(Reader *r, const Text *text, Py_ssize_t first, Py_ssize_t last, Py_ssize_t start,
                          Py_ssize_t end)
{
    const char *const chars = text->data;
    PyObject *const core = PyUnicode_FromKindAndData(text->kind, chars + first * text->kind, last - first);
    if (core == NULL)
        return -1;
    const int failed = add_text(r, core, text_at(text, 0), text_at(text, text->length - 1), start, end);
    Py_DECREF(core);
    return failed;
}

/* Find where a text shows. */
static void trim(const Text *text, Py_ssize_t *first, Py_ssize_t *last)
{
    while (*first < *last && is_blank(text_at(text, *first)))
        ++*first;
    while (*first < *last && is_blank(text_at(text, *last - 1)))
        --*last;
}

/* Add the text `page[start:end]`, in which there are references. */
static int add_decoded_text(Reader *r, Py_ssize_t start, Py_ssize_t end)
{
    const int status = decode_part(r->tags.page, start, end, r->tags.references, &r->decoded);
    if (status <= 0)
        return status < 0 ? -1 : add_rare_text(r, start, end);
    const Text text = {.data = r->decoded.chars, .length = r->decoded.used, .kind = PyUnicode_4BYTE_KIND};
    Py_ssize_t first = 0, last = text.length;
    int has_signs;
    trim(&text, &first, &last);
    if (first == last || !is_clean(&text, first, last, &has_signs))
        return add_rare_text(r, start, end);
    trim(&r->tags.text, &start, &end);
    return add_clean_text(r, &text, first, last, start, end);
}

/* Add the text of a token. Where the page ends in a tag behind it, it is read up to there. */
static int add_token(Reader *r, const Token *token, Py_ssize_t end)
{
    const Text *const page = &r->tags.text;
    const Py_ssize_t chars = token->end - token->start;
    const Text text = {.data = (const char *)page->data + token->start * page->kind, .length = chars, .kind = page->kind};
    Py_ssize_t first = 0, last = chars;
    int has_signs;
    trim(&text, &first, &last);
    if (r->elements[r->top].pre || end != token->end || !is_clean(&text, first, last, &has_signs))
        return add_rare_text(r, token->start, end);
    if (!has_signs)
        return add_clean_text(r, &text, first, last, token->start + first, token->start + last);
    if (end == page->length)
        return add_rare_text(r, token->start, end);
    return add_decoded_text(r, token->start, end);
}

/* Whether nothing of a text shows; -1 and an error. */
static int shows_nothing(const Reader *r, const Token *token)
{
    const Text *const page = &r->tags.text;
    Py_ssize_t first = token->start;
    while (first < token->end && is_blank(text_at(page, first)))
        first++;
    if (first == token->end)
        return 1;
    const Py_UCS4 c = text_at(page, first);
    if (token->inside != IN_TEXT || (c != '&' && c != '<'))
        return 0;
    return is_blank_part(r->tags.page, first, token->end, r->tags.references);
}

/* Read a text token. 1 if `token` becomes the one behind it, which says where the text ends; -1 and an error. */
static int read_text(Reader *r, Token *token)
{
    const uint32_t unseen = r->elements[r->top].unseen;
    r->apart = 0;
    if (unseen == SKIPPED)
        return 0;
    if (!unseen) {
        const int nothing = shows_nothing(r, token);
        if (nothing && !r->glue)
            r->glue = ' ';
        if (nothing)
            return nothing < 0 ? -1 : 0;
    }
    const Token text = *token;
    const int more = scan_next(&r->scanner, token);
    const Py_ssize_t end = more ? token->start : r->tags.text.length;
    const int failed = unseen ? append(r->columns[C_UNSEEN], Py_BuildValue("Inn", (unsigned int)unseen, text.start, end))
                              : add_token(r, &text, end);
    return failed ? -1 : more;
}

/* --- elements ------------------------------------------------------------------------------------------------------ */

/* The element that a tag opens in, once those are ended that it ends unsaid. */
static Py_ssize_t logical_parent(const Reader *r, uint32_t ends)
{
    Py_ssize_t found = r->top, element = r->top;
    for (int i = 0; i < FAR_UP && r->elements[element].parent >= 0; i++) {
        const Kind *const kind = kind_at(r, r->elements[element].kind);
        if (kind->own & ends)
            found = r->elements[element].parent;
        else if (kind->marks & BREAKS)
            break;
        element = r->elements[element].parent;
    }
    return found;
}

/* End what a tag ends that begins or ends a block. */
static int break_block(Reader *r)
{
    r->glue = 0;
    r->breaks = 0;
    return end_block(r);
}

/* Open an element whose tag is read, or else is to be read from its token. */
static int push(Reader *r, Py_ssize_t parent, Py_ssize_t number, Py_ssize_t tag, const Token *token)
{
    MAKE_ROOM(r, elements, -1);
    Kind *const kind = kind_at(r, number);
    const Element *const in = &r->elements[parent];
    const uint32_t unseen = tag < 0 ? kind->unseen : tag_at(r, tag)->unseen;
    r->elements[r->elements_used] = (Element){
        .parent = parent,
        .below = r->top,
        .kind = number,
        .tag = tag,
        .token = *token,
        .link = href_of(r, parent) == NULL ? in->link : parent,
        .row = -1,
        .block = kind->marks & BREAKS ? number : in->block,
        .unseen = unseen | (r->elements[r->top].unseen & SKIPPED),
        .pre = kind->pre ? kind->pre : in->pre,
    };
    r->top = r->elements_used++;
    kind->open++;
    if (tag < 0 || tag_at(r, tag)->when == NULL)
        return 0;
    const Py_ssize_t row = row_of(r, r->top);
    return row < 0 ? -1 : append(r->columns[C_TIMES], Py_BuildValue("nO", row, tag_at(r, tag)->when));
}

/* Begin an element of a kind. One that its end tag alone makes has no token, and no content. */
static int begin(Reader *r, Py_ssize_t number, const Token *token)
{
    const Kind *const kind = kind_at(r, number);
    Py_ssize_t parent = r->top;
    if (kind->marks & BREAKS) {
        if (break_block(r) < 0)
            return -1;
        const Kind *const above = kind_at(r, r->elements[r->top].kind);
        if (!(above->marks & BREAKS) || above->own & kind->ends)
            parent = logical_parent(r, kind->ends);
    } else if (r->apart && kind->marks & BESIDE && !r->glue)
        r->glue = ' ';
    r->apart = 0;
    if (kind->marks & LINE_BREAK) {
        r->breaks++;
        r->glue = '\n';
        if (r->breaks > 1 && break_block(r) < 0)
            return -1;
    }
    if (token == NULL || (kind->marks & IS_VOID && !(kind->marks & OF_HEAD)))
        return 0;
    Py_ssize_t tag = -1;
    if (kind->marks & (IS_LINK | IS_TIME | IS_SCRIPT | OF_HEAD)) {
        tag = tag_of(&r->tags, token, number);
        if (tag < 0)
            return -1;
    }
    return kind->marks & IS_VOID ? 0 : push(r, parent, number, tag, token);
}

/* Close the nearest open element of a kind, and all inside it. */
static int close_element(Reader *r, Py_ssize_t number)
{
    for (;;) {
        const Py_ssize_t closed = r->top;
        Kind *const kind = kind_at(r, r->elements[closed].kind);
        kind->open--;
        r->top = r->elements[closed].below;
        if (kind->marks & BREAKS && break_block(r) < 0)
            return -1;
        const int done = r->elements[closed].kind == number;
        if (closed > r->pinned)
            r->elements_used = closed;
        if (done) {
            r->apart = (kind->marks & APART) != 0;
            return 0;
        }
    }
}

static int read_end(Reader *r, Py_ssize_t kind)
{
    if (kind_at(r, kind)->open > 0)
        return close_element(r, kind);
    return kind_at(r, kind)->marks & IMPLIED ? begin(r, kind, NULL) : 0;
}

/* Read a start tag. */
static int read_start(Reader *r, Py_ssize_t kind, const Token *token)
{
    const uint32_t marks = kind_at(r, kind)->marks;
    if (marks & (HOLDS_TEXT | HOLDS_REST))
        scan_inside(&r->scanner, token, marks & HOLDS_REST ? IN_PLAINTEXT : marks & IS_SCRIPT ? IN_SCRIPT : IN_RAW);
    return begin(r, kind, token);
}

/* Read a token that is no text. */
static int read_tag(Reader *r, const Token *token)
{
    if (token->type != T_START && token->type != T_END)
        return 0;
    const Py_ssize_t kind = kind_of(&r->tags, token);
    if (kind < 0)
        return -1;
    return token->type == T_START ? read_start(r, kind, token) : read_end(r, kind);
}

static int read_tokens(Reader *r)
{
    Token token;
    while (scan_next(&r->scanner, &token)) {
        const int more = token.type == T_TEXT ? read_text(r, &token) : 1;
        if (more < 0 || (more && read_tag(r, &token) < 0))
            return -1;
    }
    return end_block(r);
}

/* --- all of it ----------------------------------------------------------------------------------------------------- */

static int begin_page(Reader *r)
{
    for (int i = 0; i < COLUMNS; i++)
        if ((r->columns[i] = PyList_New(0)) == NULL)
            return -1;
    if ((r->pieces = PyList_New(0)) == NULL || (r->space = PyUnicode_FromString(" ")) == NULL ||
        (r->newline = PyUnicode_FromString("\n")) == NULL)
        return -1;
    MAKE_ROOM(r, elements, -1);
    r->elements[r->elements_used++] = (Element){.parent = -1, .below = -1, .link = -1};
    if (append_number(r, C_PARENT, -1) < 0 || PyList_Append(r->columns[C_NAME], kind_at(r, 0)->name) < 0 ||
        PyList_Append(r->columns[C_LABEL], r->tags.empty) < 0)
        return -1;
    return PyList_Append(r->columns[C_HIDDEN], Py_False);
}

static void end_page(Reader *r)
{
    for (int i = 0; i < COLUMNS; i++)
        Py_XDECREF(r->columns[i]);
    Py_XDECREF(r->pieces);
    Py_XDECREF(r->space);
    Py_XDECREF(r->newline);
    PyMem_Free(r->elements);
    PyMem_Free(r->links);
    PyMem_Free(r->chain);
    PyMem_Free(r->decoded.chars);
}

static PyObject *result_of(Reader *r)
{
    PyObject *const result = PyTuple_New(COLUMNS + 2);
    if (result == NULL)
        return NULL;
    for (int i = 0; i < COLUMNS; i++)
        PyTuple_SET_ITEM(result, i, Py_NewRef(r->columns[i]));
    PyTuple_SET_ITEM(result, COLUMNS, Py_NewRef(r->tags.head));
    PyTuple_SET_ITEM(result, COLUMNS + 1, PyBool_FromLong(r->merged));
    return result;
}

static PyObject *read_blocks(PyObject *module, PyObject *args)
{
    (void)module;
    Reader r = {0};
    PyObject *names, *kinds, *shown;
    if (!PyArg_ParseTuple(args, "UnO!OO!O!OO", &r.tags.page, &r.limit, &PyDict_Type, &names, &kinds, &PyDict_Type, &shown,
                          &PyDict_Type, &r.tags.references, &r.read_text, &r.tags.read_tag))
        return NULL;
    if (r.limit < 1)
        return PyErr_Format(PyExc_ValueError, "one block at least, not %zd", r.limit);
    PyObject *result = NULL;
    if (scan_begin(&r.scanner, r.tags.page) == 0 && tags_begin(&r.tags, names, kinds, shown) == 0 &&
        begin_page(&r) == 0 && read_tokens(&r) == 0)
        result = result_of(&r);
    end_page(&r);
    tags_end(&r.tags);
    return result;
}

PyMethodDef blocks_methods[] = {
    {"read_blocks", read_blocks, METH_VARARGS, read_blocks_doc},
    {NULL, NULL, 0, NULL},
};
