/* The compressor: a level for each channel, the static curve, and gain smoothed in decibels.
 *
 * Source: Giannoulis, Massberg and Reiss, "Digital dynamic range compressor design",
 * J. Audio Eng. Soc. 60 (6), 2012: soft knee (eq. 4), smooth branching in the log domain.
 */

#include <string.h>

#include "kernels.h"
#include "maths.h"

#define HIGHEST_DB 1000.0 /* an infinite sample is let go of again */

typedef struct {
    double threshold_db;
    double slope;      /* 1 - 1 / ratio */
    double knee_db;
    double attack;     /* what is left of a difference after one frame */
    double release;
    double makeup;     /* a factor */
    double link;       /* 0: each channel for itself, 1: all as the most reduced */
    double rms;        /* 1: mean square, 0: peak */
    double averaging;  /* what is left of the mean square after one frame */
    double bucket;     /* frames in half a millisecond */
    double longest;    /* frames in the longest half cycle that is waited for */
    double lookahead;  /* frames */
} compressor_settings;

/* What is remembered of one channel; levels are linear, times in frames. */
typedef struct {
    double mean_square;
    double sign;
    double length, length1, length2; /* of this half cycle and of the two before */
    double age;                      /* of `peak` */
    double peak, peak1, peak2;
    double bucket_age, bucket, bucket1, bucket2;
    double heard, heard_db; /* the level before, and in decibels: it stands still between peaks */
    double reduction_db;
    double gain;
} follower;

typedef struct {
    double delay_at;
    follower channels[];
} compressor_memory;

static inline double larger(double a, double b) { return a > b ? a : b; }

/* The peak of this half cycle and the two before, and of the last millisecond: what a steady
 * sine holds still at any frequency. Where the sign stays for half as long again as it did
 * before, the tone has ended or is none, and its peaks are let go of early. */
static inline double peak_level(follower *f, const compressor_settings *s, double x) {
    const double size = x < 0.0 ? -x : x;
    const double sign = (double)((x > 0.0) - (x < 0.0));
    double limit = larger(1.5 * larger(f->length1, f->length2), 2.0 * s->bucket);
    if (limit > s->longest) limit = s->longest;
    const int turned = sign != f->sign;
    if (turned || f->age >= limit) {
        f->peak2 = f->peak1;
        f->peak1 = f->peak;
        f->peak = 0.0;
        f->age = 0.0;
        f->length2 = turned ? f->length1 : 0.5 * f->length2;
        f->length1 = turned ? f->length : 0.5 * f->length1;
        if (turned) f->length = 0.0;
        f->sign = sign;
    }
    f->length += 1.0;
    f->age += 1.0;
    f->peak = larger(f->peak, size);
    if (f->bucket_age >= s->bucket) {
        f->bucket2 = f->bucket1;
        f->bucket1 = f->bucket;
        f->bucket = 0.0;
        f->bucket_age = 0.0;
    }
    f->bucket_age += 1.0;
    f->bucket = larger(f->bucket, size);
    return larger(larger(f->peak, larger(f->peak1, f->peak2)), larger(f->bucket1, f->bucket2));
}

static inline double level_db(follower *f, const compressor_settings *s, double x) {
    double level;
    if (s->rms == 0.0) {
        level = peak_level(f, s, x);
    } else {
        const double square = x * x < 1e20 ? x * x : 1e20;
        level = f->mean_square = square + (f->mean_square - square) * s->averaging;
    }
    if (level == 0.0) return -HIGHEST_DB;
    if (level != f->heard) {
        const double db = fast_gain_to_db(level) * (s->rms == 0.0 ? 1.0 : 0.5);
        f->heard = level;
        f->heard_db = db < HIGHEST_DB ? db : HIGHEST_DB;
    }
    return f->heard_db;
}

/* How far the level is turned down at rest. */
static inline double curve_db(const compressor_settings *s, double db) {
    const double over = db - s->threshold_db;
    if (2.0 * over <= -s->knee_db) return 0.0;
    if (2.0 * over >= s->knee_db) return s->slope * over;
    const double into = over + 0.5 * s->knee_db;
    return s->slope * into * into / (2.0 * s->knee_db);
}

static inline void follow(follower *f, const compressor_settings *s, double target) {
    const double from = f->reduction_db;
    if (target == from) return;
    double to = target + (from - target) * (target > from ? s->attack : s->release);
    if (to - target < 1e-9 && target - to < 1e-9) to = target;
    f->reduction_db = to;
    f->gain = to == 0.0 ? s->makeup : s->makeup * fast_db_to_gain(-to);
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
    const int64_t lookahead = (int64_t)s->lookahead;
    int64_t at = (int64_t)m->delay_at;
    double most = 0.0;
    for (int64_t i = 0; i < frames; i++) {
        double target[2] = {0.0, 0.0};
        for (int64_t c = 0; c < channels; c++) {
            const double *heard = key + i * key_channels + (c < key_channels ? c : 0);
            target[c] = curve_db(s, level_db(m->channels + c, s, *heard));
        }
        const double linked = larger(target[0], target[1]);
        for (int64_t c = 0; c < channels; c++) {
            follower *f = m->channels + c;
            if (s->link != 1.0) {
                follow(f, s, target[c] + s->link * (linked - target[c]));
            } else if (c == 0) {
                follow(f, s, linked);
            } else {
                f->reduction_db = m->channels[0].reduction_db;
                f->gain = m->channels[0].gain;
            }
            most = larger(most, f->reduction_db);
            double sound = block[i * channels + c];
            if (lookahead > 0) {
                const double late = delay[at * channels + c];
                delay[at * channels + c] = sound;
                sound = late;
            }
            out[i * channels + c] = sound * f->gain;
        }
        if (lookahead > 0 && ++at == lookahead) at = 0;
    }
    m->delay_at = (double)at;
    restore_denormals(mode);
    return most;
}
