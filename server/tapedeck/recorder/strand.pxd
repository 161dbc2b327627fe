cdef class Strand:
    cdef public object thread
    cdef public list calls
    cdef public list places
    cdef public list parents
    cdef public object hook
    cdef public object running
    cdef public object order
