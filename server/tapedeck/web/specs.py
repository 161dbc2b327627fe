"""Models described without code: what can be named, and a spec's translation into source before anything runs."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from tapedeck.spec import FUNCTIONS, INPUTS, SpecError, table, translate
from tapedeck.web.answers import API
from tapedeck.web.language import language
from tapedeck.web.media import need_json
from tapedeck.web.models import Request as StrictRequest
from tapedeck.web.problems import Fault, Refusal, problems
from tapedeck.web.strict_json import StrictRoute


class SpecRequest(StrictRequest):
    """A spec (``docs/spec.md``)."""

    spec: dict[str, Any]


class SpecAnswer(BaseModel):
    """The PyTorch source of a spec."""

    source: str


class CheckAnswer(BaseModel):
    """The PyTorch source of a spec, or what is wrong with it."""

    source: str | None = None
    fault: Fault | None = None


class ArgumentAnswer(BaseModel):
    """An argument; ``type`` is int, float, bool, str, sizes (a number or several) or any."""

    name: str
    type: str
    required: bool
    default: Any = None


class FunctionAnswer(BaseModel):
    """A function: how many tensors it takes at least and at most, and its whole-number arguments."""

    least: int
    most: int
    args: list[ArgumentAnswer]


class TableAnswer(BaseModel):
    """Everything a spec can name. ``inputs`` says how many tensors a layer takes where it is not one."""

    layers: dict[str, list[ArgumentAnswer]]
    losses: dict[str, list[ArgumentAnswer]]
    optimizers: dict[str, list[ArgumentAnswer]]
    functions: dict[str, FunctionAnswer]
    inputs: dict[str, int]


def translated(spec: dict[str, Any], spoken: str, where: str) -> str:
    """The program of a spec; what is wrong with it is refused in the reader's language, with its place."""
    try:
        return translate(spec)
    except SpecError as error:
        place = f"{where}.{error.where}" if error.where else where
        raise Refusal(422, error.sentence(spoken), where=place) from error


def specs() -> APIRouter:
    """``POST /spec``, ``POST /spec/check`` and ``GET /spec/table``."""
    router = APIRouter(prefix=f"{API}/spec", tags=["spec"], route_class=StrictRoute)

    @router.post("", response_model=SpecAnswer, dependencies=[Depends(need_json)], responses=problems(415, 422))
    async def translation(body: SpecRequest, request: Request) -> SpecAnswer:
        """The source of a spec, which is checked; nothing runs."""
        return SpecAnswer(source=translated(body.spec, language(request), "body.spec"))

    @router.post("/check", response_model=CheckAnswer, dependencies=[Depends(need_json)], responses=problems(415, 422))
    async def check(body: SpecRequest, request: Request) -> CheckAnswer:
        """The same for a form, which asks while it is filled in: that something is still wrong is no error there."""
        try:
            return CheckAnswer(source=translated(body.spec, language(request), "body.spec"))
        except Refusal as refusal:
            return CheckAnswer(fault=Fault(where=refusal.problem.where or "", detail=refusal.problem.detail))

    @router.get("/table", response_model=TableAnswer)
    async def known() -> TableAnswer:
        """The layers, losses, optimizers and functions that a spec can name, with their arguments."""
        functions = {
            name: FunctionAnswer(
                least=least,
                most=most,
                args=[
                    ArgumentAnswer(name=arg, type="int", required=False, default=value) for arg, value in args.items()
                ],
            )
            for name, ((least, most), _, args) in FUNCTIONS.items()
        }
        return TableAnswer(**table(), functions=functions, inputs=INPUTS)

    return router
