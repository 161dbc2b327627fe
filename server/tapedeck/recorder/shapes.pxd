cpdef object shape_or_none(object tensor)

cpdef list shape_of(object thing)

cpdef list sizes(object shape)
