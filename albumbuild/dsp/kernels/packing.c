/* Samples as whole numbers of 24 bits, three bytes each, the lowest first. */

#include "kernels.h"

#define STEPS 8388608.0 /* to full scale */

/* Packs `count` samples. Returns 0 as soon as one is no whole number of 24 bits. */
EXPORT WIDE int64_t packing_pack(const double *in, uint8_t *out, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        const double value = in[i] * STEPS;
        if (!(value >= -STEPS && value < STEPS)) return 0;
        const int32_t whole = (int32_t)value;
        if ((double)whole != value) return 0;
        out[3 * i] = (uint8_t)whole;
        out[3 * i + 1] = (uint8_t)(whole >> 8);
        out[3 * i + 2] = (uint8_t)(whole >> 16);
    }
    return 1;
}
