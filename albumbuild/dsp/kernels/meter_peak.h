/* The points between samples that a true-peak detector looks at; meter and limiter share them.
 *
 * Four times oversampling by a windowed sinc of up to 64 taps a phase, and a parabola through
 * the highest point and its neighbours for what lies between the points. Where the samples
 * around cannot lift a point over a floor, it is not computed: nothing is lost by that.
 * Source: ITU-R BS.1770-5, Annex 2, with a longer filter than its table.
 */

#ifndef ALBUMBUILD_METER_PEAK_H
#define ALBUMBUILD_METER_PEAK_H

#include <string.h>

#include "kernels.h"

enum {
    HALF = 32,                /* taps on either side of a point, at most */
    TAPS = 2 * HALF,
    POINTS = 64,              /* frames looked at in one go; the first repeats the last one's end */
    STEP = POINTS - 1,
    GROUP = 4,                /* frames that are skipped together */
    GROUPS = POINTS / GROUP,
    REACH = TAPS / GROUP + 1, /* groups whose samples a point is made of */
    WIDEST = 8                /* channels */
};

/* Between two points of a sine at half the rate, four times oversampled, hides no more. */
#define REFINED_MOST 1.0823922002923940 /* 1 / cos(pi / 8) */

typedef float eight __attribute__((vector_size(32)));

/* For each k < half: half the sum and half the difference of the sinc at k + 1/4 and
 * k + 3/4, then the sinc at k + 1/2. */
typedef struct {
    int64_t half;
    const double *taps;
} peak_filter;

typedef struct {
    float quarter[POINTS * WIDEST];
    float half[POINTS * WIDEST];
    float three[POINTS * WIDEST];
} between_points;

/* Which frames may pass a floor, by groups, and which samples must be computed for them,
 * by eights: those frames and the one before. */
typedef struct {
    unsigned char group[GROUPS];
    unsigned char eights[POINTS * WIDEST / 8];
} peak_marks;

static inline double size_of(double x) { return x < 0.0 ? -x : x; }

/* What a window can lift a point to; `albumbuild/dsp/peaks.py` makes both bounds. */
typedef struct {
    double reach[REACH]; /* for each group around a point: the most that samples of size 1 add */
    double straight;     /* for the larger of the two samples beside it, and for each group: */
    double bend[REACH];  /* the most that samples add which bend by 1 */
} peak_limits;

enum { AROUND = GROUPS + REACH - 1 }; /* groups of a window */

static inline double largest_of(const double four[4]) {
    const double left = four[0] > four[1] ? four[0] : four[1];
    const double right = four[2] > four[3] ? four[2] : four[3];
    return left > right ? left : right;
}

static inline double bend_at(const double *x, int64_t channels) {
    return size_of(x[channels] - 2.0 * x[0] + x[-channels]);
}

/* How far samples of each group stand off the line through their neighbours; the first frame and
 * the last are no matter. */
INLINE void find_bends(const double *from, int64_t channels, double *bends) {
    const int64_t last = AROUND - 1;
    for (int64_t g = 1; g < last; g++) {
        double most[4] = {0.0};
        for (int64_t at = 0; at < channels; at++)
            for (int lane = 0; lane < 4; lane++) {
                const double size = bend_at(from + 4 * (g * channels + at) + lane, channels);
                most[lane] = size > most[lane] ? size : most[lane];
            }
        bends[g] = largest_of(most);
    }
    bends[0] = bends[last] = 0.0;
    for (int64_t at = 0; at < (GROUP - 1) * channels; at++) {
        const double early = bend_at(from + channels + at, channels);
        const double late = bend_at(from + GROUP * last * channels + at, channels);
        bends[0] = early > bends[0] ? early : bends[0];
        bends[last] = late > bends[last] ? late : bends[last];
    }
}

/* Marks what may pass `floor`; whether anything does. Reads HALF frames on either side. */
static WIDE int mark_peaks(const double *x, int64_t channels, const peak_limits *limits,
                           double floor, peak_marks *marks) {
    double highest[AROUND], bends[AROUND];
    const double *from = x - HALF * channels;
    for (int64_t g = 0; g < AROUND; g++) {
        double most[4] = {0.0};
        for (int64_t at = 0; at < channels; at++)
            for (int lane = 0; lane < 4; lane++) {
                const double size = size_of(from[4 * (g * channels + at) + lane]);
                most[lane] = size > most[lane] ? size : most[lane];
            }
        highest[g] = largest_of(most);
    }
    double bound[GROUPS] = {0.0}, smooth[GROUPS];
    for (int64_t r = 0; r < REACH; r++)
        for (int64_t g = 0; g < GROUPS; g++) bound[g] += limits->reach[r] * highest[g + r];
    int any = 0;
    memset(marks, 0, sizeof *marks);
    for (int64_t g = 0; g < GROUPS; g++) any |= bound[g] > floor;
    if (!any) return 0;
    find_bends(from, channels, bends);
    for (int64_t g = 0; g < GROUPS; g++) {
        const double here = highest[g + REACH / 2], next = highest[g + REACH / 2 + 1];
        smooth[g] = limits->straight * (here > next ? here : next);
    }
    for (int64_t r = 0; r < REACH; r++)
        for (int64_t g = 0; g < GROUPS; g++) smooth[g] += limits->bend[r] * bends[g + r];
    any = 0;
    for (int64_t g = 0; g < GROUPS; g++) {
        if (!(bound[g] > floor && smooth[g] > floor)) continue;
        any = 1;
        marks->group[g] = 1;
        const int64_t first = g > 0 ? (GROUP * g - 1) * channels : 0;
        const int64_t last = GROUP * (g + 1) * channels - 1;
        for (int64_t at = first / 8; at <= last / 8; at++) marks->eights[at] = 1;
    }
    return any;
}

/* The points at 1/4, 1/2 and 3/4 of the way from each marked frame at `x` to the next.
 *
 * In single precision, which is 0.000001 dB. */
static WIDE void find_between(const double *x, int64_t channels, const peak_filter *filter,
                              const peak_marks *marks, between_points *to) {
    float taps[3 * HALF], sound[(POINTS + TAPS) * WIDEST];
    for (int64_t k = 0; k < 3 * filter->half; k++) taps[k] = (float)filter->taps[k];
    for (int64_t i = 0; i < (POINTS + TAPS - 1) * channels; i++)
        sound[i] = (float)x[i - (HALF - 1) * channels];
    for (int64_t at = 0; at < POINTS * channels; at += 8) {
        if (!marks->eights[at / 8]) continue;
        const float *here = sound + (HALF - 1) * channels + at;
        eight even = {0.0f}, odd = {0.0f}, middle = {0.0f};
        for (int64_t k = 0; k < filter->half; k++) {
            eight left, right;
            memcpy(&left, here - k * channels, sizeof left);
            memcpy(&right, here + (k + 1) * channels, sizeof right);
            const eight sum = left + right;
            even += taps[3 * k] * sum;
            odd += taps[3 * k + 1] * (left - right);
            middle += taps[3 * k + 2] * sum;
        }
        const eight first = even + odd, third = even - odd;
        memcpy(to->quarter + at, &first, sizeof first);
        memcpy(to->half + at, &middle, sizeof middle);
        memcpy(to->three + at, &third, sizeof third);
    }
}

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
