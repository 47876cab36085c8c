/* Clicks: found where the prediction residual rises and falls at once, and where the sound goes
 * on after them as if they had not been; then filled in from both sides.
 *
 * What is added to a sound leaves the sound after it as it was; a note changes it. So a click is
 * only what can be cut out such that the residual about the cut is no larger than around it.
 *
 * Source: A. J. Fox, Outliers in time series, J. Roy. Stat. Soc. B 34, 1972, for the two kinds;
 * Godsill & Rayner, Digital Audio Restoration, 1998, chapter 5, for residual and interpolation.
 */

#include "ar.h"

#define OUTLYING 8.0    /* deviations: bridged when the model is made */
#define BRIDGE 4        /* calm frames that end a bridge */
#define LOOKS 4         /* models at most, each without what stood out from the one before */
#define BETTER 0.9      /* of the deviation before: another look is worth it */
#define STAYS 0.42       /* of a jump is still there when the longest click would be over */
#define CALM 2.0        /* deviations of the residual where a click is gone */
#define HIGHEST_LEFT 5.0 /* deviations of its highest value */
#define RIVAL 2.5       /* how far a click stands out against what else does */
#define CELLS 64        /* of a stretch, for rivals */
#define RIVALS 2        /* so many others may be as high */
#define UNLIKE 2.5      /* the residual before and after a click differ by no more */
#define UNLIKE_SOUND 5.0 /* nor does the sound, nor the product of the two */
#define RISING 2.5      /* the sound rises by no more: a drum begins with a click of its own */
#define WORTH 4.0       /* what a frame more must take from the residual, in squared deviations */
#define HIGHER 4.0      /* than what is no click: what follows at once is looked at too */
#define GUARD 1         /* frames before the first that stands out that are filled in with it */

typedef struct {
    double threshold; /* deviations that a click is high */
    double longest;   /* frames that it may last */
    double floor;     /* no residual counts as smaller */
    double near;      /* frames on either side that it is held against */
    double brief;     /* frames after a click that may be no louder either */
    double order;     /* of the model that finds */
    double fine;      /* of the model that fills in */
} declick_settings;

typedef struct {
    const declick_settings *s;
    const double *window;
    double *x;
    int64_t total, order;
    double a[HIGHEST + 1];
    double *e, *spare, *kept, *filled, *left, *band;
    double deviation; /* of the residual of the whole stretch */
} stretch;

static inline double larger(double a, double b) { return a > b ? a : b; }

static double peak(const double *values, int64_t count) {
    double most = 0.0;
    for (int64_t i = 0; i < count; i++) most = larger(most, magnitude(values[i]));
    return most;
}

static double power(const double *values, int64_t count) {
    double sum = 0.0;
    for (int64_t i = 0; i < count; i++) sum += values[i] * values[i];
    return sum;
}

/* The stretch with straight lines in place of what stands out by more than `limit`. */
static void bridge(const stretch *t, double limit, double *to) {
    memcpy(to, t->x, sizeof *to * (size_t)t->total);
    for (int64_t i = t->order; i < t->total; i++) {
        if (magnitude(t->e[i]) <= limit) continue;
        int64_t end = i + 1;
        for (int64_t k = end; k < t->total && k < end + BRIDGE; k++)
            if (magnitude(t->e[k]) > limit) end = k + 1;
        const int64_t last = end < t->total ? end : t->total - 1;
        const double first = to[i - 1], step = (t->x[last] - first) / (double)(last - i + 1);
        for (int64_t k = i; k < last; k++) to[k] = first + step * (double)(k - i + 1);
        i = end;
    }
}

/* A model of `from`, and its residual over the stretch as it is. */
static void model(stretch *t, const double *from) {
    double r[HIGHEST + 1];
    autocorrelation(from, t->window, t->total, t->order, t->spare, r);
    levinson(r, t->order, t->a);
    residual(t->a, t->order, t->x, t->order, t->total, 1, t->e);
    t->deviation = larger(robust_deviation(t->e, t->order, t->total, t->spare), t->s->floor);
}

/* Whether anything stands out; if so, from a model that has not seen it. */
static int look(stretch *t) {
    model(t, t->x);
    if (!(peak(t->e + t->order, t->total - t->order) > OUTLYING * t->deviation)) return 0;
    for (int64_t i = 0; i < LOOKS; i++) {
        const double before = t->deviation;
        bridge(t, OUTLYING * before, t->kept);
        model(t, t->kept);
        if (t->deviation > BETTER * before) break;
    }
    return 1;
}

typedef struct {
    double before, after; /* deviations of the residual, no less than the floor */
    double larger;        /* of the two, and of the first moments after */
} surroundings;

static surroundings around(const stretch *t, int64_t from, int64_t to) {
    const int64_t near = (int64_t)t->s->near, brief = (int64_t)t->s->brief;
    const int64_t first = from - near > t->order ? from - near : t->order;
    const int64_t after = to + t->order;
    const int64_t last = after + near < t->total ? after + near : t->total;
    const int64_t soon = after + brief < last ? after + brief : last;
    surroundings found;
    found.before = larger(robust_deviation(t->e, first, from, t->spare), t->s->floor);
    found.after = larger(robust_deviation(t->e, after, last, t->spare), t->s->floor);
    found.larger = larger(found.before, found.after);
    found.larger = larger(robust_deviation(t->e, after, soon, t->spare), found.larger);
    return found;
}

static double level(const stretch *t, int64_t from, int64_t to) {
    double power = 0.0;
    if (from < 0) from = 0;
    if (to > t->total) to = t->total;
    for (int64_t i = from; i < to; i++) power += t->x[i] * t->x[i];
    return larger(__builtin_sqrt(power / larger((double)(to - from), 1.0)), t->s->floor);
}

/* Whether sound and residual are alike before and after a gap: a note begins or ends if not. */
static int goes_on(const stretch *t, const surroundings *about, int64_t from, int64_t to) {
    const int64_t near = (int64_t)t->s->near;
    const double residuals = about->after / about->before;
    const double sounds = level(t, to, to + near) / level(t, from - near, from);
    const double both = residuals * sounds;
    return residuals < UNLIKE && residuals * UNLIKE > 1.0 && sounds < RISING &&
           sounds * UNLIKE_SOUND > 1.0 && both < UNLIKE_SOUND && both * UNLIKE_SOUND > 1.0;
}

/* The highest residual elsewhere, but for a few that may be clicks too. */
static double rival(const stretch *t, int64_t from, int64_t to) {
    double peaks[CELLS] = {0}, high = 0.0;
    const int64_t wide = t->total / CELLS + 1;
    for (int64_t i = t->order; i < t->total; i++)
        if (i < from || i >= to) peaks[i / wide] = larger(peaks[i / wide], magnitude(t->e[i]));
    for (int64_t k = 0; k <= RIVALS; k++) {
        int64_t best = 0;
        for (int64_t c = 1; c < CELLS; c++)
            if (peaks[c] > peaks[best]) best = c;
        high = peaks[best];
        for (int64_t c = best - 1; c <= best + 1; c++)
            if (c >= 0 && c < CELLS) peaks[c] = 0.0;
    }
    return high;
}

/* How high what is cut out from `from` to `to` is; `filled` is what takes its place. */
static double height(const stretch *t, int64_t from, int64_t to) {
    double most = 0.0;
    for (int64_t i = from; i < to; i++)
        most = larger(most, magnitude(t->kept[i] - t->filled[i - from]));
    return most;
}

/* Whether from frame `at` on the sound is the same but for its level and its slope: a switch, a
 * cut, a note's beginning. What these add to the residual is fitted to it. */
static int is_step(const stretch *t, int64_t at, double deviation) {
    const int64_t order = t->order;
    double step = 0.0, slope = 0.0, ss = 0.0, sr = 0.0, rr = 0.0, se = 0.0, re = 0.0, ee = 0.0;
    for (int64_t k = 0; k <= order; k++) {
        const double e = t->e[at + k];
        step += t->a[k];
        slope += step;
        ss += step * step;
        sr += step * slope;
        rr += slope * slope;
        se += step * e;
        re += slope * e;
        ee += e * e;
    }
    const double both = ss * rr - sr * sr;
    if (!(both > SINGULAR * ss * rr)) return 0;
    const double taken = (se * se * rr - 2.0 * se * re * sr + re * re * ss) / both;
    return ee - taken <= CALM * CALM * deviation * deviation * (double)order;
}

/* A finer model of the stretch as it stands. */
static void refine(const stretch *t, double *a) {
    double r[HIGHEST + 1];
    autocorrelation(t->x, t->window, t->total, (int64_t)t->s->fine, t->spare, r);
    levinson(r, (int64_t)t->s->fine, a);
}

/* Whether a jump at `from` stays longer than a click would last: in the middle of a gap of twice
 * that length, what is cut out has not fallen. */
static int stays(stretch *t, int64_t from) {
    const int64_t room = t->total - (int64_t)t->s->fine - from, twice = 2 * (int64_t)t->s->longest;
    const int64_t count = twice < room ? twice : room;
    double a[HIGHEST + 1];
    fill_gap(t->a, t->order, t->x, from, count, t->band, t->left, t->filled);
    refine(t, a);
    fill_gap(a, (int64_t)t->s->fine, t->x, from, count, t->band, t->left, t->filled);
    memcpy(t->x + from, t->kept + from, sizeof *t->x * (size_t)count);
    double jump = 0.0, left = 0.0;
    for (int64_t i = 0; i < count / 2; i++) {
        const double cut = t->kept[from + i] - t->filled[i];
        if (magnitude(cut) > magnitude(jump)) jump = cut;
    }
    for (int64_t i = 3 * count / 8; i < 5 * count / 8; i++)
        left += t->kept[from + i] - t->filled[i];
    left /= (double)(5 * count / 8 - 3 * count / 8);
    return (jump < 0.0 ? -left : left) > STAYS * magnitude(jump);
}

/* Whether a gap holds a click: without it the residual is calm, with it it was not. `x` is left
 * as it was. */
static int holds_click(stretch *t, int64_t from, int64_t to) {
    const int64_t count = to - from, order = t->order;
    const surroundings about = around(t, from, to);
    if (!goes_on(t, &about, from, to)) return 0;
    fill_gap(t->a, order, t->x, from, count, t->band, t->left, t->filled);
    memcpy(t->x + from, t->kept + from, sizeof *t->x * (size_t)count);
    const double rest = power(t->left, count + order);
    return rest <= CALM * CALM * about.larger * about.larger * (double)order &&
           peak(t->left, count + order) <= HIGHEST_LEFT * about.larger &&
           rest <= power(t->e + to, order) &&
           height(t, from, to) >= t->s->threshold * about.larger;
}

/* Fills in a click from `from` to `to` and, where a finer model sees that it has not ended, on
 * to `limit` at most. Returns its end.
 *
 * What a longer gap takes from the residual is, in squared deviations, as large as the number of
 * frames that it adds, if these are no part of the click. */
static int64_t fill_in(stretch *t, int64_t from, int64_t to, int64_t limit) {
    const int64_t fine = (int64_t)t->s->fine, near = (int64_t)t->s->near;
    double a[HIGHEST + 1];
    fill_gap(t->a, t->order, t->x, from, to - from, t->band, t->left, t->filled);
    refine(t, a);
    const int64_t first = from - near > fine ? from - near : fine;
    residual(a, fine, t->x, first, from, 1, t->left);
    const double before = robust_deviation(t->left, first, from, t->spare);
    residual(a, fine, t->x, limit + fine, limit + fine + near, 1, t->left);
    const double after = robust_deviation(t->left, limit + fine, limit + fine + near, t->spare);
    const double deviation = larger(larger(before, after), t->s->floor);
    fill_gap(a, fine, t->x, from, to - from, t->band, t->left, t->filled);
    for (int64_t end = to;;) {
        const int64_t next = end + (end - from) / 4 + 2;
        if (next > limit) return end;
        residual(a, fine, t->x, end + fine, next + fine, 1, t->left + (end - from) - end);
        const double rest = power(t->left, next - from + fine);
        memcpy(t->spare, t->x + from, sizeof *t->x * (size_t)(next - from));
        fill_gap(a, fine, t->x, from, next - from, t->band, t->left, t->filled);
        const double taken = rest - power(t->left, next - from + fine);
        if (taken < WORTH * deviation * deviation * (double)(next - end)) {
            memcpy(t->x + from, t->spare, sizeof *t->x * (size_t)(next - from));
            return end;
        }
        end = next;
    }
}

/* Mends the click that begins at frame `at`, if there is one: where it ends, or 0. */
static int64_t mend(stretch *t, int64_t at) {
    const int64_t longest = (int64_t)t->s->longest, order = t->order, from = at - GUARD;
    const surroundings about = around(t, at, at + longest);
    const double most = peak(t->e + at, longest);
    if (most < t->s->threshold * about.larger) return 0;
    if (most < RIVAL * rival(t, from, at + longest + order)) return 0;
    memcpy(t->kept, t->x, sizeof *t->x * (size_t)t->total);
    if (is_step(t, at, about.larger) && stays(t, from)) return 0;
    for (int64_t end = at + 1; end <= at + longest; end += (end - at) / 3 + 1)
        if (holds_click(t, from, end)) return fill_in(t, from, end, at + longest);
    return 0;
}

/* Mends the clicks that begin in the frames `first` … `last` - 1 of a stretch of `total`.
 *
 * `window` is as long; `work` holds five times that and 2 HIGHEST, and the equations of the
 * longest gap. Found are, for at most `most` clicks, first frame, frames, and the height of what
 * was cut out. Returns how many there are. */
EXPORT int64_t declick_process(const double *settings, const double *window, double *x,
                               int64_t first, int64_t last, int64_t total, double *work,
                               double *found, int64_t most) {
    const uint64_t mode = flush_denormals();
    const declick_settings *s = (const declick_settings *)settings;
    stretch t = {.s = s, .window = window, .x = x, .total = total, .order = (int64_t)s->order};
    double **parts[] = {&t.e, &t.spare, &t.kept, &t.filled, &t.left, &t.band};
    for (int64_t i = 0; i < 6; i++) *parts[i] = work + i * (total + 2 * HIGHEST);
    int64_t count = 0, until = look(&t) ? last : first;
    for (int64_t at = first; at < until && count < most; at++) {
        if (magnitude(t.e[at]) < OUTLYING * t.deviation) continue;
        double *one = found + 3 * count;
        const int64_t end = mend(&t, at);
        if (end == 0) {
            const int64_t skip = at + (int64_t)s->brief;
            const double higher = HIGHER * magnitude(t.e[at]);
            while (at + 1 < skip && magnitude(t.e[at + 1]) < higher) at++;
            continue;
        }
        residual(t.a, t.order, x, at - GUARD, end + t.order, 1, t.e);
        one[0] = (double)(at - GUARD);
        one[1] = (double)(end - at + GUARD);
        one[2] = 0.0;
        for (int64_t i = at - GUARD; i < end; i++)
            one[2] = larger(one[2], magnitude(t.kept[i] - x[i]));
        count++;
        at = end - 1;
    }
    restore_denormals(mode);
    return count;
}
