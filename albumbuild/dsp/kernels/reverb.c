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

enum { LINES = 16, DIFFUSERS = 4, STEP = 32 };

/* Settings, as albumbuild/dsp/reverb.py lays them out. */
typedef struct {
    int64_t capacity;   /* of each of the sixteen lines, a power of two */
    int64_t room;       /* of each of the two lines at the entrance, a power of two */
    int64_t diffuser;   /* of each of the eight all-passes, a power of two */
    int64_t predelay;
    int64_t early_taps; /* of each side */
    int64_t lengths[LINES];
    int64_t diffusers[2][DIFFUSERS];
} Layout;

typedef struct {
    double diffusion;
    double early;       /* gain of the early reflections */
    double late;
    double width;
    double depth;       /* how far a moving line moves, in frames */
    double gains[LINES];
    double poles[LINES];
    double turns[LINES]; /* turns a frame of its movement; 0 stands still */
    double in[2][LINES];
    double out[2][LINES];
} Settings;

typedef struct {
    double *lines, *room, *diffusers, *damped;
} Memory;

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

static void read_still(const double *line, int64_t mask, int64_t from, int64_t count, double *to) {
    for (int64_t i = 0; i < count; i++) to[i * LINES] = line[(from + i) & mask];
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
    const int64_t mask = lay->capacity - 1;
    const int64_t cell = now - now % STEP;
    for (int k = 0; k < LINES; k++) {
        const double *line = mem->lines + k * lay->capacity;
        if (set->turns[k] == 0.0) {
            read_still(line, mask, now - lay->lengths[k], count, ends + k);
        } else {
            const double start = swing(set, k, cell), end = swing(set, k, cell + STEP);
            const double slope = (end - start) * (1.0 / STEP) * set->depth;
            const double delay = (double)lay->lengths[k] + set->depth * start;
            for (int64_t i = 0; i < count; i++) {
                /* From the cell's start each time, so that the cut into blocks is not heard. */
                ends[i * LINES + k] =
                    read_between(line, mask, now + i, delay + slope * (double)(now + i - cell));
            }
        }
    }
}

static double diffuse(const Layout *lay, double gain, const Memory *mem, int side, int64_t now,
                      double x) {
    const int64_t mask = lay->diffuser - 1;
    for (int k = 0; k < DIFFUSERS; k++) {
        double *line = mem->diffusers + (side * DIFFUSERS + k) * lay->diffuser;
        const double held = line[(now - lay->diffusers[side][k]) & mask];
        const double inside = x + gain * held;
        line[now & mask] = inside;
        x = held - gain * inside;
    }
    return x;
}

static double early(const Layout *lay, const Memory *mem, const int64_t *times,
                    const double *gains, int side, int64_t now) {
    const int64_t mask = lay->room - 1;
    double sum = 0.0;
    for (int64_t k = 0; k < lay->early_taps; k++) {
        /* Every third reflection comes from the other side. */
        const int from = k % 3 == 2 ? 1 - side : side;
        const int64_t at = side * lay->early_taps + k;
        sum += gains[at] * mem->room[from * lay->room + ((now - times[at]) & mask)];
    }
    return sum;
}

/* One frame: what the lines gave, the new sound, and what goes back into them. */
static void one_frame(const Layout *lay, const Settings *set, const Memory *mem, int64_t now,
                      double ends[LINES], double wet[2]) {
    for (int k = 0; k < LINES; k++) {
        mem->damped[k] = set->gains[k] * ends[k] + set->poles[k] * mem->damped[k];
        ends[k] = mem->damped[k];
    }
    double left = 0.0, right = 0.0;
    for (int k = 0; k < LINES; k++) {
        left += set->out[0][k] * ends[k];
        right += set->out[1][k] * ends[k];
    }
    wet[0] = set->late * left;
    wet[1] = set->late * right;
    const int64_t mask = lay->room - 1, then = (now - lay->predelay) & mask;
    const double a = diffuse(lay, set->diffusion, mem, 0, now, mem->room[then]);
    const double b = diffuse(lay, set->diffusion, mem, 1, now, mem->room[lay->room + then]);
    mix(ends);
    for (int k = 0; k < LINES; k++) {
        mem->lines[k * lay->capacity + (now & (lay->capacity - 1))] =
            ends[k] + set->in[0][k] * a + set->in[1][k] * b;
    }
}

/* layout, settings: as the records above; times and gains: (2, early_taps) of the early
 * reflections, from the entrance; lines (16, capacity), room (2, room), diffusers
 * (8, diffuser), damped (16): zero at first; clock: frames so far.
 * in and out: (frames, 2); the output is the wet sound alone. */
EXPORT void reverb_process(const int64_t *layout, const double *settings, const int64_t *times,
                           const double *gains, double *lines, double *room, double *diffusers,
                           double *damped, int64_t *clock, const double *in, double *out,
                           int64_t frames) {
    const uint64_t mode = flush_denormals();
    const Layout *lay = (const Layout *)layout;
    const Settings *set = (const Settings *)settings;
    const Memory mem = {lines, room, diffusers, damped};
    double ends[STEP * LINES];
    int64_t now = *clock;
    for (int64_t done = 0; done < frames;) {
        int64_t count = STEP - now % STEP;
        if (count > frames - done) count = frames - done;
        read_lines(lay, set, &mem, now, count, ends);
        for (int64_t i = 0; i < count; i++, now++, done++) {
            room[now & (lay->room - 1)] = in[2 * done];
            room[lay->room + (now & (lay->room - 1))] = in[2 * done + 1];
            double wet[2];
            one_frame(lay, set, &mem, now, ends + i * LINES, wet);
            wet[0] += set->early * early(lay, &mem, times, gains, 0, now);
            wet[1] += set->early * early(lay, &mem, times, gains, 1, now);
            const double mid = 0.5 * (wet[0] + wet[1]);
            const double side = 0.5 * (wet[0] - wet[1]) * set->width;
            out[2 * done] = mid + side;
            out[2 * done + 1] = mid - side;
        }
    }
    *clock = now;
    restore_denormals(mode);
}
