/* Gains on interleaved channels: one that moves, a fader with its pan, and a send. */

#include "kernels.h"

/* factor: (3, 1), see `move_on`. in and out: (frames, channels), maybe the same block. */
EXPORT void gain_process(double *factor, int64_t *left, const double *in, double *out,
                         int64_t frames, int64_t channels) {
    const uint64_t mode = flush_denormals();
    for (int64_t done = 0, run; done < frames; done += run) {
        run = still(*left, frames - done);
        for (int64_t i = done * channels; i < (done + run) * channels; i++)
            out[i] = in[i] * factor[0];
        move_on(factor, 1, left);
    }
    restore_denormals(mode);
}

/* A fader, then a pan: mono `in` goes to both sides, stereo to its own. `out` is (frames, 2). */
EXPORT WIDE void fader_process(const double *in, double *out, int64_t frames, int64_t channels,
                               double gain, double left, double right) {
    const uint64_t mode = flush_denormals();
    const int64_t other = channels - 1;
    for (int64_t i = 0; i < frames; i++) {
        out[2 * i] = in[channels * i] * gain * left;
        out[2 * i + 1] = in[channels * i + other] * gain * right;
    }
    restore_denormals(mode);
}

/* Adds `count` samples times a gain to a sum. */
EXPORT WIDE void gain_add(double *sum, const double *in, double gain, int64_t count) {
    const uint64_t mode = flush_denormals();
    for (int64_t i = 0; i < count; i++) sum[i] += in[i] * gain;
    restore_denormals(mode);
}
