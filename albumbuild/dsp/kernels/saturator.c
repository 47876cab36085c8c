/* A saturator: half-band filters up, a curve averaged between points, half-band filters down.
 *
 *     in -> drive -> up, up ... -> curve -> lift -> down, down ... -> output -> out
 *
 * The curve's output is what a triangle two points wide takes of it (see curves.h): its aliases
 * fall by sinc^2 before they can fold. `lift` gives back what line and triangle take of the
 * treble. Where drive and output move, both are those of the frame that comes in: the output's
 * factors wait until it is heard.
 */

#include <string.h>

#include "curves.h"

enum { CHUNK = 32, MOST_STAGES = 4, POINTS = 2 * CHUNK << MOST_STAGES, TILE = 16 };
enum { TAPE, TUBE, SOFT, HARD };
enum { DRIVE, OUTPUT, NUMBERS };

/* Sound as it passes a place: what is held of earlier frames, and room for new ones. */
typedef struct {
    double *at;
    int64_t held;
} Line;

typedef struct {
    const int64_t *halves;                   /* of each stage: half the taps of its filter */
    const double *taps[MOST_STAGES];         /* of each stage: the first half of its taps */
    Line up[MOST_STAGES], even[MOST_STAGES], odd[MOST_STAGES];
    Line waiting, points, later, bent, lifted;
    int64_t curve, stages, channels;
} Saturator;

static double *fresh(const Saturator *s, Line line) { return line.at + line.held * s->channels; }

static void keep(const Saturator *s, Line line, int64_t frames) {
    memmove(line.at, line.at + frames * s->channels,
            (size_t)(line.held * s->channels) * sizeof *line.at);
}

/* out[i] = the sum of taps[k] times the values k and 2 half - 1 - k steps before newest[i]. */
static WIDE void symmetric(const double *taps, int64_t half, const double *newest, double *out,
                           int64_t values, int64_t step) {
    int64_t i = 0;
    for (; i + TILE <= values; i += TILE) {
        four sums[4] = {{0}, {0}, {0}, {0}};
        for (int64_t k = 0; k < half; k++) {
            const double *x = newest + i - k * step, *y = newest + i - (2 * half - 1 - k) * step;
            for (int64_t n = 0; n < 4; n++)
                sums[n] += taps[k] * (load_four(x + 4 * n) + load_four(y + 4 * n));
        }
        for (int64_t n = 0; n < 4; n++) store_four(out + i + 4 * n, sums[n]);
    }
    for (; i < values; i++) {
        double sum = 0.0;
        for (int64_t k = 0; k < half; k++)
            sum += taps[k] * (newest[i - k * step] + newest[i - (2 * half - 1 - k) * step]);
        out[i] = sum;
    }
}

/* Twice the frames: those that were there, and new ones half-way between. */
static void rise(const Saturator *s, int64_t stage, Line next, int64_t frames) {
    const int64_t channels = s->channels, half = s->halves[stage];
    const double *newest = fresh(s, s->up[stage]), *there = newest - half * channels;
    double between[POINTS / 2], *out = fresh(s, next);
    symmetric(s->taps[stage], half, newest, between, frames * channels, channels);
    for (int64_t i = 0; i < frames; i++, out += 2 * channels) {
        for (int64_t j = 0; j < channels; j++) {
            out[j] = there[i * channels + j];
            out[channels + j] = between[i * channels + j];
        }
    }
    keep(s, s->up[stage], frames);
}

/* Half of `2 frames` frames at `in`. */
static void fall(const Saturator *s, int64_t stage, const double *in, double *out,
                 int64_t frames) {
    const int64_t channels = s->channels, half = s->halves[stage];
    double *even = fresh(s, s->even[stage]), *odd = fresh(s, s->odd[stage]);
    for (int64_t i = 0; i < frames; i++, in += 2 * channels) {
        for (int64_t j = 0; j < channels; j++) {
            even[i * channels + j] = in[j];
            odd[i * channels + j] = in[channels + j];
        }
    }
    symmetric(s->taps[stage], half, odd, out, frames * channels, channels);
    const double *there = even - (half - 1) * channels;
    for (int64_t i = 0; i < frames * channels; i++) out[i] = 0.5 * there[i] + 0.5 * out[i];
    keep(s, s->even[stage], frames);
    keep(s, s->odd[stage], frames);
}

/* One channel: its steep lines by the exact form; where two meet, their moment is shared. */
static void steepen(const double *u, const double *root, const double *inverse, int64_t values,
                    int64_t step, double *early, double *late, double even) {
    double moment = 0.0;
    for (int64_t i = 0, known = 0; i < values; i += step) {
        const double far = root[i] < root[i + step] ? root[i] : root[i + step];
        if (magnitude(u[i + step] - u[i]) <= STEEP * far) {
            known = 0;
            continue;
        }
        const int64_t n = i + step;
        const double before = known ? moment : twice_first_moment(u[i], root[i], inverse[i], even);
        moment = twice_first_moment(u[n], root[n], inverse[n], even);
        known = 1;
        const double mean = early[i] + late[i];
        const double lean = steep_lean(u[i], u[n], before, moment, mean);
        early[i] = 0.5 * mean - lean;
        late[i] = 0.5 * mean + lean;
    }
}

INLINE void round_curve(const double *u, int64_t values, int64_t step, double *early, double *late,
                        double even) {
    double root[POINTS + 2], inverse[POINTS + 2];
    for (int64_t i = 0; i < values + step; i++) {
        root[i] = __builtin_sqrt(1.0 + u[i] * u[i]);
        inverse[i] = 1.0 / root[i];
    }
    for (int64_t i = 0; i < values; i++) {
        const double a = u[i], b = u[i + step], ia = inverse[i], ib = inverse[i + step];
        const double mean = round_mean(a, b, root[i] + root[i + step], ia, ib, even);
        const double lean =
            round_lean(b - a, round_value(a, ia, even), round_value(b, ib, even),
                       round_slope(a, ia, even), round_slope(b, ib, even));
        early[i] = 0.5 * mean - lean;
        late[i] = 0.5 * mean + lean;
    }
    for (int64_t j = 0; j < step; j++)
        steepen(u + j, root + j, inverse + j, values - j, step, early + j, late + j, even);
}

/* By fours; what is left over at the end falls into room that nobody reads. */
INLINE void clipped_curve(const double *u, int64_t values, int64_t step, double *early,
                          double *late, int soft) {
    for (int64_t i = 0; i < values; i += 4) {
        const Moments m = clipped_moments(load_four(u + i), load_four(u + i + step), soft);
        store_four(early + i, 0.5 * m.mean - m.lean);
        store_four(late + i, 0.5 * m.mean + m.lean);
    }
}

static WIDE void tape(const double *u, int64_t n, int64_t step, double *early, double *late) {
    round_curve(u, n, step, early, late, 0.0);
}

static WIDE void tube(const double *u, int64_t n, int64_t step, double *early, double *late) {
    round_curve(u, n, step, early, late, EVEN);
}

static WIDE void soft(const double *u, int64_t n, int64_t step, double *early, double *late) {
    clipped_curve(u, n, step, early, late, 1);
}

static WIDE void hard(const double *u, int64_t n, int64_t step, double *early, double *late) {
    clipped_curve(u, n, step, early, late, 0);
}

/* One point later: what the lines before and after each point give to it. */
static void bend(const Saturator *s, int64_t frames) {
    static void (*const curves[])(const double *, int64_t, int64_t, double *, double *) = {
        tape, tube, soft, hard};
    const int64_t values = frames * s->channels;
    double *u = fresh(s, s->points), early[POINTS];
    for (int64_t i = 0; i < values; i++) u[i] = within(u[i], LOUDEST);
    curves[s->curve](s->points.at, values, s->channels, early, fresh(s, s->later));
    double *out = fresh(s, s->bent);
    for (int64_t i = 0; i < values; i++) out[i] = s->later.at[i] + early[i];
    keep(s, s->points, frames);
    keep(s, s->later, frames);
}

/* Four points later, with the treble back: the sum of (e/3)^n for n = 0 ... 4, e = 1 - cos w, for
 * line and triangle leave (2 + cos w) / 3 = 1 - e/3 of it. */
static WIDE void lift(const Saturator *s, int64_t frames) {
    const int64_t step = s->channels;
    const double *y = fresh(s, s->bent) - 4 * step;
    double *out = fresh(s, s->lifted);
    for (int64_t i = 0; i < frames * step; i++, y++) {
        const double sum = 2134.0 * y[0] - 506.0 * (y[-step] + y[step]) +
                           100.0 * (y[-2 * step] + y[2 * step]) -
                           14.0 * (y[-3 * step] + y[3 * step]) + (y[-4 * step] + y[4 * step]);
        out[i] = sum * (1.0 / 1296.0);
    }
}

/* The frames that wait at the first stage, through the curve. */
static void oversampled(const Saturator *s, double *out, int64_t frames) {
    const int64_t stages = s->stages;
    for (int64_t k = 0; k < stages; k++)
        rise(s, k, k + 1 < stages ? s->up[k + 1] : s->points, frames << k);
    bend(s, frames << stages);
    lift(s, frames << stages);
    keep(s, s->bent, frames << stages);
    double a[POINTS / 2], b[POINTS / 2], *made = a, *other = b;
    fall(s, stages - 1, s->lifted.at, made, frames << (stages - 1));
    keep(s, s->lifted, frames << stages);
    for (int64_t k = stages - 2; k >= 0; k--) {
        fall(s, k, made, other, frames << k);
        double *const swap = made;
        made = other;
        other = swap;
    }
    memcpy(out, made, (size_t)(frames * s->channels) * sizeof *out);
}

static double plain(double u, int64_t curve) {
    if (curve >= SOFT) return clipped_value(u, curve == SOFT);
    return round_value(u, 1.0 / __builtin_sqrt(1.0 + u * u), curve == TUBE ? EVEN : 0.0);
}

static void chunk(const Saturator *s, const double *drive, const double *output, const double *in,
                  double *out, int64_t frames) {
    const int64_t channels = s->channels, values = frames * channels;
    double points[2 * CHUNK], *driven = s->stages ? fresh(s, s->up[0]) : points;
    double *const waiting = fresh(s, s->waiting);
    for (int64_t i = 0; i < values; i++) {
        driven[i] = in[i] * drive[i / channels];
        waiting[i] = output[i / channels];
    }
    if (s->stages) oversampled(s, out, frames);
    else
        for (int64_t i = 0; i < values; i++) out[i] = plain(within(driven[i], LOUDEST), s->curve);
    for (int64_t i = 0; i < values; i++) out[i] *= s->waiting.at[i];
    keep(s, s->waiting, frames);
}

static Line line(double **memory, const Saturator *s, int64_t held, int64_t frames) {
    const Line made = {*memory, held};
    *memory += (held + frames) * s->channels;
    return made;
}

static Saturator laid_out(const int64_t *layout, const double *taps, double *memory,
                          int64_t channels) {
    Saturator s = {.halves = layout + 4, .curve = layout[0], .stages = layout[1],
                   .channels = channels};
    const int64_t points = (int64_t)CHUNK << s.stages;
    s.waiting = line(&memory, &s, layout[2], CHUNK);
    s.points = line(&memory, &s, 1, points);
    s.later = line(&memory, &s, 1, points);
    s.bent = line(&memory, &s, 8, points);
    s.lifted = line(&memory, &s, layout[3], points);
    for (int64_t k = 0; k < s.stages; k++) {
        const int64_t half = s.halves[k], frames = (int64_t)CHUNK << k;
        s.up[k] = line(&memory, &s, 2 * half - 1, frames);
        s.even[k] = line(&memory, &s, half - 1, frames);
        s.odd[k] = line(&memory, &s, 2 * half - 1, frames);
        s.taps[k] = taps;
        taps += half;
    }
    return s;
}

/* numbers: (3, 2) drive and output as factors, see `move_on`.
 * layout:  the curve, how many stages, the latency in frames, points that `lifted` holds back to
 *          make the latency whole, then `halves`; taps: those of all stages in a row.
 * memory:  all lines, zero at first but for the output's factors, which begin it.
 * in, out: (frames, channels), one or two channels. */
EXPORT void saturator_process(double *numbers, int64_t *left, const int64_t *layout,
                              const double *taps, double *memory, const double *in, double *out,
                              int64_t frames, int64_t channels) {
    const uint64_t mode = flush_denormals();
    const Saturator s = laid_out(layout, taps, memory, channels);
    for (int64_t done = 0, run; done < frames; done += run) {
        double drive[CHUNK], output[CHUNK];
        run = frames - done < CHUNK ? frames - done : CHUNK;
        for (int64_t i = 0; i < run; i++) {
            drive[i] = numbers[DRIVE];
            output[i] = numbers[OUTPUT];
            move_on(numbers, NUMBERS, left);
        }
        chunk(&s, drive, output, in + done * channels, out + done * channels, run);
    }
    restore_denormals(mode);
}
