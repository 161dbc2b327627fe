"""Statistics of floats in one pass over their memory; compiled from C, and so not there where nothing is compiled."""

cdef extern from "fused.h":
    ctypedef struct Pass:
        double sum
        double squares
        double low
        double high
        Py_ssize_t zeros

    void exact_over(const void *data, Py_ssize_t count, int twice, double scale, double *found)

    Pass pass_over(const void *data, Py_ssize_t count, int twice, int threads, int parallel)


cpdef tuple over(size_t pointer, Py_ssize_t count, bint twice, int threads):
    """``(low, high, sum, sum of squares, zeros)`` of ``count`` floats at an address (``twice``: of double precision).

    ``count`` is at least 1. Large pieces are shared out among ``threads`` of torch's own. Where the sum of squares is
    not a number, none of the numbers means anything; where it is infinite, an element is, or the sum has overflowed.
    """
    if count < 1:
        raise ValueError("there is nothing to pass over")
    cdef int used = max(1, min(threads, 64, <int>(count >> 17)))
    cdef Pass found = pass_over(<const void *>pointer, count, twice, used, used > 1)
    return found.low, found.high, found.sum, found.squares, found.zeros


cpdef tuple exactly(size_t pointer, Py_ssize_t count, bint twice, double scale):
    """Mean, population standard deviation and L2 norm of finite floats, all divided by ``scale``, to the last digits.

    ``scale`` is the largest absolute value among them, so that no square overflows or vanishes.
    """
    cdef double found[3]
    exact_over(<const void *>pointer, count, twice, scale, found)
    return found[0], found[1], found[2]
