cimport cython

from tapedeck.recorder.frames cimport Place
from tapedeck.recorder.strand cimport Strand


cdef class OpRecord:
    cdef public object func
    cdef public object node
    cdef public object call
    cdef public object parent
    cdef public object hook
    cdef public object thread
    cdef public object name
    cdef public tuple inputs
    cdef public tuple constants
    cdef public tuple outputs
    cdef public tuple mutates
    cdef public tuple nodes
    cdef public Place place
    cdef public bint in_place
    cdef public object phase
    cdef public object mode
    cdef public object error
    cdef public object ns

    @cython.locals(inputs=list, constants=list, position=Py_ssize_t)
    cpdef object take(self, tuple args, dict kwargs, list given, list rows)

    @cython.locals(found=list, known=tuple)
    cdef object _note(self, object key, object value, list given, list rows, list inputs, list constants)


@cython.locals(index=Py_ssize_t)
cpdef object row_of(object tensor, list given, list rows)


cdef bint _are_simple(tuple values)
