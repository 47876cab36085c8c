/* Echoes: one delay line a channel, whose end comes back through a filter.
 *
 * At rest a line is a whole number of frames long. While its length moves it is read between
 * frames, so the pitch bends as on a tape; where it comes to rest it creeps to a whole number.
 */

#include "between.h"
#include "kernels.h"
#include "maths.h"

#define CREEP (1.0 / 1024.0) /* frames a frame */

enum { FEEDBACK, LENGTHS };

static double through(const double *c, int64_t sections, double *z, double x) {
    for (int64_t k = 0; k < sections; k++, c += 5, z += 2) {
        const double y = c[0] * x + z[0];
        z[0] = (c[1] * x - c[3] * y) + z[1];
        z[1] = c[2] * x - c[4] * y;
        x = y;
    }
    return x;
}

static double back(const double *line, int64_t capacity, int64_t place, int64_t frames) {
    return line[place >= frames ? place - frames : place - frames + capacity];
}

/* The sound `length` frames ago; a straight line where the youngest of four frames is not there
 * yet. */
static double ago(const double *line, int64_t capacity, int64_t place, double length) {
    const int64_t whole = (int64_t)length;
    const double t = length - (double)whole;
    const double b = back(line, capacity, place, whole);
    if (t == 0.0) return b;
    const double c = back(line, capacity, place, whole + 1);
    if (whole < 2) return b + t * (c - b);
    const double a = back(line, capacity, place, whole - 1);
    const double d = back(line, capacity, place, whole + 2);
    return between_four(t, a, b, c, d);
}

static void run(const double *numbers, const double *coefficients, int64_t sections,
                double *lines, int64_t capacity, int64_t *place, double *filters, int64_t crossed,
                const double *in, double *out, int64_t frames, int64_t channels) {
    for (int64_t i = 0; i < frames; i++) {
        const double *x = in + i * channels;
        double *y = out + i * channels;
        for (int64_t j = 0; j < channels; j++)
            y[j] = ago(lines + j * capacity, capacity, *place, numbers[LENGTHS + j]);
        for (int64_t j = 0; j < channels; j++) {
            const double end = crossed ? y[1 - j] : y[j];
            const double echo = through(coefficients, sections, filters + 2 * sections * j, end);
            lines[j * capacity + *place] = x[j] + numbers[FEEDBACK] * echo;
        }
        *place = *place + 1 < capacity ? *place + 1 : 0;
    }
}

/* Lengths at rest a step nearer to whole numbers; whether all are there. */
static int settle(double *lengths, int64_t channels) {
    int whole = 1;
    for (int64_t j = 0; j < channels; j++) {
        const double goal = nearest(lengths[j]), far = goal - lengths[j];
        if (far == 0.0) continue;
        lengths[j] = far > CREEP ? lengths[j] + CREEP : far < -CREEP ? lengths[j] - CREEP : goal;
        whole = 0;
    }
    return whole;
}

/* numbers:      (3, 1 + channels) feedback, and each line's length in frames, 1 at least;
 * coefficients: (3, sections, 5) of the loop's filter; see `move_on` for both.
 * lines:        (channels, capacity), zero at first; place: (1,) where the next frame goes.
 *               The capacity is the longest length and 3 frames more.
 * filters:      (channels, sections, 2).
 * crossed:      each line's end goes back into the other one; for two channels.
 * in and out:   (frames, channels). */
EXPORT void delay_process(double *numbers, int64_t *left, double *coefficients, int64_t sections,
                          int64_t *turning, double *lines, int64_t capacity, int64_t *place,
                          double *filters, int64_t crossed, const double *in, double *out,
                          int64_t frames, int64_t channels) {
    const uint64_t mode = flush_denormals();
    for (int64_t done = 0, count; done < frames; done += count) {
        const int rests = *left == 0 && settle(numbers + LENGTHS, channels) && *turning == 0;
        count = rests ? frames - done : 1;
        run(numbers, coefficients, sections, lines, capacity, place, filters, crossed,
            in + done * channels, out + done * channels, count, channels);
        move_on(numbers, LENGTHS + channels, left);
        move_on(coefficients, 5 * sections, turning);
    }
    restore_denormals(mode);
}
