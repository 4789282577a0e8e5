/* Scores to probabilities, and the best sequence of roles through the blocks in doubt. newsds/segment/context.py and
   newsds/segment/decode.py say what they do. */

#include "kernels.h"

PyDoc_STRVAR(probabilities_doc,
             "probabilities(scores, weights, out, roles)\n--\n\n"
             "Write the probability of each role of each block in 2 ** -16.\n\n"
             "scores: int32 (blocks, roles). weights: int64, by how far a score is below the highest of its block; the\n"
             "last for all below. out: int64 (blocks, roles), written.");

PyDoc_STRVAR(decode_along_doc,
             "decode_along(scores, best, doubtful, first, transitions, other, longest, roles)\n--\n\n"
             "Write the best roles of the blocks in doubt.\n\n"
             "scores: int64 (blocks, n), n roles. best: int64 (blocks), of each block by itself. doubtful: bool\n"
             "(blocks). first: int64 (blocks), the first block of its page. transitions: int64 (n + 1, n + 1), from row\n"
             "to column; the last state stands for role `other`. longest: blocks of a stretch. roles: int64 (blocks),\n"
             "written.");

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

/* What a stretch is decoded with. */
typedef struct {
    const int64_t *scores, *transitions;
    Py_ssize_t states, other;
} Model;

/* Score of a block in a state. */
static inline int64_t emitted(const Model *model, Py_ssize_t block, Py_ssize_t state)
{
    const Py_ssize_t roles = model->states - 1;
    return model->scores[block * roles + (state < roles ? state : model->other)];
}

static Py_ssize_t highest_of(const int64_t *score, Py_ssize_t states)
{
    Py_ssize_t best = 0;
    for (Py_ssize_t i = 1; i < states; i++)
        if (score[i] > score[best])
            best = i;
    return best;
}

/* Decode `count` blocks from `block` on, behind one in state `before` (A. Viterbi, 1967). */
static void decode_stretch(const Model *model, Py_ssize_t before, Py_ssize_t block, Py_ssize_t count, int64_t *roles)
{
    const Py_ssize_t states = model->states;
    int64_t score[STATES], reached[STATES];
    uint8_t back[LONGEST][STATES];
    for (Py_ssize_t to = 0; to < states; to++)
        score[to] = model->transitions[before * states + to] + emitted(model, block, to);
    for (Py_ssize_t step = 1; step < count; step++) {
        for (Py_ssize_t to = 0; to < states; to++) {
            reached[to] = score[0] + model->transitions[to];
            back[step][to] = 0;
        }
        for (Py_ssize_t from = 1; from < states; from++)
            for (Py_ssize_t to = 0; to < states; to++) {
                const int64_t by = score[from] + model->transitions[from * states + to];
                if (by > reached[to]) {
                    reached[to] = by;
                    back[step][to] = (uint8_t)from;
                }
            }
        for (Py_ssize_t to = 0; to < states; to++)
            score[to] = reached[to] + emitted(model, block + step, to);
    }
    Py_ssize_t state = highest_of(score, states);
    for (Py_ssize_t step = count - 1; step >= 0; step--) {
        roles[block + step] = state < states - 1 ? state : model->other;
        if (step)
            state = back[step][state];
    }
}

/* Say whether all numbers lie in `low` to `high`. */
static int all_within(const Numbers *numbers, int64_t low, int64_t high)
{
    const int64_t *const x = numbers->view.buf;
    for (Py_ssize_t i = 0; i < numbers->length; i++)
        if (x[i] < low || x[i] > high) {
            PyErr_SetString(PyExc_ValueError, "a number out of range");
            return 0;
        }
    return 1;
}

static PyObject *decode_along(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *objects[6];
    Py_ssize_t other, longest;
    if (!PyArg_ParseTuple(args, "OOOOOnnO", &objects[0], &objects[1], &objects[2], &objects[3], &objects[4], &other,
                          &longest, &objects[5]))
        return NULL;
    const Py_ssize_t sizes[6] = {8, 8, 1, 8, 8, 8};
    Numbers of[6];
    int taken = 0;
    PyObject *result = NULL;
    for (; taken < 6; taken++)
        if (numbers_take(&of[taken], objects[taken], sizes[taken], 0, taken == 5) < 0)
            goto done;
    const Py_ssize_t blocks = of[1].length;
    Model model = {of[0].view.buf, of[4].view.buf, 2, other};
    while (model.states < STATES && model.states * model.states < of[4].length)
        model.states++;
    if (model.states * model.states != of[4].length || blocks > PY_SSIZE_T_MAX / STATES ||
        of[0].length != blocks * (model.states - 1) || of[2].length != blocks || of[3].length != blocks ||
        of[5].length != blocks || other < 0 || other >= model.states - 1 || longest < 1 || longest > LONGEST) {
        PyErr_SetString(PyExc_ValueError, "no such shape");
        goto done;
    }
    const int64_t far = (int64_t)1 << 40; /* no sum along a stretch overflows */
    if (!all_within(&of[0], -far, far) || !all_within(&of[4], -far, far) || !all_within(&of[1], 0, model.states - 2))
        goto done;
    const int64_t *const best = of[1].view.buf, *const first = of[3].view.buf;
    const uint8_t *const doubtful = of[2].view.buf;
    for (Py_ssize_t block = 0; block < blocks;) {
        if (!doubtful[block]) {
            block++;
            continue;
        }
        const int follows = block > first[block] && block > 0 && !doubtful[block - 1];
        Py_ssize_t end = block + 1;
        while (end < blocks && end - block < longest && doubtful[end] && first[end] == first[block])
            end++;
        decode_stretch(&model, follows ? best[block - 1] : other, block, end - block, of[5].view.buf);
        block = end;
    }
    result = Py_NewRef(Py_None);
done:
    release(of, taken);
    return result;
}

PyMethodDef sequence_methods[] = {
    {"probabilities", probabilities, METH_VARARGS, probabilities_doc},
    {"decode_along", decode_along, METH_VARARGS, decode_along_doc},
    {NULL, NULL, 0, NULL},
};
