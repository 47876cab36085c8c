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

typedef uint8_t sixteen __attribute__((vector_size(16)));
typedef int32_t four_whole __attribute__((vector_size(16)));

static inline double sample_at(const uint8_t *in) {
    const uint32_t bits = (uint32_t)in[0] << 8 | (uint32_t)in[1] << 16 | (uint32_t)in[2] << 24;
    return (double)(int32_t)bits * (1.0 / (256.0 * STEPS));
}

/* The samples again, full scale being 1. */
EXPORT WIDE void packing_unpack(const uint8_t *in, double *out, int64_t count) {
    int64_t i = 0;
#if defined(__has_builtin)
#if __has_builtin(__builtin_shufflevector) && __has_builtin(__builtin_convertvector)
    for (; i + 6 <= count; i += 4) { /* four samples out of sixteen bytes, all there */
        sixteen bytes;
        const sixteen none = {0};
        memcpy(&bytes, in + 3 * i, sizeof bytes);
        const four_whole whole = (four_whole)__builtin_shufflevector(
            none, bytes, 0, 16, 17, 18, 0, 19, 20, 21, 0, 22, 23, 24, 0, 25, 26, 27);
        store_four(out + i, __builtin_convertvector(whole, four) * (1.0 / (256.0 * STEPS)));
    }
#endif
#endif
    for (; i < count; i++) out[i] = sample_at(in + 3 * i);
}
