cimport cython

from tapedeck.recorder.autograd cimport Autograd
from tapedeck.recorder.frames cimport Frames, Place
from tapedeck.recorder.log cimport Log
from tapedeck.recorder.oprecord cimport OpRecord
from tapedeck.recorder.strand cimport Strand
from tapedeck.recorder.tensors cimport Held, Tensors


cdef class OpCall:
    cdef public object func
    cdef public tuple args
    cdef public dict kwargs
    cdef public object frame
    cdef public list given
    cdef public list versions
    cdef public list unmarked
    cdef public object mode
    cdef public object number
    cdef public object label
    cdef public object ns
    cdef public object below
    cdef public object side


cdef class OpTap:
    cdef public Log log
    cdef public Frames frames
    cdef public Tensors tensors
    cdef public object hooks
    cdef public Autograd autograd
    cdef public list records
    cdef public object training
    cdef public object modes
    cdef public object aten
    cdef public object forward
    cdef public object duals
    cdef list _detours
    cdef dict _special

    cpdef object called(self, object func, tuple args, dict kwargs, object frame)

    @cython.locals(log=Log, call=OpCall)
    cdef object _op(self, object func, tuple args, dict kwargs, object frame, object trampoline)

    @cython.locals(log=Log)
    cdef object _run(self, OpCall call, object trampoline)

    @cython.locals(mutated=list, returned=list, index=Py_ssize_t)
    cdef _returned(self, OpCall call, object result)

    @cython.locals(
        log=Log, record=OpRecord, place=Place, held=list, functions=list, written=list, one=Held, made=Held, index=Py_ssize_t
    )
    cdef _write(self, OpCall call, list returned, list mutated)

    @cython.locals(strand=Strand, place=Place, record=OpRecord, rows=list)
    cdef OpRecord _record(self, OpCall call)

    @cython.locals(record=OpRecord)
    cdef _failed(self, OpCall call, object error)

    @cython.locals(held=Held)
    cpdef object _input(self, object tensor, object frame)

    @cython.locals(held=Held)
    cdef Held _output(self, object tensor, object op, Py_ssize_t index, Place place, bint made)


cdef bint _all_among(list things, list others)

cdef bint _none_among(list things, list others)

cdef bint _below(object func)

cdef object _phase(Place place, object order)
