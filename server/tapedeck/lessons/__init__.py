"""The gallery: programs kept as content files, each introducing itself in its docstring."""

from tapedeck.lessons.gallery import Lesson, LessonError, gallery, lesson, parse

__all__ = ["Lesson", "LessonError", "gallery", "lesson", "parse"]
