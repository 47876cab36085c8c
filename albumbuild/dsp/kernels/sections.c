/* A cascade of second-order sections, transposed direct form II, on interleaved channels.
 *
 * coefficients: (3, sections, 5) b0 b1 b2 a1 a2, with a0 = 1; the same for every channel; see
 *               `move_on` for the three.
 * state:        (sections, 2, channels), all zero before the first frame.
 */

#include "kernels.h"

static WIDE void run_mono(const double *c, int64_t sections, double *s, const double *in,
                          double *out, int64_t frames) {
    for (int64_t i = 0; i < frames; i++) {
        double x = in[i];
        for (int64_t k = 0; k < sections; k++) {
            const double *b = c + 5 * k;
            double *z = s + 2 * k;
            const double y = b[0] * x + z[0];
            z[0] = (b[1] * x - b[3] * y) + z[1];
            z[1] = b[2] * x - b[4] * y;
            x = y;
        }
        out[i] = x;
    }
}

static WIDE void run_stereo(const double *c, int64_t sections, double *s, const double *in,
                            double *out, int64_t frames) {
    for (int64_t i = 0; i < frames; i++) {
        pair x = load_pair(in + 2 * i);
        for (int64_t k = 0; k < sections; k++) {
            const double *b = c + 5 * k;
            double *z = s + 4 * k;
            const pair y = b[0] * x + load_pair(z);
            store_pair(z, (b[1] * x - b[3] * y) + load_pair(z + 2));
            store_pair(z + 2, b[2] * x - b[4] * y);
            x = y;
        }
        store_pair(out + 2 * i, x);
    }
}

static void run_any(const double *c, int64_t sections, double *s, const double *in, double *out,
                    int64_t frames, int64_t channels) {
    for (int64_t i = 0; i < frames; i++) {
        for (int64_t j = 0; j < channels; j++) {
            double x = in[i * channels + j];
            for (int64_t k = 0; k < sections; k++) {
                const double *b = c + 5 * k;
                double *z = s + 2 * k * channels + j;
                const double y = b[0] * x + z[0];
                z[0] = (b[1] * x - b[3] * y) + z[channels];
                z[channels] = b[2] * x - b[4] * y;
                x = y;
            }
            out[i * channels + j] = x;
        }
    }
}

static void run_all(const double *c, int64_t sections, double *s, const double *in, double *out,
                    int64_t frames, int64_t channels) {
    if (channels == 1) run_mono(c, sections, s, in, out, frames);
    else if (channels == 2) run_stereo(c, sections, s, in, out, frames);
    else run_any(c, sections, s, in, out, frames, channels);
}

/* in and out may be the same block. */
EXPORT void sections_process(double *coefficients, int64_t sections, int64_t *left, double *state,
                             const double *in, double *out, int64_t frames, int64_t channels) {
    if (*left == 0 && all_zero(state, 2 * sections * channels) && all_zero(in, frames * channels)) {
        memset(out, 0, sizeof *out * (size_t)(frames * channels));
        return;
    }
    const uint64_t mode = flush_denormals();
    for (int64_t done = 0, run; done < frames; done += run) {
        run = still(*left, frames - done);
        run_all(coefficients, sections, state, in + done * channels, out + done * channels, run,
                channels);
        move_on(coefficients, 5 * sections, left);
    }
    restore_denormals(mode);
}
