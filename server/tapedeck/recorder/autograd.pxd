cimport cython

from tapedeck.recorder.graph cimport Engine, Graph, NodeRecord
from tapedeck.recorder.log cimport Log
from tapedeck.recorder.strand cimport Strand
from tapedeck.recorder.tensors cimport Held, Tensors


cdef class Delivery:
    cdef public object value
    cdef public object signature


cdef class Running:
    cdef public object node
    cdef public list values
    cdef public list marks
    cdef public bint defined
    cdef public bint accumulated
    cdef public object since


@cython.final
cdef class Pass:
    cdef public dict inbox
    cdef public NodeRecord source
    cdef public list deliveries
    cdef public list running
    cdef public list fed

    @cython.locals(last=Running)
    cpdef object inside(self)


cdef class Autograd(Engine):
    cdef public Log log
    cdef public Tensors tensors
    cdef public object hooks
    cdef public object passes
    cdef public Graph graph
    cdef dict _retained

    @cython.locals(retained=list)
    cpdef object place(self, Held held, object tensor, object node)

    @cython.locals(at=Pass)
    cpdef object running(self)

    @cython.locals(log=Log)
    cpdef object entered(self, NodeRecord record, tuple gradients)

    @cython.locals(log=Log, at=Pass, running=Running, index=Py_ssize_t)
    cdef _entered(self, NodeRecord record, tuple gradients)

    @cython.locals(log=Log)
    cpdef object left(self, NodeRecord record, tuple outputs)

    @cython.locals(log=Log, at=Pass, running=Running, deliveries=list, delivery=Delivery)
    cdef _left(self, NodeRecord record, tuple outputs)

    cdef Delivery _gone(self, object tensor, Running running)

    @cython.locals(strand=Strand, at=Pass)
    cdef Pass _pass(self)

    @cython.locals(last=Running)
    cdef object _leave(self, Pass at, object number)

    @cython.locals(held=Held)
    cdef _retain_events(self, object number, tuple gradients)

    @cython.locals(running=Running, held=Held)
    cdef _accumulated(self, Pass at, NodeRecord record)

    @cython.locals(held=Held)
    cdef tuple _grad(self, Held owner, object gradient)

    @cython.locals(at=Pass)
    cpdef object flush(self)

    @cython.locals(source=NodeRecord, deliveries=list, delivery=Delivery, edges=tuple, log=Log, output=Py_ssize_t)
    cdef _flush(self, Pass at)

    @cython.locals(waiting=list, first=Delivery)
    cdef object _arrived(self, Pass at, object number, Py_ssize_t index, object gradient, object mark)


cdef object _signature(object tensor)
