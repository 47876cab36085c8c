/* Sound between two frames of a delay line. */

#ifndef ALBUMBUILD_BETWEEN_H
#define ALBUMBUILD_BETWEEN_H

/* Sound `f` of a frame before b, towards c; frames a to d in a row, a the youngest.
 * Source: the four-point Lagrange interpolator; f is 0 to 1 about the middle interval, -1 to 0
 * about the first one. */
static inline double between_four(double f, double a, double b, double c, double d) {
    const double g = f + 1.0, h = f - 1.0, k = f - 2.0;
    return b * (g * h * k * 0.5) - a * (f * h * k * (1.0 / 6.0)) - c * (g * f * k * 0.5) +
           d * (g * f * h * (1.0 / 6.0));
}

#endif
