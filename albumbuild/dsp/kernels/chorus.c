/* A chorus: voices that read one delay line a side, each at a place that swings. */

#include "kernels.h"
#include "maths.h"

enum { VOICES = 8, TAPS = 32, HALF = TAPS / 2 };
enum { RATE, DEPTH, NUMBERS };

/* The sound `delay` frames before line[newest]: a windowed sinc, its taps between two rows of
 * the table. */
INLINE double at(const double *table, int64_t rows, const double *newest, double delay) {
    const int64_t whole = (int64_t)delay;
    const double place = (delay - (double)whole) * (double)rows;
    const int64_t row = (int64_t)place;
    const double share = place - (double)row;
    const double *t = table + row * TAPS, *next = t + TAPS, *x = newest - whole - HALF;
    four a = {0}, b = {0};
    for (int64_t k = 0; k < TAPS; k += 8) {
        const four taps = load_four(t + k), more = load_four(t + k + 4);
        a += (taps + share * (load_four(next + k) - taps)) * load_four(x + k);
        b += (more + share * (load_four(next + k + 4) - more)) * load_four(x + k + 4);
    }
    const four sum = a + b;
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

static WIDE void run(double *numbers, int64_t *left, double *gains, int64_t *fading,
                     const double *places, const double *table, int64_t rows, double *lines,
                     int64_t capacity, double *turn, int64_t *written, const double *in,
                     double *out, int64_t frames) {
    for (int64_t i = 0; i < frames; i++) {
        const double angle = 2.0 * PI * turn[0];
        const double sine = fast_sin(angle), cosine = fast_cos(angle);
        for (int64_t side = 0; side < 2; side++) {
            double *line = lines + 2 * side * capacity, sum = 0.0;
            line[written[0]] = line[written[0] + capacity] = in[2 * i + side];
            const double s = side ? cosine : sine, c = side ? -sine : cosine;
            for (int64_t k = 0; k < VOICES; k++) {
                if (gains[k] == 0.0) continue;
                const double swing = s * places[VOICES + k] + c * places[2 * VOICES + k];
                const double delay = places[k] + numbers[DEPTH] * swing;
                sum += gains[k] * at(table, rows, line + written[0] + capacity, delay);
            }
            out[2 * i + side] = sum;
        }
        written[0] = written[0] + 1 < capacity ? written[0] + 1 : 0;
        turn[0] += numbers[RATE];
        if (turn[0] >= 1.0) turn[0] -= 1.0;
        move_on(numbers, NUMBERS, left);
        move_on(gains, VOICES, fading);
    }
}

/* numbers:  (3, 2) turns a frame, depth in frames; gains: (3, 8) of each voice; see `move_on`.
 * places:   (3, 8) of each voice: its middle in frames, the cosine and the sine of where in a
 *           turn it begins. The right side is a quarter of a turn ahead.
 * table:    (rows + 1, 32) taps, for delays from a whole frame to the next one.
 * lines:    (2, 2 capacity) the sound of each side twice in a row, zero at first.
 * turn:     (1,) where the swing is; written: (1,) where the next frame goes.
 * in, out:  (frames, 2). */
EXPORT void chorus_process(double *numbers, int64_t *left, double *gains, int64_t *fading,
                           const double *places, const double *table, int64_t rows, double *lines,
                           int64_t capacity, double *turn, int64_t *written, const double *in,
                           double *out, int64_t frames) {
    const uint64_t mode = flush_denormals();
    run(numbers, left, gains, fading, places, table, rows, lines, capacity, turn, written, in,
        out, frames);
    restore_denormals(mode);
}
