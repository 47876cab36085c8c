/* exp2, log2, sin, cos from our own polynomials: the same bits on every machine.
 *
 * Each is within about 1e-15 of the true value, relative to it, and needs no libm.
 * Powers of other bases follow: 10^(x/20) is fast_exp2(x * DB_TO_LOG2).
 */

#ifndef ALBUMBUILD_MATHS_H
#define ALBUMBUILD_MATHS_H

#include <stdint.h>
#include <string.h>

#define PI 3.14159265358979323846
#define LN2 0.69314718055994530942
#define LOG2_E 1.44269504088896340736
#define DB_TO_LOG2 0.16609640474436811739 /* log2(10) / 20 */
#define LOG2_TO_DB 6.02059991327962390427 /* 20 / log2(10) */

#define INFINITE ((double)__builtin_inff())
#define NOT_A_NUMBER ((double)__builtin_nanf(""))

static inline double bits_to_double(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint64_t double_to_bits(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* The nearest whole number, halves to even; for |x| < 2^51. */
static inline double nearest(double x) {
    const double shift = 6755399441055744.0; /* 1.5 * 2^52 */
    return (x + shift) - shift;
}

/* e^t by its Taylor series; for |t| <= 0.3466, where what is left out is under 1e-17. */
static inline double exp_near_zero(double t) {
    double p = 1.0 / 87178291200.0;
    p = p * t + 1.0 / 6227020800.0;
    p = p * t + 1.0 / 479001600.0;
    p = p * t + 1.0 / 39916800.0;
    p = p * t + 1.0 / 3628800.0;
    p = p * t + 1.0 / 362880.0;
    p = p * t + 1.0 / 40320.0;
    p = p * t + 1.0 / 5040.0;
    p = p * t + 1.0 / 720.0;
    p = p * t + 1.0 / 120.0;
    p = p * t + 1.0 / 24.0;
    p = p * t + 1.0 / 6.0;
    p = p * t + 0.5;
    p = p * t + 1.0;
    p = p * t + 1.0;
    return p;
}

/* 2^x; 0 below -1022 (no denormals), infinite from 1024. */
static inline double fast_exp2(double x) {
    if (x != x) return x;
    if (x < -1022.0) return 0.0;
    if (x >= 1024.0) return INFINITE;
    const double whole = nearest(x);
    double p = exp_near_zero((x - whole) * LN2);
    /* In two halves, for 2^1024 alone has no exponent. */
    const int64_t power = (int64_t)whole;
    const int64_t half = power >> 1;
    p *= bits_to_double((uint64_t)(half + 1023) << 52);
    return p * bits_to_double((uint64_t)(power - half + 1023) << 52);
}

/* log2 m = 2 atanh((m - 1) / (m + 1)) / ln 2; for m within a factor of sqrt 2 of 1. */
static inline double log2_near_one(double m) {
    const double s = (m - 1.0) / (m + 1.0);
    const double z = s * s;
    double p = 1.0 / 25.0;
    p = p * z + 1.0 / 23.0;
    p = p * z + 1.0 / 21.0;
    p = p * z + 1.0 / 19.0;
    p = p * z + 1.0 / 17.0;
    p = p * z + 1.0 / 15.0;
    p = p * z + 1.0 / 13.0;
    p = p * z + 1.0 / 11.0;
    p = p * z + 1.0 / 9.0;
    p = p * z + 1.0 / 7.0;
    p = p * z + 1.0 / 5.0;
    p = p * z + 1.0 / 3.0;
    p = p * z + 1.0;
    return (2.0 * LOG2_E) * s * p;
}

/* log2 x; -infinite for 0 and denormals, not a number below. */
static inline double fast_log2(double x) {
    if (x != x) return x;
    if (x < 2.2250738585072014e-308) return x > -2.2250738585072014e-308 ? -INFINITE : NOT_A_NUMBER;
    if (x == INFINITE) return x;
    const uint64_t bits = double_to_bits(x);
    int64_t power = (int64_t)(bits >> 52) - 1023;
    double m = bits_to_double((bits & UINT64_C(0x000fffffffffffff)) | UINT64_C(0x3ff0000000000000));
    if (m > 1.41421356237309504880) {
        m *= 0.5;
        power += 1;
    }
    return (double)power + log2_near_one(m);
}

static inline double fast_db_to_gain(double db) { return fast_exp2(db * DB_TO_LOG2); }

static inline double fast_gain_to_db(double gain) { return fast_log2(gain) * LOG2_TO_DB; }

/* log2 x for a normal x over 0, without a branch. */
static inline double log2_of(double x) {
    const uint64_t one = UINT64_C(0x3ff0000000000000), half = UINT64_C(0x3fe6a09e667f3bcd);
    const uint64_t bits = double_to_bits(x);
    const uint64_t power = (bits + (one - half)) >> 52; /* 1023 from the square root of 1/2 on */
    const double m = bits_to_double(bits - (power << 52) + one);
    const double whole = bits_to_double(power | UINT64_C(0x4330000000000000));
    return (whole - (4503599627370496.0 + 1023.0)) + log2_near_one(m);
}

/* 2^x for |x| < 1000, without a branch. */
static inline double exp2_of(double x) {
    const double shifted = x + 6755399441055744.0; /* its last bits are the nearest whole number */
    const double whole = shifted - 6755399441055744.0;
    const uint64_t power = (double_to_bits(shifted) + 1023) << 52;
    return exp_near_zero((x - whole) * LN2) * bits_to_double(power);
}

/* sin r and cos r for |r| <= pi/4, by their Taylor series. */
static inline double sin_near_zero(double r) {
    const double z = r * r;
    double p = 1.0 / 355687428096000.0;
    p = p * z - 1.0 / 1307674368000.0;
    p = p * z + 1.0 / 6227020800.0;
    p = p * z - 1.0 / 39916800.0;
    p = p * z + 1.0 / 362880.0;
    p = p * z - 1.0 / 5040.0;
    p = p * z + 1.0 / 120.0;
    p = p * z - 1.0 / 6.0;
    return r + r * (z * p);
}

static inline double cos_near_zero(double r) {
    const double z = r * r;
    double p = -1.0 / 6402373705728000.0;
    p = p * z + 1.0 / 20922789888000.0;
    p = p * z - 1.0 / 87178291200.0;
    p = p * z + 1.0 / 479001600.0;
    p = p * z - 1.0 / 3628800.0;
    p = p * z + 1.0 / 40320.0;
    p = p * z - 1.0 / 720.0;
    p = p * z + 1.0 / 24.0;
    p = p * z - 0.5;
    return 1.0 + z * p;
}

/* sin(x + quarters * pi/2); for |x| under a million. Source: pi/2 in three parts as in fdlibm. */
static inline double sin_from(double x, int64_t quarters) {
    if (!(x > -1.0e6 && x < 1.0e6)) return NOT_A_NUMBER;
    const double n = nearest(x * (2.0 / PI));
    double r = x - n * 1.57079632673412561417e+00;
    r -= n * 6.07710050630396597660e-11;
    r -= n * 2.02226624879595063154e-21;
    switch (((int64_t)n + quarters) & 3) {
    case 0: return sin_near_zero(r);
    case 1: return cos_near_zero(r);
    case 2: return -sin_near_zero(r);
    default: return -cos_near_zero(r);
    }
}

static inline double fast_sin(double x) { return sin_from(x, 0); }

static inline double fast_cos(double x) { return sin_from(x, 1); }

#endif
