"""What requests and small answers look like. Requests are strict: a wrong type or an unknown field is an error."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.config import JsonDict

Status = Literal[
    "queued",
    "recording",
    "finished",
    "raised",
    "timed_out",
    "out_of_memory",
    "too_much_output",
    "cancelled",
    "died",
    "failed",
]


def _unicode(text: str) -> str:
    """JSON can spell half a character (a lone surrogate); nothing after this point can hold one."""
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("the text has half a character in it (a lone surrogate)")
    return text


Text = Annotated[str, AfterValidator(_unicode)]


MOST_NAMES = 16
"""As many as forward mode follows at most."""


PATH = r"^[^\W\d]\w*(\.\w+)*$"


def _name(text: str) -> str:
    if not re.fullmatch(PATH, text) or text.endswith("\n"):
        raise ValueError("a tensor is named by a variable or by a module's path, such as x1 or net.fc.weight")
    return text


Name = Annotated[Text, AfterValidator(_name), Field(max_length=200, json_schema_extra={"pattern": PATH})]


def _integral(number: object) -> object:
    return int(number) if isinstance(number, float) and number.is_integer() else number


INTEGRAL = BeforeValidator(_integral)
"""A whole number may be written as 7.0, too: to JSON that is no difference."""


class Request(BaseModel):
    """Base of what clients send."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)


class RecordOptions(Request):
    """How to record; what is left out is the service's default, and no limit can be set above the service's own."""

    model_config = ConfigDict(
        json_schema_extra={
            # What `_agree` asks for, in the words of JSON Schema.
            "anyOf": [
                {"properties": {"wrt": {"type": "null"}, "mode": {"const": "reverse"}}},
                {"properties": {"mode": {"const": "forward"}, "fake": {"const": False}}, "required": ["mode"]},
            ]
        }
    )

    values: Literal["structure", "summary", "full"] = Field("full", description="How much of every tensor is kept.")
    seed: Annotated[int, Field(ge=0, le=2**32 - 1), INTEGRAL] | None = Field(
        0, description="Seed of every generator; null picks one."
    )
    mode: Literal["reverse", "forward"] = Field("reverse", description="Whether tangents are followed too (forward).")
    wrt: list[Name] | None = Field(
        None,
        min_length=1,
        max_length=MOST_NAMES,
        json_schema_extra={"uniqueItems": True},
        description="Forward mode: the tensors that are seeded, by name; null means every named leaf.",
    )
    aten: bool = Field(False, description="Record the ATen ops below each op and node, too.")
    fake: bool = Field(False, description="Run on fake tensors: shapes, and neither numbers nor memory.")
    time_limit_s: float | None = Field(None, gt=0, description="Seconds after which the program is stopped.")
    memory_limit_mb: Annotated[int, Field(ge=16), INTEGRAL] | None = Field(
        None, description="Memory beyond torch itself."
    )
    max_events: Annotated[int, Field(ge=1), INTEGRAL] | None = Field(
        None, description="Events after which the recording is cut."
    )

    @model_validator(mode="after")
    def _agree(self) -> RecordOptions:
        if self.wrt is not None and self.mode != "forward":
            raise ValueError('wrt names what forward mode seeds; it needs mode "forward"')
        if self.wrt is not None and len(set(self.wrt)) < len(self.wrt):
            raise ValueError("wrt has a name twice")
        if self.fake and self.mode == "forward":
            raise ValueError("fake tensors have no numbers, so forward mode has no tangents to follow")
        return self


def _alone(given: str, type: str = "string") -> JsonDict:
    """In the words of JSON Schema: this one is given and the others are not."""
    others: JsonDict = {one: {"type": "null"} for one in ("source", "lesson", "spec") if one != given}
    if given != "lesson":
        others["edits"] = {"maxProperties": 0}
    return {"properties": {**others, given: {"type": type}}, "required": [given]}


class RecordRequest(Request):
    """A program to record: its ``source``; a ``lesson``, with the ``edits`` of its experiments; a model's ``spec``."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [_alone("source"), _alone("lesson"), _alone("spec", "object")]}
    )

    source: Text | None = Field(None, description="The program.")
    lesson: Text | None = Field(None, description="The slug of a lesson.")
    edits: dict[Text, Annotated[int, INTEGRAL] | float | Text] = Field(
        {},
        max_length=20,
        description="Of a lesson's experiments, by id: the number of an option (from 0), a slider's number, or a text.",
    )
    spec: dict[str, Any] | None = Field(None, description="A model described without code (docs/spec.md).")
    title: Text | None = Field(None, min_length=1, max_length=200)
    options: RecordOptions | None = Field(
        None, description="What is left out is the service's default, or, of a lesson, what the lesson says."
    )

    @model_validator(mode="after")
    def _one_of_them(self) -> RecordRequest:
        if [self.source, self.lesson, self.spec].count(None) != 2:
            raise ValueError("give either a source or a lesson or a spec")
        if self.edits and self.lesson is None:
            raise ValueError("edits are those of a lesson's experiments; give its slug as lesson")
        if self.options is None and self.lesson is None:
            self.options = RecordOptions()
        return self


class Place(BaseModel):
    """A place in the program: lines count from 1, columns count characters from 0."""

    source: str
    line: int
    column: int
    end_line: int
    end_column: int
    expression: str


class FindingAnswer(BaseModel):
    """One finding of the doctor; ``thing`` names a row of the tape (``op:3``)."""

    rule: str
    severity: Literal["error", "warning", "notice"]
    sentence: str
    step: int
    thing: str | None = None
    where: Place | None = None


class FindingList(BaseModel):
    """What the doctor finds on one tape."""

    findings: list[FindingAnswer]


class OutcomeAnswer(BaseModel):
    """How a recording ended."""

    status: Status
    detail: str
    where: Place | None = None
    code: int | None = None
    signal: str | None = None


class ProgressAnswer(BaseModel):
    """How far a recording is: its position in the queue, or its events so far and the line it is at."""

    position: int | None = None
    events: int | None = None
    line: int | None = None


class TapeAnswer(BaseModel):
    """One recording."""

    id: str
    status: Status
    title: str
    created: str
    origin: Literal["program", "lesson", "upload"]
    lesson: str | None
    outcome: OutcomeAnswer | None
    progress: ProgressAnswer | None
    header: dict[str, Any] | None
    counts: dict[str, int]
    options: dict[str, Any]
    source: str
    links: dict[str, str]


class TapeLine(BaseModel):
    """One recording in a list."""

    id: str
    status: Status
    title: str
    created: str
    events: int | None
    links: dict[str, str]


class TapeList(BaseModel):
    """Recordings, the newest first."""

    tapes: list[TapeLine]


class Numbers(BaseModel):
    """Numbers of one captured tensor, flat and row-major."""

    shape: list[int]
    dtype: str
    data: list[Any]


class Health(BaseModel):
    """Whether the service is there."""

    status: Literal["ok", "warming_up", "unavailable"]
    detail: str


class Readiness(Health):
    """Whether the service can record, and what confines the programs."""

    standing: str = Field(description="In words: what confines a program here.")
    sandbox: list[str] = Field(description="The layers of confinement that are on.")
    trust: bool = Field(description="Whether programs run unconfined, as their user wanted.")
    access: Literal["loopback", "token", "proxy", "public"] = Field(description="Who may come in.")
    restarts: int = Field(description="How often the fork server was replaced.")
    running: int
    waiting: int
