"""The sandbox and the limits that the settings ask for."""

from __future__ import annotations

from tapedeck.sandbox.limits import TRUSTED, Limits
from tapedeck.sandbox.remote import AnySandbox, RemoteSandbox
from tapedeck.sandbox.supervisor import Sandbox
from tapedeck.settings import Settings


def sandbox_of(settings: Settings) -> AnySandbox:
    """The runner's, where one is named, and else our own."""
    if settings.runner is not None:
        return RemoteSandbox(settings.runner, settings.warm_up_s)
    return own_sandbox(settings)


def own_sandbox(settings: Settings) -> Sandbox:
    """A sandbox in this process, with a parked child for every program that may run at a time."""
    usual = limits_of(settings)
    return Sandbox(settings.warm_up_s, trust=settings.trust, usual=usual, parked=settings.concurrency)


def limits_of(settings: Settings) -> Limits:
    """The limits of one run, where it asks for no lower ones."""
    if settings.trust:
        return TRUSTED
    return Limits(
        time_s=settings.time_limit_s,
        grace_s=settings.grace_s,
        closing_s=settings.closing_s,
        memory_mb=settings.memory_limit_mb,
        output_bytes=settings.output_bytes,
        print_bytes=settings.print_bytes,
        max_events=settings.max_events,
        tape_bytes=settings.tape_bytes,
    )
