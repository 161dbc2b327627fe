"""The gallery: lessons kept as content files, in chapters, in every language."""

from tapedeck.lessons.edits import EditError, edited
from tapedeck.lessons.gallery import LANGUAGES, Chapter, Lesson, LessonError, chapters, gallery, lesson, read
from tapedeck.lessons.plan import Choice, Entry, Experiment, Moment, Plan, Slider
from tapedeck.lessons.words import Words

__all__ = [
    "LANGUAGES",
    "Chapter",
    "Choice",
    "EditError",
    "Entry",
    "Experiment",
    "Lesson",
    "LessonError",
    "Moment",
    "Plan",
    "Slider",
    "Words",
    "chapters",
    "edited",
    "gallery",
    "lesson",
    "read",
]
