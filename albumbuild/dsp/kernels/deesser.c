/* The de-esser: what the band above asks for turns down that band, or everything.
 *
 * out = x + (gain - 1) * band(x), with a band in phase with x: at a gain of 1 nothing is done.
 */

#include "ear.h"

typedef struct {
    double threshold_db;
    double range_db;
    double silent;  /* linear; a level up to it is certainly under the threshold */
    double attack;  /* what is left of a rise in reduction after one frame */
    double release; /* and of a fall */
    double late;    /* frames that the output comes late */
    ear_settings ear;
    double taps[]; /* late + 1: the band's response from its middle on */
} deesser_settings;

typedef struct {
    double reduction_db;
    ear ears[2];
    double windows[]; /* (2, window) */
} deesser_memory;

/* What is over the threshold, and no more than the range. */
static inline double wanted_db(const deesser_settings *s, double level, int moves) {
    if (!moves && level <= s->silent) return 0.0;
    const double over = log2_of(larger(level, SOFTEST)) * LOG2_TO_DB - s->threshold_db;
    return smaller(larger(over, 0.0), s->range_db);
}

/* Gains for at most a stretch of frames; returns the largest reduction. */
static double find_gains(const deesser_settings *s, deesser_memory *m, const double *band,
                         int64_t count, int64_t channels, int moves, double *gains) {
    double levels[STRETCH], at = m->reduction_db, most = 0.0;
    double gain = exp2_of(at * -DB_TO_LOG2), heard = -1.0, wanted = 0.0;
    hear_loudest(m->ears, &s->ear, m->windows, band, channels, count, levels);
    for (int64_t i = 0; i < count; i++) {
        if (levels[i] != heard) {
            heard = levels[i];
            wanted = wanted_db(s, heard, moves);
        }
        if (wanted != at) {
            at = followed(at, wanted, s->attack, s->release);
            gain = exp2_of(at * -DB_TO_LOG2);
        }
        gains[i] = gain;
        most = larger(most, at);
    }
    m->reduction_db = at;
    return most;
}

/* The band about `x`, of which `reach` taps on either side are not 0. */
static inline double band_at(const double *taps, int64_t reach, const double *x,
                             int64_t channels) {
    double sum = taps[0] * x[0];
    for (int64_t k = 1; k <= reach; k++)
        sum += taps[k] * (x[-k * channels] + x[k * channels]);
    return sum;
}

/* `settings` are (3, count), see `move_on`. `band` is what is listened to, `line` the sound with
 * 2 * late frames before it. With `reach` the band of so many taps is turned down; without, all.
 *
 * Returns the most that it was turned down, in dB. */
EXPORT double deesser_process(double *settings, int64_t count, int64_t *left, double *memory,
                              int64_t reach, const double *band, const double *line, double *out,
                              int64_t frames, int64_t channels) {
    const uint64_t mode = flush_denormals();
    const deesser_settings *s = (const deesser_settings *)settings;
    deesser_memory *m = (deesser_memory *)memory;
    double gains[STRETCH], most = 0.0;
    for (int64_t done = 0, run; done < frames; done += run) {
        run = stretch(*left, frames - done);
        const double *heard = band + done * channels;
        most = larger(most, find_gains(s, m, heard, run, channels, *left > 0, gains));
        for (int64_t i = 0; i < run * channels; i++) {
            const int64_t place = done * channels + i;
            const double *x = line + place + (int64_t)s->late * channels;
            const double change = gains[i / channels] - 1.0;
            if (change == 0.0) out[place] = x[0];
            else if (reach) out[place] = x[0] + change * band_at(s->taps, reach, x, channels);
            else out[place] = x[0] * gains[i / channels];
        }
        move_on(settings, count, left);
    }
    restore_denormals(mode);
    return most;
}
