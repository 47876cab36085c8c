/* The hall and the slap: a feedback delay network of sixteen lines, and echoes.
 *
 * Sources: J.-M. Jot & A. Chaigne, Digital delay networks for designing artificial
 * reverberators, AES 1991; M. R. Schroeder, Natural sounding artificial reverberation, JAES 1962.
 */

#ifndef MONOLITH_ROOM_H
#define MONOLITH_ROOM_H

#include "sound.h"

enum { LINES = 16, FOURS = LINES / 4, DIFFUSERS = 4, EARLY = 10, TAPS = 8, STEP = 32 };
enum { KEPT = 5120, TAPE = 2 * KEPT }; /* frames of the past, and of a tape until it is moved back */
enum { ECHO = (int)(ECHO_MS * RATE_HZ / 1000.0 + 0.5) };

#define DAMPING_HZ 8000.0
#define EARLY_DB -6.0

typedef struct {
    int64_t lengths[LINES], diffusers[2][DIFFUSERS], early[2][EARLY];
    double turns[LINES], depth, early_gains[2][EARLY], diffusion[2][DIFFUSERS], late;
    double in[2][LINES], out[2][LINES], damping[5][LINES];
    biquad dull;
    pair dulled[2];
    four damped[2][FOURS];
    int64_t frame, now; /* from the start; on the tapes */
    double *lines, *entrance, *inside; /* tapes of 16 lines, 2 sides, 8 all-passes */
    double echoes[2 * ECHO];
    int64_t echo;
} room;

static int is_prime(int64_t n) {
    for (int64_t d = 2; d * d <= n; d++)
        if (n % d == 0) return 0;
    return 1;
}

static void set_lines(room *r) {
    const double corner = tan(M_PI * DAMPING_HZ / RATE_HZ);
    double sum = 0.0;
    for (int k = 0; k < LINES; k++) {
        int64_t n = lrint(0.029 * RATE_HZ * pow(97.0 / 29.0, k / (LINES - 1.0)));
        if (k > 0 && n <= r->lengths[k - 1]) n = r->lengths[k - 1] + 1;
        while (!is_prime(n)) n++;
        r->lengths[k] = n;
        r->turns[k] = k % 4 == 3 ? 0.0 : (0.31 + 0.82 * k / (LINES - 1)) / RATE_HZ;
        const double loss = gain_of(-60.0 * (double)n / (RATE_HZ * 1.012 * DECAY_S));
        const biquad c = lowpass(loss, corner / sqrt(sqrt(1.0 / (loss * loss) - 1.0)));
        const double numbers[5] = {c.b0, c.b1, c.b2, c.a1, c.a2};
        for (int m = 0; m < 5; m++) r->damping[m][k] = numbers[m];
        sum += loss * loss / LINES;
    }
    r->late = sqrt((1.0 - sum) / (2.0 * LINES * sum));
    r->depth = 0.25 * 0.00035 * RATE_HZ;
    r->dull = lowpass(1.0, tan(M_PI * 0.6 * DAMPING_HZ / RATE_HZ));
}

static void set_reflections(room *r) {
    static const double diffusers_ms[2][DIFFUSERS] = {{4.77, 3.60, 12.73, 9.31},
                                                      {5.11, 3.37, 13.49, 8.87}};
    static const double early_ms[2][EARLY] = {
        {7.9, 13.1, 19.7, 24.3, 31.1, 38.9, 45.7, 54.1, 63.7, 73.3},
        {9.3, 11.9, 17.9, 26.7, 33.7, 36.1, 48.1, 51.7, 66.1, 71.9}};
    static const unsigned in[2] = {0x3219, 0x40bf}, out[2] = {0x3347, 0x691d};
    static const unsigned early[2] = {0x12d, 0x29b}; /* a bit a sign */
    for (int side = 0; side < 2; side++) {
        double energy = 0.0;
        for (int k = 0; k < EARLY; k++) energy += 1.0 / (early_ms[side][k] * early_ms[side][k]);
        for (int k = 0; k < EARLY; k++) {
            r->early[side][k] = lrint(early_ms[side][k] * RATE_HZ / 1000.0);
            r->early_gains[side][k] = (early[side] >> k & 1 ? 1.0 : -1.0) * gain_of(EARLY_DB) /
                                      (early_ms[side][k] * sqrt(energy));
        }
        for (int k = 0; k < DIFFUSERS; k++) {
            const double fastest = gain_of(-0.06 * diffusers_ms[side][k] / (0.4 * DECAY_S));
            r->diffusers[side][k] = lrint(diffusers_ms[side][k] * RATE_HZ / 1000.0);
            r->diffusion[side][k] = fastest < 0.595 ? fastest : 0.595;
        }
        for (int k = 0; k < LINES; k++) {
            r->in[side][k] = in[side] >> k & 1 ? 1.0 : -1.0;
            r->out[side][k] = (out[side] >> k & 1 ? 1.0 : -1.0) * r->late;
        }
    }
}

static room *open_room(void) {
    room *r = zeros(sizeof *r);
    const size_t tape = sizeof(double) * TAPE;
    r->lines = zeros(LINES * tape);
    r->entrance = zeros(2 * tape);
    r->inside = zeros(2 * DIFFUSERS * tape);
    r->now = KEPT;
    set_lines(r);
    set_reflections(r);
    return r;
}

static void close_room(room *r) {
    free(r->lines);
    free(r->entrance);
    free(r->inside);
    free(r);
}

static void move_back(double *tapes, int count) {
    for (int k = 0; k < count; k++)
        memmove(tapes + k * TAPE, tapes + k * TAPE + TAPE - KEPT, sizeof *tapes * KEPT);
}

static void come_in(room *r, const double *in) {
    double *left = r->entrance + r->now, *right = left + TAPE;
    for (int i = 0; i < STEP; i++) {
        const pair y = FILTER(load_pair(in + 2 * i), r->dull, r->dulled[0], r->dulled[1]);
        left[i] = y[0], right[i] = y[1];
    }
}

static void reflect(const room *r, int side, double *sum) {
    for (int i = 0; i < STEP; i++) sum[i] = 0.0;
    for (int k = 0; k < EARLY; k++) {
        const int from = k % 3 == 2 ? 1 - side : side; /* every third from the other side */
        const double *sound = r->entrance + from * TAPE + r->now - r->early[side][k];
        for (int i = 0; i < STEP; i++) sum[i] += r->early_gains[side][k] * sound[i];
    }
}

static void diffuse(room *r, int side, double *restrict sound) {
    memcpy(sound, r->entrance + side * TAPE + r->now, sizeof *sound * STEP);
    for (int k = 0; k < DIFFUSERS; k++) {
        double *inside = r->inside + (side * DIFFUSERS + k) * TAPE + r->now;
        const double *held = inside - r->diffusers[side][k], gain = r->diffusion[side][k];
        for (int i = 0; i < STEP; i++) {
            const double x = sound[i] + gain * held[i];
            sound[i] = held[i] - gain * x;
            inside[i] = x;
        }
    }
}

/* The Lagrange interpolator of eight points, oldest first; the delay is `f` more than tap 4's. */
static void lagrange(double f, double taps[TAPS]) {
    static const double below[TAPS] = {5040, -720, 240, -144, 144, -240, 720, -5040};
    for (int j = 0; j < TAPS; j++) {
        taps[j] = 1.0 / below[j];
        for (int m = 0; m < TAPS; m++)
            if (m != j) taps[j] *= f - (double)(4 - m);
    }
}

/* The end of a line that moves by less than a frame in a STEP: taps go in straight lines. */
static void read_swaying(const room *r, int k, double *ends) {
    const double phase = r->turns[k] * (double)r->frame + (double)k / LINES;
    const double n = (double)r->lengths[k];
    const double from = n + r->depth * sin(2.0 * M_PI * phase);
    const double to = n + r->depth * sin(2.0 * M_PI * (phase + STEP * r->turns[k]));
    const int64_t whole = (int64_t)(0.5 * (from + to));
    double taps[TAPS], last[TAPS];
    lagrange(from - (double)whole, taps);
    lagrange(to - (double)whole, last);
    for (int j = 0; j < TAPS; j++) last[j] = (last[j] - taps[j]) * (1.0 / STEP);
    const double *x = r->lines + k * TAPE + r->now - whole - 4;
    four after = {0.0, 1.0, 2.0, 3.0};
    for (int i = 0; i < STEP; i += 4, after += 4.0) {
        four still = {0}, moved = {0};
        for (int j = 0; j < TAPS; j++) {
            const four sound = load_four(x + i + j);
            still += taps[j] * sound;
            moved += last[j] * sound;
        }
        still += after * moved;
        for (int lane = 0; lane < 4; lane++) ends[(i + lane) * LINES + k] = still[lane];
    }
}

static void read_lines(const room *r, double *ends) {
    for (int k = 0; k < LINES; k++) {
        if (r->turns[k] != 0.0) {
            read_swaying(r, k, ends);
            continue;
        }
        const double *x = r->lines + k * TAPE + r->now - r->lengths[k];
        for (int i = 0; i < STEP; i++) ends[i * LINES + k] = x[i];
    }
}

/* Source: the fast Walsh-Hadamard transform; a quarter keeps the energy. */
static inline void scatter(four v[FOURS]) {
    const four ones = {0.25, -0.25, 0.25, -0.25}, twos = {1.0, 1.0, -1.0, -1.0};
    const four a = v[0] + v[2], b = v[1] + v[3], c = v[0] - v[2], d = v[1] - v[3];
    const four w[FOURS] = {a + b, a - b, c + d, c - d};
    for (int m = 0; m < FOURS; m++) {
        const four x = twos * w[m] + __builtin_shufflevector(w[m], w[m], 2, 3, 0, 1);
        v[m] = ones * x + 0.25 * __builtin_shufflevector(x, x, 1, 0, 3, 2);
    }
}

static inline double total(four x) { return (x[0] + x[2]) + (x[1] + x[3]); }

/* The lines' ends, damped and heard, go into all lines again with what comes in. */
static void ring_on(room *r, double *ends, const double *a, const double *b, double *out) {
    four z1[FOURS], z2[FOURS];
    memcpy(z1, r->damped[0], sizeof z1);
    memcpy(z2, r->damped[1], sizeof z2);
    for (int i = 0; i < STEP; i++) {
        four v[FOURS], left = {0}, right = {0};
        for (int m = 0; m < FOURS; m++) {
            const four x = load_four(ends + i * LINES + 4 * m);
            const four y = load_four(r->damping[0] + 4 * m) * x + z1[m];
            z1[m] = load_four(r->damping[1] + 4 * m) * x + z2[m] -
                    load_four(r->damping[3] + 4 * m) * y;
            z2[m] = load_four(r->damping[2] + 4 * m) * x - load_four(r->damping[4] + 4 * m) * y;
            left += load_four(r->out[0] + 4 * m) * y;
            right += load_four(r->out[1] + 4 * m) * y;
            v[m] = y;
        }
        out[2 * i] += total(left);
        out[2 * i + 1] += total(right);
        scatter(v);
        for (int m = 0; m < FOURS; m++)
            store_four(ends + i * LINES + 4 * m, v[m] + load_four(r->in[0] + 4 * m) * a[i] +
                                                     load_four(r->in[1] + 4 * m) * b[i]);
    }
    memcpy(r->damped[0], z1, sizeof z1);
    memcpy(r->damped[1], z2, sizeof z2);
}

/* Adds what the hall says to a block. */
static void run_hall(room *r, const double *in, double *out) {
    double ends[STEP * LINES], left[STEP], right[STEP];
    for (int done = 0; done < BLOCK; done += STEP) {
        if (r->now + STEP > TAPE) {
            move_back(r->lines, LINES);
            move_back(r->entrance, 2);
            move_back(r->inside, 2 * DIFFUSERS);
            r->now = KEPT;
        }
        come_in(r, in + 2 * done);
        reflect(r, 0, left);
        reflect(r, 1, right);
        for (int i = 0; i < STEP; i++) out[2 * (done + i)] += left[i];
        for (int i = 0; i < STEP; i++) out[2 * (done + i) + 1] += right[i];
        diffuse(r, 0, left);
        diffuse(r, 1, right);
        read_lines(r, ends);
        ring_on(r, ends, left, right, out + 2 * done);
        for (int k = 0; k < LINES; k++)
            for (int i = 0; i < STEP; i++) r->lines[k * TAPE + r->now + i] = ends[i * LINES + k];
        r->now += STEP;
        r->frame += STEP;
    }
}

/* Adds what the slap says to a block. */
static void run_slap(room *r, const double *in, double *out) {
    for (int i = 0; i < BLOCK; i++) {
        double *echo = r->echoes + 2 * r->echo;
        const pair end = load_pair(echo);
        store_pair(echo, load_pair(in + 2 * i) + (FEEDBACK_PCT / 100.0) * end);
        store_pair(out + 2 * i, load_pair(out + 2 * i) + end);
        if (++r->echo == ECHO) r->echo = 0;
    }
}

#endif
