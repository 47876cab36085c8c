/* The fast Fourier transform, of powers of two.
 *
 * Source: the autosort algorithm of T. G. Stockham as in C. Van Loan, Computational Frameworks
 * for the Fast Fourier Transform, 1.7, with four branches a stage.
 */

#include "fft.h"

/* One stage: `parts` sequences of `length` points each become four times as many, a quarter as
 * long. */
static WIDE void by_four(const point *from, point *to, const double *turns, int64_t length,
                    int64_t parts) {
    const int64_t quarter = length / 4 * parts;
    for (int64_t k = 0; k < length / 4; k++) {
        const double *once = turns + 2 * k * parts;
        const double *twice = turns + 4 * k * parts;
        const double *thrice = turns + 6 * k * parts;
        const point *in = from + k * parts;
        point *out = to + 4 * k * parts;
        for (int64_t j = 0; j < parts; j++) {
            const point a = in[j], b = in[j + quarter];
            const point c = in[j + 2 * quarter], d = in[j + 3 * quarter];
            const point even = add(a, c), odd = add(b, d);
            const point up = less(a, c), down = less(b, d);
            const point left = {up.re + down.im, up.im - down.re};
            const point right = {up.re - down.im, up.im + down.re};
            out[j] = add(even, odd);
            out[j + parts] = turned(left, once);
            out[j + 2 * parts] = turned(less(even, odd), twice);
            out[j + 3 * parts] = turned(right, thrice);
        }
    }
}

static void by_two(const point *from, point *to, int64_t half) {
    for (int64_t j = 0; j < half; j++) {
        const point a = from[j], b = from[j + half];
        to[j] = add(a, b);
        to[j + half] = less(a, b);
    }
}

void transform(point *from, point *to, const double *turns, int64_t size) {
    point *const wanted = to;
    int64_t length = size, parts = 1;
    for (; length >= 4; length /= 4, parts *= 4) {
        by_four(from, to, turns, length, parts);
        point *const made = to;
        to = from;
        from = made;
    }
    if (length == 2) {
        by_two(from, to, parts);
        from = to;
    }
    if (from != wanted) {
        for (int64_t j = 0; j < size; j++) wanted[j] = from[j];
    }
}

/* in: (size, 2, 2), the real and the imaginary parts of two signals; out and spare: the same
 * shape; turns: (size, 2), see `transform`. */
EXPORT void fft_process(const double *in, double *out, double *spare, const double *turns,
                        int64_t size) {
    const uint64_t mode = flush_denormals();
    for (int64_t j = 0; j < 4 * size; j++) spare[j] = in[j];
    transform((point *)spare, (point *)out, turns, size);
    restore_denormals(mode);
}
