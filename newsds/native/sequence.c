/* Scores to probabilities, and to the best roles under what a page obeys. newsds/segment/context.py and
   newsds/segment/decode.py say what they do. */

#include "kernels.h"

PyDoc_STRVAR(probabilities_doc,
             "probabilities(scores, weights, out, roles)\n--\n\n"
             "Write the probability of each role of each block in 2 ** -16.\n\n"
             "scores: int32 (blocks, roles). weights: int64, by how far a score is below the highest of its block; the\n"
             "last for all below. out: int64 (blocks, roles), written.");

PyDoc_STRVAR(decode_pages_doc,
             "decode_pages(scores, chances, offsets, rules, bulk, transitions, roles)\n--\n\n"
             "Write the best roles of the blocks of each page.\n\n"
             "scores: int32 (blocks, n), n roles. chances: int64 (blocks, n), their probabilities in 2 ** -16.\n"
             "offsets: int64, the first block of each page, and their number. rules: int64, as newsds/segment/decode.py\n"
             "lists them. bulk: share of the body above which the title stands. transitions: int64 (n + 1, n + 1), from\n"
             "row to column; the last state is boilerplate. roles: int64 (blocks), written.");

#define STATES 32
#define LONGEST 64

static void release(Numbers *numbers, int count)
{
    for (int i = 0; i < count; i++)
        numbers_release(&numbers[i]);
}

/* The probabilities of a block; weights are not negative, and their sum fits 48 bits. */
static void of_block(const int32_t *scores, const int64_t *weights, int64_t last, int64_t *out, Py_ssize_t roles)
{
    int64_t highest = scores[0], sum = 0;
    for (Py_ssize_t i = 1; i < roles; i++)
        highest = scores[i] > highest ? scores[i] : highest;
    for (Py_ssize_t i = 0; i < roles; i++) {
        const int64_t below = highest - scores[i];
        out[i] = weights[below < last ? below : last];
        sum += out[i];
    }
    for (Py_ssize_t i = 0; i < roles; i++) {
        const int64_t part = out[i] << 16;
        out[i] = part < sum ? 0 : part / sum; /* most are nothing, and to divide takes long */
    }
}

static PyObject *probabilities(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *objects[3];
    Py_ssize_t roles;
    if (!PyArg_ParseTuple(args, "OOOn", &objects[0], &objects[1], &objects[2], &roles))
        return NULL;
    if (roles < 1 || roles > STATES) {
        PyErr_SetString(PyExc_ValueError, "no such number of roles");
        return NULL;
    }
    const Py_ssize_t sizes[3] = {4, 8, 8};
    Numbers of[3];
    int taken = 0;
    PyObject *result = NULL;
    for (; taken < 3; taken++) {
        const Py_ssize_t least = taken == 0 ? 0 : taken == 1 ? 1 : of[0].length;
        if (numbers_take(&of[taken], objects[taken], sizes[taken], least, taken == 2) < 0)
            goto done;
    }
    const int64_t *const weights = of[1].view.buf;
    for (Py_ssize_t i = 0; i < of[1].length; i++)
        if (weights[i] < 1 || weights[i] > (int64_t)1 << 40) {
            PyErr_SetString(PyExc_ValueError, "no such weight");
            goto done;
        }
    const int32_t *const scores = of[0].view.buf;
    int64_t *const out = of[2].view.buf;
    for (Py_ssize_t at = 0; at + roles <= of[0].length; at += roles)
        of_block(scores + at, weights, of[1].length - 1, out + at, roles);
    result = Py_NewRef(Py_None);
done:
    release(of, taken);
    return result;
}

/* What newsds/segment/decode.py knows of roles, in its order. */
enum {
    TITLE, PREVIOUS, NEXT, BODY, REC_TITLE, REC_SNIPPET, BOILERPLATE, /* roles */
    LEAST_TITLE, LEAST_WITHOUT_BODY, LEAST_PREVIOUS, LEAST_NEXT, LEAST_BESIDE, SURE, /* probabilities */
    NEAR, BETWEEN, STEPS, /* blocks */
    NEVER, /* a score */
    RULES
};
#define ONE ((int64_t)1 << 16)

/* What is known of a block before the sequence is. */
enum { SETTLED, DOUBTFUL, FIXED };

/* Scores of all blocks, and what becomes of them. */
typedef struct {
    const int32_t *scores;
    const int64_t *chances, *rules, *transitions;
    Py_ssize_t n; /* roles */
    double bulk;
    int64_t *roles;
    uint8_t *known;
} Sequence;

static inline int64_t chance_of(const Sequence *x, Py_ssize_t block, int rule)
{
    return x->chances[block * x->n + x->rules[rule]];
}

static inline int is_once(const Sequence *x, Py_ssize_t role)
{
    return role == x->rules[TITLE] || role == x->rules[PREVIOUS] || role == x->rules[NEXT];
}

/* The first of the roles with the highest score; of those that a page may have more than once, if asked for. */
static Py_ssize_t likeliest(const Sequence *x, Py_ssize_t block, int often)
{
    const int32_t *const scores = x->scores + block * x->n;
    Py_ssize_t best = -1;
    for (Py_ssize_t role = 0; role < x->n; role++)
        if ((best < 0 || scores[role] > scores[best]) && !(often && is_once(x, role)))
            best = role;
    return best;
}

/* Give a role to the likeliest free block of a run, if it is likely enough; return the block, -1 if none is. */
static Py_ssize_t fix(Sequence *x, int role, int64_t least, Py_ssize_t first, Py_ssize_t end)
{
    Py_ssize_t best = -1;
    for (Py_ssize_t block = first; block < end; block++) {
        const int64_t chance = chance_of(x, block, role);
        if (x->known[block] != FIXED && chance >= least) {
            best = block;
            least = chance + 1;
        }
    }
    if (best >= 0) {
        x->known[best] = FIXED;
        x->roles[best] = x->rules[role];
    }
    return best;
}

/* The same among the blocks near another one. */
static Py_ssize_t fix_beside(Sequence *x, int role, Py_ssize_t other, Py_ssize_t first, Py_ssize_t end)
{
    const Py_ssize_t near = (Py_ssize_t)x->rules[NEAR];
    return fix(x, role, x->rules[LEAST_BESIDE], other - first > near ? other - near : first,
               end - other > near ? other + near + 1 : end);
}

/* Fix the blocks of roles that a page has once. */
static void fix_once(Sequence *x, Py_ssize_t first, Py_ssize_t end)
{
    int64_t total = 0, body = 0;
    int has_body = 0;
    for (Py_ssize_t block = first; block < end; block++) {
        total += chance_of(x, block, BODY);
        has_body |= likeliest(x, block, 0) == x->rules[BODY];
    }
    const double bulk = x->bulk * (double)total, bound = bulk > (double)ONE ? bulk : (double)ONE;
    Py_ssize_t below = first; /* the first block below the bulk of the body */
    while (below < end && (double)(body + chance_of(x, below, BODY)) <= bound)
        body += chance_of(x, below++, BODY);
    int64_t least = x->rules[LEAST_TITLE];
    if (!has_body && x->rules[LEAST_WITHOUT_BODY] > least)
        least = x->rules[LEAST_WITHOUT_BODY];
    fix(x, TITLE, least, first, below);
    const Py_ssize_t previous = fix(x, PREVIOUS, x->rules[LEAST_PREVIOUS], first, end);
    const Py_ssize_t next = fix(x, NEXT, x->rules[LEAST_NEXT], first, end);
    if (previous < 0 && next >= 0)
        fix_beside(x, PREVIOUS, next, first, end);
    else if (next < 0 && previous >= 0)
        fix_beside(x, NEXT, previous, first, end);
}

/* Give the other blocks the likeliest of the other roles; those that are not sure, or of a list, are in doubt. */
static void settle(Sequence *x, Py_ssize_t first, Py_ssize_t end)
{
    Py_ssize_t listed = -1;
    for (Py_ssize_t block = first; block < end; block++) {
        if (x->known[block] == FIXED)
            continue;
        const Py_ssize_t role = likeliest(x, block, 1);
        x->roles[block] = role;
        int64_t highest = 0;
        for (Py_ssize_t i = 0; i < x->n; i++)
            highest = x->chances[block * x->n + i] > highest ? x->chances[block * x->n + i] : highest;
        if (role == x->rules[REC_TITLE] || role == x->rules[REC_SNIPPET])
            listed = block;
        const int near = role == x->rules[BOILERPLATE] && listed >= 0 && block - listed <= x->rules[BETWEEN];
        x->known[block] = highest < x->rules[SURE] || listed == block || near ? DOUBTFUL : SETTLED;
    }
}

/* Score of a block in a state. */
static inline int64_t emitted(const Sequence *x, Py_ssize_t block, Py_ssize_t state)
{
    const Py_ssize_t role = state < x->n ? state : (Py_ssize_t)x->rules[BOILERPLATE];
    return is_once(x, role) ? x->rules[NEVER] : x->scores[block * x->n + role];
}

/* Decode the blocks from `first` up to `end`, behind one in state `before` (A. Viterbi, 1967). */
static void decode_stretch(const Sequence *x, Py_ssize_t before, Py_ssize_t first, Py_ssize_t end)
{
    const Py_ssize_t states = x->n + 1;
    int64_t score[STATES], reached[STATES];
    uint8_t back[LONGEST][STATES];
    for (Py_ssize_t to = 0; to < states; to++)
        score[to] = x->transitions[before * states + to] + emitted(x, first, to);
    for (Py_ssize_t block = first + 1; block < end; block++) {
        uint8_t *const from_state = back[block - first];
        for (Py_ssize_t to = 0; to < states; to++) {
            reached[to] = score[0] + x->transitions[to];
            from_state[to] = 0;
        }
        for (Py_ssize_t from = 1; from < states; from++)
            for (Py_ssize_t to = 0; to < states; to++) {
                const int64_t by = score[from] + x->transitions[from * states + to];
                if (by > reached[to]) {
                    reached[to] = by;
                    from_state[to] = (uint8_t)from;
                }
            }
        for (Py_ssize_t to = 0; to < states; to++)
            score[to] = reached[to] + emitted(x, block, to);
    }
    Py_ssize_t state = 0;
    for (Py_ssize_t i = 1; i < states; i++)
        if (score[i] > score[state])
            state = i;
    for (Py_ssize_t block = end - 1; block >= first; block--) {
        x->roles[block] = state < x->n ? state : x->rules[BOILERPLATE];
        if (block > first)
            state = back[block - first][state];
    }
}

static void decode_page(Sequence *x, Py_ssize_t first, Py_ssize_t end)
{
    fix_once(x, first, end);
    settle(x, first, end);
    for (Py_ssize_t block = first; block < end;) {
        if (x->known[block] != DOUBTFUL) {
            block++;
            continue;
        }
        const int follows = block > first && x->known[block - 1] != DOUBTFUL;
        const Py_ssize_t start = block, before = (Py_ssize_t)(follows ? x->roles[block - 1] : x->rules[BOILERPLATE]);
        while (block < end && block - start < x->rules[STEPS] && x->known[block] == DOUBTFUL)
            block++;
        decode_stretch(x, before, start, block);
    }
}

/* Check the rules, and that no sum along a stretch overflows; -1 and ValueError if not. */
static int check_rules(const Sequence *x, Py_ssize_t transitions)
{
    const int64_t far = (int64_t)1 << 40;
    int sound = x->rules[STEPS] >= 1 && x->rules[STEPS] <= LONGEST && x->rules[NEVER] >= -far && x->rules[NEVER] <= far;
    for (int i = TITLE; i <= BOILERPLATE; i++)
        sound &= x->rules[i] >= 0 && x->rules[i] < x->n;
    for (int i = LEAST_TITLE; i < STEPS; i++)
        sound &= x->rules[i] >= 1 && x->rules[i] <= ONE;
    for (Py_ssize_t i = 0; i < transitions; i++)
        sound &= x->transitions[i] >= -far && x->transitions[i] <= far;
    if (!sound)
        PyErr_SetString(PyExc_ValueError, "no such rules");
    return sound ? 0 : -1;
}

static PyObject *decode_pages(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *objects[6];
    double bulk;
    if (!PyArg_ParseTuple(args, "OOOOdOO", &objects[0], &objects[1], &objects[2], &objects[3], &bulk, &objects[4],
                          &objects[5]))
        return NULL;
    const Py_ssize_t sizes[6] = {4, 8, 8, 8, 8, 8}, least[6] = {0, 0, 1, RULES, 25, 0};
    Numbers of[6];
    uint8_t *known = NULL;
    int taken = 0;
    PyObject *result = NULL;
    for (; taken < 6; taken++)
        if (numbers_take(&of[taken], objects[taken], sizes[taken], least[taken], taken == 5) < 0)
            goto done;
    const Py_ssize_t blocks = of[5].length;
    Py_ssize_t states = 5; /* of one role at least that a page may have more than once */
    while (states < STATES && states * states < of[4].length)
        states++;
    if (states * states != of[4].length || blocks > PY_SSIZE_T_MAX / STATES ||
        of[0].length != blocks * (states - 1) || of[1].length != of[0].length || of[3].length != RULES) {
        PyErr_SetString(PyExc_ValueError, "no such shape");
        goto done;
    }
    Sequence x = {of[0].view.buf, of[1].view.buf, of[3].view.buf, of[4].view.buf, states - 1, bulk, of[5].view.buf, NULL};
    const int64_t *const offsets = of[2].view.buf;
    if (offsets[0] != 0 || offsets[of[2].length - 1] != blocks) {
        PyErr_SetString(PyExc_ValueError, "pages that leave blocks out");
        goto done;
    }
    if (offsets_check(&of[2], blocks) < 0 || check_rules(&x, of[4].length) < 0)
        goto done;
    for (Py_ssize_t i = 0; i < of[1].length; i++)
        if (x.chances[i] < 0 || x.chances[i] > ONE) {
            PyErr_SetString(PyExc_ValueError, "no such probability");
            goto done;
        }
    x.known = known = PyMem_Calloc((size_t)blocks + 1, 1);
    if (known == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    for (Py_ssize_t page = 0; page + 1 < of[2].length; page++)
        decode_page(&x, (Py_ssize_t)offsets[page], (Py_ssize_t)offsets[page + 1]);
    result = Py_NewRef(Py_None);
done:
    PyMem_Free(known);
    release(of, taken);
    return result;
}

PyMethodDef sequence_methods[] = {
    {"probabilities", probabilities, METH_VARARGS, probabilities_doc},
    {"decode_pages", decode_pages, METH_VARARGS, decode_pages_doc},
    {NULL, NULL, 0, NULL},
};
