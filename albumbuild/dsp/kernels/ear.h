/* How loud a channel is: the peak of its last half cycles, and of a short window.
 *
 * Silence from the start leaves everything as it was, and nothing counts frames from there:
 * what comes out does not depend on when a sound began.
 */

#ifndef ALBUMBUILD_EAR_H
#define ALBUMBUILD_EAR_H

#include "dynamics.h"

#define LOUDEST 1e50     /* linear; an infinite sample is let go of again */
#define LONGEST_WINDOW 512
#define DOUBLINGS 10     /* 1, 2, 4 … 512 */

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
    double level;              /* the one before; 0: all is as it began */
    double peak, peak1, peak2; /* of this half cycle and of the two before */
} ear;

/* The largest of 1, 2, 4 … neighbours in a row of sizes: of any others soon found from them. */
typedef struct {
    int64_t before; /* how many stand before the first frame of a stretch: a window less one */
    int doublings;  /* of the last row: as long as a window, or more than half as long */
    double rows[DOUBLINGS][LONGEST_WINDOW + STRETCH];
} peaks_table;

static inline double sign_of(double x) { return (double)((x > 0.0) - (x < 0.0)); }

/* A half cycle ends: its sign has turned, or has stayed for half as long again as it did before,
 * for then the tone has ended or is none. */
static inline void end_half_cycle(half_cycle *h, const ear_settings *s, double sign, int turned) {
    h->age = 0.0;
    h->length2 = turned ? h->length1 : 0.5 * h->length2;
    h->length1 = turned ? h->length : 0.5 * h->length1;
    h->length = turned ? 0.0 : h->length;
    h->sign = sign;
    const double expected = larger(1.5 * larger(h->length1, h->length2), s->shortest);
    h->limit = smaller(expected, s->longest);
}

/* Takes the next sample: 1 when the sign turns with it, -1 when a half cycle ends without, or 0. */
static inline int half_cycle_ends(half_cycle *h, const ear_settings *s, double x) {
    const double sign = sign_of(x);
    const int turned = sign != h->sign, ends = turned || h->age >= h->limit;
    if (ends) end_half_cycle(h, s, sign, turned);
    h->length += 1.0;
    h->age += 1.0;
    return turned ? 1 : -ends;
}

static inline void shift_peaks(ear *e) {
    e->peak2 = e->peak1;
    e->peak1 = e->peak;
    e->peak = 0.0;
}

static inline double held_peak(const ear *e) {
    return larger(e->peak, larger(e->peak1, e->peak2));
}

/* Sizes of `count` frames behind those that are remembered, and the largest in each window.
 *
 * Source: a sparse table of ranges, Bender and Farach-Colton, "The LCA problem revisited",
 * LATIN 2000. */
INLINE double fill_table(peaks_table *t, const ear_settings *s, double *kept, const double *x,
                         int64_t stride, int64_t count, double *levels) {
    const int64_t window = (int64_t)s->window, before = window - 1, total = before + count;
    double *sizes = t->rows[0], least = LOUDEST;
    t->before = before;
    t->doublings = 63 - __builtin_clzll((unsigned long long)window);
    memcpy(sizes, kept, sizeof *sizes * (size_t)before);
    for (int64_t i = 0; i < count; i++) {
        const double sample = x[i * stride];
        sizes[before + i] = smaller(sample < 0.0 ? -sample : sample, LOUDEST);
    }
    for (int k = 0; k < t->doublings; k++) {
        const int64_t half = INT64_C(1) << k;
        const double *from = t->rows[k];
        double *to = t->rows[k + 1];
        for (int64_t i = 0; i + 2 * half <= total; i++) to[i] = larger(from[i], from[i + half]);
    }
    const double *row = t->rows[t->doublings];
    const int64_t rest = window - (INT64_C(1) << t->doublings);
    for (int64_t i = 0; i < count; i++) levels[i] = larger(row[i], row[i + rest]);
    for (int64_t i = 0; i < count; i++) least = smaller(least, levels[i]);
    memcpy(kept, sizes + count, sizeof *sizes * (size_t)before);
    return least;
}

/* The largest size of the frames `from` … `to` of the stretch, no more than a window of them. */
static inline double largest(const peaks_table *t, int64_t from, int64_t to) {
    const int k = 63 - __builtin_clzll((unsigned long long)(to - from));
    const double *row = t->rows[k] + t->before;
    return larger(row[from], row[to - (INT64_C(1) << k)]);
}

/* Bit i is set where the sign of frame i is not that of the frame before. */
INLINE uint64_t turns(const double *x, int64_t stride, int64_t count, double sign) {
    double signs[STRETCH + 1];
    uint64_t lanes[4] = {0};
    signs[0] = sign;
    for (int64_t i = 0; i < count; i++) signs[i + 1] = sign_of(x[i * stride]);
    for (int64_t i = count; i < STRETCH; i++) signs[i + 1] = signs[count];
    for (int64_t i = 0; i < STRETCH; i += 4)
        for (int lane = 0; lane < 4; lane++)
            lanes[lane] |= (uint64_t)(signs[i + lane] != signs[i + lane + 1]) << (i + lane);
    return lanes[0] | lanes[1] | lanes[2] | lanes[3];
}

/* The same as frame by frame, from one end of a half cycle to the next: within no more than a
 * window of frames, the largest of the window is that of the half cycle as well. */
INLINE void hear_sound(ear *e, const ear_settings *s, const peaks_table *t, const double *x,
                       int64_t stride, int64_t count, double *levels) {
    uint64_t ahead = turns(x, stride, count, e->half.sign);
    const int64_t window = t->before + 1;
    for (int64_t i = 0; i < count;) {
        const int64_t turn = ahead ? __builtin_ctzll(ahead) : count;
        const double patience = e->half.limit - e->half.age;
        int64_t until = turn;
        if (patience < (double)(turn - i)) {
            const int64_t whole = patience > 0.0 ? (int64_t)patience : 0;
            until = i + whole + ((double)whole < patience);
        }
        e->half.length += (double)(until - i);
        e->half.age += (double)(until - i);
        for (int64_t run; i < until; i += run) {
            run = until - i < window ? until - i : window;
            const double held = held_peak(e);
            for (int64_t j = i; j < i + run; j++) levels[j] = larger(held, levels[j]);
            e->peak = larger(e->peak, largest(t, i, i + run));
        }
        if (until == count) return;
        end_half_cycle(&e->half, s, sign_of(x[until * stride]), until == turn);
        e->half.length += 1.0;
        e->half.age += 1.0;
        shift_peaks(e);
        e->peak = t->rows[0][t->before + until];
        levels[until] = larger(held_peak(e), levels[until]);
        if (until == turn) ahead &= ahead - 1;
        i = until + 1;
    }
}

/* Frame by frame, for where a sound begins or ends. */
INLINE void hear_edge(ear *e, const ear_settings *s, const peaks_table *t, const double *x,
                      int64_t stride, int64_t count, double *levels) {
    for (int64_t i = 0; i < count; i++) {
        const double size = t->rows[0][t->before + i];
        if (size == 0.0 && e->level == 0.0) continue;
        if (half_cycle_ends(&e->half, s, x[i * stride])) shift_peaks(e);
        e->peak = larger(e->peak, size);
        e->level = levels[i] = larger(held_peak(e), levels[i]);
        if (e->level == 0.0) *e = (ear){0};
    }
}

static inline int is_silent(const double *x, int64_t stride, int64_t count) {
    if (stride == 1) return all_zero(x, count);
    for (int64_t i = 0; i < count; i++)
        if (x[i * stride] != 0.0) return 0;
    return 1;
}

/* The level at each of `count` frames, linear. `kept` is (window,): the last sizes. */
static WIDE void hear_peaks(ear *kept, const ear_settings *s, double *sizes, const double *x,
                            int64_t stride, int64_t count, double *levels) {
    if (kept->level == 0.0 && is_silent(x, stride, count)) {
        memset(levels, 0, sizeof *levels * (size_t)count);
        return;
    }
    peaks_table table;
    ear e = *kept;
    const double least = fill_table(&table, s, sizes, x, stride, count, levels);
    if (e.level != 0.0 && least != 0.0) {
        hear_sound(&e, s, &table, x, stride, count, levels);
        e.level = levels[count - 1];
    } else {
        hear_edge(&e, s, &table, x, stride, count, levels);
    }
    *kept = e;
}

/* The same of the loudest of one or two channels; `windows` is (2, window). */
static inline void hear_loudest(ear *ears, const ear_settings *s, double *windows, const double *x,
                                int64_t channels, int64_t count, double *levels) {
    double others[STRETCH];
    hear_peaks(ears, s, windows, x, channels, count, levels);
    if (channels == 1) return;
    hear_peaks(ears + 1, s, windows + (int64_t)s->window, x + 1, channels, count, others);
    for (int64_t i = 0; i < count; i++) levels[i] = larger(levels[i], others[i]);
}

#endif
