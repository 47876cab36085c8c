/* Vectors, filters and sizes that all parts of the monolith share. */

#ifndef MONOLITH_SOUND_H
#define MONOLITH_SOUND_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 512 }; /* frames worked on at once; the last of a song are padded with silence */

typedef double pair __attribute__((vector_size(16))); /* left and right */
typedef double four __attribute__((vector_size(32))); /* those of two strips, or four lines */
typedef int64_t mask __attribute__((vector_size(32)));
typedef double loose_pair __attribute__((vector_size(16), aligned(8), may_alias));
typedef double loose_four __attribute__((vector_size(32), aligned(8), may_alias));

static inline pair load_pair(const double *from) { return *(const loose_pair *)from; }
static inline void store_pair(double *to, pair value) { *(loose_pair *)to = value; }
static inline four load_four(const double *from) { return *(const loose_four *)from; }
static inline void store_four(double *to, four value) { *(loose_four *)to = value; }

static inline four join(pair a, pair b) { return __builtin_shufflevector(a, b, 0, 1, 2, 3); }
static inline pair lower(four x) { return __builtin_shufflevector(x, x, 0, 1); }
static inline pair upper(four x) { return __builtin_shufflevector(x, x, 2, 3); }
static inline four choose(mask which, four yes, four no) {
    return (four)(((mask)yes & which) | ((mask)no & ~which));
}
static inline four higher(four a, four b) { return choose(a > b, a, b); }
static inline four size_of(four x) { return (four)((mask)x & INT64_MAX); }

static inline double gain_of(double level_db) { return pow(10.0, level_db / 20.0); }

/* What is left of a difference after one frame, when 63 % of it go in `time_ms`. */
static inline double kept(double time_ms, double rate_hz) {
    return exp(-1000.0 / (time_ms * rate_hz));
}

static inline void *zeros(size_t bytes) {
    void *made = aligned_alloc(64, (bytes + 63) / 64 * 64);
    if (!made) abort();
    return memset(made, 0, bytes);
}

typedef struct {
    double b0, b1, b2, a1, a2;
} biquad;

static inline biquad over(double b0, double b1, double b2, double a0, double a1, double a2) {
    return (biquad){b0 / a0, b1 / a0, b2 / a0, a1 / a0, a2 / a0};
}

/* Source: R. Bristow-Johnson, Audio EQ Cookbook, for this and the next two. */
static inline biquad highpass(double freq_hz, double q, double rate_hz) {
    const double w = 2.0 * M_PI * freq_hz / rate_hz, c = cos(w), slant = sin(w) / (2.0 * q);
    return over(0.5 + 0.5 * c, -1.0 - c, 0.5 + 0.5 * c, 1.0 + slant, -2.0 * c, 1.0 - slant);
}

static inline biquad bell(double freq_hz, double gain_db, double q, double rate_hz) {
    const double w = 2.0 * M_PI * freq_hz / rate_hz, c = cos(w), slant = sin(w) / (2.0 * q);
    const double a = pow(10.0, gain_db / 40.0);
    return over(1.0 + slant * a, -2.0 * c, 1.0 - slant * a, 1.0 + slant / a, -2.0 * c,
                1.0 - slant / a);
}

static inline biquad lowshelf(double freq_hz, double gain_db, double q, double rate_hz) {
    const double w = 2.0 * M_PI * freq_hz / rate_hz, c = cos(w), slant = sin(w) / (2.0 * q);
    const double a = pow(10.0, gain_db / 40.0), s = 2.0 * sqrt(a) * slant;
    return over(a * (a + 1.0 - (a - 1.0) * c + s), 2.0 * a * (a - 1.0 - (a + 1.0) * c),
                a * (a + 1.0 - (a - 1.0) * c - s), a + 1.0 + (a - 1.0) * c + s,
                -2.0 * (a - 1.0 + (a + 1.0) * c), a + 1.0 + (a - 1.0) * c - s);
}

/* Butterworth of order 2; `k` is the tangent of half the corner's angle. */
static inline biquad lowpass(double gain, double k) {
    const double slant = sqrt(2.0) * k, b = gain * k * k;
    return over(b, 2.0 * b, b, 1.0 + slant + k * k, 2.0 * (k * k - 1.0), 1.0 - slant + k * k);
}

/* One frame, transposed direct form II, of as many lanes as `x` has. */
#define FILTER(x, c, z1, z2)                                                                      \
    ({                                                                                            \
        const __typeof__(x) in_ = (x), out_ = (c).b0 * in_ + (z1);                                \
        (z1) = (c).b1 * in_ + (z2) - (c).a1 * out_;                                               \
        (z2) = (c).b2 * in_ - (c).a2 * out_;                                                      \
        out_;                                                                                     \
    })

#endif
