"""The command line: ``serve``, ``runner``, ``record``, ``check``, ``play``, ``gc``. Only ``record`` imports torch."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
import webbrowser
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from tapedeck.doctor import examine
from tapedeck.settings import Settings

if TYPE_CHECKING:
    from tapedeck.tape import Tape

app = typer.Typer(
    help="Record a PyTorch program once and play it back for ever.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)

LEVELS = ("structure", "summary", "full")
MODES = ("reverse", "forward")

Host = Annotated[str | None, typer.Option(help="Address to listen on.")]
Port = Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on; 0 picks a free one.")]


def main() -> None:
    """The ``tapedeck`` command."""
    app()


@app.command()
def serve(
    host: Host = None,
    port: Port = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Programs recorded at the same time.")] = None,
    token: Annotated[
        str | None, typer.Option(help="Secret to come in with; others see it in `ps`: TAPEDECK_TOKEN is better.")
    ] = None,
    public: Annotated[bool | None, typer.Option("--public", help="Let everybody in, under limits.")] = None,
    trust: Annotated[bool | None, typer.Option("--trust", help="Run your own programs, unconfined.")] = None,
) -> None:
    """Start the service."""
    run_server(_settings(host=host, port=port, concurrency=workers, token=token, public=public, trust=trust))


@app.command()
def runner(
    socket: Annotated[Path | None, typer.Option(help="Unix socket to listen on (TAPEDECK_RUNNER).")] = None,
    ask: Annotated[bool, typer.Option("--ask", help="Only ask the runner there how it is.")] = False,
) -> None:
    """Run programs for a web process elsewhere, behind a unix socket."""
    settings = _settings(runner=socket)
    if settings.runner is None:
        _fail("Say where to listen: --socket or TAPEDECK_RUNNER.", 2)
    try:
        asyncio.run(_asked(settings) if ask else _run_programs(settings, settings.runner))
    except OSError as error:
        _fail(f"{settings.runner} cannot be listened on: {error}.", 1)


async def _run_programs(settings: Settings, path: Path) -> None:
    from tapedeck.sandbox import Runner, own_sandbox
    from tapedeck.web.logs import set_up

    set_up(settings)
    serving, stopped = Runner(own_sandbox(settings), path), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await serving.start()
    console.print(f"Programs are run for whoever asks on {escape(str(path))}")
    await stopped.wait()
    await serving.close()


async def _asked(settings: Settings) -> None:
    from tapedeck.sandbox import SandboxError, sandbox_of

    there = sandbox_of(settings)
    try:
        await there.start()
    except SandboxError as error:
        _fail(str(error), 1)
    else:
        console.print(escape(there.standing))
    finally:
        await there.close()


@app.command()
def play(
    tape: Annotated[Path, typer.Argument(help="A .tape file.")],
    host: Host = None,
    port: Port = None,
    browser: Annotated[bool, typer.Option(help="Open the browser.")] = True,
) -> None:
    """Open a tape in the player."""
    from tapedeck.store import DiskStore, Entry, new_id
    from tapedeck.web.service import now
    from tapedeck.web.uploads import outcome_of

    settings = _settings(host=host, port=port)
    found = _load(tape)
    text = found.sources[0].text if found.sources else ""
    entry = Entry(id=new_id(), created=now(), title=tape.stem, source=text, origin="upload", outcome=outcome_of(found))
    with contextlib.closing(DiskStore(settings.data_dir)) as store:
        kept = store.put(entry, found, tape.read_bytes())
    run_server(settings, f"/t/{kept.id}", open_browser=browser)


@app.command()
def check(tape: Annotated[Path, typer.Argument(help="A .tape file.")]) -> None:
    """Prove a tape's invariants (exit status 1 when one is broken) and say what the doctor finds on it."""
    found = _load(tape)
    broken = found.check()
    for sentence in broken:
        console.print(f"[red]✗[/] {escape(sentence)}")
    if broken:
        raise typer.Exit(1)
    ended = found.header.ended
    for finding in examine(found):
        place = f" (line {finding.where.line}: {finding.where.expression})" if finding.where is not None else ""
        console.print(f"[yellow]![/] step {finding.step}: {escape(finding.sentence + place)}")
    console.print(f"{escape(str(tape))}: sound; {len(found.events):,} events, {len(found.ops):,} ops, ended: {ended}")


@app.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
def record(
    program: Annotated[Path, typer.Argument(help="The program, run as `python program.py args…` would.")],
    args: Annotated[list[str] | None, typer.Argument(help="Its arguments; options of ours come before it.")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="The tape (program.tape).")] = None,
    values: Annotated[str, typer.Option(help="How much of every tensor is kept: structure, summary or full.")] = "full",
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of every generator.")] = None,
    mode: Annotated[str, typer.Option(help="reverse, or forward: follow tangents through every op, too.")] = "reverse",
    wrt: Annotated[str | None, typer.Option(help="What forward mode seeds: x1,net.fc.weight (every leaf).")] = None,
    forward: Annotated[str | None, typer.Option(help="Short for --mode forward --wrt.", metavar="WRT")] = None,
    aten: Annotated[bool, typer.Option("--aten", help="Record the ATen ops below each op and node, too.")] = False,
    fake: Annotated[bool, typer.Option("--fake", help="Run on fake tensors: shapes, no numbers, no memory.")] = False,
) -> None:
    """Record a program of your own, unconfined."""
    if forward is not None:
        if wrt is not None or mode != "reverse":
            _fail("--forward stands for --mode forward --wrt; give one or the other.", 2)
        mode, wrt = "forward", forward
    options = _options(values, seed, mode, wrt, aten, fake)
    try:
        source = program.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        _fail(f"{program} cannot be read: {error}.", 2)
    from tapedeck.program import recorded

    rest, output = _trailing_output(list(args or []), output)
    target = output or program.with_suffix(".tape")
    tape, status = recorded(program, source, rest, options)
    try:
        tape.save(target)
    except OSError as error:
        _fail(f"{target} cannot be written: {error}.", 2)
    for sentence in _unseeded(tape):
        errors.print(f"[yellow]{escape(sentence)}[/]")
    errors.print(f"{escape(str(target))}: {len(tape.events):,} events, ended: {tape.header.ended}")
    raise typer.Exit(status)


@app.command()
def gc(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be removed, and remove nothing.")] = False,
) -> None:
    """Remove the tapes that the settings no longer keep (TAPEDECK_KEEP_…), and what a crash left over."""
    from tapedeck.web.service import open_store, retention

    settings = _settings()
    store = open_store(settings)
    try:
        swept = store.sweep(retention(settings), datetime.now(UTC), dry_run)
        kept = store.usage()
    finally:
        store.close()
    for one in swept.removed:
        console.print(f"{one.id}  {escape(one.created)}  {_size(one.bytes)}")
    verb = "would be removed" if dry_run else "removed"
    console.print(
        f"{_tapes(len(swept.removed))} and {swept.leftovers} leftovers of a crash {verb}, {_size(swept.bytes)}; "
        f"{_tapes(kept.tapes)} kept, {_size(kept.bytes)}"
    )


def run_server(settings: Settings, path: str = "/", open_browser: bool = False) -> None:
    """Serve until interrupted; says where, once it listens, and what confines programs, once that is known."""
    from tapedeck.assets import AssetsMissing
    from tapedeck.web.access import Unsafe
    from tapedeck.web.app import create_app
    from tapedeck.web.logs import set_up
    from tapedeck.web.serving import listen, serve

    set_up(settings)
    try:
        application = create_app(settings)
        listening = listen(settings.host, settings.port)
    except OSError as error:
        _fail(f"{settings.host}:{settings.port} cannot be listened on: {error}.", 1)
    except (AssetsMissing, Unsafe) as error:
        _fail(str(error), 2 if isinstance(error, Unsafe) else 1)
    url = f"http://{_shown(settings.host)}:{listening.getsockname()[1]}{path}"
    console.print(f"Tapedeck is at {url} (Ctrl-C ends it)")
    if settings.public and not (settings.token or settings.proxy_header):
        console.print("[yellow]Everybody who can reach this address may run programs here, under limits.[/]")
    if open_browser:
        threading.Timer(0.5, webbrowser.open, [url]).start()
    serve(application, settings, listening, lambda standing: console.print(escape(standing)))


def _settings(**given: Any) -> Settings:
    from pydantic import ValidationError

    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        _fail(f"The setting {'.'.join(str(part) for part in first['loc'])} is wrong: {first['msg']}.", 2)


def _shown(host: str) -> str:
    if host in ("0.0.0.0", "::"):
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _tapes(count: int) -> str:
    return "1 tape" if count == 1 else f"{count} tapes"


def _size(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB"


def _load(path: Path) -> Tape:
    from tapedeck.tape import TapeError, load

    try:
        return load(path)
    except (TapeError, OSError) as error:
        _fail(f"{path}: {error}.", 2)


def _trailing_output(args: list[str], output: Path | None) -> tuple[list[str], Path | None]:
    """``record program.py -o run.tape``: an ``-o`` at the very end is ours, unless one was given before."""
    if output is None and len(args) >= 2 and args[-2] in ("-o", "--output"):
        return args[:-2], Path(args[-1])
    return args, output


def _options(values: str, seed: int | None, mode: str, wrt: str | None, aten: bool, fake: bool) -> dict[str, Any]:
    """How to record, as `record()` takes it; ends the command with what is wrong with it."""
    if values not in LEVELS:
        _fail(f"--values must be one of {', '.join(LEVELS)}, not {values}.", 2)
    if mode not in MODES:
        _fail(f"--mode must be one of {', '.join(MODES)}, not {mode}.", 2)
    names = None if wrt is None else [name.strip() for name in wrt.split(",") if name.strip()]
    if names is not None and mode != "forward":
        _fail("--wrt names what forward mode seeds; it needs --mode forward.", 2)
    if names == []:
        _fail("--wrt needs the names of tensors: --wrt x1,net.fc.weight.", 2)
    if fake and mode == "forward":
        _fail("Fake tensors have no numbers, so forward mode has no tangents to follow.", 2)
    return {"values": values, "seed": seed, "mode": mode, "wrt": names, "aten": aten, "fake": fake}


def _unseeded(tape: Tape) -> list[str]:
    """What forward mode could not seed, as the tape says it."""
    from tapedeck.recorder.forward import CATEGORY
    from tapedeck.tape.events import Warn

    return [f"{one.text}." for one in tape.events if isinstance(one, Warn) and one.category == CATEGORY]


def _fail(sentence: str, status: int) -> NoReturn:
    errors.print(f"[red]{escape(sentence)}[/]")
    raise typer.Exit(status)


if __name__ == "__main__":
    main()
