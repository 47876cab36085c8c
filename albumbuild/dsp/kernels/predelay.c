/* A delay without feedback, whose length may move. */

#include "kernels.h"

/* Source: the four-point Lagrange interpolator, about the middle interval; about the first
 * one for a delay under one frame, so never ahead of now. */
static double read_between(const double *ring, int64_t mask, int64_t channels, int64_t now,
                           double delay) {
    const int64_t whole = delay < 1.0 ? 1 : (int64_t)delay;
    const double f = delay - (double)whole;
    const double a = ring[((now - whole + 1) & mask) * channels];
    const double b = ring[((now - whole) & mask) * channels];
    const double c = ring[((now - whole - 1) & mask) * channels];
    const double d = ring[((now - whole - 2) & mask) * channels];
    const double g = f + 1.0, h = f - 1.0, k = f - 2.0;
    return b * (g * h * k * 0.5) - a * (f * h * k * (1.0 / 6.0)) - c * (g * f * k * 0.5) +
           d * (g * f * h * (1.0 / 6.0));
}

/* numbers, left: a glide of the delay in frames, at most capacity - 4.
 * ring:  (capacity, channels), zero at first; capacity is a power of two; clock: frames so far.
 * in and out: (frames, channels). */
EXPORT void predelay_process(double *numbers, int64_t *left, double *ring, int64_t capacity,
                             int64_t *clock, const double *in, double *out, int64_t frames,
                             int64_t channels) {
    const uint64_t mode = flush_denormals();
    const int64_t mask = capacity - 1;
    int64_t now = *clock;
    for (int64_t done = 0, run = 0; done < frames; done += run) {
        run = still(*left, frames - done);
        const int64_t whole = (int64_t)*numbers;
        const int is_whole = (double)whole == *numbers;
        for (int64_t i = done; i < done + run; i++, now++) {
            for (int64_t j = 0; j < channels; j++) {
                ring[(now & mask) * channels + j] = in[i * channels + j];
                out[i * channels + j] =
                    is_whole ? ring[((now - whole) & mask) * channels + j]
                             : read_between(ring + j, mask, channels, now, *numbers);
            }
        }
        move_on(numbers, 1, left);
    }
    *clock = now;
    restore_denormals(mode);
}
