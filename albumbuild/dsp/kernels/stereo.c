/* The stereo field: mid and side, a filter on the side, and a matrix back to left and right. */

#include "kernels.h"

static void run_field(const double *matrix, int64_t sections, double *state, const double *in,
                      double *out, int64_t frames) {
    for (int64_t i = 0; i < frames; i++) {
        const double mid = 0.5 * (in[2 * i] + in[2 * i + 1]);
        double side = 0.5 * (in[2 * i] - in[2 * i + 1]);
        for (int64_t k = 0; k < sections; k++) {
            const double *b = matrix + 4 + 5 * k;
            double *z = state + 2 * k;
            const double y = b[0] * side + z[0];
            z[0] = (b[1] * side - b[3] * y) + z[1];
            z[1] = b[2] * side - b[4] * y;
            side = y;
        }
        out[2 * i] = matrix[0] * mid + matrix[1] * side;
        out[2 * i + 1] = matrix[2] * mid + matrix[3] * side;
    }
}

/* numbers:    (3, 4 + 5 * sections), see `move_on`: left from mid, left from side, right from
 *             mid, right from side; then the coefficients of the side's filter.
 * state:      (sections, 2), zero at first.
 * in and out: (frames, 2). */
EXPORT void stereo_process(double *numbers, int64_t sections, int64_t *left, double *state,
                           const double *in, double *out, int64_t frames) {
    const uint64_t mode = flush_denormals();
    for (int64_t done = 0, run; done < frames; done += run) {
        run = still(*left, frames - done);
        run_field(numbers, sections, state, in + 2 * done, out + 2 * done, run);
        move_on(numbers, 4 + 5 * sections, left);
    }
    restore_denormals(mode);
}
