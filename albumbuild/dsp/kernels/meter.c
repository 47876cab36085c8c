/* The meter: K-weighted energy in slots of 10 ms, and what is counted along the way. */

#include "kernels.h"
#include "meter_peak.h"

#define FULL_SCALE (1.0 - 1.0 / 32768.0)
#define CLIPPED_RUN 3
#define HEARD 0.001 /* -60 dBFS: what is smaller all over is silence */

/* What is remembered of two channels. */
typedef struct {
    double shelf[4];  /* two delays of each */
    double pass[4];
    double energy[2]; /* K-weighted, of the slot that is filling */
    double sum[2];    /* of the samples, from the start */
    double square[2];
    double peak[2];
    double run[2];    /* samples in a row at full scale; below zero at the negative one */
} pair_memory;

typedef struct {
    double frames;       /* from the start */
    double slots;        /* of 10 ms that are full */
    double clipped_runs;
    double cross;        /* of left and right, K-weighted, in the slot that is filling */
    double product;      /* of left and right, from the start */
    double before;       /* frames before the first that is no silence */
    double heard;        /* frames up to the last that is none; 0 while there is none */
    pair_memory pairs[];
} meter_memory;

static void count_clipped(meter_memory *m, pair_memory *p, const double *x, int64_t frames,
                          int64_t channels, int lane) {
    for (int64_t i = 0; i < frames; i++) {
        const double value = x[i * channels];
        double run = p->run[lane];
        if (value >= FULL_SCALE) run = run > 0.0 ? run + 1.0 : 1.0;
        else if (value <= -FULL_SCALE) run = run < 0.0 ? run - 1.0 : -1.0;
        else run = 0.0;
        if (run == CLIPPED_RUN || run == -CLIPPED_RUN) m->clipped_runs += 1.0;
        p->run[lane] = run;
    }
}

static inline pair biquad(pair x, const double *c, pair *first, pair *second) {
    const pair y = c[0] * x + *first;
    *first = c[1] * x - c[3] * y + *second;
    *second = c[2] * x - c[4] * y;
    return y;
}

/* Two channels, or one and nothing beside it, for frames of one slot. */
static WIDE void weigh(meter_memory *m, pair_memory *p, const double *filters, const double *x,
                       int64_t frames, int64_t channels, int both) {
    pair shelf1 = load_pair(p->shelf), shelf2 = load_pair(p->shelf + 2);
    pair pass1 = load_pair(p->pass), pass2 = load_pair(p->pass + 2);
    pair energy = load_pair(p->energy), sum = load_pair(p->sum), square = load_pair(p->square);
    pair peak = {0.0, 0.0};
    double cross = m->cross, product = m->product;
    for (int64_t i = 0; i < frames; i++) {
        const double *frame = x + i * channels;
        const pair in = {frame[0], both ? frame[1] : 0.0};
        const pair k = biquad(biquad(in, filters, &shelf1, &shelf2), filters + 5, &pass1, &pass2);
        energy += k * k;
        sum += in;
        square += in * in;
        cross += k[0] * k[1];
        product += in[0] * in[1];
        const pair size = {size_of(in[0]), size_of(in[1])};
        peak = (pair){size[0] > peak[0] ? size[0] : peak[0], size[1] > peak[1] ? size[1] : peak[1]};
    }
    store_pair(p->shelf, shelf1);
    store_pair(p->shelf + 2, shelf2);
    store_pair(p->pass, pass1);
    store_pair(p->pass + 2, pass2);
    store_pair(p->energy, energy);
    store_pair(p->sum, sum);
    store_pair(p->square, square);
    if (channels == 2) {
        m->cross = cross;
        m->product = product;
    }
    for (int lane = 0; lane <= both; lane++) {
        if (peak[lane] > p->peak[lane]) p->peak[lane] = peak[lane];
        if (peak[lane] >= FULL_SCALE || p->run[lane] != 0.0)
            count_clipped(m, p, x + lane, frames, channels, lane);
    }
}

static int is_heard(const double *frame, int64_t channels) {
    for (int64_t c = 0; c < channels; c++)
        if (size_of(frame[c]) >= HEARD) return 1;
    return 0;
}

/* Where silence ends at the head, and where it begins at the tail, so far. */
static void mark_silence(meter_memory *m, const double *x, int64_t frames, int64_t channels) {
    int64_t last = frames - 1, first = 0;
    while (last >= 0 && !is_heard(x + last * channels, channels)) last--;
    if (m->heard == 0.0) {
        while (first <= last && !is_heard(x + first * channels, channels)) first++;
        m->before = m->frames + (double)(last < 0 ? frames : first);
    }
    if (last >= 0) m->heard = m->frames + (double)last + 1.0;
}

/* Writes the energy of each slot that fills, and the product of left and right in it.
 *
 * `filters` is the shelf and the high-pass: b0 b1 b2 a1 a2 of each. A slot ends at the
 * whole frame at or before its hundredth of a second. Returns how many slots filled.
 */
EXPORT int64_t meter_add(double *memory, const double *filters, const double *weights,
                         const double *block, double *slots, int64_t frames, int64_t channels,
                         int64_t rate_hz) {
    const uint64_t mode = flush_denormals();
    meter_memory *m = (meter_memory *)memory;
    int64_t filled = 0;
    mark_silence(m, block, frames, channels);
    for (int64_t at = 0; at < frames;) {
        const int64_t end = ((int64_t)m->slots + 1) * rate_hz / 100;
        const int64_t missing = end - (int64_t)m->frames;
        const int64_t count = frames - at < missing ? frames - at : missing;
        for (int64_t c = 0; c < channels; c += 2)
            weigh(m, m->pairs + c / 2, filters, block + at * channels + c, count, channels,
                  c + 1 < channels);
        at += count;
        m->frames += (double)count;
        if (count < missing) break;
        double energy = 0.0;
        for (int64_t c = 0; c < channels; c++) {
            energy += weights[c] * m->pairs[c / 2].energy[c % 2];
            m->pairs[c / 2].energy[c % 2] = 0.0;
        }
        slots[2 * filled] = energy;
        slots[2 * filled + 1] = m->cross;
        m->cross = 0.0;
        m->slots += 1.0;
        filled++;
    }
    restore_denormals(mode);
    return filled;
}

static WIDE double highest(const double *x, int64_t count) {
    double most[8] = {0.0}, top = 0.0;
    int64_t i = 0;
    for (; i + 8 <= count; i += 8)
        for (int lane = 0; lane < 8; lane++) {
            const double size = size_of(x[i + lane]);
            most[lane] = size > most[lane] ? size : most[lane];
        }
    for (; i < count; i++) top = size_of(x[i]) > top ? size_of(x[i]) : top;
    for (int lane = 0; lane < 8; lane++) top = most[lane] > top ? most[lane] : top;
    return top;
}

static inline float float_size(float x) { return x < 0.0f ? -x : x; }

/* The highest of eight samples and of the points behind them, as far as single precision tells. */
static inline float top_of_eight(const double *x, const between_points *p, int64_t at) {
    float most[8], top = 0.0f;
    for (int lane = 0; lane < 8; lane++) {
        const float a = float_size((float)x[at + lane]), b = float_size(p->quarter[at + lane]);
        const float c = float_size(p->half[at + lane]), d = float_size(p->three[at + lane]);
        const float left = a > b ? a : b, right = c > d ? c : d;
        most[lane] = left > right ? left : right;
    }
    for (int lane = 0; lane < 8; lane++) top = most[lane] > top ? most[lane] : top;
    return top;
}

/* The higher of `peak` and the true peak of `count` points whose window begins at `line`. */
static WIDE double peak_of_window(const double *line, const peak_filter *filter,
                                  const peak_limits *limits, double peak, int64_t count,
                                  int64_t channels) {
    between_points points;
    peak_marks marks;
    const double *x = line + HALF * channels;
    if (!mark_peaks(x, channels, limits, peak, &marks)) return peak;
    find_between(x, channels, filter, &marks, &points);
    for (int64_t eight = 0; eight < POINTS * channels / 8; eight++) {
        if (!marks.eights[eight]) continue;
        if (top_of_eight(x, &points, 8 * eight) * (REFINED_MOST * 1.000001) <= peak) continue;
        const int64_t first = 8 * eight < channels ? channels : 8 * eight;
        const int64_t last = (count + 1) * channels < 8 * eight + 8 ? (count + 1) * channels : 8 * eight + 8;
        for (int64_t at = first; at < last; at++) {
            if (!marks.group[at / channels / GROUP]) continue;
            const double top = peak_from(x, &points, at, channels, peak);
            if (top > peak) peak = top;
        }
    }
    return peak;
}

/* The higher of `peak`, the samples of this block, and the true peak of what has passed the
 * filter with it: what lies between samples counts only where it is over all samples so far.
 *
 * `line` holds the last TAPS + 1 frames, then room for POINTS. Where the block reaches back far
 * enough it is read in place; where all of a window is too low for a new peak, it is not. */
EXPORT double meter_true_peak(double *line, const double *taps, const double *reach, double peak,
                              const double *block, int64_t frames, int64_t channels) {
    const uint64_t mode = flush_denormals();
    const peak_filter filter = {HALF, taps};
    const peak_limits *limits = (const peak_limits *)reach;
    const int64_t past = (TAPS + 1) * channels;
    const size_t past_size = sizeof *line * (size_t)past;
    double most = 0.0, last = highest(line, past), before = last;
    const double whole = highest(block, frames * channels);
    if (whole > peak) peak = whole;
    for (int64_t r = 0; r < REACH; r++) most += limits->reach[r];
    for (int64_t at = 0; at < frames; at += STEP) {
        const int64_t count = frames - at < STEP ? frames - at : STEP;
        const double *newest = block + at * channels;
        const double now = highest(newest, count * channels);
        const double around = now > last ? (now > before ? now : before) : last > before ? last : before;
        before = last;
        last = now;
        if (at > TAPS && count == STEP) {
            if (around * most > peak)
                peak = peak_of_window(newest - past, &filter, limits, peak, count, channels);
            continue;
        }
        const size_t size = sizeof *line * (size_t)(count * channels);
        if (at > TAPS) memcpy(line, newest - past, past_size);
        memcpy(line + past, newest, size);
        memset(line + past + count * channels, 0, sizeof *line * (size_t)(POINTS * channels) - size);
        if (around * most > peak)
            peak = peak_of_window(line, &filter, limits, peak, count, channels);
        memmove(line, line + count * channels, past_size);
    }
    if (frames > TAPS) memcpy(line, block + frames * channels - past, past_size);
    restore_denormals(mode);
    return peak;
}
