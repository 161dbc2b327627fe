cimport cython

from tapedeck.recorder.log cimport Log


cdef class Tensors


cdef class Held:
    cdef public object id
    cdef object key
    cdef Tensors owner
    cdef public object shape
    cdef public object dtype
    cdef public object device
    cdef public bint requires_grad
    cdef public bint is_leaf
    cdef public object ref
    cdef public object role
    cdef public object name
    cdef public object op
    cdef public object output
    cdef public object node
    cdef public object node_output
    cdef public object base
    cdef public object storage
    cdef public object grad_of
    cdef public object span
    cdef public object value
    cdef public object version
    cdef public bint searched
    cdef public bint fed
    cdef public bint retains


cdef class Storage:
    cdef public object id
    cdef object key
    cdef Tensors owner
    cdef public object size
    cdef public object device
    cdef public object seen
    cdef public object born
    cdef public object freed
    cdef Held first
    cdef list others
    cdef public object ref
    cdef object address
    cdef Py_ssize_t flying
    cdef bint kept


cdef class Flying:
    cdef Tensors owner
    cdef object key
    cdef Storage flight
    cdef object ref


cdef class Tensors:
    cdef public list held
    cdef Log _log
    cdef public dict by_id
    cdef public list storages
    cdef dict _living
    cdef dict _flights
    cdef dict _flying

    @cython.locals(held=Held)
    cpdef Held known(self, object tensor)

    @cython.locals(held=Held)
    cpdef Held hold(self, object tensor, bint made=*)

    @cython.locals(held=Held, entry=Storage)
    cdef Held _new(self, object tensor, bint made)

    @cython.locals(held=Held)
    cpdef object see(self, object tensor, object note=*, bint anew=*)

    @cython.locals(base=Held)
    cdef object _shared(self, Held held, object tensor, object version)

    cpdef object written(self, Held held, object value, object version)

    @cython.locals(held=Held)
    cpdef object name(self, object tensor, object frame)

    @cython.locals(held=Held, first=Held, entry=Storage)
    cpdef Held alias(self, object tensor)

    @cython.locals(entry=Storage)
    cpdef Storage touch(self, object tensor)

    @cython.locals(flight=Storage)
    cdef Storage _kept(self, object tensor)

    @cython.locals(flight=Storage, flying=Flying)
    cpdef object fly(self, object tensor)

    cdef forget(self, Held held)

    cdef freed(self, Storage entry)

    @cython.locals(flight=Storage)
    cdef landed(self, Flying flying)

    cdef Storage _new_storage(self, object size, object device)


cpdef object memory_of(object tensor)

cpdef object address_of(object tensor)

cdef object _base_of(object tensor)

cpdef object version_of(object tensor)

@cython.locals(attributes=dict)
cdef object _name_in(dict variables, object thing)
