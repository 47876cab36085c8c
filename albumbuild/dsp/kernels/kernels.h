/* What every kernel shares: how a function is exported, and how denormals are kept out. */

#ifndef ALBUMBUILD_KERNELS_H
#define ALBUMBUILD_KERNELS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(_WIN32)
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

/* Wider registers where the machine has them: every lane is its own sum, so the bits are equal. */
#if defined(__x86_64__) && defined(__linux__) && defined(__GLIBC__)
#define WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WIDE
#endif

/* Two channels at once; the compiler has it in one register on x86-64 and on aarch64. */
typedef double pair __attribute__((vector_size(16)));

/* The same in memory, where a pair may begin at any double. */
typedef double loose_pair __attribute__((vector_size(16), aligned(8), may_alias));

static inline pair load_pair(const double *from) { return *(const loose_pair *)from; }

static inline void store_pair(double *to, pair value) { *(loose_pair *)to = value; }

/* Four values at once. What takes or gives them is always inlined: no call, so no convention. */
#if defined(__GNUC__)
#pragma GCC diagnostic ignored "-Wpsabi"
#endif
#define INLINE static inline __attribute__((always_inline))
typedef double four __attribute__((vector_size(32)));
typedef double loose_four __attribute__((vector_size(32), aligned(8), may_alias));

INLINE four load_four(const double *from) { return *(const loose_four *)from; }

INLINE void store_four(double *to, four value) { *(loose_four *)to = value; }

/* Whether there is nothing but zeros: silence in, and memory at rest, is silence out. */
static inline int all_zero(const double *x, int64_t count) {
    int64_t i = 0;
    for (; i + 16 <= count; i += 16) {
        int sounds = 0;
        for (int64_t j = i; j < i + 16; j++) sounds |= x[j] != 0.0;
        if (sounds) return 0;
    }
    for (; i < count; i++)
        if (x[i] != 0.0) return 0;
    return 1;
}

/* Numbers that automation moves in straight lines, (3, count): as they stand, what each frame
 * adds to them, and what they end at; `left` frames are still to go.
 *
 *     for (int64_t done = 0; done < frames; done += run) {
 *         const int64_t run = still(*left, frames - done);
 *         body(numbers, in + done, out + done, run);
 *         move_on(numbers, count, left);
 *     }
 */
static inline int64_t still(int64_t left, int64_t frames) { return left > 0 ? 1 : frames; }

static inline void move_on(double *numbers, int64_t count, int64_t *left) {
    if (*left == 0) return;
    const double *step = numbers + count, *goal = step + count;
    --*left;
    for (int64_t i = 0; i < count; i++) numbers[i] = *left ? numbers[i] + step[i] : goal[i];
}

/* Flush-to-zero: set on the way in, and put back as it was on the way out.
 *
 *     EXPORT void device_process(...) {
 *         const uint64_t mode = flush_denormals();
 *         ...
 *         restore_denormals(mode);
 *     }
 */
#if defined(__x86_64__) || defined(__i386__)
#include <xmmintrin.h>
static inline uint64_t flush_denormals(void) {
    const unsigned mode = _mm_getcsr();
    _mm_setcsr(mode | 0x8040u); /* flush to zero, denormals are zero */
    __asm__ volatile("" ::: "memory");
    return mode;
}
static inline void restore_denormals(uint64_t mode) {
    __asm__ volatile("" ::: "memory");
    _mm_setcsr((unsigned)mode);
}
#elif defined(__aarch64__)
static inline uint64_t flush_denormals(void) {
    uint64_t mode;
    __asm__ volatile("mrs %0, fpcr" : "=r"(mode)::"memory");
    __asm__ volatile("msr fpcr, %0" ::"r"(mode | (UINT64_C(1) << 24)) : "memory");
    return mode;
}
static inline void restore_denormals(uint64_t mode) {
    __asm__ volatile("msr fpcr, %0" ::"r"(mode) : "memory");
}
#else
static inline uint64_t flush_denormals(void) { return 0; }
static inline void restore_denormals(uint64_t mode) { (void)mode; }
#endif

#endif
