"""Every text of a lesson, in one language."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec


class ExperimentWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A control's label, its options' (of a choice), and what to look for when it was recorded again."""

    label: str
    notice: str
    options: list[str] = []


class CheckWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question, what may be chosen, and why the right one is right."""

    question: str
    choices: list[str]
    answer: str


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``en.toml`` or ``zh-Hans.toml``. ``text`` are paragraphs in which code stands in backticks."""

    title: str
    summary: str
    question: str
    text: list[str]
    moments: dict[str, str]
    check: CheckWords
    experiments: dict[str, ExperimentWords] = {}

    def keys(self) -> Iterator[str]:
        """What this language says something about, with how many of each: the same in every language."""
        yield from (f"moments.{id}" for id in sorted(self.moments))
        for id, words in sorted(self.experiments.items()):
            yield f"experiments.{id} with {len(words.options)} options"
        yield f"check with {len(self.check.choices)} choices"
        yield f"text with {len(self.text)} paragraphs"

    def blank(self) -> bool:
        """Whether one of the texts is empty."""
        return any(not text.strip() for text in self._texts())

    def _texts(self) -> Iterator[str]:
        yield from (self.title, self.summary, self.question, *self.text, *self.moments.values())
        yield from (self.check.question, *self.check.choices, self.check.answer)
        for words in self.experiments.values():
            yield from (words.label, words.notice, *words.options)
