"""Experiments: a control of a lesson edits the program's own text.

The page does the same in JavaScript (``static/js/lessons/edits.js``), on a text that the learner may have changed as
well; both are held to ``tests/data/lesson_edits.json``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from tapedeck.lessons.plan import Choice, Entry, Experiment, Slider

NUMBER = r"(-?\d+(?:\.\d*)?(?:e-?\d+)?)"
TEXT = r"([^\"'\\\n]{0,80})"

Edit = int | float | str
"""The number of an option (from 0), a slider's number, or a text."""


class EditError(ValueError):
    """An edit that does not fit its control; the sentence says what would."""


def edited(source: str, experiments: list[Experiment], edits: Mapping[str, Edit]) -> str:
    """The program with every edit made; raises `EditError` for an unknown control and a value that it cannot take."""
    known = {one.id: one for one in experiments}
    for id, value in edits.items():
        if id not in known:
            there = ", ".join(known) or "none"
            raise EditError(f"This lesson has no experiment {id!r}; there is: {there}.")
        source = _edited(source, known[id], value)
    return source


def _edited(source: str, experiment: Experiment, value: Edit) -> str:
    if isinstance(experiment, Choice):
        return _chosen(source, experiment, value)
    written = _number(experiment, value) if isinstance(experiment, Slider) else _text(experiment, value)
    found = pattern(experiment).search(source)
    if found is None:
        raise EditError(f"The program has no place for {experiment.id!r}: {experiment.template}")
    return source[: found.start(1)] + written + source[found.end(1) :]


def _chosen(source: str, choice: Choice, value: Edit) -> str:
    most = len(choice.options) - 1
    if not isinstance(value, int) or not 0 <= value <= most:
        raise EditError(f"{choice.id!r} takes the number of an option, from 0 to {most}.")
    now = standing(source, choice)
    if now is None:
        raise EditError(f"The program has no place for {choice.id!r}: {choice.options[0]}")
    return source.replace(choice.options[now], choice.options[value], 1)


def _number(slider: Slider, value: Edit) -> str:
    if isinstance(value, str) or not slider.min <= value <= slider.max:
        raise EditError(f"{slider.id!r} takes a number from {slider.min} to {slider.max}.")
    return str(round(value)) if slider.whole else repr(float(value))


def _text(entry: Entry, value: Edit) -> str:
    if not isinstance(value, str) or re.fullmatch(TEXT, value) is None:
        raise EditError(
            f"{entry.id!r} takes a text of at most 80 characters in one line, without quotes and backslashes."
        )
    return value


def standing(source: str, choice: Choice) -> int | None:
    """The option that stands in a program: the longest, where one is a part of another; ``None`` where none does."""
    there = [number for number, code in enumerate(choice.options) if code in source]
    return max(there, key=lambda number: len(choice.options[number]), default=None)


def pattern(experiment: Slider | Entry) -> re.Pattern[str]:
    """What finds the control's number or text in a program."""
    before, after = experiment.template.split("{}")
    hole = NUMBER if isinstance(experiment, Slider) else TEXT
    return re.compile(re.escape(before) + hole + re.escape(after))
