/* Autoregressive models of a stretch of one channel: x[n] + a1 x[n-1] + … + ap x[n-p] = e[n].
 *
 * Source: S. J. Godsill & P. J. W. Rayner, Digital Audio Restoration, 1998, chapters 4 and 5.
 */

#ifndef ALBUMBUILD_AR_H
#define ALBUMBUILD_AR_H

#include <string.h>

#include "kernels.h"

#define HIGHEST 128        /* order of a model */
#define WHITENING 1e-11    /* of the power, added to it: keeps models of pure tones solvable */
#define SINGULAR 1e-13     /* of a diagonal: what rounding may leave of it */
#define DEVIATION 0.67448975 /* the median size of a normal variable, against its deviation */

static inline double magnitude(double x) { return x < 0.0 ? -x : x; }

/* r[k], k = 0 … order, of `count` samples under `window`, which go to `spare`. */
static inline void autocorrelation(const double *x, const double *window, int64_t count,
                                   int64_t order, double *spare, double *r) {
    for (int64_t i = 0; i < order; i++) spare[i] = 0.0;
    for (int64_t i = 0; i < count; i++) spare[order + i] = x[i] * window[i];
    for (int64_t k = 0; k <= order; k++) r[k] = 0.0;
    for (int64_t i = order; i < order + count; i++) {
        const double now = spare[i], *back = spare + i;
        for (int64_t k = 0; k <= order; k++) r[k] += now * back[-k];
    }
}

/* a[0 … order] with a[0] = 1, by the recursion of Levinson and Durbin; of silence 1, 0, 0, …. */
static inline void levinson(const double *r, int64_t order, double *a) {
    double error = r[0] * (1.0 + WHITENING), before[HIGHEST + 1];
    a[0] = 1.0;
    for (int64_t k = 1; k <= order; k++) a[k] = 0.0;
    for (int64_t k = 1; k <= order && error > 0.0; k++) {
        double sum = r[k];
        for (int64_t i = 1; i < k; i++) sum += a[i] * r[k - i];
        const double turn = -sum / error;
        memcpy(before, a, sizeof *a * (size_t)k);
        for (int64_t i = 1; i < k; i++) a[i] = before[i] + turn * before[k - i];
        a[k] = turn;
        error *= 1.0 - turn * turn;
    }
}

/* e[i] = sum of a[k] x[i - step * k], for i = from … to - 1; step is 1, or -1 backwards. */
static inline void residual(const double *a, int64_t order, const double *x, int64_t from,
                            int64_t to, int64_t step, double *e) {
    for (int64_t i = from; i < to; i++) e[i] = x[i];
    for (int64_t k = 1; k <= order; k++) {
        const double share = a[k], *other = x - step * k;
        for (int64_t i = from; i < to; i++) e[i] += share * other[i];
    }
}

/* The middle of `count` values by size, which are put in another order. */
static inline double median(double *values, int64_t count) {
    int64_t low = 0, high = count - 1;
    const int64_t middle = count / 2;
    while (low < high) {
        const double pivot = values[middle];
        int64_t i = low, j = high;
        while (i <= j) {
            while (values[i] < pivot) i++;
            while (pivot < values[j]) j--;
            if (i <= j) {
                const double held = values[i];
                values[i++] = values[j];
                values[j--] = held;
            }
        }
        if (j < middle) low = i;
        if (middle < i) high = j;
    }
    return values[middle];
}

/* The deviation of e[from … to - 1] by its median size: single values that stand out count little. */
static inline double robust_deviation(const double *e, int64_t from, int64_t to, double *spare) {
    if (to <= from) return 0.0;
    for (int64_t i = from; i < to; i++) spare[i - from] = magnitude(e[i]);
    return median(spare, to - from) / DEVIATION;
}

/* The band of the normal equations of a gap of `count`, in place, then their factor:
 * (count, order + 1), row i holds columns i - order … i. */
static inline void factor_band(const double *a, int64_t order, int64_t count, double *band) {
    double c[HIGHEST + 1];
    const int64_t wide = order + 1;
    for (int64_t k = 0; k <= order; k++) {
        c[k] = 0.0;
        for (int64_t i = 0; i + k <= order; i++) c[k] += a[i] * a[i + k];
    }
    for (int64_t i = 0; i < count; i++) {
        double *row = band + i * wide;
        for (int64_t j = i < order ? 0 : i - order; j <= i; j++) {
            const double *other = band + j * wide;
            double left = c[i - j];
            for (int64_t k = i < order ? 0 : i - order; k < j; k++)
                left -= row[k - i + order] * other[k - j + order];
            if (j < i) row[j - i + order] = left / other[order];
            else row[order] = __builtin_sqrt(left > SINGULAR * c[0] ? left : SINGULAR * c[0]);
        }
    }
}

static inline void solve_band(const double *band, int64_t order, int64_t count, double *y) {
    const int64_t wide = order + 1;
    for (int64_t i = 0; i < count; i++) {
        double left = y[i];
        for (int64_t k = i < order ? 0 : i - order; k < i; k++)
            left -= band[i * wide + k - i + order] * y[k];
        y[i] = left / band[i * wide + order];
    }
    for (int64_t i = count - 1; i >= 0; i--) {
        double left = y[i];
        for (int64_t k = i + 1; k < count && k <= i + order; k++)
            left -= band[k * wide + i - k + order] * y[k];
        y[i] = left / band[i * wide + order];
    }
}

/* Fills x[from … from + count - 1] so that the residual there and over the `order` samples after
 * is as small as can be; `e` of as many receives that residual. `filled` is the gap alone.
 *
 * Source: Janssen, Veldhuis & Vries, Adaptive interpolation of discrete-time signals that can
 * be modeled as autoregressive processes, IEEE Trans. ASSP 34 (2), 1986, equation 14. */
static inline void fill_gap(const double *a, int64_t order, double *x, int64_t from,
                            int64_t count, double *band, double *e, double *filled) {
    memset(x + from, 0, sizeof *x * (size_t)count);
    residual(a, order, x + from, 0, count + order, 1, e);
    for (int64_t i = 0; i < count; i++) {
        double sum = 0.0;
        for (int64_t k = 0; k <= order; k++) sum += a[k] * e[i + k];
        filled[i] = -sum;
    }
    factor_band(a, order, count, band);
    solve_band(band, order, count, filled);
    memcpy(x + from, filled, sizeof *x * (size_t)count);
    residual(a, order, x + from, 0, count + order, 1, e);
}

#endif
