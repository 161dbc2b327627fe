"""What is the same of a lesson in every language: how it is recorded, its moments, experiments, predictions, check."""

from __future__ import annotations

from typing import Any, Literal

import msgspec


class Moment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that happens on the lesson's tape; every key that is given must hold (``docs/lessons.md``)."""

    id: str
    kind: str | list[str] | None = None
    what: str | None = None
    on: str | None = None
    line: str | None = None
    phase: Literal["build", "forward", "backward", "update"] | None = None
    text: str | None = None
    hook: str | None = None
    nth: int = 1


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="choice"):
    """One of several pieces of code; the one that stands in the program is the one that is chosen."""

    id: str
    options: list[str]


class Slider(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="slider"):
    """A number in a line of the program; whole where its limits and its step are."""

    id: str
    template: str
    min: int | float
    max: int | float
    step: int | float

    @property
    def whole(self) -> bool:
        """Whether it is written without a point."""
        return all(isinstance(number, int) for number in (self.min, self.max, self.step))


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="text"):
    """A text within quotes of the program."""

    id: str
    template: str


Experiment = Choice | Slider | Entry


class Prediction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The tape stops just before this moment, and the learner says what comes."""

    moment: str


class Check(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which of the choices is right, from 0."""

    answer: int


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``lesson.toml``. ``outcome`` is how the program is meant to end; ``options`` are those of ``POST /tapes``."""

    moments: list[Moment]
    check: Check
    outline: str = ""
    outcome: Literal["finished", "raised"] = "finished"
    options: dict[str, Any] = {}
    experiments: list[Experiment] = []
    predictions: list[Prediction] = []
