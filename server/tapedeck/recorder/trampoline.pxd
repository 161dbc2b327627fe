cimport cython


cdef class Trampolines:
    cdef object _note
    cdef dict _codes

    @cython.locals(key=tuple, found=tuple)
    cpdef object of(self, object frame)
