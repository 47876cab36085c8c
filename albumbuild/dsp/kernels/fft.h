/* The fast Fourier transform of two signals at once, one in each half of a pair. */

#ifndef ALBUMBUILD_FFT_H
#define ALBUMBUILD_FFT_H

#include "kernels.h"

/* A complex number of each of the two signals; in memory re re im im. */
typedef struct {
    loose_pair re, im;
} point;

static inline point add(point a, point b) { return (point){a.re + b.re, a.im + b.im}; }

static inline point less(point a, point b) { return (point){a.re - b.re, a.im - b.im}; }

/* Both signals times one factor; `w` is its real and its imaginary part. */
static inline point turned(point a, const double *w) {
    return (point){a.re * w[0] - a.im * w[1], a.re * w[1] + a.im * w[0]};
}

/* X[k] = sum over n of x[n] exp(-2 pi i k n / size), into `to`; `from` and `to` are written over.
 *
 * turns: (size, 2) the real and the imaginary part of exp(-2 pi i k / size).
 * size:  a power of two. */
void transform(point *from, point *to, const double *turns, int64_t size);

#endif
