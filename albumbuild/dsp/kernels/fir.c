/* A short finite impulse response on interleaved channels. */

#include "kernels.h"

#define TILE 8

/* padded: (taps - 1 + frames, channels), the frames before the block and then the block.
 * out:    (frames, channels). */
EXPORT void fir_process(const double *taps, int64_t count, const double *restrict padded,
                        double *restrict out, int64_t frames, int64_t channels) {
    const uint64_t mode = flush_denormals();
    const int64_t values = frames * channels;
    const double *newest = padded + (count - 1) * channels;
    int64_t i = 0;
    for (; i + TILE <= values; i += TILE) {
        double sum[TILE] = {0};
        for (int64_t k = 0; k < count; k++) {
            const double *x = newest + i - k * channels;
            for (int j = 0; j < TILE; j++) sum[j] += taps[k] * x[j];
        }
        for (int j = 0; j < TILE; j++) out[i + j] = sum[j];
    }
    for (; i < values; i++) {
        double sum = 0.0;
        for (int64_t k = 0; k < count; k++) sum += taps[k] * newest[i - k * channels];
        out[i] = sum;
    }
    restore_denormals(mode);
}
