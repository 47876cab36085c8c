/* The master: a limiter of true peaks that looks ahead, and a meter of loudness and peaks.
 *
 * Sources: Giannoulis, Massberg and Reiss, JAES 60 (6), 2012, for the release in two stages;
 * ITU-R BS.1770-5, Annex 1, for loudness.
 */

#ifndef MONOLITH_MASTER_H
#define MONOLITH_MASTER_H

#include "peaks.h"

enum { HOLD = 8, RING = 512, LOOKAHEAD_MS = 5 };

#define LIMITER_RELEASE_MS 50.0
#define MARGIN_DB 0.03
#define ONE 4294967296.0 /* an octave of attenuation: whole numbers add up without a trace */

typedef struct {
    double ceiling, target, release, charge, lasting;
    int64_t late, window, box1, box2; /* in frames */
    int64_t frame, before, first, last, held, slow, sum1, sum2, at1, at2;
    int64_t needs[RING], frames[RING], average1[RING], average2[RING];
    tape seen;
    double sound[2 * SPAN];
} limiter;

typedef struct {
    biquad shelf, pass;
    pair z[4];
    double energy, peak;
    int64_t filled, slot, count, room; /* frames of a slot of 100 ms; slots */
    double *slots;
    tape seen;
} meter;

static limiter *open_limiter(double rate_hz) {
    limiter *l = zeros(sizeof *l);
    const int64_t ahead = lrint(LOOKAHEAD_MS * rate_hz / 1000.0);
    l->ceiling = gain_of(CEILING_DBTP);
    l->target = gain_of(CEILING_DBTP - MARGIN_DB);
    l->release = kept(LIMITER_RELEASE_MS, rate_hz);
    l->charge = 1.0 - kept(3.0 * LIMITER_RELEASE_MS, rate_hz);
    l->lasting = kept(10.0 * LIMITER_RELEASE_MS, rate_hz);
    l->late = AHEAD + HOLD + ahead;
    l->window = ahead + 2 * HOLD + 1;
    l->box1 = ahead / 2 + 1;
    l->box2 = ahead - ahead / 2 + 1;
    l->seen.now = SEEN;
    return l;
}

/* The largest need of the window. */
static int64_t held_need(limiter *l, int64_t need) {
    while (l->last > l->first && l->needs[(l->last - 1) % RING] <= need) l->last--;
    if (l->last > l->first && l->frames[l->first % RING] <= l->frame - l->window) l->first++;
    if (need > 0) {
        l->needs[l->last % RING] = need;
        l->frames[l->last++ % RING] = l->frame;
    }
    return l->last > l->first ? l->needs[l->first % RING] : 0;
}

static int64_t averaged(int64_t *box, int64_t length, int64_t *at, int64_t *sum, int64_t value) {
    *sum += value - box[*at];
    box[*at] = value;
    if (++*at == length) *at = 0;
    return (int64_t)((double)*sum / (double)length);
}

/* The gain of the frame that is late by now: held, released in two stages, and averaged twice. */
static double gain_now(limiter *l, double peak) {
    const int64_t own = peak > l->ceiling ? (int64_t)(log2(peak / l->target) * ONE) + 1 : 0;
    const int64_t need = own > l->before ? own : l->before;
    l->before = own;
    const int64_t target = held_need(l, need), goal = target > l->slow ? target : l->slow;
    l->frame++;
    if (goal >= l->held) l->held = goal;
    else l->held = goal + (int64_t)((double)(l->held - goal) * l->release);
    const double rest = (double)l->slow * l->lasting, rise = (double)target - rest;
    l->slow = (int64_t)(rest + (rise > 0.0 ? rise * l->charge : 0.0));
    if (l->slow < 429497 && target == 0) l->slow = 0;
    if (l->held == 0 && l->sum1 == 0 && l->sum2 == 0) return 1.0;
    const int64_t once = averaged(l->average1, l->box1, &l->at1, &l->sum1, l->held);
    const int64_t down = averaged(l->average2, l->box2, &l->at2, &l->sum2, once);
    return exp2((double)down * (-1.0 / ONE));
}

static int rests(const limiter *l) {
    return l->first == l->last && !l->before && !l->held && !l->slow && !l->sum1 && !l->sum2;
}

/* A block as it comes out, `late` frames after it came in. */
static void limit(limiter *l, const detectors *all, const double *block, double *out) {
    const int64_t was = l->seen.now;
    tape_take(&l->seen, block);
    const int64_t start = l->seen.now - BLOCK;
    if (start != was) memmove(l->sound, l->sound + 2 * (was - SEEN), sizeof(double) * 2 * SEEN);
    memcpy(l->sound + 2 * start, block, sizeof *block * 2 * BLOCK);
    for (int at = 0; at < BLOCK; at += GROUP) {
        const double *sound = l->sound + 2 * (start + at - l->late);
        float peaks[GROUP];
        const int loud = look(all, &l->seen, start + at - AHEAD, l->ceiling, 1, peaks);
        if (!loud && rests(l)) {
            memcpy(out + 2 * at, sound, sizeof *out * 2 * GROUP);
            l->frame += GROUP;
            continue;
        }
        for (int i = 0; i < GROUP; i++) {
            const double gain = gain_now(l, loud ? (double)peaks[i] : 0.0);
            store_pair(out + 2 * (at + i), load_pair(sound + 2 * i) * gain);
        }
    }
}

/* The K-weighting at any rate, after De Man, AES 145, 2018. */
static meter *open_meter(double rate_hz) {
    meter *m = zeros(sizeof *m);
    const double high = gain_of(3.999843853973347), band = pow(high, 0.4996667741545416);
    double k = tan(M_PI * 1681.974450955533 / rate_hz), q = 0.7071752369554196;
    m->shelf = over(high + band * k / q + k * k, 2.0 * (k * k - high), high - band * k / q + k * k,
                    1.0 + k / q + k * k, 2.0 * (k * k - 1.0), 1.0 - k / q + k * k);
    k = tan(M_PI * 38.13547087602444 / rate_hz), q = 0.5003270373238773;
    m->pass = over(1.0, -2.0, 1.0, 1.0 + k / q + k * k, 2.0 * (k * k - 1.0), 1.0 - k / q + k * k);
    m->pass.b0 = 1.0, m->pass.b1 = -2.0, m->pass.b2 = 1.0;
    m->slot = lrint(rate_hz / 10.0);
    m->seen.now = SEEN;
    return m;
}

static void end_slot(meter *m) {
    if (m->count == m->room) {
        m->room = m->room ? 2 * m->room : 1024;
        m->slots = realloc(m->slots, sizeof *m->slots * (size_t)m->room);
        if (!m->slots) abort();
    }
    m->slots[m->count++] = m->energy / (double)m->slot;
    m->energy = 0.0;
    m->filled = 0;
}

/* `count` frames of a block are sound. */
static void weigh(meter *m, const double *block, int64_t count) {
    pair z[4], energy = {0};
    memcpy(z, m->z, sizeof z);
    for (int64_t i = 0; i < count; i++) {
        const pair shelved = FILTER(load_pair(block + 2 * i), m->shelf, z[0], z[1]);
        const pair weighed = FILTER(shelved, m->pass, z[2], z[3]);
        energy += weighed * weighed;
        if (++m->filled < m->slot) continue;
        m->energy += energy[0] + energy[1];
        energy = (pair){0};
        end_slot(m);
    }
    m->energy += energy[0] + energy[1];
    memcpy(m->z, z, sizeof z);
}

static void find_peak(meter *m, const detectors *all, const double *block) {
    tape_take(&m->seen, block);
    for (int64_t at = m->seen.now - BLOCK - AHEAD; at < m->seen.now - AHEAD; at += GROUP) {
        float peaks[GROUP];
        if (!look(all, &m->seen, at, m->peak, 0, peaks)) continue;
        for (int i = 0; i < GROUP; i++)
            if (peaks[i] > m->peak) m->peak = peaks[i];
    }
}

/* Gated loudness in LUFS: over -70, and over 10 LU under the mean of those. */
static double integrated_lufs(const meter *m) {
    double floor = pow(10.0, (-70.0 + 0.691) / 10.0), mean = 0.0;
    for (int pass = 0; pass < 2; pass++) {
        double sum = 0.0;
        int64_t heard = 0;
        for (int64_t k = 0; k + 4 <= m->count; k++) {
            const double *s = m->slots + k, energy = 0.25 * (s[0] + s[1] + s[2] + s[3]);
            if (energy > floor) sum += energy, heard++;
        }
        mean = heard ? sum / (double)heard : 0.0;
        floor = fmax(floor, 0.1 * mean);
    }
    return -0.691 + 10.0 * log10(mean);
}

#endif
