"""Reads the gallery: chapters in their order, lessons in theirs, each a folder of content (``docs/lessons.md``)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TypeVar

import msgspec

from tapedeck.lessons.edits import pattern, standing
from tapedeck.lessons.plan import Choice, Experiment, Plan
from tapedeck.lessons.words import Words
from tapedeck.tape.known import known

LANGUAGES = ("en", "zh-Hans")
T = TypeVar("T")


class LessonError(ValueError):
    """A lesson's files do not say what they should."""


class Chapter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"zh": "zh-Hans"}):
    """A part of the path; `lessons` are slugs."""

    id: str
    en: str
    zh: str
    lessons: list[str]

    def title(self, language: str) -> str:
        """What it is called."""
        return self.zh if language == "zh-Hans" else self.en


class _Chapters(msgspec.Struct, frozen=True):
    chapters: list[Chapter]


class Lesson(msgspec.Struct, frozen=True):
    """One lesson: its program, what is the same in every language, and its texts by language."""

    slug: str
    source: str
    plan: Plan
    words: dict[str, Words]


known(Plan, Words, _Chapters)


@cache
def chapters() -> tuple[Chapter, ...]:
    """The path through the gallery."""
    return tuple(_decoded(_content() / "chapters.toml", _Chapters).chapters)


@cache
def gallery() -> tuple[Lesson, ...]:
    """Every lesson, in the order in which they are shown; raises `LessonError` for one that contradicts itself."""
    return tuple(read(_content() / slug) for chapter in chapters() for slug in chapter.lessons)


def lesson(slug: str) -> Lesson | None:
    """The lesson of that name, or ``None``."""
    return next((one for one in gallery() if one.slug == slug), None)


def read(folder: Traversable) -> Lesson:
    """A lesson from its folder; raises `LessonError` where its files do not agree."""
    found = Lesson(
        folder.name,
        (folder / "program.py").read_text("utf-8"),
        _decoded(folder / "lesson.toml", Plan),
        {language: _decoded(folder / f"{language}.toml", Words) for language in LANGUAGES},
    )
    for fault in _faults(found):
        raise LessonError(f"{folder.name}: {fault}")
    return found


def _faults(one: Lesson) -> list[str]:
    plan = one.plan
    moments, experiments = [each.id for each in plan.moments], [each.id for each in plan.experiments]
    faults = [f"the experiment {each.id!r}: {fault}" for each in plan.experiments if (fault := _fault(one, each))]
    faults += [f"there is no moment {each.moment!r}" for each in plan.predictions if each.moment not in moments]
    for language, words in one.words.items():
        if list(words.keys()) != list(one.words["en"].keys()):
            faults.append(f"{language} and en do not say the same")
        if words.blank():
            faults.append(f"a text in {language} is empty")
        if sorted(words.moments) != sorted(moments) or sorted(words.experiments) != sorted(experiments):
            faults.append(f"{language} has other moments or experiments than lesson.toml")
        if not 0 <= plan.check.answer < len(words.check.choices):
            faults.append("the check's answer is none of its choices")
        labels = {each.id: len(each.options) if isinstance(each, Choice) else 0 for each in plan.experiments}
        if any(len(words.experiments[id].options) != n for id, n in labels.items() if id in words.experiments):
            faults.append(f"an experiment's options and their labels in {language} are not as many")
    return faults


def _fault(one: Lesson, experiment: Experiment) -> str | None:
    if isinstance(experiment, Choice):
        now = standing(one.source, experiment)
        if now is None:
            return "no option stands in the program"
        return None if one.source.count(experiment.options[now]) == 1 else "its option stands in the program twice"
    if experiment.template.count("{}") != 1:
        return "the template needs one {}"
    return (
        None if len(pattern(experiment).findall(one.source)) == 1 else "the template does not stand once in the program"
    )


def _content() -> Traversable:
    return files("tapedeck.lessons") / "content"


def _decoded(path: Traversable, type: type[T]) -> T:
    try:
        return msgspec.toml.decode(path.read_bytes(), type=type)
    except (msgspec.DecodeError, OSError) as error:
        raise LessonError(f"{path}: {error}") from error
