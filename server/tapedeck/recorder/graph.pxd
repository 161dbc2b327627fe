cimport cython

from tapedeck.recorder.log cimport Log
from tapedeck.recorder.tensors cimport Held, Tensors


cdef class Engine:
    cpdef object entered(self, NodeRecord record, tuple gradients)

    cpdef object left(self, NodeRecord record, tuple outputs)

    cpdef object put(self, object table, NodeRecord record)


@cython.final
cdef class Kind:
    cdef public str name
    cdef public bint leaf
    cdef public object single
    cdef public list slots


cdef class NodeRecord:
    cdef public object id
    cdef public Kind kind
    cdef public object age
    cdef public Engine engine
    cdef public object op
    cdef public object order
    cdef public Py_ssize_t depth
    cdef public tuple edges
    cdef public tuple saved
    cdef public object inputs
    cdef public Held made
    cdef public Held variable
    cdef public bint visible
    cdef public bint pre


@cython.final
@cython.freelist(8)
cdef class _New:
    cdef NodeRecord record
    cdef object node
    cdef tuple below
    cdef list keys


cdef class Graph:
    cdef public list records
    cdef public dict leaves
    cdef Log _log
    cdef Tensors _tensors
    cdef object _hooks
    cdef Engine _engine
    cdef dict _ids
    cdef list _metadata
    cdef dict _made
    cdef list _given
    cdef bint _deep
    cdef object _pre
    cdef object _post
    cdef public object first

    @cython.locals(stack=list, new=list, kind=Kind, record=NodeRecord, entry=_New, index=Py_ssize_t)
    cpdef tuple discover(self, list roots, object op, Held made=*)

    @cython.locals(record=NodeRecord, below=NodeRecord, leaf=Held, edges=list, depth=Py_ssize_t, index=Py_ssize_t)
    cdef _complete(self, _New entry, bint fresh)

    @cython.locals(entry=_New, below=NodeRecord)
    cdef _orders(self, list new, object running)

    cpdef object number(self, object node)

    @cython.locals(saved=list, held=Held)
    cdef tuple _saved(self, object node, Kind kind, bint fresh)

    cdef object _value(self, Held held, object tensor)

    cdef object _seen(self, Held held, object tensor)

    cdef Held _same(self, object tensor)

    cpdef object put(self, object table, NodeRecord record)


cdef object _age(object node)

cpdef object _age_of(_New entry)

cpdef object grad_fn(object tensor)
