"""A recording: from ``with tapedeck.record() as recording:`` to the finished tape.

The taps see what the program does (`OpTap`, `ModuleTap`, `Autograd`, `Hooks`, `Training`, `Output`), write it to one
`Log`, and leave torch as they found it when the block ends, after an exception too.
"""

from __future__ import annotations

import datetime
import linecache
import platform
import random
import sys
from collections.abc import Mapping, Sequence
from types import FrameType, TracebackType
from typing import Any, Literal, Self

import torch
from torch import nn

from tapedeck.recorder import flops, taps, threads
from tapedeck.recorder.aten import AtenTap
from tapedeck.recorder.autograd import Autograd
from tapedeck.recorder.forward import Forward
from tapedeck.recorder.frames import look_up
from tapedeck.recorder.functions import prime
from tapedeck.recorder.hooks import Hooks
from tapedeck.recorder.log import Log, Progress, Stopped
from tapedeck.recorder.mode import OpMode
from tapedeck.recorder.modes import Modes
from tapedeck.recorder.modules import ModuleTap
from tapedeck.recorder.ops import OpTap
from tapedeck.recorder.options import Options
from tapedeck.recorder.output import Output
from tapedeck.recorder.tensors import Tensors
from tapedeck.recorder.text import clean, message_of
from tapedeck.recorder.tracebacks import cleaned
from tapedeck.recorder.training import Training
from tapedeck.recorder.uncompiled import skip_recorder
from tapedeck.tape import events as e
from tapedeck.tape.collecting import no_collections
from tapedeck.tape.tape import Header, Level, Tables, Tape


class Recording:
    """One recorded block. ``tape`` is complete when the block has ended, also when it ended in an exception."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.log = Log(options)
        self.tensors = Tensors(self.log)
        self.hooks = Hooks(self.log, self.tensors)
        self.autograd = Autograd(self.log, self.tensors, self.hooks)
        self.modules = ModuleTap(self.log, self.tensors, self.hooks)
        self.ops = OpTap(self.log, self.tensors, self.hooks, self.autograd, taps.DETOURS)
        self.hooks.autograd = self.autograd
        self.mode = self.hooks.mode = OpMode(self.ops)
        self.hooks.modules = self.modules
        self.aten = self.ops.aten = AtenTap(self.log, self.autograd) if options.aten else None
        self.forward = self.ops.forward = (
            Forward(self.log, self.tensors, self.modules, options.wrt) if options.mode == "forward" else None
        )
        self.log.frames.mark(taps.CALL)
        self.training = self.ops.training = Training(self.log, self.tensors, self.ops)
        self.modes = self.ops.modes = Modes(self.log, self.modules)
        self._output = Output(self.log, options.max_print)
        self.fake = _fake_mode() if options.fake else None
        self._frame: FrameType | None = None
        self._outer: threads.Recorded | None = None
        self._ended: Any = "finished"
        self._tape: Tape | None = None
        self._named: dict[str, Any] = {}
        self._namespace: Mapping[str, Any] = options.namespace or {}

    @property
    def tape(self) -> Tape:
        """The tape. Raises ``RuntimeError`` while the block is still running."""
        if self._tape is None:
            raise RuntimeError("the tape is complete when the `with tapedeck.record()` block has ended")
        return self._tape

    def name(self, **things: Any) -> None:
        """Name things that stand in no variable of the recorded code: ``recording.name(x=x, model=model)``."""
        self._named.update(things)

    def __enter__(self) -> Self:
        if self._tape is not None or self.log.open:
            raise RuntimeError("a recording is used once; call tapedeck.record() again")
        self._outer = threads.suspend()
        try:
            taps.enter(self)
        except BaseException:
            threads.resume(self._outer)
            raise
        try:
            self._frame = sys._getframe(1)
            self.log.frames.begin(self._frame)
            for name, text in self.options.sources.items():
                linecache.cache[name] = (len(text), None, [f"{line}\n" for line in text.split("\n")], name)
            if self.options.seed is not None:
                _seed_all(self.options.seed)
            self._output.start()
            skip_recorder()
            prime()
            self.log.begin()
            self.log.open = True
            with torch._C.DisableTorchFunction():
                self.hooks.start(look_up(self._frame, dict), dict(self._namespace))
            self.mode.__enter__()  # type: ignore[no-untyped-call]
            if self.fake is not None:
                self.fake.__enter__()
            if self.aten is not None:
                self.aten.start()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self.aten is not None:
            self.aten.stop()
        if self.fake is not None:
            self.fake.__exit__(kind, error, None)
        self.mode.__exit__(kind, error, None)  # type: ignore[no-untyped-call]
        try:
            with torch._C.DisableTorchFunction():
                self.hooks.finish()
                if self.forward is not None:
                    self.forward.finish()
                if error is not None:
                    self._raised(error)
                self._name_things()
                with self.log.guard("what the modules hold"):
                    self.modules.look_again()
        finally:
            self._close()
        if error is not None:
            cleaned(error, self.log.frames.is_ours, taps.DETOURS)
        with no_collections():
            self._tape = self._build()

    def _close(self) -> None:
        """Leave torch as it was."""
        self.log.open = False
        self.training.stop()
        self.modes.stop()
        self._output.stop()
        self.hooks.restore()
        self.autograd.graph.detach()
        if self.forward is not None:
            self.forward.close()
        taps.leave(self)
        threads.resume(self._outer)
        self._frame, self._outer = None, None
        self._namespace, self._named = {}, {}
        self.log.frames.begin(None)

    def _raised(self, error: BaseException) -> None:
        log = self.log
        frames = log.frames.traceback(error.__traceback__)
        span = frames[-1] if frames else None
        if isinstance(error, SyntaxError):
            place = log.frames.syntax_error(error)
            frames, span = ([*frames, place], place) if place is not None else (frames, span)
        self._ended = "cut" if isinstance(error, Stopped) else "raised"
        kind = clean(type(error).__qualname__) if not isinstance(error, Stopped) else error.reason
        log.emit(
            e.Raise(
                type=kind,
                message=message_of(error),
                span=span,
                frames=frames,
                op=log.blamed("op", error),
                node=log.blamed("node", error),
                hook=log.blamed("hook", error),
            )
        )

    def _name_things(self) -> None:
        """Names from the recorded block's own variables, and from ``name()``, which win."""
        found: dict[str, Any] = {}
        if self._frame is not None:
            found = look_up(self._frame, lambda variables: dict(variables))
        for variables in (found, self._namespace):
            for name, thing in list(variables.items()):
                if not name.startswith("_"):
                    self._name(name, thing, again=False)
        for name, thing in self._named.items():
            self._name(name, thing, again=True)

    def _name(self, name: str, thing: Any, again: bool) -> None:
        if isinstance(thing, torch.Tensor):
            held = self.tensors.known(thing)
            if held is not None and (again or held.name is None):
                held.name = name
        elif isinstance(thing, nn.Module):
            known = self.modules.know(thing)
            known.hangs = True
            if again or known.name is None:
                known.name = name
        elif isinstance(thing, torch.optim.Optimizer):
            self.training.name(thing, name, again)

    def _build(self) -> Tape:
        """Typed rows of everything gathered."""
        modules = self.modules.rows()
        optimizers = self.training.rows()
        for held in self.tensors.held:
            if held.grad_of is not None and held.name is None:
                owner = self.tensors.held[held.grad_of].name
                held.name = None if owner is None else f"{owner}.grad"
        values, blocks = self.log.capture.rows()
        tables = Tables(
            header=Header(
                title=clean(self.options.title),
                created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
                torch=str(torch.__version__),
                python=platform.python_version(),
                values=self.log.capture.level,
                seed=self.options.seed,
                ended="cut" if self.log.failed else self._ended,
                events=len(self.log.events),
                wrt=[] if self.forward is None else self.forward.names,
                aten=self.aten is not None,
                fake=self.fake is not None,
            ),
            sources=self.log.frames.sources,
            spans=self.log.frames.spans,
            modules=modules,
            storages=self.tensors.storage_rows(),
            tensors=self.tensors.rows(),
            ops=self.ops.rows(),
            nodes=self.autograd.graph.rows(),
            calls=self.modules.call_rows(),
            hooks=self.hooks.rows(),
            optimizers=optimizers,
            aten=[] if self.aten is None else self.aten.rows(),
            values=values,
        )
        flops.count(tables.ops, tables.nodes, tables.tensors)
        return Tape(tables, self.log.events, blocks)


def record(
    values: Level = "full",
    *,
    seed: int | None = None,
    title: str = "program",
    sources: Mapping[str, str] | None = None,
    namespace: Mapping[str, Any] | None = None,
    aten: bool = False,
    fake: bool = False,
    mode: Literal["reverse", "forward"] = "reverse",
    wrt: Sequence[str] | None = None,
    histograms: bool | None = None,
    max_events: int | None = 1_000_000,
    max_bytes: int = 1 << 30,
    max_print: int = 65536,
    at_limit: Literal["leave", "raise"] = "leave",
    progress: Progress | None = None,
) -> Recording:
    """Record what the ``with`` block does with torch, on this thread and on those it starts.

    ``values`` says how much is kept of each tensor: ``"structure"`` nothing, ``"summary"`` statistics, ``"full"`` also
    every number up to 64 Ki elements. The others:

    - ``seed`` seeds torch, ``random`` and numpy (if it is loaded) before the block; without it none is touched;
    - ``sources`` are texts, by the file name they were compiled under, that count as the user's own program;
      ``namespace`` is where the block runs a program's text with ``exec``, if it does: its variables give names too;
      ``title`` is what the tape is called;
    - ``aten`` records every ATen op below each op and node, too (see `AtenTap` for what that costs and cannot see);
    - ``mode="forward"`` follows the tangents of the tensors named in ``wrt`` (``None``: of every named floating-point
      leaf) through every op, too; see `Forward` for what is followed;
    - ``fake`` runs the block on fake tensors (``FakeTensorMode``), which have shapes and no numbers and take no
      memory: shapes, nodes and FLOPs of models far larger than memory;
    - ``histograms``: whether tensors of more than 64 elements get a histogram (``None``: at level ``full``);
    - ``max_events`` and ``max_bytes`` (of numbers kept at level ``full``; after that, statistics) bound the memory of a
      recording: an event takes about 0.75 kB at level ``structure`` (``benchmarks/bench_chain.py``). At the limit of
      events the recording ends and says so on the tape, and the program goes on (``at_limit="leave"``), or `Stopped` is
      raised in it (``"raise"``). ``max_print`` is how many characters of output are kept;
    - ``progress(events, where)`` is called at most every 50 ms.

    Raises ``ValueError`` for options that contradict each other and ``RuntimeError`` on entering when this thread
    already records. Exceptions of the block pass through; the tape then ends in a ``raise`` event.
    """
    return Recording(
        Options(
            values=values,
            seed=seed,
            title=title,
            sources=sources or {},
            namespace=namespace,
            aten=aten,
            fake=fake,
            mode=mode,
            wrt=wrt,
            histograms=histograms,
            max_events=max_events,
            max_bytes=max_bytes,
            max_print=max_print,
            at_limit=at_limit,
            progress=progress,
        )
    )


def _fake_mode() -> Any:
    from torch._subclasses.fake_tensor import FakeTensorMode

    return FakeTensorMode(allow_non_fake_inputs=True)


def _seed_all(seed: int) -> None:
    torch.manual_seed(seed)
    random.seed(seed)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(seed % (1 << 32))
