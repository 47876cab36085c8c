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

static void mix(double v[LINES]) {
    for (int half = LINES / 2; half >= 1; half /= 2) {
        for (int i = 0; i < LINES; i += 2 * half) {
            for (int j = i; j < i + half; j++) {
                const double a = v[j], b = v[j + half];
                v[j] = a + b;
                v[j + half] = a - b;
            }
        }
    }
    for (int i = 0; i < LINES; i++) v[i] *= 0.25;
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
static void damp(const Settings *set, double *restrict z, double *restrict v) {
    for (int k = 0; k < LINES; k++) {
        const double x = v[k];
        const double y = set->damping[0][k] * x + z[k];
        z[k] = (set->damping[1][k] * x - set->damping[3][k] * y) + z[LINES + k];
        z[LINES + k] = set->damping[2][k] * x - set->damping[4][k] * y;
        v[k] = y;
    }
}

static void leave(const Settings *set, const double *ends, double *left, double *right) {
    double a = 0.0, b = 0.0;
    for (int k = 0; k < LINES; k++) {
        a += set->out[0][k] * ends[k];
        b += set->out[1][k] * ends[k];
    }
    *left += set->late * a;
    *right += set->late * b;
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
        leave(set, v, left + i, right + i);
        mix(v);
        for (int k = 0; k < LINES; k++) v[k] += set->in[0][k] * a[i] + set->in[1][k] * b[i];
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
