/* A room: early reflections, diffusion, and sixteen delay lines that feed one another.
 *
 * Sound comes in dulled through a line that holds predelay and early taps. It passes four
 * all-passes a side, enters the sixteen lines, and each line's end, turned down and
 * dulled so that all decay alike, goes through a Hadamard matrix back into all.
 *
 * Sources: J.-M. Jot & A. Chaigne, Digital delay networks for designing artificial
 * reverberators, AES 1991 (lines and their filters); M. R. Schroeder, Natural sounding
 * artificial reverberation, JAES 1962 (all-passes).
 */

#include "between.h"
#include "kernels.h"
#include "maths.h"

enum { LINES = 16, DIFFUSERS = 4 };

/* Frames done at one go, never across a multiple of it. No line or all-pass is shorter. */
enum { STEP = 32 };

/* Taps of the interpolator, and reflections of each side. */
enum { TAPS = 8, EARLY = 10 };

/* Frames in which lengths that automation left between whole ones come to rest. */
enum { SETTLING = 8192 };

/* What never moves, as albumbuild/dsp/reverb.py lays it out; the first three are powers of two. */
typedef struct {
    int64_t capacity; /* of each of the sixteen lines */
    int64_t room;     /* of each of the two lines at the entrance */
    int64_t diffuser; /* of each of the eight all-passes */
    int64_t diffusers[2][DIFFUSERS];
} Layout;

typedef struct {
    double turns[LINES]; /* a frame, of each line's movement; 0 stands still */
    double in[2][LINES];
    double out[2][LINES];
    double early[2][EARLY];
} Shape;

/* What moves. The delays come last; they are whole at rest, and maybe not while they move. */
typedef struct {
    double lengths[LINES];
    double predelay;
    double early[2][EARLY];
} Delays;

typedef struct {
    double dull[5]; /* b0 b1 b2 a1 a2 of the filter at the entrance */
    double diffusion[2][DIFFUSERS];
    double early; /* gain of the early reflections */
    double late;
    double width;
    double damping[5][LINES]; /* of each line's filter */
    double depth;             /* how far a moving line moves, in frames */
    Delays delays;
} Settings;

enum { NUMBERS = sizeof(Settings) / sizeof(double), DELAYS = sizeof(Delays) / sizeof(double) };

/* How lines move while a STEP lasts: from and to where, -1 to 1, and what reads them there. */
typedef struct {
    double from[LINES], to[LINES];
    double first[LINES]; /* the whole delay of the middle taps' newer one */
    double taps[LINES][TAPS], slopes[LINES][TAPS];
} Sway;

typedef struct {
    double *lines, *room, *diffusers;
    double *dull;   /* (2, 2) the entrance's filter */
    double *damped; /* (2, LINES) the lines' filters */
    Sway *sway;
    int64_t *known; /* how much of `sway` is that of now */
} Memory;

/* A stretch of a ring, as one piece: in place, or gathered into `spare` when it wraps. */
static const double *stretch(const double *ring, int64_t size, int64_t from, int64_t count,
                             double *spare) {
    const int64_t at = from & (size - 1);
    if (at + count <= size) return ring + at;
    for (int64_t i = 0; i < count; i++) spare[i] = ring[(from + i) & (size - 1)];
    return spare;
}

/* Nearer than one frame, where the next is not known yet, a straight line. */
static double read_between(const double *line, int64_t mask, int64_t now, double delay) {
    const int64_t whole = (int64_t)delay;
    const double f = delay - (double)whole;
    const int64_t at = now - whole;
    const double b = line[at & mask], c = line[(at - 1) & mask];
    if (whole == 0) return b + f * (c - b);
    const double a = line[(at + 1) & mask], d = line[(at - 2) & mask];
    return between_four(f, a, b, c, d);
}

/* What went into a ring `delay` frames before each of `count` frames. */
static const double *delayed(const double *ring, int64_t size, int64_t now, double delay,
                             int64_t count, double *spare) {
    const int64_t whole = (int64_t)delay;
    if (delay == (double)whole) return stretch(ring, size, now - whole, count, spare);
    for (int64_t i = 0; i < count; i++) spare[i] = read_between(ring, size - 1, now + i, delay);
    return spare;
}

/* Source: the fast Walsh-Hadamard transform, in place; a quarter keeps the energy. */
INLINE void mix(double *v) {
    four q[LINES / 4];
    for (int k = 0; k < LINES / 4; k++) q[k] = load_four(v + 4 * k);
    for (int k = 0; k < 2; k++) {
        const four a = q[k], b = q[k + 2];
        q[k] = a + b;
        q[k + 2] = a - b;
    }
    for (int k = 0; k < LINES / 4; k += 2) {
        const four a = q[k], b = q[k + 1];
        q[k] = a + b;
        q[k + 1] = a - b;
    }
    for (int k = 0; k < LINES / 4; k++) {
        const four low = {q[k][0], q[k][1], q[k][0], q[k][1]};
        const four high = {q[k][2], q[k][3], -q[k][2], -q[k][3]};
        const four p = low + high;
        const four even = {p[0], p[0], p[2], p[2]}, odd = {p[1], -p[1], p[3], -p[3]};
        store_four(v + 4 * k, (even + odd) * 0.25);
    }
}

/* How far line k is away from its length at a frame, -1 to 1. */
static double swing(const Shape *shape, int k, int64_t frame) {
    const double turns = shape->turns[k] * (double)frame + (double)k / LINES;
    return fast_sin(2.0 * PI * (turns - (double)(int64_t)turns));
}

/* The oldest tap first; the delay is `f` more than that of tap 4.
 * Source: the Lagrange interpolator of eight points. It never adds energy between its middle
 * points, and takes 0.01 dB at 8 kHz, where one of four points takes twenty times that. */
static void lagrange(double f, double taps[TAPS]) {
    static const double below[TAPS] = {5040, -720, 240, -144, 144, -240, 720, -5040};
    double before = 1.0, behind[TAPS];
    behind[TAPS - 1] = 1.0;
    for (int j = TAPS - 1; j > 0; j--) behind[j - 1] = behind[j] * (f - (double)(4 - j));
    for (int j = 0; j < TAPS; j++) {
        taps[j] = before * behind[j] / below[j];
        before *= f - (double)(4 - j);
    }
}

/* How much of a line's movement is known within a STEP. */
enum { NOTHING, SWINGS, TAPS_TOO };

/* Taps go in straight lines from one STEP to the next: a line moves by less than 1/10 frame. */
static void find_taps(const Shape *shape, const Settings *set, Sway *sway) {
    for (int k = 0; k < LINES; k++) {
        if (shape->turns[k] == 0.0) continue;
        const double from = set->delays.lengths[k] + set->depth * sway->from[k];
        const double to = set->delays.lengths[k] + set->depth * sway->to[k];
        double last[TAPS];
        sway->first[k] = (double)(int64_t)(0.5 * (from + to));
        lagrange(from - sway->first[k], sway->taps[k]);
        lagrange(to - sway->first[k], last);
        for (int j = 0; j < TAPS; j++)
            sway->slopes[k][j] = (last[j] - sway->taps[k][j]) * (1.0 / STEP);
    }
}

static void look_ahead(const Shape *shape, const Settings *set, const Memory *mem, int64_t now,
                       int moving) {
    Sway *sway = mem->sway;
    const int64_t after = now % STEP;
    const int goes_on = after == 0 && *mem->known != NOTHING;
    if (after == 0) *mem->known = NOTHING;
    if (set->depth == 0.0 || *mem->known != NOTHING) return;
    for (int k = 0; k < LINES; k++) {
        if (shape->turns[k] == 0.0) continue;
        sway->from[k] = goes_on ? sway->to[k] : swing(shape, k, now - after);
        sway->to[k] = swing(shape, k, now - after + STEP);
    }
    *mem->known = SWINGS;
    if (after != 0 || moving) return;
    find_taps(shape, set, sway);
    *mem->known = TAPS_TOO;
}

INLINE void read_swaying(const double *line, int64_t size, const Sway *sway, int k, int64_t now,
                         int64_t count, double *ends) {
    double spare[STEP + TAPS];
    const int64_t oldest = now - (int64_t)sway->first[k] - 4;
    const double *x = stretch(line, size, oldest, count + TAPS - 1, spare);
    const double *taps = sway->taps[k], *slopes = sway->slopes[k];
    const double after = (double)(now % STEP);
    int64_t i = 0;
    for (; i + 4 <= count; i += 4) {
        four even = {0}, odd = {0}, even_moved = {0}, odd_moved = {0};
        for (int j = 0; j < TAPS; j += 2) {
            const four first = load_four(x + i + j), second = load_four(x + i + j + 1);
            even += taps[j] * first;
            odd += taps[j + 1] * second;
            even_moved += slopes[j] * first;
            odd_moved += slopes[j + 1] * second;
        }
        const double at = after + (double)i;
        const four ahead = {at, at + 1.0, at + 2.0, at + 3.0};
        const four sum = (even + ahead * even_moved) + (odd + ahead * odd_moved);
        for (int lane = 0; lane < 4; lane++) ends[(i + lane) * LINES + k] = sum[lane];
    }
    for (; i < count; i++) {
        double even = 0.0, odd = 0.0, even_moved = 0.0, odd_moved = 0.0;
        for (int j = 0; j < TAPS; j += 2) {
            even += taps[j] * x[i + j];
            odd += taps[j + 1] * x[i + j + 1];
            even_moved += slopes[j] * x[i + j];
            odd_moved += slopes[j + 1] * x[i + j + 1];
        }
        const double ahead = after + (double)i;
        ends[i * LINES + k] = (even + ahead * even_moved) + (odd + ahead * odd_moved);
    }
}

INLINE void read_lines(const Layout *lay, const Shape *shape, const Settings *set,
                       const Memory *mem, int64_t now, int64_t count, double *ends) {
    const int64_t size = lay->capacity;
    const Sway *sway = mem->sway;
    for (int k = 0; k < LINES; k++) {
        const double *line = mem->lines + k * size;
        const double length = set->delays.lengths[k];
        if (shape->turns[k] == 0.0 || set->depth == 0.0) {
            double spare[STEP];
            const double *from = delayed(line, size, now, length, count, spare);
            for (int64_t i = 0; i < count; i++) ends[i * LINES + k] = from[i];
        } else if (*mem->known == TAPS_TOO) {
            read_swaying(line, size, sway, k, now, count, ends);
        } else {
            const double slope = (sway->to[k] - sway->from[k]) * (1.0 / STEP);
            for (int64_t i = 0; i < count; i++) {
                const double swings = sway->from[k] + slope * (double)((now + i) % STEP);
                const double delay = length + set->depth * swings;
                ends[i * LINES + k] = read_between(line, size - 1, now + i, delay);
            }
        }
    }
}

/* The predelayed sound of one side, through its all-passes. */
INLINE void diffuse(const Layout *lay, const Settings *set, const Memory *mem, int side,
                    int64_t now, int64_t count, double *restrict sound) {
    const int64_t size = lay->diffuser;
    double spare[STEP];
    const double *room = mem->room + side * lay->room;
    const double *entrance = delayed(room, lay->room, now, set->delays.predelay, count, spare);
    for (int64_t i = 0; i < count; i++) sound[i] = entrance[i];
    for (int k = 0; k < DIFFUSERS; k++) {
        double *line = mem->diffusers + (side * DIFFUSERS + k) * size;
        const double *held = stretch(line, size, now - lay->diffusers[side][k], count, spare);
        const double gain = set->diffusion[side][k];
        double *inside = line + (now & (size - 1));
        for (int64_t i = 0; i < count; i++) {
            const double x = sound[i] + gain * held[i];
            sound[i] = held[i] - gain * x;
            inside[i] = x;
        }
    }
}

INLINE void reflect(const Layout *lay, const Shape *shape, const Settings *set, const Memory *mem,
                    int side, int64_t now, int64_t count, double *restrict sum) {
    double spare[STEP];
    for (int64_t i = 0; i < count; i++) sum[i] = 0.0;
    for (int k = 0; k < EARLY; k++) {
        /* Every third reflection comes from the other side. */
        const int from = k % 3 == 2 ? 1 - side : side;
        const double *room = mem->room + from * lay->room;
        const double delay = set->delays.early[side][k], gain = shape->early[side][k];
        const double *sound = delayed(room, lay->room, now, delay, count, spare);
        for (int64_t i = 0; i < count; i++) sum[i] += gain * sound[i];
    }
    for (int64_t i = 0; i < count; i++) sum[i] *= set->early;
}

/* All lines' filters at once, transposed direct form II. */
INLINE void damp(const Settings *set, double *z, double *v) {
    for (int k = 0; k < LINES; k += 4) {
        const four x = load_four(v + k);
        const four y = load_four(set->damping[0] + k) * x + load_four(z + k);
        const four first = load_four(set->damping[1] + k) * x - load_four(set->damping[3] + k) * y;
        store_four(z + k, first + load_four(z + LINES + k));
        store_four(z + LINES + k,
                   load_four(set->damping[2] + k) * x - load_four(set->damping[4] + k) * y);
        store_four(v + k, y);
    }
}

/* What one side hears of all lines. */
INLINE double heard(const double *signs, const double *ends) {
    four sum = {0};
    for (int k = 0; k < LINES; k += 4) sum += load_four(signs + k) * load_four(ends + k);
    return (sum[0] + sum[2]) + (sum[1] + sum[3]);
}

/* Up to STEP frames, whose sound is at the entrance already; adds the tail to left and right. */
INLINE void ring_on(const Layout *lay, const Shape *shape, const Settings *set, const Memory *mem,
                    int64_t now, int64_t count, double *left, double *right) {
    double ends[STEP * LINES], a[STEP], b[STEP];
    diffuse(lay, set, mem, 0, now, count, a);
    diffuse(lay, set, mem, 1, now, count, b);
    read_lines(lay, shape, set, mem, now, count, ends);
    for (int64_t i = 0; i < count; i++) {
        double *v = ends + i * LINES;
        damp(set, mem->damped, v);
        left[i] += set->late * heard(shape->out[0], v);
        right[i] += set->late * heard(shape->out[1], v);
        mix(v);
        for (int k = 0; k < LINES; k += 4) {
            const four in = load_four(shape->in[0] + k) * a[i] + load_four(shape->in[1] + k) * b[i];
            store_four(v + k, load_four(v + k) + in);
        }
    }
    for (int k = 0; k < LINES; k++) {
        double *line = mem->lines + k * lay->capacity + (now & (lay->capacity - 1));
        for (int64_t i = 0; i < count; i++) line[i] = ends[i * LINES + k];
    }
}

/* Both sides' sound, dulled, into the lines at the entrance. */
static void come_in(const Layout *lay, const Settings *set, const Memory *mem, int64_t now,
                    const double *in, int64_t count) {
    const double *c = set->dull;
    double *z = mem->dull, *entrance = mem->room + (now & (lay->room - 1));
    pair near = load_pair(z), far = load_pair(z + 2);
    for (int64_t i = 0; i < count; i++) {
        const pair x = load_pair(in + 2 * i);
        const pair y = c[0] * x + near;
        near = (c[1] * x - c[3] * y) + far;
        far = c[2] * x - c[4] * y;
        entrance[i] = y[0];
        entrance[lay->room + i] = y[1];
    }
    store_pair(z, near);
    store_pair(z + 2, far);
}

static WIDE void run_room(const Layout *lay, const Shape *shape, const Settings *set,
                          const Memory *mem, int64_t now, int moving, const double *in,
                          double *out, int64_t frames) {
    double left[STEP], right[STEP];
    for (int64_t done = 0, count; done < frames; done += count, now += count) {
        count = STEP - now % STEP;
        if (count > frames - done) count = frames - done;
        look_ahead(shape, set, mem, now, moving);
        come_in(lay, set, mem, now, in + 2 * done, count);
        reflect(lay, shape, set, mem, 0, now, count, left);
        reflect(lay, shape, set, mem, 1, now, count, right);
        ring_on(lay, shape, set, mem, now, count, left, right);
        for (int64_t i = 0; i < count; i++) {
            const double mid = 0.5 * (left[i] + right[i]);
            const double side = 0.5 * (left[i] - right[i]) * set->width;
            out[2 * (done + i)] = mid + side;
            out[2 * (done + i) + 1] = mid - side;
        }
    }
}

/* Delays that stand elsewhere than where they rest go there. */
static void settle(double *numbers, const double *rest, int64_t *left) {
    double *now = numbers + NUMBERS - DELAYS, *step = now + NUMBERS, *goal = step + NUMBERS;
    int away = 0;
    for (int i = 0; i < DELAYS; i++) away |= now[i] != rest[i];
    if (*left || !away) return;
    for (int i = 0; i < NUMBERS - DELAYS; i++) numbers[NUMBERS + i] = 0.0;
    for (int i = 0; i < DELAYS; i++) {
        step[i] = (rest[i] - now[i]) * (1.0 / SETTLING);
        goal[i] = rest[i];
    }
    *left = SETTLING;
}

/* Whether the lines' lengths or their movement are on the way. */
static int lines_move(const double *numbers, int64_t left) {
    if (!left) return 0;
    const Settings *step = (const Settings *)(numbers + NUMBERS);
    for (int k = 0; k < LINES; k++)
        if (step->delays.lengths[k] != 0.0) return 1;
    return step->depth != 0.0;
}

/* numbers: (3, NUMBERS), see `move_on`; rest: (DELAYS,), where delays are when nothing moves.
 * layout, shape: as the records above; lines (16, capacity), room (2, room), diffusers
 * (8, diffuser), filters (2, 18): zero at first; sway: room for the record above.
 * clock: frames so far, and how much of the lines' movement is known for this STEP.
 * in and out: (frames, 2); the output is the wet sound alone. */
EXPORT void reverb_process(double *numbers, int64_t *left, const double *rest,
                           const int64_t *layout, const double *shape, double *lines,
                           double *room, double *diffusers, double *filters, double *sway,
                           int64_t *clock, const double *in, double *out, int64_t frames) {
    const uint64_t mode = flush_denormals();
    const Memory mem = {lines, room, diffusers, filters, filters + 4, (Sway *)sway, clock + 1};
    for (int64_t done = 0, run; done < frames; done += run) {
        settle(numbers, rest, left);
        run = still(*left, frames - done);
        const int moving = lines_move(numbers, *left);
        if (moving && *mem.known == TAPS_TOO) *mem.known = SWINGS;
        run_room((const Layout *)layout, (const Shape *)shape, (const Settings *)numbers, &mem,
                 *clock, moving, in + 2 * done, out + 2 * done, run);
        move_on(numbers, NUMBERS, left);
        *clock += run;
    }
    restore_denormals(mode);
}
