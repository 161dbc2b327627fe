cimport cython

from tapedeck.recorder.frames cimport Place
from tapedeck.recorder.log cimport Log
from tapedeck.recorder.strand cimport Strand
from tapedeck.recorder.tensors cimport Held, Tensors


cdef class Known:
    cdef public object id
    cdef public object ref
    cdef public object key
    cdef public object name
    cdef public object type
    cdef public object repr
    cdef public Known parent
    cdef public list children
    cdef public dict parameters
    cdef public dict buffers
    cdef public object training
    cdef public object constructed
    cdef public object flag
    cdef public bint early
    cdef public bint watched
    cdef public list looks
    cdef public bint hangs


cdef class CallRecord:
    cdef public Known known
    cdef public object parent
    cdef public list inputs
    cdef public list outputs
    cdef public object span
    cdef public object ns
    cdef public object thread


cdef class ModuleTap:
    cdef public Log log
    cdef public Tensors tensors
    cdef public object hooks
    cdef public list known
    cdef public list calls
    cdef dict _by_id
    cdef dict _constructed

    @cython.locals(log=Log, strand=Strand, record=CallRecord)
    cpdef object call(self, object original, object module, tuple args, dict kwargs, object frame)

    @cython.locals(place=Place, known=Known, given=list, held=Held, rows=list, count=Py_ssize_t)
    cdef object _enter(self, object frame, object module, tuple args, dict kwargs, Strand strand)

    @cython.locals(outputs=list, held=Held, rows=list, known=Known, index=Py_ssize_t)
    cdef object _exit(self, object number, CallRecord record, object result, Place place)

    @cython.locals(known=Known, above=Known, below=Known, stack=list, fresh=list)
    cpdef Known know(self, object module)

    @cython.locals(root=Known, below=Known)
    cdef _adopt(self, object module, Known outer)

    @cython.locals(known=Known)
    cdef Known _new(self, object module)

    cdef _hold(self, object module, Known known)

    @cython.locals(held=Held)
    cdef _hold_all(self, object table, object role, Known known, dict ids)


cdef bint _hooked(object module)
