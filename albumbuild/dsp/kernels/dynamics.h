/* What devices of dynamics share: how far they work at once, and how a reduction follows. */

#ifndef ALBUMBUILD_DYNAMICS_H
#define ALBUMBUILD_DYNAMICS_H

#include "kernels.h"
#include "maths.h"

#define STRETCH 64     /* frames that are worked on at once */
#define SOFTEST 1e-100 /* linear or squared; so that a logarithm is always a number */
#define REACHED 1e-9   /* dB; a reduction so near to its goal is there */

/* How many frames can be worked on before numbers move. */
static inline int64_t stretch(int64_t left, int64_t frames) {
    const int64_t run = still(left, frames);
    return run < STRETCH ? run : STRETCH;
}

static inline double larger(double a, double b) { return a > b ? a : b; }

static inline double smaller(double a, double b) { return a < b ? a : b; }

/* A reduction one frame on its way; of a difference `rise` or `fall` is left. */
static inline double followed(double at, double target, double rise, double fall) {
    at = target + (at - target) * (target > at ? rise : fall);
    const int reached = at - target < REACHED && target - at < REACHED;
    return __builtin_expect(reached, 0) ? target : at;
}

#endif
