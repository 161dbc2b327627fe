cpdef bint tracing() except *
