/* The compressor: a level for each channel, the static curve, and gain smoothed in decibels.
 *
 * Source: Giannoulis, Massberg and Reiss, "Digital dynamic range compressor design",
 * J. Audio Eng. Soc. 60 (6), 2012: soft knee (eq. 4), smooth branching in the log domain.
 */

#include "squares.h"

typedef struct {
    double threshold_db;
    double slope;      /* 1 - 1 / ratio */
    double knee_db;
    double bend;       /* slope / (2 * knee_db); 0 without a knee */
    double silent;     /* linear; a level up to it is certainly below the knee */
    double attack;     /* what is left of a difference after one frame */
    double release;
    double makeup;     /* a factor */
    double link;       /* 0: each channel for itself, 1: all as the most reduced */
    double rms;        /* 1: mean square, 0: peak */
    double averaged;   /* frames that a mean square is over at least */
    double lookahead;  /* frames */
    ear_settings ear;
} compressor_settings;

typedef struct {
    double delay_at;
    double apart; /* 1 once channels have not been linked fully: each follows its own */
    ear ears[2];
    square_ear squares[2];
    double reductions_db[2];
    double windows[]; /* (2, window) */
} compressor_memory;

/* How far a level is turned down at rest: a bend as far as the knee goes, then a line. */
static inline double curve_db(const compressor_settings *s, double db) {
    const double into = db - s->threshold_db + 0.5 * s->knee_db;
    const double bent = smaller(larger(into, 0.0), s->knee_db);
    return s->bend * bent * bent + s->slope * larger(into - s->knee_db, 0.0);
}

/* Turns levels into the reductions that they ask for; true when all are 0. What is certainly
 * below the knee is certain only while that stands still. */
static WIDE int find_targets(const compressor_settings *s, double *levels, int64_t count,
                             int moves) {
    double most = 0.0;
    for (int64_t i = 0; i < count; i++) {
        levels[i] = larger(levels[i], SOFTEST);
        most = larger(most, levels[i]);
    }
    const int resting = !moves && most <= s->silent;
    const double scale = s->rms == 0.0 ? LOG2_TO_DB : 0.5 * LOG2_TO_DB;
    if (resting) {
        memset(levels, 0, sizeof *levels * (size_t)count);
    } else {
        for (int64_t i = 0; i < count; i++) levels[i] = log2_of(levels[i]) * scale;
        for (int64_t i = 0; i < count; i++) levels[i] = curve_db(s, levels[i]);
    }
    return resting;
}

/* Turns the reductions asked for into gains; returns the largest that was reached. */
static WIDE double follow(double *reduction_db, const compressor_settings *s, double *wanted,
                          int64_t count) {
    double at = *reduction_db, most = 0.0, least = INFINITE;
    for (int64_t i = 0; i < count; i++) {
        if (wanted[i] != at) at = followed(at, wanted[i], s->attack, s->release);
        wanted[i] = at;
    }
    *reduction_db = at;
    for (int64_t i = 0; i < count; i++) {
        most = larger(most, wanted[i]);
        least = smaller(least, wanted[i]);
    }
    if (most == least) {
        const double gain = s->makeup * exp2_of(at * -DB_TO_LOG2);
        for (int64_t i = 0; i < count; i++) wanted[i] = gain;
    } else {
        for (int64_t i = 0; i < count; i++)
            wanted[i] = s->makeup * exp2_of(wanted[i] * -DB_TO_LOG2);
    }
    return most;
}

/* What each channel of the sound is turned down, as gains; returns the largest, in dB.
 *
 * A key of one channel is heard by both; over sound of one, the louder channel of a key. */
static double find_gains(const compressor_settings *s, compressor_memory *m, const double *key,
                         int64_t count, int64_t channels, int64_t key_channels, int moves,
                         double gains[2][STRETCH]) {
    for (int64_t c = 0; c < key_channels; c++) {
        double *sizes = m->windows + c * (int64_t)s->ear.window;
        if (s->rms != 0.0)
            hear_squares(m->squares + c, &s->ear, s->averaged, key + c, key_channels, count,
                         gains[c]);
        else hear_peaks(m->ears + c, &s->ear, sizes, key + c, key_channels, count, gains[c]);
    }
    if (s->link != 1.0) m->apart = 1.0;
    const int shared = channels == 1 || key_channels == 1 || m->apart == 0.0;
    if (shared && key_channels == 2)
        for (int64_t i = 0; i < count; i++) gains[0][i] = larger(gains[0][i], gains[1][i]);
    int resting = find_targets(s, gains[0], count, moves);
    if (!shared) resting &= find_targets(s, gains[1], count, moves);
    if (!shared && !resting && s->link != 0.0)
        for (int64_t i = 0; i < count; i++) {
            const double linked = larger(gains[0][i], gains[1][i]);
            gains[0][i] += s->link * (linked - gains[0][i]);
            gains[1][i] += s->link * (linked - gains[1][i]);
        }
    const double most = follow(m->reductions_db, s, gains[0], count);
    if (!shared) return larger(most, follow(m->reductions_db + 1, s, gains[1], count));
    m->reductions_db[1] = m->reductions_db[0];
    if (channels == 2) memcpy(gains[1], gains[0], sizeof *gains[1] * (size_t)count);
    return most;
}

/* Multiplies sound that comes `lookahead` frames late by gains that do not. */
static WIDE void turn_down(const double *block, double *out, double gains[2][STRETCH],
                           double *delay, int64_t *at, int64_t lookahead, int64_t count,
                           int64_t channels) {
    if (lookahead == 0) {
        for (int64_t i = 0; i < count; i++)
            for (int64_t c = 0; c < channels; c++)
                out[i * channels + c] = block[i * channels + c] * gains[c][i];
        return;
    }
    for (int64_t i = 0; i < count; i++) {
        for (int64_t c = 0; c < channels; c++) {
            const double late = delay[*at * channels + c];
            delay[*at * channels + c] = block[i * channels + c];
            out[i * channels + c] = late * gains[c][i];
        }
        if (++*at == lookahead) *at = 0;
    }
}

static inline int at_rest(const compressor_settings *s, const compressor_memory *m) {
    double heard = s->lookahead + m->reductions_db[0] + m->reductions_db[1];
    for (int c = 0; c < 2; c++) heard += m->ears[c].level + m->squares[c].level;
    return heard == 0.0;
}

/* Turns down by what `key` asks for; `block` may be `key`. `settings` are (3, …), see `move_on`;
 * `delay` is (lookahead, channels).
 *
 * Returns the most that any channel was turned down, in dB. */
EXPORT double compressor_process(double *settings, int64_t *left, double *memory, double *delay,
                                 const double *block, const double *key, double *out,
                                 int64_t frames, int64_t channels, int64_t key_channels) {
    const compressor_settings *s = (const compressor_settings *)settings;
    compressor_memory *m = (compressor_memory *)memory;
    if (*left == 0 && at_rest(s, m) && all_zero(key, frames * key_channels) &&
        all_zero(block, frames * channels)) {
        memset(out, 0, sizeof *out * (size_t)(frames * channels));
        return 0.0;
    }
    const uint64_t mode = flush_denormals();
    int64_t at = (int64_t)m->delay_at;
    double gains[2][STRETCH], most = 0.0;
    for (int64_t done = 0, run; done < frames; done += run) {
        run = stretch(*left, frames - done);
        const double *heard = key + done * key_channels;
        const double reached =
            find_gains(s, m, heard, run, channels, key_channels, *left > 0, gains);
        most = larger(most, reached);
        turn_down(block + done * channels, out + done * channels, gains, delay, &at,
                  (int64_t)s->lookahead, run, channels);
        move_on(settings, sizeof *s / sizeof *settings, left);
    }
    m->delay_at = (double)at;
    restore_denormals(mode);
    return most;
}
