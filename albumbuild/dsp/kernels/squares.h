/* A mean square over whole half cycles: that of a steady tone stands still, however low it is.
 *
 * Samples are summed up from one change of sign to another, in pieces of at least an eighth of
 * the window; a change of sign stands between two samples, where a straight line would have it.
 * The window is as many pieces as fill it, and two at least. What is new counts at once in the
 * place of the oldest piece, as far as that makes the mean larger.
 */

#ifndef ALBUMBUILD_SQUARES_H
#define ALBUMBUILD_SQUARES_H

#include "ear.h"

#define PIECES 16 /* more than a window ever has */
#define LOUDEST_SQUARE 1e20

typedef struct {
    half_cycle half;
    double sample;       /* the one before */
    double sum, length;  /* of the squares of this piece, and how far it goes by then */
    double level;        /* the mean square before; 0: all is as it began */
    double held;         /* the mean square of the window's pieces */
    double whole;        /* how long they are together */
    double rest, beside; /* the sum and the length of all but the oldest */
    double at;           /* where the next piece goes */
    double sums[PIECES], lengths[PIECES];
} square_ear;

/* Puts a piece into the window. */
static inline void keep_piece(square_ear *e, double window, double length) {
    const int at = (int)e->at;
    e->sums[at] = e->sum;
    e->lengths[at] = length;
    e->at = (double)((at + 1) % PIECES);
    double sum = 0.0, whole = 0.0;
    for (int i = 0; i < PIECES && (i < 2 || whole < window); i++) {
        const int from = (at + PIECES - i) % PIECES;
        e->rest = sum;
        e->beside = whole;
        sum += e->sums[from];
        whole += e->lengths[from];
    }
    e->whole = larger(whole, window);
    e->held = sum / e->whole;
}

static inline double mean_square(square_ear *e, const ear_settings *s, double window, double x) {
    const int ends = half_cycle_ends(&e->half, s, x);
    const double before = e->sample < 0.0 ? -e->sample : e->sample, now = x < 0.0 ? -x : x;
    const double part = ends > 0 ? before / (before + now) : 0.5;
    if (ends < 0 || (ends > 0 && e->length + part >= 0.125 * window)) {
        keep_piece(e, window, e->length + part);
        e->sum = 0.0;
        e->length = -part;
    }
    e->sum += smaller(x * x, LOUDEST_SQUARE);
    e->length += 1.0;
    e->sample = smaller(larger(x, -LOUDEST), LOUDEST);
    return larger(e->held, (e->rest + e->sum) / larger(e->whole, e->beside + e->length));
}

/* The mean square at each of `count` frames, over at least `window` frames. */
static inline void hear_squares(square_ear *e, const ear_settings *s, double window,
                                const double *x, int64_t stride, int64_t count, double *levels) {
    for (int64_t i = 0; i < count; i++) {
        const double sample = x[i * stride];
        if (sample != 0.0 || e->level != 0.0) {
            if (e->whole == 0.0) e->whole = window; /* silence was before */
            e->level = mean_square(e, s, window, sample);
            if (e->level == 0.0) *e = (square_ear){0};
        }
        levels[i] = e->level;
    }
}

#endif
