cimport cython


cdef class Statistics:
    cdef public Py_ssize_t count
    cdef public Py_ssize_t finite
    cdef public Py_ssize_t nan
    cdef public object low
    cdef public object high
    cdef public object mean
    cdef public object std
    cdef public object norm
    cdef public double zeros
    cdef public Py_ssize_t every
    cdef public object histogram


cpdef Statistics quickly(object tensor, int threads)

cdef bint _conclude(Statistics found, double mean, double squares, bint twice) except -1

@cython.locals(expected=Py_ssize_t)
cpdef bint dense(object tensor) except -1
