/* A delay without feedback, whose length may move. */

#include "between.h"
#include "kernels.h"

/* About the first interval of four points for a delay under one frame, so never ahead of now. */
static double read_between(const double *ring, int64_t mask, int64_t channels, int64_t now,
                           double delay) {
    const int64_t whole = delay < 1.0 ? 1 : (int64_t)delay;
    const double a = ring[((now - whole + 1) & mask) * channels];
    const double b = ring[((now - whole) & mask) * channels];
    const double c = ring[((now - whole - 1) & mask) * channels];
    const double d = ring[((now - whole - 2) & mask) * channels];
    return between_four(delay - (double)whole, a, b, c, d);
}

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* `frames` frames, late by a whole number of them: stretch by stretch of the ring. */
static void pass_whole(double *ring, int64_t capacity, int64_t channels, int64_t now, int64_t late,
                       const double *in, double *out, int64_t frames) {
    while (frames > 0) {
        const int64_t to = now & (capacity - 1), from = (now - late) & (capacity - 1);
        const int64_t room = least(capacity - late, least(capacity - to, capacity - from));
        const int64_t count = least(frames, room);
        for (int64_t i = 0; i < count * channels; i++) ring[to * channels + i] = in[i];
        for (int64_t i = 0; i < count * channels; i++) out[i] = ring[from * channels + i];
        in += count * channels;
        out += count * channels;
        now += count;
        frames -= count;
    }
}

/* numbers, left: a glide of the delay in frames, at most capacity - 4.
 * ring:  (capacity, channels), zero at first; capacity is a power of two; clock: frames so far.
 * in and out: (frames, channels). */
EXPORT void predelay_process(double *numbers, int64_t *left, double *ring, int64_t capacity,
                             int64_t *clock, const double *in, double *out, int64_t frames,
                             int64_t channels) {
    const uint64_t mode = flush_denormals();
    const int64_t mask = capacity - 1;
    for (int64_t done = 0, run = 0; done < frames; done += run, *clock += run) {
        const double *sound = in + done * channels;
        double *late = out + done * channels;
        const int64_t whole = (int64_t)*numbers;
        run = still(*left, frames - done);
        if ((double)whole == *numbers) {
            pass_whole(ring, capacity, channels, *clock, whole, sound, late, run);
        } else {
            for (int64_t j = 0; j < channels; j++) {
                ring[(*clock & mask) * channels + j] = sound[j];
                late[j] = read_between(ring + j, mask, channels, *clock, *numbers);
            }
            run = 1;
        }
        move_on(numbers, 1, left);
    }
    restore_denormals(mode);
}
