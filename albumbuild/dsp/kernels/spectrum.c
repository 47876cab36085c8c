/* The power spectrum of a sound, window by window. */

#include "fft.h"

/* Adds the power of pairs of windows to `squares`, (size).
 *
 * in: (frames, channels), of which the windows begin `hop` frames apart; two of them, of up to
 * two channels, are transformed at once. Two real channels go as one complex signal: the power
 * of both is in mirrored bins. from and to: room for (size, 2, 2) each. Returns the frames that
 * are done: whole pairs of hops. */
EXPORT WIDE int64_t spectrum_add(double *squares, const double *in, const double *window,
                                 const double *turns, double *from, double *to, int64_t frames,
                                 int64_t channels, int64_t size, int64_t hop) {
    const uint64_t mode = flush_denormals();
    int64_t used = 0;
    for (; used + size + hop <= frames; used += 2 * hop)
        for (int64_t first = 0; first < channels; first += 2) {
            const int both = first + 1 < channels;
            const double *early = in + used * channels + first, *late = early + hop * channels;
            for (int64_t i = 0; i < size; i++) {
                double *at = from + 4 * i;
                at[0] = early[i * channels] * window[i];
                at[1] = late[i * channels] * window[i];
                at[2] = both ? early[i * channels + 1] * window[i] : 0.0;
                at[3] = both ? late[i * channels + 1] * window[i] : 0.0;
            }
            transform((point *)from, (point *)to, turns, size);
            for (int64_t i = 0; i < size; i++) {
                const double *at = to + 4 * i;
                squares[i] += ((at[0] * at[0] + at[2] * at[2]) + at[1] * at[1]) + at[3] * at[3];
            }
        }
    restore_denormals(mode);
    return used;
}
