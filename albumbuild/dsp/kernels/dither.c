/* Whole numbers from sound, with triangular dither whose noise is a function of its place. */

#include "kernels.h"
#include "maths.h"

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

static inline int all_zero(const double *frame, int64_t channels) {
    for (int64_t c = 0; c < channels; c++)
        if (frame[c] != 0.0) return 0;
    return 1;
}

/* scale: the steps to full scale, 2^(bits - 1). A frame of true silence stays silent. */
EXPORT void dither_quantise(const double *block, int32_t *out, int64_t frames, int64_t channels,
                            double scale, int64_t dithered, int64_t first_frame, int64_t seed) {
    const uint64_t key = scrambled((uint64_t)seed + UINT64_C(0x9e3779b97f4a7c15));
    for (int64_t i = 0; i < frames; i++) {
        const double *frame = block + i * channels;
        const int noisy = dithered && !all_zero(frame, channels);
        for (int64_t c = 0; c < channels; c++) {
            double value = frame[c] * scale;
            if (noisy) value += triangular(key, (uint64_t)((first_frame + i) * channels + c));
            if (value != value) value = 0.0;
            if (value < -scale) value = -scale;
            if (value > scale - 1.0) value = scale - 1.0;
            out[i * channels + c] = (int32_t)nearest(value);
        }
    }
}
