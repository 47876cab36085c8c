/* Flat tops: runs of samples that stay at one level with steep ways to it, and what was above
 * them, from a model of the sound around.
 *
 * Source: Janssen, Veldhuis & Vries, 1986, for the interpolation; where a run is too long for it,
 * a cubic of Hermite's through its ends.
 */

#include "ar.h"
#include "maths.h"

#define FLAT (1.5 / 32768.0)   /* a level is one within this: one step of 16 bits and its dither */
#define STEEP (32.0 * FLAT)    /* that the four frames around a run are under it, together */
#define LEAST 3                /* frames of a run that make a level known */
#define PASSES 3               /* each with a model of what the one before has rebuilt */

typedef struct {
    double threshold; /* linear: nothing under it is clipped */
    double longest;   /* frames that the model rebuilds */
    double order;
} declip_settings;

typedef struct {
    double *x;
    int64_t total, order;
    double *kept, *spare, *left, *filled, *band;
} clipped;

/* How many frames from `at` on stay at the level of the first. */
static int64_t run_length(const double *x, int64_t at, int64_t total) {
    int64_t end = at + 1;
    while (end < total && magnitude(x[end] - x[at]) <= FLAT) end++;
    return end - at;
}

static int is_steep(const double *x, int64_t at, int64_t count) {
    const double sign = x[at] < 0.0 ? -1.0 : 1.0, level = 4.0 * magnitude(x[at]);
    const double around = x[at - 2] + x[at - 1] + x[at + count] + x[at + count + 1];
    return level - sign * around > STEEP && sign * x[at - 1] < sign * x[at] &&
           sign * x[at + count] < sign * x[at];
}

/* A cubic through the frames beside a gap, with their slopes. */
static void curve(double *x, int64_t from, int64_t count) {
    const double first = x[from - 1], last = x[from + count], wide = (double)(count + 1);
    const double out = (first - x[from - 2]) * wide, in = (x[from + count + 1] - last) * wide;
    for (int64_t i = 0; i < count; i++) {
        const double u = (double)(i + 1) / wide, v = 1.0 - u;
        x[from + i] = v * v * ((1.0 + 2.0 * u) * first + u * out) +
                      u * u * ((1.0 + 2.0 * v) * last - v * in);
    }
}

/* Rebuilds one run; nothing comes to lie under the level where it was cut. */
static void rebuild(clipped *c, const double *a, int64_t from, int64_t count, int64_t longest) {
    const double level = c->kept[from];
    if (count > longest) curve(c->x, from, count);
    else fill_gap(a, c->order, c->x, from, count, c->band, c->left, c->filled);
    for (int64_t i = from; i < from + count; i++)
        if (level < 0.0 ? c->x[i] > level : c->x[i] < level) c->x[i] = level;
}

/* Finds the runs that begin from `first` to `last`. */
static int64_t find_runs(const clipped *c, const declip_settings *s, int64_t first, int64_t last,
                         double *levels, double *found, int64_t most) {
    int64_t count = 0;
    for (int64_t at = first; at < last && count < most; at++) {
        if (magnitude(c->x[at]) < s->threshold) continue;
        const int64_t run = run_length(c->x, at, c->total - 2);
        double *level = levels + (c->x[at] < 0.0);
        const int known = run >= LEAST || magnitude(*level - c->x[at]) <= FLAT;
        const int goes_on = magnitude(c->x[at] - c->x[at - 1]) <= FLAT;
        if (known && !goes_on && at + run < c->total - 2 &&
            at + run + (run > (int64_t)s->longest ? 0 : c->order) < c->total && is_steep(c->x, at, run)) {
            if (run >= LEAST) *level = c->x[at];
            found[3 * count] = (double)at;
            found[3 * count++ + 1] = (double)run;
        }
        at += run - 1;
    }
    return count;
}

/* Rebuilds every run: first by curves, for a model of what is cut would rebuild the cut. */
static void rebuild_all(clipped *c, const double *window, const double *found, int64_t count,
                        int64_t longest) {
    double a[HIGHEST + 1], r[HIGHEST + 1];
    memcpy(c->kept, c->x, sizeof *c->x * (size_t)c->total);
    for (int64_t k = 0; k < count; k++)
        rebuild(c, NULL, (int64_t)found[3 * k], (int64_t)found[3 * k + 1], 0);
    for (int64_t pass = 0; pass < PASSES; pass++) {
        autocorrelation(c->x, window, c->total, c->order, c->spare, r);
        levinson(r, c->order, a);
        for (int64_t k = 0; k < count; k++)
            rebuild(c, a, (int64_t)found[3 * k], (int64_t)found[3 * k + 1], longest);
    }
}

/* Rebuilds the flat tops that begin in the frames `first` … `last` - 1 of a stretch of `total`;
 * those after them are rebuilt for the model alone.
 *
 * `levels` are those at which runs are known to be cut, above and below. Found are first frame,
 * frames and the peak that was rebuilt. Returns how many there are. */
EXPORT int64_t declip_process(const double *settings, const double *window, double *x,
                              int64_t first, int64_t last, int64_t total, double *work,
                              double *levels, double *found, int64_t most) {
    const uint64_t mode = flush_denormals();
    const declip_settings *s = (const declip_settings *)settings;
    clipped c = {.x = x, .total = total, .order = (int64_t)s->order};
    double **parts[] = {&c.kept, &c.spare, &c.left, &c.filled, &c.band};
    for (int64_t i = 0; i < 5; i++) *parts[i] = work + i * (total + 2 * HIGHEST);
    const int64_t count = find_runs(&c, s, first, last, levels, found, most);
    int64_t more = 0;
    if (count > 0) {
        const int64_t next = (int64_t)(found[3 * count - 3] + found[3 * count - 2]);
        more = find_runs(&c, s, next > last ? next : last, total - c.order - 2, levels,
                         found + 3 * count, most - count);
        rebuild_all(&c, window, found, count + more, (int64_t)s->longest);
    }
    for (int64_t k = 0; k < count + more; k++) {
        double *one = found + 3 * k;
        const int64_t from = (int64_t)one[0], frames = (int64_t)one[1];
        one[2] = 0.0;
        for (int64_t i = from; i < from + frames; i++)
            if (magnitude(x[i]) > one[2]) one[2] = magnitude(x[i]);
        if (k >= count) memcpy(x + from, c.kept + from, sizeof *x * (size_t)frames);
    }
    restore_denormals(mode);
    return count;
}
