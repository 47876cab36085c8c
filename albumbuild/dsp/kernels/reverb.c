/* A room: early reflections, diffusion, and sixteen delay lines that feed one another.
 *
 * Sound comes in through a line that holds predelay and early taps. It passes four
 * all-passes a side, enters the sixteen lines, and each line's end, turned down and
 * dulled so that all decay alike, goes through a Hadamard matrix back into all.
 *
 * Sources: J.-M. Jot & A. Chaigne, Digital delay networks for designing artificial
 * reverberators, AES 1991 (lines and their filters); M. R. Schroeder, Natural sounding
 * artificial reverberation, JAES 1962 (all-passes).
 */

#include "kernels.h"
#include "maths.h"

enum { LINES = 16, DIFFUSERS = 4 };

/* Frames done at one go, never across a multiple of it. No line or all-pass is shorter. */
enum { STEP = 32 };

/* Settings, as albumbuild/dsp/reverb.py lays them out. */
typedef struct {
    int64_t capacity; /* of each of the sixteen lines; these three are powers of two */
    int64_t room;     /* of each of the two lines at the entrance */
    int64_t diffuser; /* of each of the eight all-passes */
    int64_t predelay;
    int64_t early_taps; /* of each side */
    int64_t lengths[LINES];
    int64_t diffusers[2][DIFFUSERS];
} Layout;

typedef struct {
    double diffusion;
    double early; /* gain of the early reflections */
    double late;
    double width;
    double depth;           /* how far a moving line moves, in frames */
    double damping[5][LINES]; /* b0 b1 b2 a1 a2 of each line's filter */
    double turns[LINES];    /* turns a frame of its movement; 0 stands still */
    double in[2][LINES];
    double out[2][LINES];
} Settings;

typedef struct {
    double *lines, *room, *diffusers;
    double *damped; /* (2, LINES), the filters' memory */
} Memory;

/* A stretch of a ring, as one piece: in place, or gathered into `spare` when it wraps. */
static const double *stretch(const double *ring, int64_t size, int64_t from, int64_t count,
                             double *spare) {
    const int64_t at = from & (size - 1);
    if (at + count <= size) return ring + at;
    for (int64_t i = 0; i < count; i++) spare[i] = ring[(from + i) & (size - 1)];
    return spare;
}

/* Source: the fast Walsh-Hadamard transform, in place; a quarter keeps the energy. */
static inline void butterflies(pair p[LINES / 2], int half) {
#pragma GCC unroll 8
    for (int k = 0; k < LINES / 4; k++) {
        const int j = k / half * 2 * half + k % half;
        const pair a = p[j], b = p[j + half];
        p[j] = a + b;
        p[j + half] = a - b;
    }
}

static void mix(double *v) {
    pair p[LINES / 2];
    for (int k = 0; k < LINES / 2; k++) p[k] = load_pair(v + 2 * k);
    butterflies(p, 4);
    butterflies(p, 2);
    butterflies(p, 1);
    for (int k = 0; k < LINES / 2; k++) {
        const pair a = {p[k][0], p[k][0]}, b = {p[k][1], -p[k][1]};
        store_pair(v + 2 * k, (a + b) * 0.25);
    }
}

/* How far line k is away from its length at a frame, -1 to 1. */
static double swing(const Settings *set, int k, int64_t frame) {
    const double turns = set->turns[k] * (double)frame + (double)k / LINES;
    return fast_sin(2.0 * PI * (turns - (double)(int64_t)turns));
}

/* Source: the four-point Lagrange interpolator, about the middle interval. */
static double read_between(const double *line, int64_t mask, int64_t now, double delay) {
    const int64_t whole = (int64_t)delay;
    const double f = delay - (double)whole;
    const int64_t at = now - whole;
    const double a = line[(at + 1) & mask], b = line[at & mask];
    const double c = line[(at - 1) & mask], d = line[(at - 2) & mask];
    const double g = f + 1.0, h = f - 1.0, k = f - 2.0;
    return b * (g * h * k * 0.5) - a * (f * h * k * (1.0 / 6.0)) - c * (g * f * k * 0.5) +
           d * (g * f * h * (1.0 / 6.0));
}

static void read_lines(const Layout *lay, const Settings *set, const Memory *mem, int64_t now,
                       int64_t count, double *ends) {
    const int64_t size = lay->capacity;
    const int64_t cell = now - now % STEP;
    for (int k = 0; k < LINES; k++) {
        const double *line = mem->lines + k * size;
        if (set->turns[k] == 0.0) {
            double spare[STEP];
            const double *from = stretch(line, size, now - lay->lengths[k], count, spare);
            for (int64_t i = 0; i < count; i++) ends[i * LINES + k] = from[i];
            continue;
        }
        const double start = swing(set, k, cell), end = swing(set, k, cell + STEP);
        const double first = (double)lay->lengths[k] + set->depth * start;
        const double slope = (end - start) * (1.0 / STEP) * set->depth;
        for (int64_t i = 0; i < count; i++) {
            const double delay = first + slope * (double)(now + i - cell);
            ends[i * LINES + k] = read_between(line, size - 1, now + i, delay);
        }
    }
}

/* The predelayed sound of one side, through its all-passes. */
static void diffuse(const Layout *lay, double gain, const Memory *mem, int side, int64_t now,
                    int64_t count, double *restrict sound) {
    const int64_t size = lay->diffuser;
    double spare[STEP];
    const double *room = mem->room + side * lay->room;
    const double *entrance = stretch(room, lay->room, now - lay->predelay, count, spare);
    for (int64_t i = 0; i < count; i++) sound[i] = entrance[i];
    for (int k = 0; k < DIFFUSERS; k++) {
        double *line = mem->diffusers + (side * DIFFUSERS + k) * size;
        const double *held = stretch(line, size, now - lay->diffusers[side][k], count, spare);
        double *inside = line + (now & (size - 1));
        for (int64_t i = 0; i < count; i++) {
            const double x = sound[i] + gain * held[i];
            sound[i] = held[i] - gain * x;
            inside[i] = x;
        }
    }
}

static void reflect(const Layout *lay, const Memory *mem, const int64_t *times,
                    const double *gains, int side, int64_t now, int64_t count,
                    double *restrict sum) {
    double spare[STEP];
    for (int64_t i = 0; i < count; i++) sum[i] = 0.0;
    for (int64_t k = 0; k < lay->early_taps; k++) {
        /* Every third reflection comes from the other side. */
        const int from = k % 3 == 2 ? 1 - side : side;
        const int64_t tap = side * lay->early_taps + k;
        const double *room = mem->room + from * lay->room;
        const double *sound = stretch(room, lay->room, now - times[tap], count, spare);
        for (int64_t i = 0; i < count; i++) sum[i] += gains[tap] * sound[i];
    }
}

/* All lines' filters at once, transposed direct form II. */
static void damp(const Settings *set, double *z, double *v) {
    for (int k = 0; k < LINES; k += 2) {
        const pair x = load_pair(v + k);
        const pair y = load_pair(set->damping[0] + k) * x + load_pair(z + k);
        const pair first = load_pair(set->damping[1] + k) * x - load_pair(set->damping[3] + k) * y;
        store_pair(z + k, first + load_pair(z + LINES + k));
        store_pair(z + LINES + k,
                   load_pair(set->damping[2] + k) * x - load_pair(set->damping[4] + k) * y);
        store_pair(v + k, y);
    }
}

/* What one side hears of all lines. */
static double heard(const double *signs, const double *ends) {
    pair a = {0}, b = {0};
    for (int k = 0; k < LINES; k += 4) {
        a += load_pair(signs + k) * load_pair(ends + k);
        b += load_pair(signs + k + 2) * load_pair(ends + k + 2);
    }
    const pair sum = a + b;
    return sum[0] + sum[1];
}

/* Up to STEP frames, whose sound is at the entrance already; adds the tail to left and right. */
static void ring_on(const Layout *lay, const Settings *set, const Memory *mem, int64_t now,
                    int64_t count, double *left, double *right) {
    double ends[STEP * LINES], a[STEP], b[STEP];
    diffuse(lay, set->diffusion, mem, 0, now, count, a);
    diffuse(lay, set->diffusion, mem, 1, now, count, b);
    read_lines(lay, set, mem, now, count, ends);
    for (int64_t i = 0; i < count; i++) {
        double *v = ends + i * LINES;
        damp(set, mem->damped, v);
        left[i] += set->late * heard(set->out[0], v);
        right[i] += set->late * heard(set->out[1], v);
        mix(v);
        for (int k = 0; k < LINES; k += 2) {
            const pair in = load_pair(set->in[0] + k) * a[i] + load_pair(set->in[1] + k) * b[i];
            store_pair(v + k, load_pair(v + k) + in);
        }
    }
    for (int k = 0; k < LINES; k++) {
        double *line = mem->lines + k * lay->capacity + (now & (lay->capacity - 1));
        for (int64_t i = 0; i < count; i++) line[i] = ends[i * LINES + k];
    }
}

/* layout, settings: as the records above; times and gains: (2, early_taps) of the early
 * reflections, from the entrance; lines (16, capacity), room (2, room), diffusers
 * (8, diffuser), damped (2, 16): zero at first; clock: frames so far.
 * in and out: (frames, 2); the output is the wet sound alone. */
EXPORT void reverb_process(const int64_t *layout, const double *settings, const int64_t *times,
                           const double *gains, double *lines, double *room, double *diffusers,
                           double *damped, int64_t *clock, const double *in, double *out,
                           int64_t frames) {
    const uint64_t mode = flush_denormals();
    const Layout *lay = (const Layout *)layout;
    const Settings *set = (const Settings *)settings;
    const Memory mem = {lines, room, diffusers, damped};
    double left[STEP], right[STEP];
    int64_t now = *clock;
    for (int64_t done = 0; done < frames;) {
        int64_t count = STEP - now % STEP;
        if (count > frames - done) count = frames - done;
        double *entrance = room + (now & (lay->room - 1));
        for (int64_t i = 0; i < count; i++) {
            entrance[i] = in[2 * (done + i)];
            entrance[lay->room + i] = in[2 * (done + i) + 1];
        }
        reflect(lay, &mem, times, gains, 0, now, count, left);
        reflect(lay, &mem, times, gains, 1, now, count, right);
        for (int64_t i = 0; i < count; i++) {
            left[i] *= set->early;
            right[i] *= set->early;
        }
        ring_on(lay, set, &mem, now, count, left, right);
        for (int64_t i = 0; i < count; i++) {
            const double mid = 0.5 * (left[i] + right[i]);
            const double side = 0.5 * (left[i] - right[i]) * set->width;
            out[2 * (done + i)] = mid + side;
            out[2 * (done + i) + 1] = mid - side;
        }
        now += count;
        done += count;
    }
    *clock = now;
    restore_denormals(mode);
}
