/* The curves of the saturator, point by point and averaged between two points.
 *
 * Between two points the sound is taken as a straight line, u(t) = a + (b - a) t. For the curve
 * along it, two numbers: `mean` = the integral of f(u(t)) over 0 <= t <= 1, and `lean` = that of
 * (t - 1/2) f(u(t)). The earlier point's share is mean/2 - lean, the later one's mean/2 + lean.
 * Source: Parker, Zavalishin & Le Bivic, "Reducing the aliasing of nonlinear waveshaping using
 * continuous-time convolution", DAFx-16, for a triangular kernel; the closed forms are ours.
 */

#ifndef ALBUMBUILD_CURVES_H
#define ALBUMBUILD_CURVES_H

#include "kernels.h"
#include "maths.h"

#define LOUDEST 1.0e9 /* what goes into a curve stops here: squares stay finite */
#define EVEN 0.5      /* how uneven the tube is */
#define STEEP 0.5     /* a line that goes further than this, against its distance from a bend */

typedef int64_t whole_four __attribute__((vector_size(32)));

typedef struct {
    four mean, lean;
} Moments;

INLINE double magnitude(double x) { return x < 0.0 ? -x : x; }

INLINE double within(double x, double most) { return x > most ? most : x < -most ? -most : x; }

INLINE four pick(whole_four where, four yes, four no) {
    return (four)(((whole_four)yes & where) | ((whole_four)no & ~where));
}

INLINE four between(four x, four least, four most) {
    const four high = pick(x < least, least, x);
    return pick(high > most, most, high);
}

/* tape: u / sqrt(1 + u^2). tube: the same + EVEN u^2 / sqrt(1 + u^2)^5, for `even` = EVEN.
 * `root` is sqrt(1 + u^2) and `inverse` 1 / root. */
INLINE double round_value(double u, double inverse, double even) {
    const double g = u * inverse, i2 = inverse * inverse;
    return even != 0.0 ? g + even * (g * g) * (i2 * inverse) : g;
}

INLINE double round_slope(double u, double inverse, double even) {
    const double i2 = inverse * inverse, i3 = i2 * inverse;
    if (even == 0.0) return i3;
    const double g2 = u * u * i2;
    return i3 + even * u * (2.0 * i2 - 3.0 * g2) * (i3 * i2);
}

/* The mean from the antiderivative sqrt(1 + u^2) + EVEN/3 u^3 / sqrt(1 + u^2)^3: its difference
 * is divided by b - a on paper, so nothing is lost where the two are close. */
INLINE double round_mean(double a, double b, double roots, double ia, double ib, double even) {
    const double mean = (a + b) / roots;
    if (even == 0.0) return mean;
    const double ga = a * ia, gb = b * ib;
    const double rise = (1.0 / (ia * ib) + 1.0 - a * b) * (ia * ib) / roots;
    return mean + even * (1.0 / 3.0) * (ga * ga + ga * gb + gb * gb) * rise;
}

/* Where the curve is smooth along the line: exact for polynomials up to the fourth degree. */
INLINE double round_lean(double run, double fa, double fb, double da, double db) {
    return 0.1 * (fb - fa) - (1.0 / 120.0) * run * (da + db);
}

/* Twice the antiderivative of u f(u): u sqrt(1 + u^2) - asinh u, and the tube's. */
static double twice_first_moment(double u, double root, double inverse, double even) {
    const double size = magnitude(u);
    const double asinh = fast_log2(size + root) * LN2;
    const double odd = u * root - (u < 0.0 ? -asinh : asinh);
    return odd - even * 2.0 * inverse * (1.0 - inverse * inverse * (1.0 / 3.0));
}

/* Where it is not: `before` and `after` are `twice_first_moment` at the two points. */
INLINE double steep_lean(double a, double b, double before, double after, double mean) {
    const double run = b - a;
    return (0.5 * (after - before) / run - 0.5 * (a + b) * mean) / run;
}

/* soft: 1.5 v - 0.5 v^3, hard: v; both within -1 ... 1, and the end values beyond. */
INLINE double clipped_value(double v, int soft) {
    const double c = within(v, 1.0);
    return soft ? c * (1.5 - 0.5 * (c * c)) : c;
}

INLINE four clipped_values(four c, int soft) { return soft ? c * (1.5 - 0.5 * (c * c)) : c; }

/* t (1 - t) f'(u(t)). */
INLINE four clipped_bend(four a, four run, four t, int soft) {
    const four u = a + run * t, bend = t * (1.0 - t);
    return soft ? 1.5 * bend * (1.0 - u * u) : bend;
}

/* The line is within the bounds from `in` to `out`, and flat before and after. There the lean
 * is run/2 times the integral of t (1 - t) f'(u(t)), by Gauss's three points: exact. */
INLINE Moments clipped_moments(four a, four b, int soft) {
    const four zero = {0.0, 0.0, 0.0, 0.0}, one = {1.0, 1.0, 1.0, 1.0};
    const four run = b - a, stands = pick(run == 0.0, one, zero), per = 1.0 / (run + stands);
    const four ca = between(a, -one, one), cb = between(b, -one, one);
    const four in = between((ca - a) * per, zero, one);
    const four out = between((cb - a) * per + stands, in, one);
    const four sum = ca + cb;
    const four inner = soft ? sum * (0.75 - 0.125 * (ca * ca + cb * cb)) : 0.5 * sum;
    const four half = 0.5 * (out - in), middle = 0.5 * (out + in);
    const four apart = half * 0.77459666924148337704; /* sqrt(3/5) */
    const four gauss = 8.0 * clipped_bend(a, run, middle, soft) +
                       5.0 * (clipped_bend(a, run, middle - apart, soft) +
                              clipped_bend(a, run, middle + apart, soft));
    return (Moments){in * clipped_values(ca, soft) + (out - in) * inner +
                         (1.0 - out) * clipped_values(cb, soft),
                     0.5 * run * half * (1.0 / 9.0) * gauss};
}

#endif
