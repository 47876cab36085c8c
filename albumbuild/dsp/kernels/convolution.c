/* Convolution with a long response, in parts: overlap-save with a line of past spectra.
 *
 * Two blocks of a signal, x[0] ... x[2 size - 1], make one complex sequence of half the length,
 * x[n] - i x[n + size]. Multiplied by exp(-i pi n / (2 size)) and transformed it is the signal's
 * spectrum at odd multiples of half a bin: products of such spectra are convolutions that wrap
 * with their sign turned, and the wrapped half is thrown away. No bin is special.
 *
 * Source: H. J. Nussbaumer, Fast Fourier Transform and Convolution Algorithms, on convolutions
 * modulo z^N + 1; G. Garcia, Optimal filter partition for efficient convolution, AES 2002.
 */

#include "fft.h"

enum { TILE = 128 };

/* before, now: (size, 2), two blocks of a stereo signal, one after the other.
 * twist:       (size, 2) the real and the imaginary part of exp(-i pi n / (2 size)).
 * spectrum, spare: (size, 2, 2). */
EXPORT void convolution_spectrum(const double *before, const double *now, const double *twist,
                                 const double *turns, double *spectrum, double *spare,
                                 int64_t size) {
    const uint64_t mode = flush_denormals();
    point *folded = (point *)spare;
    for (int64_t n = 0; n < size; n++) {
        const point z = {load_pair(before + 2 * n), -load_pair(now + 2 * n)};
        folded[n] = turned(z, twist + 2 * n);
    }
    transform(folded, (point *)spectrum, turns, size);
    restore_denormals(mode);
}

static void add_products(point *restrict sum, const point *restrict x, const point *restrict h,
                         int64_t count) {
    for (int64_t k = 0; k < count; k++) {
        sum[k].re += x[k].re * h[k].re - x[k].im * h[k].im;
        sum[k].im += x[k].re * h[k].im + x[k].im * h[k].re;
    }
}

static inline pair swapped(pair a) { return (pair){a[1], a[0]}; }

/* The same with the two signals of x exchanged. */
static void add_crossed(point *restrict sum, const point *restrict x, const point *restrict h,
                        int64_t count) {
    for (int64_t k = 0; k < count; k++) {
        const point y = {swapped(x[k].re), swapped(x[k].im)};
        sum[k].re += y.re * h[k].re - y.im * h[k].im;
        sum[k].im += y.re * h[k].im + y.im * h[k].re;
    }
}

/* The next block of the convolved signal, stereo.
 *
 * history:  (parts, size, 2, 2) the spectra of the last blocks, a ring whose newest is `newest`.
 * response: (parts, size, 2, 2) that of each part of the response, its first part first.
 * crossed:  the same for what goes to the other side, or NULL.
 * sum, spare: (size, 2, 2); out: (size, 2). */
EXPORT void convolution_block(const double *history, int64_t newest, const double *response,
                              const double *crossed, int64_t parts, const double *twist,
                              const double *turns, double *sum, double *spare, double *out,
                              int64_t size) {
    const uint64_t mode = flush_denormals();
    const point *past = (const point *)history;
    const point *straight = (const point *)response, *across = (const point *)crossed;
    point *total = (point *)spare, *back = (point *)sum;
    for (int64_t from = 0; from < size; from += TILE) {
        const int64_t count = size - from < TILE ? size - from : TILE;
        for (int64_t k = from; k < from + count; k++) total[k] = (point){{0}, {0}};
        for (int64_t part = 0; part < parts; part++) {
            const int64_t at = newest - part < 0 ? newest - part + parts : newest - part;
            const point *x = past + at * size + from;
            add_products(total + from, x, straight + part * size + from, count);
            if (across) add_crossed(total + from, x, across + part * size + from, count);
        }
        /* The way back is the way there with both parts exchanged. */
        for (int64_t k = from; k < from + count; k++) {
            total[k] = (point){total[k].im, total[k].re};
        }
    }
    transform(total, back, turns, size);
    const double scale = 1.0 / (double)size;
    for (int64_t n = 0; n < size; n++) {
        const double c = twist[2 * n] * scale, s = twist[2 * n + 1] * scale;
        store_pair(out + 2 * n, back[n].im * s - back[n].re * c);
    }
    restore_denormals(mode);
}
