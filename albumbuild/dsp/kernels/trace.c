/* What a stereo sound does in each step of time: outermost samples, and sums of products. */

#include "kernels.h"

enum { LOW, HIGH, PEAK, LEFT, RIGHT, PRODUCT, VALUES };

/* One step, or a part of one: what was found before is in `values`. */
static WIDE void add_step(const double *x, int64_t frames, double *values) {
    double low[4] = {0.0}, high[4] = {0.0};
    four squares = {0.0}, products = {0.0};
    int64_t i = 0;
    for (; i + 2 <= frames; i += 2) {
        const four here = load_four(x + 2 * i);
        const four other = {here[1], here[0], here[3], here[2]};
        squares += here * here;
        products += here * other;
        for (int lane = 0; lane < 4; lane++) {
            low[lane] = here[lane] < low[lane] ? here[lane] : low[lane];
            high[lane] = here[lane] > high[lane] ? here[lane] : high[lane];
        }
    }
    for (; i < frames; i++)
        for (int lane = 0; lane < 2; lane++) {
            const double here = x[2 * i + lane];
            squares[lane] += here * here;
            products[lane] += here * x[2 * i + 1 - lane];
            low[lane] = here < low[lane] ? here : low[lane];
            high[lane] = here > high[lane] ? here : high[lane];
        }
    for (int lane = 0; lane < 4; lane++) {
        if (low[lane] < values[LOW]) values[LOW] = low[lane];
        if (high[lane] > values[HIGH]) values[HIGH] = high[lane];
    }
    values[LEFT] += squares[0] + squares[2];
    values[RIGHT] += squares[1] + squares[3];
    values[PRODUCT] += products[0] + products[2];
}

/* Adds a block to steps, (count, VALUES), the first of which may have begun before; `ends` are
 * where each of them ends in the block. True peaks come from the meter. */
EXPORT void trace_add(const double *block, const int64_t *ends, int64_t count, double *steps) {
    for (int64_t step = 0, at = 0; step < count; at = ends[step++])
        add_step(block + 2 * at, ends[step] - at, steps + VALUES * step);
}
