/* True peaks: four times oversampling by windowed sincs, and a parabola through what is highest.
 *
 * Source: ITU-R BS.1770-5, Annex 2, with 64 taps a phase in place of 12.
 */

#ifndef MONOLITH_PEAKS_H
#define MONOLITH_PEAKS_H

#include "sound.h"

enum { HALF = 32, GROUP = 8, AROUND = HALF / GROUP, REACH = 2 * AROUND + 1, SPAN = 8192 };
enum { SEEN = 1024, AHEAD = HALF + GROUP }; /* kept of the past; how late a group is looked at */

#define REFINED_MOST 1.0823922002923940 /* what hides between points: 1 / cos(pi / 8) */

typedef float wide __attribute__((vector_size(64))); /* a group of stereo frames */
typedef float loose_wide __attribute__((vector_size(64), aligned(4), may_alias));

/* Half the sum and half the difference of the sinc at k + 1/4 and k + 3/4, and that at k + 1/2. */
typedef struct {
    int half;
    float taps[HALF][3];
} detector;

typedef struct {
    detector sharp, soft;
    double reach[REACH]; /* the most that a group's samples of size 1 add to a point */
} detectors;

/* Sound as a detector looks at it; `now` is where on the tape the next block goes. */
typedef struct {
    float sound[2 * (SPAN + HALF)];
    float highest[SPAN / GROUP];
    int64_t now;
} tape;

static double bessel(double x) {
    double sum = 1.0, term = 1.0;
    for (int k = 1; k < 60; k++) sum += term *= 0.25 * x * x / (k * k);
    return sum;
}

static double windowed(double x, int half, double beta) {
    const double share = 1.0 - x * x / ((double)half * half);
    return sin(M_PI * x) / (M_PI * x) * bessel(beta * sqrt(share)) / bessel(beta);
}

static void set_detector(detector *d, int half, double beta) {
    double near[HALF], middle[HALF], far[HALF], ends = 0.0, centre = 0.0;
    for (int k = 0; k < half; k++) {
        near[k] = windowed(k + 0.25, half, beta);
        middle[k] = windowed(k + 0.5, half, beta);
        far[k] = windowed(k + 0.75, half, beta);
        ends += 2.0 * (near[k] + far[k]);
        centre += 2.0 * middle[k];
    }
    d->half = half;
    for (int k = 0; k < half; k++) {
        d->taps[k][0] = (float)((near[k] + far[k]) / ends);
        d->taps[k][1] = (float)((near[k] - far[k]) / ends);
        d->taps[k][2] = (float)(middle[k] / centre);
    }
}

/* What a sample `ahead` of a frame adds to the point in that quarter after it. */
static double weight(const detector *d, int64_t ahead, int quarter) {
    const int64_t k = ahead > 0 ? ahead - 1 : -ahead;
    if (quarter == 0) return ahead == 0;
    if (k >= d->half) return 0.0;
    const float *t = d->taps[k];
    if (quarter == 2) return fabs((double)t[2]);
    return fabs((double)t[0] + (double)t[1] * ((quarter == 1) == (ahead <= 0) ? 1.0 : -1.0));
}

static void set_reach(detectors *all) {
    const detector *both[2] = {&all->sharp, &all->soft};
    for (int r = 0; r < REACH; r++)
        for (int which = 0; which < 2; which++)
            for (int quarter = 0; quarter < 4; quarter++)
                for (int frame = 0; frame < GROUP; frame++) {
                    double sum = 0.0;
                    for (int at = 0; at < GROUP; at++)
                        sum += weight(both[which], GROUP * (r - AROUND) + at - frame, quarter);
                    sum *= REFINED_MOST * 1.00001;
                    if (sum > all->reach[r]) all->reach[r] = sum;
                }
}

/* A sharp detector, and a soft one as many meters have: above 20 kHz they differ. */
static void set_detectors(detectors *all) {
    memset(all, 0, sizeof *all);
    set_detector(&all->sharp, HALF, 5.0);
    set_detector(&all->soft, HALF / 2, 9.0);
    set_reach(all);
}

static void tape_take(tape *t, const double *block) {
    if (t->now + BLOCK > SPAN) {
        const int64_t from = t->now - SEEN;
        memmove(t->sound, t->sound + 2 * from, sizeof *t->sound * 2 * SEEN);
        memmove(t->highest, t->highest + from / GROUP, sizeof *t->highest * SEEN / GROUP);
        t->now = SEEN;
    }
    float *sound = t->sound + 2 * t->now;
    for (int i = 0; i < 2 * BLOCK; i++) sound[i] = (float)block[i];
    for (int g = 0; g < BLOCK / GROUP; g++) {
        float most = 0.0f;
        for (int i = 0; i < 2 * GROUP; i++) {
            const float size = fabsf(sound[2 * GROUP * g + i]);
            most = size > most ? size : most;
        }
        t->highest[t->now / GROUP + g] = most;
    }
    t->now += BLOCK;
}

/* The three points after each frame of a group. */
static void find_points(const detector *d, const float *x, wide points[3]) {
    wide even = {0}, odd = {0}, middle = {0};
    for (int k = 0; k < d->half; k++) {
        const wide left = *(const loose_wide *)(x - 2 * k);
        const wide right = *(const loose_wide *)(x + 2 * k + 2);
        const wide sum = left + right;
        even += d->taps[k][0] * sum;
        odd += d->taps[k][1] * (left - right);
        middle += d->taps[k][2] * sum;
    }
    points[0] = even + odd;
    points[1] = middle;
    points[2] = even - odd;
}

static float refined(float before, float at, float after) {
    const float top = fabsf(at), left = at < 0.0f ? -before : before;
    const float right = at < 0.0f ? -after : after, bend = 2.0f * top - left - right;
    if (left > top || right > top || !(bend > 0.0f)) return top;
    const float peak = top + (left - right) * (left - right) / (8.0f * bend);
    return peak < (float)REFINED_MOST * top ? peak : (float)REFINED_MOST * top;
}

/* The last point before the sample at `x`. */
static float point_before(const detector *d, const float *x) {
    float sum = 0.0f;
    for (int k = 0; k < d->half; k++) {
        const float left = x[-2 * k - 2], right = x[2 * k];
        sum += d->taps[k][0] * (left + right) - d->taps[k][1] * (left - right);
    }
    return sum;
}

/* The peaks from each frame of a group to the next, the louder channel's. */
static void add_peaks(const detector *d, const float *x, double floor, float peaks[GROUP]) {
    wide points[3];
    find_points(d, x, points);
    for (int lane = 0; lane < 2 * GROUP; lane++) {
        const float p[5] = {x[lane], points[0][lane], points[1][lane], points[2][lane], x[lane + 2]};
        float most = fabsf(p[0]);
        for (int k = 1; k < 4; k++) most = fabsf(p[k]) > most ? fabsf(p[k]) : most;
        if (most * REFINED_MOST > floor) {
            const float before = lane < 2 ? point_before(d, x + lane) : points[2][lane - 2];
            for (int k = 0; k < 4; k++) {
                const float top = refined(k ? p[k - 1] : before, p[k], p[k + 1]);
                most = top > most ? top : most;
            }
        }
        if (most > peaks[lane / 2]) peaks[lane / 2] = most;
    }
}

/* Whether a group may pass the floor; its peaks when it may. */
static int look(const detectors *all, const tape *t, int64_t first, double floor, int both,
                float peaks[GROUP]) {
    const float *highest = t->highest + first / GROUP - AROUND;
    double bound = 0.0;
    for (int r = 0; r < REACH; r++) bound += all->reach[r] * highest[r];
    if (bound <= floor) return 0;
    memset(peaks, 0, sizeof *peaks * GROUP);
    add_peaks(&all->sharp, t->sound + 2 * first, floor, peaks);
    if (both) add_peaks(&all->soft, t->sound + 2 * first, floor, peaks);
    return 1;
}

#endif
