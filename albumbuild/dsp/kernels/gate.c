/* The expander and the gate: open from the threshold on, closed under it after a hold, and a
 * reduction in decibels that follows. All channels share one gain. */

#include "ear.h"

typedef struct {
    double threshold_db;
    double slope;   /* ratio - 1 */
    double range_db;
    double opens;   /* linear; a level from here on opens it */
    double closes;  /* linear; a level under it closes it */
    double hold;    /* frames that it stays open after the last one that loud */
    double attack;  /* what is left of a fall in reduction after one frame */
    double release; /* and of a rise */
    ear_settings ear;
} gate_settings;

typedef struct {
    double reduction_db; /* under 0 before the first frame: as after a long silence */
    double open;  /* 1 or 0 */
    double quiet; /* frames since one that was loud enough to keep it open */
    ear ears[2];
    double windows[]; /* (2, window) */
} gate_memory;

/* How far a level is turned down once it is closed: a line under the threshold, and the range. */
static inline double closed_db(const gate_settings *s, double level) {
    const double under = s->threshold_db - log2_of(larger(level, SOFTEST)) * LOG2_TO_DB;
    return smaller(s->slope * larger(under, 0.0), s->range_db);
}

static inline double loudest(const double *key, int64_t channels) {
    const double first = key[0] < 0.0 ? -key[0] : key[0];
    if (channels == 1) return first;
    return larger(first, key[1] < 0.0 ? -key[1] : key[1]);
}

/* Opens, holds or closes with the next frame: its size, and how loud it has been of late. */
static inline int stands_open(gate_memory *m, const gate_settings *s, double size, double level) {
    m->quiet = size >= s->closes ? 0.0 : smaller(m->quiet + 1.0, 1e15);
    if (level >= s->opens) m->open = 1.0;
    else if (level < s->closes && m->quiet > s->hold) m->open = 0.0;
    return m->open != 0.0;
}

/* Gains for at most a stretch of frames; returns the largest reduction. */
static double find_gains(const gate_settings *s, gate_memory *m, const double *key,
                         int64_t count, int64_t key_channels, double *gains) {
    const double before = m->reduction_db;
    double levels[STRETCH], at = before < 0.0 ? closed_db(s, 0.0) : before, most = 0.0;
    double gain = exp2_of(at * -DB_TO_LOG2), heard = -1.0, wanted = 0.0;
    hear_loudest(m->ears, &s->ear, m->windows, key, key_channels, count, levels);
    for (int64_t i = 0; i < count; i++) {
        const int open =
            stands_open(m, s, loudest(key + i * key_channels, key_channels), levels[i]);
        if (!open && levels[i] != heard) {
            heard = levels[i];
            wanted = closed_db(s, heard);
        }
        const double target = open ? 0.0 : wanted;
        if (target != at) {
            at = followed(at, target, s->release, s->attack);
            gain = exp2_of(at * -DB_TO_LOG2);
        }
        gains[i] = gain;
        most = larger(most, at);
    }
    m->reduction_db = at;
    return most;
}

/* Turns down what `key` leaves closed; `block` may be `key`. `settings` are (3, …), see
 * `move_on`. Returns the most that it was turned down, in dB. */
EXPORT double gate_process(double *settings, int64_t *left, double *memory, const double *block,
                           const double *key, double *out, int64_t frames, int64_t channels,
                           int64_t key_channels) {
    const uint64_t mode = flush_denormals();
    const gate_settings *s = (const gate_settings *)settings;
    gate_memory *m = (gate_memory *)memory;
    double gains[STRETCH], most = 0.0;
    for (int64_t done = 0, run; done < frames; done += run) {
        run = stretch(*left, frames - done);
        most = larger(most, find_gains(s, m, key + done * key_channels, run, key_channels, gains));
        for (int64_t i = 0; i < run * channels; i++)
            out[done * channels + i] = block[done * channels + i] * gains[i / channels];
        move_on(settings, sizeof *s / sizeof *settings, left);
    }
    restore_denormals(mode);
    return most;
}
