"""Reads the gallery's programs and their front matter.

A program's docstring is its front matter: the first line is the title, the next paragraph the summary, and the
paragraph that begins with ``Question:`` what to look for. What is shown and run is the program after it.
"""

from __future__ import annotations

import ast
import inspect
from functools import cache
from importlib.resources import files

import msgspec

ORDER = ("walkthrough", "sumnet", "cnn")


class LessonError(ValueError):
    """A program of the gallery does not introduce itself as it should."""


class Lesson(msgspec.Struct, frozen=True):
    """One program of the gallery."""

    slug: str
    title: str
    summary: str
    question: str
    source: str


@cache
def gallery() -> tuple[Lesson, ...]:
    """Every lesson, in the order in which they are shown."""
    programs = files("tapedeck.lessons") / "programs"
    return tuple(parse(slug, (programs / f"{slug}.py").read_text("utf-8")) for slug in ORDER)


def lesson(slug: str) -> Lesson | None:
    """The lesson of that name, or ``None``."""
    return next((one for one in gallery() if one.slug == slug), None)


def parse(slug: str, source: str) -> Lesson:
    """A lesson from its program; raises `LessonError` where a part of the front matter is missing."""
    module = ast.parse(source)
    docstring = ast.get_docstring(module)
    if not docstring:
        raise LessonError(f"{slug}: the program has no docstring")
    program = "\n".join(source.split("\n")[module.body[0].end_lineno :]).lstrip("\n")
    paragraphs = [" ".join(part.split()) for part in inspect.cleandoc(docstring).split("\n\n")]
    questions = [part.removeprefix("Question:").strip() for part in paragraphs if part.startswith("Question:")]
    summary = [part for part in paragraphs[1:] if not part.startswith("Question:")]
    if not summary or len(questions) != 1:
        raise LessonError(f"{slug}: the docstring needs a title, a summary and one question")
    return Lesson(slug, paragraphs[0].rstrip("."), " ".join(summary), questions[0], program)
