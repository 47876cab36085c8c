/* Strips, two side by side: decoding, equaliser, compressor, fader, pan and sends.
 *
 * The compressor is linked, hears the peaks of half cycles and of 1.25 ms, and moves in decibels.
 * Source: Giannoulis, Massberg and Reiss, "Digital dynamic range compressor design", JAES 60 (6),
 * 2012.
 */

#ifndef MONOLITH_STRIP_H
#define MONOLITH_STRIP_H

#include "sound.h"

enum { WINDOW = 60, BEFORE = WINDOW - 1, RINGS = RATE_HZ / 4 };

#define KNEE_DB 6.0
#define DETECTOR_MS 1.2 /* that the detector takes of a release */
#define LOG2_TO_DB 6.02059991327962390427

/* How a channel's half cycles go, and their peaks; see `hear`. */
enum { SIGN, LENGTH, LENGTH1, LENGTH2, AGE, LIMIT, PEAK, PEAK1, PEAK2, EARS };

typedef struct {
    const unsigned char *pcm; /* 24 bit, little-endian, stereo */
    int64_t frames;
    int64_t silent; /* frames of digital silence up to now */
    double gain[2], hall, slap;
    pair eq[4], ears[EARS], sizes[BEFORE];
    double reduction_db;
} strip;

typedef struct {
    biquad highpass, bell;
    double slope, attack, release;
} strip_settings;

static strip_settings strip_set(void) {
    return (strip_settings){
        .highpass = highpass(HIGHPASS_HZ, M_SQRT1_2, RATE_HZ),
        .bell = bell(BELL_HZ, BELL_DB, BELL_Q, RATE_HZ),
        .slope = 1.0 - 1.0 / RATIO,
        .attack = kept(ATTACK_MS, RATE_HZ),
        .release = kept(RELEASE_MS - DETECTOR_MS, RATE_HZ),
    };
}

static int is_silent(const unsigned char *pcm, int64_t bytes) {
    int64_t at = 0;
    for (; at + 64 <= bytes; at += 64) {
        uint64_t words[8], any = 0;
        memcpy(words, pcm + at, sizeof words);
        for (int k = 0; k < 8; k++) any |= words[k];
        if (any) return 0;
    }
    for (; at < bytes; at++)
        if (pcm[at]) return 0;
    return 1;
}

/* Frames of a strip into every second pair of `out`. */
static void decode(const strip *s, int64_t first, int64_t count, double *out) {
    typedef unsigned char bytes __attribute__((vector_size(16)));
    typedef int32_t ints __attribute__((vector_size(16)));
    const unsigned char *from = s->pcm + 6 * first;
    int64_t i = 0;
    for (; i + 3 <= count; i += 2) { /* 16 bytes are read, and 12 used */
        bytes raw;
        memcpy(&raw, from + 6 * i, sizeof raw);
        const bytes wide = __builtin_shuffle(
            raw, (bytes){0}, (bytes){16, 0, 1, 2, 16, 3, 4, 5, 16, 6, 7, 8, 16, 9, 10, 11});
        const four sound = __builtin_convertvector((ints)wide, four) * (1.0 / 2147483648.0);
        store_pair(out + 4 * i, lower(sound));
        store_pair(out + 4 * i + 4, upper(sound));
    }
    for (; i < count; i++)
        for (int c = 0; c < 2; c++) {
            const unsigned char *b = from + 6 * i + 3 * c;
            const uint32_t whole = (uint32_t)b[0] << 8 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 24;
            out[4 * i + c] = (double)(int32_t)whole * (1.0 / 2147483648.0);
        }
    for (; i < BLOCK; i++) store_pair(out + 4 * i, (pair){0.0, 0.0});
}

/* Whether a strip has anything to say in the block at `first`; decodes it when it has. */
static int wakes(strip *s, const strip_settings *set, int64_t first, double *out) {
    int64_t count = s->frames - first;
    if (count > BLOCK) count = BLOCK;
    if (count < 0) count = 0;
    const int silent = is_silent(s->pcm + 6 * first, 6 * count);
    s->silent = silent ? s->silent + BLOCK : 0;
    if (s->silent <= RINGS) {
        decode(s, first, count, out);
        return 1;
    }
    if (s->silent <= RINGS + BLOCK) {
        memset(s->eq, 0, sizeof s->eq);
        memset(s->ears, 0, sizeof s->ears);
        memset(s->sizes, 0, sizeof s->sizes);
    }
    s->reduction_db *= pow(set->release, BLOCK);
    return 0;
}

static void equalise(const strip_settings *set, strip *a, strip *b, double *x) {
    four z[4];
    for (int k = 0; k < 4; k++) z[k] = join(a->eq[k], b->eq[k]);
    for (int i = 0; i < BLOCK; i++) {
        const four low = FILTER(load_four(x + 4 * i), set->highpass, z[0], z[1]);
        store_four(x + 4 * i, FILTER(low, set->bell, z[2], z[3]));
    }
    for (int k = 0; k < 4; k++) a->eq[k] = lower(z[k]), b->eq[k] = upper(z[k]);
}

/* The peak of this half cycle and the two before. A half cycle ends where the sign changes, or
 * has stayed for half as long again as it did before: 1 ms at least, 30 ms at most. */
static void hear_cycles(strip *a, strip *b, const double *x, double *levels) {
    const four one = {1.0, 1.0, 1.0, 1.0}, none = {0};
    const four shortest = one * (0.001 * RATE_HZ), longest = one * (0.030 * RATE_HZ);
    four e[EARS];
    for (int k = 0; k < EARS; k++) e[k] = join(a->ears[k], b->ears[k]);
    for (int i = 0; i < BLOCK; i++) {
        const four sound = load_four(x + 4 * i);
        const four sign = (four)((sound > 0.0) & (mask)one) - (four)((sound < 0.0) & (mask)one);
        const mask turned = sign != e[SIGN], ends = turned | (e[AGE] >= e[LIMIT]);
        const four length2 = choose(turned, e[LENGTH1], 0.5 * e[LENGTH2]);
        const four length1 = choose(turned, e[LENGTH], 0.5 * e[LENGTH1]);
        e[LENGTH2] = choose(ends, length2, e[LENGTH2]);
        e[LENGTH1] = choose(ends, length1, e[LENGTH1]);
        e[LENGTH] = choose(turned, none, e[LENGTH]) + 1.0;
        const four expected = higher(1.5 * higher(e[LENGTH1], e[LENGTH2]), shortest);
        e[LIMIT] = choose(ends, choose(expected < longest, expected, longest), e[LIMIT]);
        e[AGE] = choose(ends, none, e[AGE]) + 1.0;
        e[SIGN] = sign;
        e[PEAK2] = choose(ends, e[PEAK1], e[PEAK2]);
        e[PEAK1] = choose(ends, e[PEAK], e[PEAK1]);
        e[PEAK] = higher(choose(ends, none, e[PEAK]), size_of(sound));
        store_four(levels + 4 * i, higher(e[PEAK], higher(e[PEAK1], e[PEAK2])));
    }
    for (int k = 0; k < EARS; k++) a->ears[k] = lower(e[k]), b->ears[k] = upper(e[k]);
}

/* The larger of those levels and of all sizes within the last WINDOW frames. */
static void hear_window(strip *a, strip *b, const double *x, double *levels) {
    static _Thread_local double sizes[4 * (BEFORE + BLOCK)] __attribute__((aligned(64)));
    double *now = sizes + 4 * BEFORE;
    for (int i = 0; i < BEFORE; i++) store_four(sizes + 4 * i, join(a->sizes[i], b->sizes[i]));
    for (int i = 0; i < BLOCK; i++) store_four(now + 4 * i, size_of(load_four(x + 4 * i)));
    for (int i = 0; i < BEFORE; i++) {
        const four size = load_four(sizes + 4 * (BLOCK + i));
        a->sizes[i] = lower(size), b->sizes[i] = upper(size);
    }
    for (int span = 1; span <= 16; span *= 2)
        for (int i = BEFORE + BLOCK - 1; i >= span; i--)
            store_four(sizes + 4 * i,
                       higher(load_four(sizes + 4 * i), load_four(sizes + 4 * (i - span))));
    for (int i = 0; i < BLOCK; i++) {
        const four window = higher(load_four(now + 4 * i), load_four(now + 4 * (i - WINDOW + 32)));
        store_four(levels + 4 * i, higher(window, load_four(levels + 4 * i)));
    }
}

/* Levels of both channels into reductions asked for, in dB, one a strip. */
static void find_targets(const strip_settings *set, const double *levels, double *targets) {
    for (int i = 0; i < BLOCK; i++) {
        const double *of = levels + 4 * i;
        targets[2 * i] = of[0] > of[1] ? of[0] : of[1];
        targets[2 * i + 1] = of[2] > of[3] ? of[2] : of[3];
    }
    for (int i = 0; i < 2 * BLOCK; i++) targets[i] = log2(targets[i] + 1e-100);
    for (int i = 0; i < 2 * BLOCK; i++) {
        const double into = targets[i] * LOG2_TO_DB - THRESHOLD_DB + 0.5 * KNEE_DB;
        const double bent = into < 0.0 ? 0.0 : into > KNEE_DB ? KNEE_DB : into;
        const double past = into > KNEE_DB ? into - KNEE_DB : 0.0;
        targets[i] = set->slope * (bent * bent * (0.5 / KNEE_DB) + past);
    }
}

/* Reductions asked for into gains. */
static void follow(const strip_settings *set, strip *a, strip *b, double *targets) {
    typedef int64_t both __attribute__((vector_size(16)));
    const pair attack = {set->attack, set->attack}, release = {set->release, set->release};
    pair at = {a->reduction_db, b->reduction_db};
    for (int i = 0; i < BLOCK; i++) {
        const pair target = load_pair(targets + 2 * i);
        const both rises = target > at;
        const pair share = (pair)(((both)attack & rises) | ((both)release & ~rises));
        at = target + (at - target) * share;
        store_pair(targets + 2 * i, at);
    }
    a->reduction_db = at[0], b->reduction_db = at[1];
    for (int i = 0; i < 2 * BLOCK; i++) targets[i] = exp2(targets[i] * (-1.0 / LOG2_TO_DB));
}

/* Adds two strips to the mix and to what the returns get. */
static void send_out(const strip *a, const strip *b, const double *x, const double *gains,
                     double *mix, double *hall, double *slap) {
    const four fader = {a->gain[0], a->gain[1], b->gain[0], b->gain[1]};
    const four to_hall = {a->hall, a->hall, b->hall, b->hall};
    const four to_slap = {a->slap, a->slap, b->slap, b->slap};
    for (int i = 0; i < BLOCK; i++) {
        const double *g = gains + 2 * i;
        const four y = load_four(x + 4 * i) * (four){g[0], g[0], g[1], g[1]} * fader;
        const four h = y * to_hall, s = y * to_slap;
        store_pair(mix + 2 * i, load_pair(mix + 2 * i) + lower(y) + upper(y));
        store_pair(hall + 2 * i, load_pair(hall + 2 * i) + lower(h) + upper(h));
        store_pair(slap + 2 * i, load_pair(slap + 2 * i) + lower(s) + upper(s));
    }
}

static void run_two(const strip_settings *set, strip *a, strip *b, double *x, double *mix,
                    double *hall, double *slap) {
    static _Thread_local double levels[4 * BLOCK] __attribute__((aligned(64)));
    static _Thread_local double gains[2 * BLOCK] __attribute__((aligned(64)));
    equalise(set, a, b, x);
    hear_cycles(a, b, x, levels);
    hear_window(a, b, x, levels);
    find_targets(set, levels, gains);
    follow(set, a, b, gains);
    send_out(a, b, x, gains, mix, hall, slap);
}

#endif
