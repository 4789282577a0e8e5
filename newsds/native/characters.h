/* Kinds of characters, as newsds/segment/charclass.py numbers them. */

#ifndef NEWSDS_CHARACTERS_H
#define NEWSDS_CHARACTERS_H

#include "kernels.h"

enum {
    KIND_SPACE = 0,
    KIND_LOWER = 1,
    KIND_UPPER = 2,
    KIND_LETTER = 3,
    KIND_IDEOGRAPH = 4,
    KIND_SPACELESS = 5,
    KIND_DIGIT = 6,
    KIND_MARK = 7,
    KIND_STOP = 8,
    KINDS = 26,
};

#define KINDS_ROOM 32 /* a kind is taken modulo it, so that no table of kinds leads out of bounds */
#define CODE_POINTS 0x110000

#endif
