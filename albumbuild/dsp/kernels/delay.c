/* Echoes: one delay line a channel, whose end comes back through a filter. */

#include "kernels.h"

static double through(const double *c, int64_t sections, double *z, double x) {
    for (int64_t k = 0; k < sections; k++, c += 5, z += 2) {
        const double y = c[0] * x + z[0];
        z[0] = (c[1] * x - c[3] * y) + z[1];
        z[1] = c[2] * x - c[4] * y;
        x = y;
    }
    return x;
}

/* lines:        (channels, capacity), zero at first; lengths and places: a line's delay in
 *               frames, and where in it the next frame goes.
 * coefficients: (sections, 5) of the loop's filter; filters: (channels, sections, 2).
 * crossed:      each line's end goes back into the other one; for two channels.
 * in and out:   (frames, channels). */
EXPORT void delay_process(double *lines, int64_t capacity, const int64_t *lengths, int64_t *places,
                          const double *coefficients, int64_t sections, double *filters,
                          double feedback, int64_t crossed, const double *in, double *out,
                          int64_t frames, int64_t channels) {
    const uint64_t mode = flush_denormals();
    for (int64_t i = 0; i < frames; i++) {
        const double *x = in + i * channels;
        double *y = out + i * channels;
        for (int64_t j = 0; j < channels; j++) y[j] = lines[j * capacity + places[j]];
        for (int64_t j = 0; j < channels; j++) {
            const double end = crossed ? y[1 - j] : y[j];
            const double back = through(coefficients, sections, filters + 2 * sections * j, end);
            lines[j * capacity + places[j]] = x[j] + feedback * back;
            places[j] = places[j] + 1 < lengths[j] ? places[j] + 1 : 0;
        }
    }
    restore_denormals(mode);
}
