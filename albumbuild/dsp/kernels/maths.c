/* The polynomials of maths.h over arrays. */

#include "kernels.h"
#include "maths.h"

EXPORT void exp2_array(const double *in, double *out, int64_t count) {
    for (int64_t i = 0; i < count; i++) out[i] = fast_exp2(in[i]);
}

EXPORT void log2_array(const double *in, double *out, int64_t count) {
    for (int64_t i = 0; i < count; i++) out[i] = fast_log2(in[i]);
}

EXPORT void sin_array(const double *in, double *out, int64_t count) {
    for (int64_t i = 0; i < count; i++) out[i] = fast_sin(in[i]);
}

EXPORT void cos_array(const double *in, double *out, int64_t count) {
    for (int64_t i = 0; i < count; i++) out[i] = fast_cos(in[i]);
}
