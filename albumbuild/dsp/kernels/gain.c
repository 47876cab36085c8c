/* A gain, also one that moves, on interleaved channels. */

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
