cimport cython


cdef class Place:
    cdef public list stack
    cdef public tuple names
    cdef public bint direct
    cdef public bint here
    cdef public bint building
    cdef public bint updating
    cdef public bint recomputing
    cdef public object span


cdef class Frames:
    cdef public list sources
    cdef public list spans
    cdef public object trampolines
    cdef public object base
    cdef object _given
    cdef dict _source_ids
    cdef dict _span_ids
    cdef dict _places
    cdef list _codes
    cdef dict _lines
    cdef dict _kinds
    cdef set _trampolines
    cdef dict _chains
    cdef dict _names
    cdef object _outside

    @cython.locals(kinds=dict, chain=list, key=tuple)
    cpdef Place place(self, object frame, Place outer=*)

    @cython.locals(place=Place)
    cdef Place _read(self, object frame, Place outer)

    cpdef object kind(self, object code)
