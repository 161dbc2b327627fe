"""The gallery over REST: its chapters, its lessons in a language, and the programs that their experiments make."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from tapedeck.lessons import Choice, Experiment, Lesson, Slider, chapters, gallery, lesson
from tapedeck.tape import schema
from tapedeck.web.answers import API
from tapedeck.web.language import language
from tapedeck.web.problems import Refusal, problems

Language = Literal["en", "zh-Hans"]
Asked = Annotated[
    Language | None, Query(description="The language of the texts; without it, the cookie's or the browser's.")
]


class ChapterAnswer(BaseModel):
    """A chapter and the slugs of its lessons, in their order."""

    id: str
    title: str
    lessons: list[str]


class LessonLine(BaseModel):
    """A lesson in the list."""

    slug: str
    chapter: str
    title: str
    summary: str
    question: str


class LessonList(BaseModel):
    """The gallery."""

    language: Language
    chapters: list[ChapterAnswer]
    lessons: list[LessonLine]


class MomentAnswer(BaseModel):
    """A note, and what happens where it is pinned (``docs/lessons.md``)."""

    id: str
    note: str
    where: dict[str, Any]


class OptionAnswer(BaseModel):
    """A piece of code that can stand in the program, and what it is called."""

    label: str
    code: str


class ExperimentAnswer(BaseModel):
    """A control: a ``choice`` has options, a ``slider`` and a ``text`` the template of the line they edit."""

    id: str
    type: Literal["choice", "slider", "text"]
    label: str
    notice: str
    options: list[OptionAnswer] = []
    template: str = ""
    min: float = 0
    max: float = 0
    step: float = 0
    whole: bool = False


class CheckAnswer(BaseModel):
    """A question with what may be chosen; ``right`` counts from 0."""

    question: str
    choices: list[str]
    right: int
    answer: str


class LessonAnswer(LessonLine):
    """A lesson in one language."""

    language: Language
    text: list[str]
    source: str
    options: dict[str, Any]
    moments: list[MomentAnswer]
    experiments: list[ExperimentAnswer]
    predictions: list[str]
    check: CheckAnswer
    previous: str | None
    next: str | None


def lessons() -> APIRouter:
    """The gallery and the schema."""
    router = APIRouter(prefix=API, tags=["gallery"])

    def tongue(asked: Language | None, request: Request, response: Response) -> Language:
        response.headers["Vary"] = "Accept-Language, Cookie"
        chosen = asked or language(request)
        return "zh-Hans" if chosen == "zh-Hans" else "en"

    @router.get("/lessons", response_model=LessonList)
    def all_lessons(request: Request, response: Response, language: Asked = None) -> LessonList:
        """The lessons of the gallery, in chapters and in order."""
        spoken = tongue(language, request, response)
        parts = [ChapterAnswer(id=one.id, title=one.title(spoken), lessons=one.lessons) for one in chapters()]
        lines = [LessonLine(**_line(one, spoken)) for one in gallery()]
        return LessonList(language=spoken, chapters=parts, lessons=lines)

    @router.get("/lessons/{slug}", response_model=LessonAnswer, responses=problems(404))
    def one_lesson(slug: str, request: Request, response: Response, language: Asked = None) -> LessonAnswer:
        """One lesson: its texts, its program, its moments, its experiments and its check."""
        if (found := lesson(slug)) is None:
            raise Refusal(404, "There is no such lesson.", where="path.slug")
        return tell(found, tongue(language, request, response))

    @router.get("/schema")
    def tape_schema() -> dict[str, Any]:
        """The JSON Schema of the tape."""
        return schema()

    return router


def tell(one: Lesson, spoken: Language) -> LessonAnswer:
    """A lesson in a language."""
    words, plan = one.words[spoken], one.plan
    path = [slug for chapter in chapters() for slug in chapter.lessons]
    at = path.index(one.slug)
    return LessonAnswer(
        **_line(one, spoken),
        language=spoken,
        text=words.text,
        source=one.source,
        options=plan.options,
        moments=[
            MomentAnswer(
                id=each.id,
                note=words.moments[each.id],
                where={
                    key: value
                    for key in each.__struct_fields__
                    if key != "id" and (value := getattr(each, key)) is not None
                },
            )
            for each in plan.moments
        ],
        experiments=[_experiment(one, each, spoken) for each in plan.experiments],
        predictions=[each.moment for each in plan.predictions],
        check=CheckAnswer(
            question=words.check.question,
            choices=words.check.choices,
            right=plan.check.answer,
            answer=words.check.answer,
        ),
        previous=path[at - 1] if at else None,
        next=path[at + 1] if at + 1 < len(path) else None,
    )


def _line(one: Lesson, spoken: Language) -> dict[str, str]:
    words = one.words[spoken]
    chapter = next(each.id for each in chapters() if one.slug in each.lessons)
    return {
        "slug": one.slug,
        "chapter": chapter,
        "title": words.title,
        "summary": words.summary,
        "question": words.question,
    }


def _experiment(one: Lesson, experiment: Experiment, spoken: Language) -> ExperimentAnswer:
    words = one.words[spoken].experiments[experiment.id]
    said = {"id": experiment.id, "label": words.label, "notice": words.notice}
    if isinstance(experiment, Choice):
        options = [
            OptionAnswer(label=label, code=code) for label, code in zip(words.options, experiment.options, strict=True)
        ]
        return ExperimentAnswer(type="choice", options=options, **said)
    if isinstance(experiment, Slider):
        return ExperimentAnswer(
            type="slider",
            template=experiment.template,
            min=experiment.min,
            max=experiment.max,
            step=experiment.step,
            whole=experiment.whole,
            **said,
        )
    return ExperimentAnswer(type="text", template=experiment.template, **said)
