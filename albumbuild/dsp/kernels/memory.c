/* Memory that blocks of sound come from: kept once it is there, for the next block is as long. */

#include "kernels.h"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#define KEPT (256 << 20)
#define LONGEST (32 << 20)

/* Without it the C library of Linux gives freed blocks back, and clears them anew for the next. */
EXPORT void memory_keep(void) {
#if defined(__GLIBC__)
    mallopt(M_TRIM_THRESHOLD, KEPT);
    mallopt(M_MMAP_THRESHOLD, LONGEST);
#endif
}
