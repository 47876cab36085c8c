/* The stereo field: mid and side, a filter on the side, and a matrix back to left and right. */

#include "kernels.h"

/* matrix:       left from mid, left from side, right from mid, right from side.
 * coefficients: (sections, 5) of the side's filter; state: (sections, 2), zero at first.
 * in and out:   (frames, 2). */
EXPORT void stereo_process(const double *matrix, const double *coefficients, int64_t sections,
                           double *state, const double *in, double *out, int64_t frames) {
    const uint64_t mode = flush_denormals();
    for (int64_t i = 0; i < frames; i++) {
        const double mid = 0.5 * (in[2 * i] + in[2 * i + 1]);
        double side = 0.5 * (in[2 * i] - in[2 * i + 1]);
        for (int64_t k = 0; k < sections; k++) {
            const double *b = coefficients + 5 * k;
            double *z = state + 2 * k;
            const double y = b[0] * side + z[0];
            z[0] = (b[1] * side - b[3] * y) + z[1];
            z[1] = b[2] * side - b[4] * y;
            side = y;
        }
        out[2 * i] = matrix[0] * mid + matrix[1] * side;
        out[2 * i + 1] = matrix[2] * mid + matrix[3] * side;
    }
    restore_denormals(mode);
}
