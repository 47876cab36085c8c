/* The limiter: what each frame must be turned down, held, released and smoothed ahead of it.
 *
 * Attenuation is log2 in whole steps of 2^-32, so that sums that run for hours stay exact and
 * a limiter at rest multiplies by exactly 1. The smallest gain of a window, let go of by an
 * exponential, then averaged twice over no more than the window: never too little. Where
 * reduction lasts, the exponential ends at a slow average of it; after the two-stage release
 * of Giannoulis, Massberg and Reiss, Digital dynamic range compressor design, JAES 60, 2012.
 */

#include "kernels.h"
#include "maths.h"
#include "meter_peak.h"

#define ONE 4294967296.0 /* one octave of attenuation */
#define FORGOTTEN 429497 /* 0.0006 dB: what lasted is let go of below it */
#define MOST 60.0        /* octaves; whatever comes in, sums stay whole numbers */

typedef struct {
    double drive;      /* a factor */
    double ceiling;    /* linear; nothing is done up to it */
    double target;     /* linear; what exceeds the ceiling is brought down to this */
    double release;    /* what is left of a difference after one frame */
    double charge;     /* how much of it the lasting reduction takes up; 0: there is none such */
    double lasting;    /* what is left of that after one frame */
    double link;       /* 0: each channel for itself, 1: all as the most reduced */
    double true_peak;  /* 0: samples only */
    double past;       /* frames kept before the newest */
    double late;       /* frames that the output comes late */
    double window;     /* frames that a need is held */
    double ring;       /* that, rounded up to a power of two */
    double box1, box2; /* frames averaged */
    double share1, share2; /* of one of them: what it adds to its average */
    double envelopes;  /* 1 when linked fully, else the channels */
} limiter_settings;

/* One gain for all channels, or for one of them. */
typedef struct {
    int64_t before;             /* the need of the interval before */
    int64_t first, last;        /* of the falling needs in the window; none when equal */
    int64_t held;               /* what release has come to */
    int64_t slow;               /* what reduction lasts: release goes no lower at once */
    int64_t sum1, sum2, at1, at2;
    int64_t rest[];             /* needs and their frames (a ring each), box 1, box 2 */
} envelope;

static inline int64_t need_of(const limiter_settings *s, double peak) {
    if (!(peak > s->ceiling)) return 0;
    const double octaves = fast_log2(peak / s->target);
    return (int64_t)((octaves < MOST ? octaves : MOST) * ONE) + 1;
}

/* The largest need of the last `window` frames. */
static inline int64_t held_need(envelope *e, const limiter_settings *s, int64_t frame,
                                int64_t need) {
    const int64_t mask = (int64_t)s->ring - 1;
    int64_t *needs = e->rest, *frames = e->rest + (int64_t)s->ring;
    while (e->last > e->first && needs[(e->last - 1) & mask] <= need) e->last--;
    if (e->last > e->first && frames[e->first & mask] <= frame - (int64_t)s->window) e->first++;
    if (need > 0) {
        needs[e->last & mask] = need;
        frames[e->last & mask] = frame;
        e->last++;
    }
    return e->last > e->first ? needs[e->first & mask] : 0;
}

static inline int64_t averaged(int64_t *box, int64_t length, double share, int64_t *at,
                               int64_t *sum, int64_t value) {
    *sum += value - box[*at];
    box[*at] = value;
    if (++*at == length) *at = 0;
    return (int64_t)((double)*sum * share);
}

/* What of a need has lasted by now. */
static inline int64_t lasting(const limiter_settings *s, int64_t slow, int64_t need) {
    const double kept = (double)slow * s->lasting;
    const double rise = (double)need > kept ? ((double)need - kept) * s->charge : 0.0;
    const int64_t now = (int64_t)(kept + rise);
    return now < FORGOTTEN && need == 0 ? 0 : now;
}

/* The attenuation of the frame that is `late` by now. */
static inline int64_t smoothed(envelope *e, const limiter_settings *s, int64_t frame,
                               int64_t need) {
    const int64_t box1 = (int64_t)s->box1, box2 = (int64_t)s->box2;
    const int64_t target = held_need(e, s, frame, need);
    const int64_t goal = target > e->slow ? target : e->slow;
    if (goal >= e->held) e->held = goal;
    else e->held = goal + (int64_t)((double)(e->held - goal) * s->release);
    e->slow = lasting(s, e->slow, target);
    if (e->held == 0 && e->sum1 == 0 && e->sum2 == 0) return 0;
    int64_t *first = e->rest + 2 * (int64_t)s->ring;
    const int64_t once = averaged(first, box1, s->share1, &e->at1, &e->sum1, e->held);
    return averaged(first + box1, box2, s->share2, &e->at2, &e->sum2, once);
}

/* What two detectors see in a stretch: they agree on sound up to 20 kHz, and bound what other
 * meters may read above it, where each cuts off elsewhere. */
typedef struct {
    peak_marks marks;
    between_points sharp, soft;
} sight;

static int look(const limiter_settings *s, const double *tables, const double *x,
                int64_t channels, sight *seen) {
    const peak_filter sharp = {HALF, tables}, soft = {HALF / 2, tables + 3 * HALF};
    const peak_limits *limits = (const peak_limits *)(tables + 3 * HALF + 3 * HALF / 2);
    if (!mark_peaks(x, channels, limits, s->ceiling, &seen->marks)) return 0;
    if (s->true_peak != 0.0) {
        find_between(x, channels, &sharp, &seen->marks, &seen->sharp);
        find_between(x, channels, &soft, &seen->marks, &seen->soft);
    }
    return 1;
}

/* The peak of each channel from frame `at` of the stretch to the next. */
static void find_peaks(const limiter_settings *s, const sight *seen, const double *x, int64_t at,
                       int64_t channels, double *peaks) {
    for (int64_t c = 0; c < channels; c++) {
        const int64_t place = at * channels + c;
        peaks[c] = size_of(x[place]);
        if (s->true_peak == 0.0) continue;
        const double sharp = peak_from(x, &seen->sharp, place, channels, s->ceiling);
        const double soft = peak_from(x, &seen->soft, place, channels, s->ceiling);
        peaks[c] = sharp > soft ? sharp : soft;
    }
}

static void find_needs(const limiter_settings *s, const double *peaks, int64_t channels,
                       int64_t *needs) {
    int64_t most = 0;
    for (int64_t c = 0; c < channels; c++) {
        needs[c] = need_of(s, peaks[c]);
        if (needs[c] > most) most = needs[c];
    }
    if ((int64_t)s->envelopes == 1) needs[0] = most;
    else
        for (int64_t c = 0; c < channels; c++)
            needs[c] += (int64_t)((double)(most - needs[c]) * s->link);
}

static inline int at_rest(const envelope *e) {
    return e->first == e->last && e->before == 0 && e->held == 0 && e->slow == 0 &&
           e->sum1 == 0 && e->sum2 == 0;
}

/* Turns octaves into gains; 0 into exactly 1. */
static WIDE void find_gains(double *octaves, int64_t count) {
    for (int64_t i = 0; i < count; i++) octaves[i] = exp2_of(octaves[i]);
}

/* A stretch of at most STEP frames, whose first is `newest`, after `past` frames of the line. */
static WIDE int64_t run_stretch(const limiter_settings *s, const double *tables,
                                const double *newest, int64_t *envelopes, int64_t size,
                                double *out, int64_t first, int64_t count, int64_t channels) {
    const int64_t number = (int64_t)s->envelopes;
    const double *x = newest - (HALF + 1) * channels;
    const double *sound = newest - (int64_t)s->late * channels;
    sight seen;
    const int loud = look(s, tables, x, channels, &seen);
    int resting = !loud;
    for (int64_t c = 0; c < number; c++) resting &= at_rest((envelope *)(envelopes + c * size));
    if (resting) {
        memcpy(out, sound, sizeof *out * (size_t)(count * channels));
        return 0;
    }
    double gains[WIDEST][STEP];
    int64_t most = 0;
    for (int64_t i = 0; i < count; i++) {
        double peaks[WIDEST];
        int64_t needs[WIDEST] = {0};
        if (loud && seen.marks.group[(i + 1) / GROUP]) {
            find_peaks(s, &seen, x, i + 1, channels, peaks);
            find_needs(s, peaks, channels, needs);
        }
        for (int64_t c = 0; c < number; c++) {
            envelope *e = (envelope *)(envelopes + c * size);
            const int64_t need = needs[c] > e->before ? needs[c] : e->before;
            e->before = needs[c];
            const int64_t down = smoothed(e, s, first + i, need);
            gains[c][i] = (double)down * (-1.0 / ONE);
            if (down > most) most = down;
        }
    }
    for (int64_t c = 0; c < number; c++) find_gains(gains[c], count);
    for (int64_t i = 0; i < count; i++)
        for (int64_t c = 0; c < channels; c++)
            out[i * channels + c] = sound[i * channels + c] * gains[number == 1 ? 0 : c][i];
    return most;
}

/* Limits a block. `line` is (past + room + POINTS, channels), `past` frames of it being kept
 * from call to call; an envelope is `size` numbers. `tables` are the sharp detector's taps, the
 * soft one's, and how far either reaches. `settings` are (3, …), see `move_on`.
 *
 * Returns the most that it was turned down, in dB. */
EXPORT double limiter_process(double *settings, int64_t *left, const double *tables,
                              double *line, int64_t room, int64_t *envelopes, int64_t size,
                              const double *block, double *out, int64_t first_frame,
                              int64_t frames, int64_t channels) {
    const uint64_t mode = flush_denormals();
    const limiter_settings *s = (const limiter_settings *)settings;
    const int64_t past = (int64_t)s->past;
    int64_t most = 0;
    for (int64_t at = 0, filled; at < frames; at += filled) {
        filled = still(*left, frames - at);
        if (filled > room) filled = room;
        double *newest = line + past * channels;
        for (int64_t i = 0; i < filled * channels; i++)
            newest[i] = block[at * channels + i] * s->drive;
        memset(newest + filled * channels, 0, sizeof *line * (size_t)(POINTS * channels));
        for (int64_t in = 0; in < filled; in += STEP) {
            const int64_t count = filled - in < STEP ? filled - in : STEP;
            const int64_t down =
                run_stretch(s, tables, newest + in * channels, envelopes, size,
                            out + (at + in) * channels, first_frame + at + in, count, channels);
            if (down > most) most = down;
        }
        memmove(line, line + filled * channels, sizeof *line * (size_t)(past * channels));
        move_on(settings, sizeof *s / sizeof *settings, left);
    }
    restore_denormals(mode);
    return (double)most * (LOG2_TO_DB / ONE);
}
