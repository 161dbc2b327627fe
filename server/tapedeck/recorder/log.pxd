cimport cython

from tapedeck.recorder.capture cimport Capture
from tapedeck.recorder.frames cimport Frames
from tapedeck.recorder.strand cimport Strand


cdef class Log


cdef class Guard:
    cdef Log _log
    cdef object _off
    cdef object _what


cdef class Log:
    cdef public list events
    cdef public Frames frames
    cdef public Capture capture
    cdef public bint open
    cdef public bint failed
    cdef public bint values
    cdef public object lock
    cdef public dict strands
    cdef public Strand main
    cdef public Strand engine
    cdef public Py_ssize_t threads
    cdef public dict culprits
    cdef object _acquire
    cdef object _release
    cdef object _switch_off
    cdef object _switch_on
    cdef Py_ssize_t _depth
    cdef bint _raises
    cdef object _progress
    cdef object _next_report
    cdef Py_ssize_t _stop
    cdef object _last_span

    cpdef object step_in(self)

    cpdef object step_out(self)

    cpdef Strand strand(self)

    @cython.locals(thread=object)
    cpdef object emit(self, object event)

    cpdef object reached(self, object span)

    cpdef object tick(self, object span=*)

    cdef _full(self)

    cdef _report(self)

    cpdef object see(self, object tensor, object note=*)


@cython.locals(found=list)
cpdef list tensors_in(object thing, Py_ssize_t limit=*)

@cython.locals(found=list)
cpdef list tensors_given(tuple args, dict kwargs)

cdef bint _gather(tuple things, list found)

cpdef bint among(list things, object thing)

@cython.locals(found=list, seen=set, kept=list, stack=list)
cdef list _search(object thing, Py_ssize_t limit)
