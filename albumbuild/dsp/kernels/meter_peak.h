/* The points between samples that a true-peak detector looks at; meter and limiter share them.
 *
 * Four times oversampling by a windowed sinc of 48 taps a phase, and a parabola through
 * the highest point and its neighbours for what lies between the points.
 * Source: ITU-R BS.1770-5, Annex 2, with a longer filter than its table.
 */

#ifndef ALBUMBUILD_METER_PEAK_H
#define ALBUMBUILD_METER_PEAK_H

#include <string.h>

#include "kernels.h"

/* Wider registers where the machine has them: every lane is its own sum, so the bits are equal. */
#if defined(__x86_64__) && defined(__linux__) && defined(__GLIBC__)
#define WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WIDE
#endif

enum {
    HALF = 24,     /* taps on either side of a point */
    TAPS = 2 * HALF,
    POINTS = 32,   /* frames looked at in one go; the first repeats the last one's end */
    STEP = POINTS - 1,
    WIDEST = 8     /* channels */
};

/* Between two points of a sine at half the rate, four times oversampled, hides no more. */
#define REFINED_MOST 1.0823922002923940 /* 1 / cos(pi / 8) */

typedef double quad __attribute__((vector_size(32)));

typedef struct {
    double quarter[POINTS * WIDEST];
    double half[POINTS * WIDEST];
    double three[POINTS * WIDEST];
} between_points;

/* The points at 1/4, 1/2 and 3/4 of the way from each of POINTS frames at `x` to the next.
 *
 * `taps` holds for each k < HALF: half the sum and half the difference of the sinc at
 * k + 1/4 and k + 3/4, then the sinc at k + 1/2. Reads HALF - 1 frames before, HALF after.
 */
static WIDE void find_between(const double *x, int64_t channels, const double *taps,
                              between_points *to) {
    for (int64_t at = 0; at < POINTS * channels; at += 8) {
        quad even[2] = {{0.0}}, odd[2] = {{0.0}}, middle[2] = {{0.0}};
        for (int64_t k = 0; k < HALF; k++) {
            const double *before = x + at - k * channels;
            const double *after = x + at + (k + 1) * channels;
            for (int lane = 0; lane < 2; lane++) {
                quad left, right;
                memcpy(&left, before + 4 * lane, sizeof left);
                memcpy(&right, after + 4 * lane, sizeof right);
                const quad sum = left + right;
                even[lane] += taps[3 * k] * sum;
                odd[lane] += taps[3 * k + 1] * (left - right);
                middle[lane] += taps[3 * k + 2] * sum;
            }
        }
        for (int lane = 0; lane < 2; lane++) {
            const quad first = even[lane] + odd[lane], third = even[lane] - odd[lane];
            memcpy(to->quarter + at + 4 * lane, &first, sizeof first);
            memcpy(to->half + at + 4 * lane, &middle[lane], sizeof first);
            memcpy(to->three + at + 4 * lane, &third, sizeof first);
        }
    }
}

/* The highest absolute value of `count` samples, a multiple of 8. */
static WIDE double highest_sample(const double *x, int64_t count) {
    double most[8] = {0.0};
    for (int64_t at = 0; at < count; at += 8)
        for (int lane = 0; lane < 8; lane++) {
            const double size = x[at + lane] < 0.0 ? -x[at + lane] : x[at + lane];
            most[lane] = size > most[lane] ? size : most[lane];
        }
    double result = most[0];
    for (int lane = 1; lane < 8; lane++) result = most[lane] > result ? most[lane] : result;
    return result;
}

static inline double size_of(double x) { return x < 0.0 ? -x : x; }

/* The top of the parabola through three points whose middle one is the highest. */
static inline double refined(double before, double at, double after) {
    const double top = size_of(at);
    const double left = at < 0.0 ? -before : before, right = at < 0.0 ? -after : after;
    if (left > top || right > top) return top;
    const double bend = 2.0 * top - left - right;
    if (!(bend > 0.0)) return top;
    const double peak = top + (left - right) * (left - right) / (8.0 * bend);
    return peak < REFINED_MOST * top ? peak : REFINED_MOST * top;
}

/* The peak from the sample at `at` (an index into x and into the points) to the next one.
 *
 * Not refined where that could not lift it over `floor`. */
static inline double peak_from(const double *x, const between_points *p, int64_t at,
                               int64_t channels, double floor) {
    const double a = x[at], b = p->quarter[at], c = p->half[at], d = p->three[at];
    double most = size_of(a);
    if (size_of(b) > most) most = size_of(b);
    if (size_of(c) > most) most = size_of(c);
    if (size_of(d) > most) most = size_of(d);
    if (most * REFINED_MOST <= floor) return most;
    const double tops[4] = {refined(p->three[at - channels], a, b), refined(a, b, c),
                            refined(b, c, d), refined(c, d, x[at + channels])};
    for (int i = 0; i < 4; i++)
        if (tops[i] > most) most = tops[i];
    return most;
}

#endif
