/* What a cutting stylus does in each short piece of a side, from what its filters give.
 *
 * Blocks are (frames, 2): left, right. The right channel moves the outer wall of the groove, the
 * left one the inner wall: R + L goes sideways (outwards), R - L goes deeper.
 *
 * cells:    (count, GROOVE_FIGURES), all zero but the first row, which goes on from the call before.
 * per_cell: frames in a cell, not a whole number; `open` is the cell of the first row, counted from
 *           the start of the side, and `first` the frame that the block begins with.
 * Gives the row of the cell that is still open after the last frame.
 */

#include "kernels.h"

enum {
    LATERAL_AMPLITUDE,
    VERTICAL_AMPLITUDE,
    OUTWARDS,
    INWARDS,
    SHALLOWER,
    BASS_VERTICAL,
    LATERAL_VELOCITY,
    VERTICAL_VELOCITY,
    WALL_VELOCITY,
    LATERAL_ACCELERATION,
    VERTICAL_ACCELERATION,
    WALL_ACCELERATION,
    HISS,
    FRAMES,
    GROOVE_FIGURES
};

static inline double size(double x) { return x < 0.0 ? -x : x; }

static inline void raise(double *most, double x) { *most = x > *most ? x : *most; }

static inline void raise_motion(double *lateral, double *vertical, double *wall, const double *at) {
    raise(lateral, size(at[1] + at[0]) * 0.5);
    raise(vertical, size(at[1] - at[0]) * 0.5);
    raise(wall, size(at[0]));
    raise(wall, size(at[1]));
}

EXPORT int64_t groove_add(double *cells, double per_cell, int64_t open, int64_t first,
                          const double *amplitude, const double *bass, const double *velocity,
                          const double *acceleration, const double *hiss, int64_t frames) {
    const uint64_t mode = flush_denormals();
    int64_t row = 0, end = (int64_t)((double)(open + 1) * per_cell);
    for (int64_t i = 0; i < frames; i++) {
        while (first + i >= end) end = (int64_t)((double)(open + ++row + 1) * per_cell);
        double *cell = cells + row * GROOVE_FIGURES;
        const double *x = amplitude + 2 * i, *low = bass + 2 * i, *high = hiss + 2 * i;
        raise(cell + LATERAL_AMPLITUDE, size(x[1] + x[0]) * 0.5);
        raise(cell + VERTICAL_AMPLITUDE, size(x[1] - x[0]) * 0.5);
        raise(cell + OUTWARDS, x[1]);
        raise(cell + INWARDS, -x[0]);
        raise(cell + SHALLOWER, (x[0] - x[1]) * 0.5);
        raise(cell + BASS_VERTICAL, size(low[1] - low[0]) * 0.5);
        raise_motion(cell + LATERAL_VELOCITY, cell + VERTICAL_VELOCITY, cell + WALL_VELOCITY,
                     velocity + 2 * i);
        raise_motion(cell + LATERAL_ACCELERATION, cell + VERTICAL_ACCELERATION,
                     cell + WALL_ACCELERATION, acceleration + 2 * i);
        cell[HISS] += (high[0] * high[0] + high[1] * high[1]) * 0.5;
        cell[FRAMES] += 1.0;
    }
    restore_denormals(mode);
    return row;
}
