/* The compressor: a level for each channel, the static curve, and gain smoothed in decibels.
 *
 * Silence from the start leaves everything as it was, and nothing counts frames from there:
 * what comes out does not depend on when a sound began.
 *
 * Source: Giannoulis, Massberg and Reiss, "Digital dynamic range compressor design",
 * J. Audio Eng. Soc. 60 (6), 2012: soft knee (eq. 4), smooth branching in the log domain.
 */

#include "kernels.h"
#include "maths.h"

#define STRETCH 64     /* frames that are worked on at once */
#define LOUDEST 1e50   /* linear; an infinite sample is let go of again */
#define SOFTEST 1e-100 /* linear or squared; so that a logarithm is always a number */

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
    double averaging;  /* what is left of the mean square after one frame */
    double window;     /* frames over which a peak is always held */
    double shortest;   /* frames that a half cycle is waited for at least, */
    double longest;    /* and at most */
    double lookahead;  /* frames */
} compressor_settings;

/* What has been heard of one channel; levels are linear, times in frames. */
typedef struct {
    double mean_square;
    double level;                    /* the one before; 0: all but `at` is as it began */
    double sign;
    double length, length1, length2; /* of this half cycle and of the two before */
    double age, limit;               /* of `peak`, and when it is let go of */
    double peak, peak1, peak2;
    double newest;                   /* the largest since `at` was 0 */
    double at;                       /* where in its window the next frame goes */
} ear;

typedef struct {
    double reduction_db;
    double gain;
} arm;

typedef struct {
    double delay_at;
    ear ears[2];
    arm arms[2];
    double windows[]; /* (2, window + 1) */
} compressor_memory;

static inline double larger(double a, double b) { return a > b ? a : b; }

static inline double smaller(double a, double b) { return a < b ? a : b; }

/* The largest of the last `window` sizes. Up to `at` the ring holds the sizes of this round,
 * from there on the largest of what was left of the round before; its last place stays 0.
 *
 * Source: van Herk, "A fast algorithm for local minimum and maximum filters on rectangular and
 * octagonal kernels", Pattern Recognition Letters 13, 1992. */
static inline double window_peak(double *ring, int64_t window, int64_t *at, double *newest,
                                 double size) {
    ring[*at] = size;
    *newest = larger(*newest, size);
    const double found = larger(*newest, ring[*at + 1]);
    if (++*at == window) {
        for (int64_t i = window - 2; i >= 0; i--) ring[i] = larger(ring[i], ring[i + 1]);
        *at = 0;
        *newest = 0.0;
    }
    return found;
}

/* The peak of this half cycle and the two before: what a steady sine holds still. Where the sign
 * stays for half as long again as it did before, the tone has ended or is none, and its peaks
 * are let go of early. */
static inline double cycle_peak(ear *e, const compressor_settings *s, double x, double size) {
    const double sign = (double)((x > 0.0) - (x < 0.0));
    const int turned = sign != e->sign;
    if (turned || e->age >= e->limit) {
        e->peak2 = e->peak1;
        e->peak1 = e->peak;
        e->peak = 0.0;
        e->age = 0.0;
        e->length2 = turned ? e->length1 : 0.5 * e->length2;
        e->length1 = turned ? e->length : 0.5 * e->length1;
        e->length = turned ? 0.0 : e->length;
        e->sign = sign;
        const double expected = larger(1.5 * larger(e->length1, e->length2), s->shortest);
        e->limit = smaller(expected, s->longest);
    }
    e->length += 1.0;
    e->age += 1.0;
    e->peak = larger(e->peak, size);
    return larger(e->peak, larger(e->peak1, e->peak2));
}

static void hear_peaks(ear *kept, const compressor_settings *s, double *ring, const double *x,
                       int64_t stride, int64_t count, double *levels) {
    const int64_t window = (int64_t)s->window;
    ear e = *kept;
    int64_t at = (int64_t)e.at;
    for (int64_t i = 0; i < count; i++) {
        const double sample = x[i * stride];
        const double size = smaller(sample < 0.0 ? -sample : sample, LOUDEST);
        if (size != 0.0 || e.level != 0.0) {
            const double held = cycle_peak(&e, s, sample, size);
            e.level = larger(held, window_peak(ring, window, &at, &e.newest, size));
            if (e.level == 0.0) e = (ear){0}; /* and the ring is 0 all round */
        }
        levels[i] = e.level;
    }
    e.at = (double)at;
    *kept = e;
}

static void hear_mean_squares(ear *e, const compressor_settings *s, const double *x,
                              int64_t stride, int64_t count, double *levels) {
    double mean = e->mean_square;
    for (int64_t i = 0; i < count; i++) {
        const double square = smaller(x[i * stride] * x[i * stride], 1e20);
        levels[i] = mean = square + (mean - square) * s->averaging;
    }
    e->mean_square = mean;
}

/* log2 x for a normal x over 0, without a branch. */
static inline double log2_of(double x) {
    const uint64_t one = UINT64_C(0x3ff0000000000000), half = UINT64_C(0x3fe6a09e667f3bcd);
    const uint64_t bits = double_to_bits(x);
    const uint64_t power = (bits + (one - half)) >> 52; /* 1023 from the square root of 1/2 on */
    const double m = bits_to_double(bits - (power << 52) + one);
    const double whole = bits_to_double(power | UINT64_C(0x4330000000000000));
    return (whole - (4503599627370496.0 + 1023.0)) + log2_near_one(m);
}

/* 2^x for |x| < 1000, without a branch. */
static inline double exp2_of(double x) {
    const double shifted = x + 6755399441055744.0; /* its last bits are the nearest whole number */
    const double whole = shifted - 6755399441055744.0;
    const uint64_t power = (double_to_bits(shifted) + 1023) << 52;
    return exp_near_zero((x - whole) * LN2) * bits_to_double(power);
}

/* How far a level is turned down at rest: a bend as far as the knee goes, then a line. */
static inline double curve_db(const compressor_settings *s, double db) {
    const double into = db - s->threshold_db + 0.5 * s->knee_db;
    const double bent = smaller(larger(into, 0.0), s->knee_db);
    return s->bend * bent * bent + s->slope * larger(into - s->knee_db, 0.0);
}

/* Turns levels into the reductions that they ask for; true when all are 0. */
static int find_targets(const compressor_settings *s, double *levels, int64_t count) {
    double most = 0.0;
    for (int64_t i = 0; i < count; i++) {
        levels[i] = larger(levels[i], SOFTEST);
        most = larger(most, levels[i]);
    }
    const int resting = most <= s->silent;
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
static double follow(arm *a, const compressor_settings *s, double *wanted, int64_t count) {
    double at = a->reduction_db, most = 0.0;
    int moved = 0;
    for (int64_t i = 0; i < count; i++) {
        const double target = wanted[i];
        if (target != at) {
            at = target + (at - target) * (target > at ? s->attack : s->release);
            if (at - target < 1e-9 && target - at < 1e-9) at = target;
            moved = 1;
        }
        wanted[i] = at;
        most = larger(most, at);
    }
    a->reduction_db = at;
    if (!moved) {
        for (int64_t i = 0; i < count; i++) wanted[i] = a->gain;
    } else {
        for (int64_t i = 0; i < count; i++)
            wanted[i] = s->makeup * exp2_of(wanted[i] * -DB_TO_LOG2);
        a->gain = wanted[count - 1];
    }
    return most;
}

/* What each channel of the sound is turned down, as gains; returns the largest, in dB.
 *
 * A key of one channel is heard by both; over sound of one, the louder channel of a key. */
static double find_gains(const compressor_settings *s, compressor_memory *m, const double *key,
                         int64_t count, int64_t channels, int64_t key_channels,
                         double gains[2][STRETCH]) {
    for (int64_t c = 0; c < key_channels; c++) {
        ear *e = m->ears + c;
        double *ring = m->windows + c * ((int64_t)s->window + 1);
        if (s->rms != 0.0) hear_mean_squares(e, s, key + c, key_channels, count, gains[c]);
        else hear_peaks(e, s, ring, key + c, key_channels, count, gains[c]);
    }
    const int shared = channels == 1 || key_channels == 1 || s->link == 1.0;
    if (shared && key_channels == 2)
        for (int64_t i = 0; i < count; i++) gains[0][i] = larger(gains[0][i], gains[1][i]);
    int resting = find_targets(s, gains[0], count);
    if (!shared) resting &= find_targets(s, gains[1], count);
    if (!shared && !resting && s->link != 0.0)
        for (int64_t i = 0; i < count; i++) {
            const double linked = larger(gains[0][i], gains[1][i]);
            gains[0][i] += s->link * (linked - gains[0][i]);
            gains[1][i] += s->link * (linked - gains[1][i]);
        }
    const double most = follow(m->arms, s, gains[0], count);
    if (!shared) return larger(most, follow(m->arms + 1, s, gains[1], count));
    if (channels == 2) memcpy(gains[1], gains[0], sizeof *gains[1] * (size_t)count);
    return most;
}

/* Multiplies sound that comes `lookahead` frames late by gains that do not. */
static void turn_down(const double *block, double *out, double gains[2][STRETCH], double *delay,
                      int64_t *at, int64_t lookahead, int64_t count, int64_t channels) {
    for (int64_t i = 0; i < count; i++) {
        for (int64_t c = 0; c < channels; c++) {
            double sound = block[i * channels + c];
            if (lookahead > 0) {
                const double late = delay[*at * channels + c];
                delay[*at * channels + c] = sound;
                sound = late;
            }
            out[i * channels + c] = sound * gains[c][i];
        }
        if (lookahead > 0 && ++*at == lookahead) *at = 0;
    }
}

/* Turns down by what `key` asks for; `block` may be `key`. `delay` is (lookahead, channels).
 *
 * Returns the most that any channel was turned down, in dB. */
EXPORT double compressor_process(const double *settings, double *memory, double *delay,
                                 const double *block, const double *key, double *out,
                                 int64_t frames, int64_t channels, int64_t key_channels) {
    const uint64_t mode = flush_denormals();
    const compressor_settings *s = (const compressor_settings *)settings;
    compressor_memory *m = (compressor_memory *)memory;
    int64_t at = (int64_t)m->delay_at;
    double gains[2][STRETCH], most = 0.0;
    for (int64_t first = 0; first < frames; first += STRETCH) {
        const int64_t count = frames - first < STRETCH ? frames - first : STRETCH;
        const double *heard = key + first * key_channels;
        most = larger(most, find_gains(s, m, heard, count, channels, key_channels, gains));
        turn_down(block + first * channels, out + first * channels, gains, delay, &at,
                  (int64_t)s->lookahead, count, channels);
    }
    m->delay_at = (double)at;
    restore_denormals(mode);
    return most;
}
