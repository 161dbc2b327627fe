cimport cython

from tapedeck.recorder.statistics cimport Statistics


@cython.final
cdef class Seen:
    cdef public object shape
    cdef public object dtype
    cdef public object flat
    cdef public object array
    cdef public Statistics statistics
    cdef public object picture
    cdef public object sample
    cdef public object stride
    cdef public object code
    cdef public object note


cdef class Capture:
    cdef public object level
    cdef public list seen
    cdef bint _histograms
    cdef bint _quick
    cdef int _threads
    cdef object _left

    @cython.locals(seen=Seen)
    cpdef object see(self, object tensor, object note=*)

    @cython.locals(old=Seen, seen=Seen)
    cpdef object again(self, object tensor, Py_ssize_t value)

    cdef _look(self, object tensor, Seen seen)

    cdef _keep(self, object tensor, Seen seen)

    cdef _sketch(self, object tensor, Seen seen)
