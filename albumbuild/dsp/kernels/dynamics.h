/* What devices of dynamics share: how loud a channel is, and how a reduction follows.
 *
 * Silence from the start leaves everything as it was, and nothing counts frames from there:
 * what comes out does not depend on when a sound began.
 */

#ifndef ALBUMBUILD_DYNAMICS_H
#define ALBUMBUILD_DYNAMICS_H

#include "kernels.h"
#include "maths.h"

#define STRETCH 64     /* frames that are worked on at once */
#define LOUDEST 1e50   /* linear; an infinite sample is let go of again */
#define SOFTEST 1e-100 /* linear or squared; so that a logarithm is always a number */
#define REACHED 1e-9   /* dB; a reduction so near to its goal is there */

typedef struct {
    double window;     /* frames over which a peak is always held */
    double shortest;   /* frames that a half cycle is waited for at least, */
    double longest;    /* and at most */
} ear_settings;

/* Where a channel is between two changes of its sign; times in frames. */
typedef struct {
    double sign;
    double length, length1, length2; /* of this half cycle and of the two before */
    double age, limit;               /* of it, and when it is taken for ended */
} half_cycle;

/* What has been heard of one channel; levels are linear. */
typedef struct {
    half_cycle half;
    double level;              /* the one before; 0: all but `at` is as it began */
    double peak, peak1, peak2; /* of this half cycle and of the two before */
    double newest;             /* the largest since `at` was 0 */
    double at;                 /* where in its window the next frame goes */
} ear;

/* How many frames can be worked on before numbers move. */
static inline int64_t stretch(int64_t left, int64_t frames) {
    const int64_t run = still(left, frames);
    return run < STRETCH ? run : STRETCH;
}

static inline double larger(double a, double b) { return a > b ? a : b; }

static inline double smaller(double a, double b) { return a < b ? a : b; }

/* The largest of the last `window` sizes. Up to `at` the ring holds the sizes of this round,
 * from there on the largest of what was left of the round before; its last place stays 0.
 *
 * Source: van Herk, "A fast algorithm for local minimum and maximum filters on rectangular and
 * octagonal kernels", Pattern Recognition Letters 13, 1992. */
static inline double window_peak(double *ring, int64_t window, int64_t *at, double *newest,
                                 double size) {
    ring[*at] = size;
    *newest = larger(*newest, size);
    const double found = larger(*newest, ring[*at + 1]);
    if (++*at == window) {
        for (int64_t i = window - 2; i >= 0; i--) ring[i] = larger(ring[i], ring[i + 1]);
        *at = 0;
        *newest = 0.0;
    }
    return found;
}

/* Takes the next sample: 1 when it begins a half cycle, -1 when the sign has stayed for half as
 * long again as it did before, for then the tone has ended or is none; else 0. */
static inline int half_cycle_ends(half_cycle *h, const ear_settings *s, double x) {
    const double sign = (double)((x > 0.0) - (x < 0.0));
    const int turned = sign != h->sign, ends = turned || h->age >= h->limit;
    if (ends) {
        h->age = 0.0;
        h->length2 = turned ? h->length1 : 0.5 * h->length2;
        h->length1 = turned ? h->length : 0.5 * h->length1;
        h->length = turned ? 0.0 : h->length;
        h->sign = sign;
        const double expected = larger(1.5 * larger(h->length1, h->length2), s->shortest);
        h->limit = smaller(expected, s->longest);
    }
    h->length += 1.0;
    h->age += 1.0;
    return turned ? 1 : -ends;
}

/* The peak of this half cycle and the two before: what a steady sine holds still. */
static inline double cycle_peak(ear *e, const ear_settings *s, double x, double size) {
    if (half_cycle_ends(&e->half, s, x)) {
        e->peak2 = e->peak1;
        e->peak1 = e->peak;
        e->peak = 0.0;
    }
    e->peak = larger(e->peak, size);
    return larger(e->peak, larger(e->peak1, e->peak2));
}

/* The level at each of `count` frames, linear. */
static inline void hear_peaks(ear *kept, const ear_settings *s, double *ring, const double *x,
                       int64_t stride, int64_t count, double *levels) {
    const int64_t window = (int64_t)s->window;
    ear e = *kept;
    int64_t at = (int64_t)e.at;
    for (int64_t i = 0; i < count; i++) {
        const double sample = x[i * stride];
        const double size = smaller(sample < 0.0 ? -sample : sample, LOUDEST);
        if (size != 0.0 || e.level != 0.0) {
            const double held = cycle_peak(&e, s, sample, size);
            e.level = larger(held, window_peak(ring, window, &at, &e.newest, size));
            if (e.level == 0.0) e = (ear){0}; /* and the ring is 0 all round */
        }
        levels[i] = e.level;
    }
    e.at = (double)at;
    *kept = e;
}

/* The same of the loudest of one or two channels; `windows` is (2, window + 1). */
static inline void hear_loudest(ear *ears, const ear_settings *s, double *windows, const double *x,
                                int64_t channels, int64_t count, double *levels) {
    double others[STRETCH];
    hear_peaks(ears, s, windows, x, channels, count, levels);
    if (channels == 1) return;
    hear_peaks(ears + 1, s, windows + (int64_t)s->window + 1, x + 1, channels, count, others);
    for (int64_t i = 0; i < count; i++) levels[i] = larger(levels[i], others[i]);
}

/* A reduction one frame on its way; of a difference `rise` or `fall` is left. */
static inline double followed(double at, double target, double rise, double fall) {
    at = target + (at - target) * (target > at ? rise : fall);
    return at - target < REACHED && target - at < REACHED ? target : at;
}

#endif
