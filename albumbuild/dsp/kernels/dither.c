/* Whole numbers from sound, with triangular dither whose noise is a function of its place. */

#include <string.h>

#include "kernels.h"
#include "maths.h"

#define LARGEST 1.5 /* of rounding by half a step and of triangular noise of one */

/* The finaliser of splitmix64: as good as random for any counter. Source: Steele et al., 2014. */
static inline uint64_t scrambled(uint64_t x) {
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* Within one step either way, triangular: the sum of two numbers of 32 bits, mean exactly 0. */
static inline double triangular(uint64_t key, uint64_t place) {
    const uint64_t z = scrambled(key + (place + 1) * UINT64_C(0x9e3779b97f4a7c15));
    const int64_t sum = (int64_t)(z >> 32) + (int64_t)(z & UINT64_C(0xffffffff));
    return (double)(sum - INT64_C(0xffffffff)) * (1.0 / 4294967296.0);
}

static inline uint64_t key_of(int64_t seed) {
    return scrambled((uint64_t)seed + UINT64_C(0x9e3779b97f4a7c15));
}

/* The nearest step, at most full scale. */
static inline double whole(double value, double scale) {
    if (value != value) return 0.0;
    if (value < -scale) return -scale;
    if (value > scale - 1.0) return scale - 1.0;
    return (double)nearest(value);
}

/* scale: the steps to full scale, 2^(bits - 1). A frame of true silence stays silent. */
EXPORT WIDE void dither_quantise(const double *block, int32_t *out, int64_t frames,
                                 int64_t channels, double scale, int64_t dithered,
                                 int64_t first_frame, int64_t seed) {
    const uint64_t key = key_of(seed);
    for (int64_t i = 0; i < frames; i++) {
        const double *frame = block + i * channels;
        const int noisy = dithered && !all_zero(frame, channels);
        for (int64_t c = 0; c < channels; c++) {
            double value = frame[c] * scale;
            if (noisy) value += triangular(key, (uint64_t)((first_frame + i) * channels + c));
            out[i * channels + c] = (int32_t)whole(value, scale);
        }
    }
}

/* The same with triangular dither whose errors are taken off again by a filter.
 *
 * errors: (order, channels), the newest first; those of a clipped frame are no larger than of
 * any other, and a frame of true silence leaves none. */
EXPORT void dither_shape(const double *block, int32_t *out, int64_t frames, int64_t channels,
                         double scale, const double *filter, int64_t order, double *errors,
                         int64_t first_frame, int64_t seed) {
    const uint64_t key = key_of(seed);
    const int64_t older = (order - 1) * channels;
    for (int64_t i = 0; i < frames; i++) {
        const double *frame = block + i * channels;
        const int silent = all_zero(frame, channels);
        for (int64_t c = 0; c < channels; c++) {
            double wanted = frame[c] * scale;
            for (int64_t k = 0; k < order; k++) wanted += filter[k] * errors[k * channels + c];
            const double noise = triangular(key, (uint64_t)((first_frame + i) * channels + c));
            const double value = silent ? 0.0 : whole(wanted + noise, scale);
            const double error = silent ? 0.0 : value - wanted;
            for (int64_t at = older + c; at > c; at -= channels) errors[at] = errors[at - channels];
            errors[c] = error > LARGEST ? LARGEST : error < -LARGEST ? -LARGEST : error;
            out[i * channels + c] = (int32_t)value;
        }
        if (silent) memset(errors, 0, sizeof *errors * (size_t)(order * channels));
    }
}
