/* A short finite impulse response on interleaved channels. */

#include "kernels.h"

enum { TILE = 8 };

static void run(const double *taps, int64_t count, const double *newest, double *out,
                int64_t frames, int64_t channels) {
    const int64_t values = frames * channels;
    int64_t i = 0;
    for (; i + TILE <= values; i += TILE) {
        pair a = {0}, b = {0}, c = {0}, d = {0};
        for (int64_t k = 0; k < count; k++) {
            const double *x = newest + i - k * channels;
            a += taps[k] * load_pair(x);
            b += taps[k] * load_pair(x + 2);
            c += taps[k] * load_pair(x + 4);
            d += taps[k] * load_pair(x + 6);
        }
        store_pair(out + i, a);
        store_pair(out + i + 2, b);
        store_pair(out + i + 4, c);
        store_pair(out + i + 6, d);
    }
    for (; i < values; i++) {
        double sum = 0.0;
        for (int64_t k = 0; k < count; k++) sum += taps[k] * newest[i - k * channels];
        out[i] = sum;
    }
}

/* taps:   (3, count), see `move_on`.
 * padded: (count - 1 + frames, channels), the frames before the block and then the block.
 * out:    (frames, channels). */
EXPORT void fir_process(double *taps, int64_t count, int64_t *left, const double *padded,
                        double *out, int64_t frames, int64_t channels) {
    const uint64_t mode = flush_denormals();
    const double *newest = padded + (count - 1) * channels;
    for (int64_t done = 0, step; done < frames; done += step) {
        step = still(*left, frames - done);
        run(taps, count, newest + done * channels, out + done * channels, step, channels);
        move_on(taps, count, left);
    }
    restore_denormals(mode);
}
