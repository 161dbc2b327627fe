/* One pass over floats: smallest, largest, sum, sum of squares and number of zeros, on one or more threads.

   Compiled so that sums may be reordered and without regard to what is not finite (see hatch_build.py): where a sum of
   squares is not finite the caller takes another way. Sums of 4,096 elements are single precision for float, all else is
   double. The threads are those of torch's own OpenMP (GOMP_parallel, which libiomp5 has, too), which wait nearby
   between torch's kernels; where there is none in the process, one thread does it all. */

#include <dlfcn.h>
#include <math.h>
#include <stddef.h>

typedef struct {
    double sum, squares, low, high;
    ptrdiff_t zeros;
} Pass;

typedef struct {
    const void *data;
    ptrdiff_t count;
    int twice, threads;
    Pass *found;
} Work;

#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

#define PASS(NAME, TYPE)                                                                                             \
    CLONES static void NAME(const TYPE *data, ptrdiff_t count, Pass *found)                                           \
    {                                                                                                                 \
        double sum = 0, squares = 0;                                                                                  \
        TYPE low = data[0], high = data[0];                                                                           \
        ptrdiff_t zeros = 0;                                                                                          \
        for (ptrdiff_t start = 0; start < count; start += 4096) {                                                     \
            ptrdiff_t length = count - start < 4096 ? count - start : 4096;                                           \
            TYPE part = 0, part_squares = 0;                                                                          \
            int part_zeros = 0;                                                                                       \
            for (ptrdiff_t i = 0; i < length; i++) {                                                                  \
                TYPE x = data[start + i];                                                                             \
                part += x;                                                                                            \
                part_squares += x * x;                                                                                \
                low = x < low ? x : low;                                                                              \
                high = x > high ? x : high;                                                                           \
                part_zeros += x == 0;                                                                                 \
            }                                                                                                         \
            sum += part;                                                                                              \
            squares += part_squares;                                                                                  \
            zeros += part_zeros;                                                                                      \
        }                                                                                                             \
        *found = (Pass){sum, squares, low, high, zeros};                                                              \
    }

PASS(pass_float, float)
PASS(pass_double, double)

/* Mean, deviation and norm, each divided by `scale`, in double precision and in two passes. */
#define EXACT(NAME, TYPE)                                                                                            \
    CLONES static void NAME(const TYPE *data, ptrdiff_t count, double scale, double *found)                           \
    {                                                                                                                 \
        double sum = 0, squares = 0, apart = 0;                                                                     \
        for (ptrdiff_t i = 0; i < count; i++) {                                                                       \
            double x = data[i] / scale;                                                                               \
            sum += x;                                                                                                 \
            squares += x * x;                                                                                         \
        }                                                                                                             \
        double mean = sum / count;                                                                                    \
        for (ptrdiff_t i = 0; i < count; i++) {                                                                       \
            double x = data[i] / scale - mean;                                                                           \
            apart += x * x;                                                                                           \
        }                                                                                                             \
        found[0] = mean, found[1] = sqrt(apart / count), found[2] = sqrt(squares);                                    \
    }

EXACT(exact_float, float)
EXACT(exact_double, double)

static void exact_over(const void *data, ptrdiff_t count, int twice, double scale, double *found)
{
    if (twice)
        exact_double(data, count, scale, found);
    else
        exact_float(data, count, scale, found);
}

static void pass_part(const Work *work, int part)
{
    ptrdiff_t first = work->count * part / work->threads, last = work->count * (part + 1) / work->threads;
    if (work->twice)
        pass_double((const double *)work->data + first, last - first, &work->found[part]);
    else
        pass_float((const float *)work->data + first, last - first, &work->found[part]);
}

static int (*thread_number)(void);

static void pass_on_thread(void *work)
{
    pass_part(work, thread_number());
}

/* `count` is at least `threads`, and `threads` at most 64. Without `parallel` the parts are gone through one by one. */
static Pass pass_over(const void *data, ptrdiff_t count, int twice, int threads, int parallel)
{
    static void (*team)(void (*)(void *), void *, unsigned, unsigned);
    Pass found[64];
    Work work = {data, count, twice, threads, found};
    if (parallel && threads > 1 && !team) {
        *(void **)&thread_number = dlsym(RTLD_DEFAULT, "omp_get_thread_num");
        if (thread_number)
            *(void **)&team = dlsym(RTLD_DEFAULT, "GOMP_parallel");
    }
    if (!parallel || threads == 1 || !team) {
        work.threads = 1;
        pass_part(&work, 0);
        return found[0];
    }
    for (int i = 0; i < threads; i++)
        found[i].zeros = -1;
    team(pass_on_thread, &work, threads, 0);
    Pass all = {0, 0, 0, 0, 0};
    for (int i = 0; i < threads; i++) {
        if (found[i].zeros < 0) /* OpenMP gave fewer threads than it was asked for */
            pass_part(&work, i);
        all.sum += found[i].sum;
        all.squares += found[i].squares;
        all.low = i && all.low < found[i].low ? all.low : found[i].low;
        all.high = i && all.high > found[i].high ? all.high : found[i].high;
        all.zeros += found[i].zeros;
    }
    return all;
}
