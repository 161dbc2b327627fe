"""Running a stranger's program and getting a tape and an honest outcome back.

A *supervisor* (`Sandbox`, in the web process, without torch) keeps one *zygote*: a process exec'd with an empty
environment that has imported torch and the recorder, recorded a small program so that nothing is left to import, and
never computes again. For every run the zygote forks a *child*, which leads its own session, closes the layers of
`confine` around itself, reads the one job from its pipe, records the program and sends back frames: progress, how
the program ended, the tape. So a run costs a fork, and a crash costs a child.

The child limits the program politely (`guard`: an exception at the program's own line, so that the tape so far is
kept), the supervisor limits the child rudely (deadlines, caps on everything that is read, a kill by pidfd). The
program owns its process, so nothing that comes from it is believed: it is capped, strictly decoded and checked, and
the most a liar gets is its own run called `Died`. A run always ends in one member of the closed union `Outcome`.
"""

from tapedeck.sandbox.configured import limits_of, own_sandbox, sandbox_of
from tapedeck.sandbox.forkserver import SandboxError
from tapedeck.sandbox.limits import TRUSTED, Limits, RunOptions
from tapedeck.sandbox.outcomes import (
    Cancelled,
    Died,
    Failed,
    Finished,
    Outcome,
    OutOfMemory,
    Raised,
    TimedOut,
    TooMuchOutput,
)
from tapedeck.sandbox.remote import AnySandbox, RemoteSandbox, trouble_with
from tapedeck.sandbox.runner import Runner
from tapedeck.sandbox.supervision import Run
from tapedeck.sandbox.supervisor import Sandbox

__all__ = [
    "TRUSTED",
    "AnySandbox",
    "Cancelled",
    "Died",
    "Failed",
    "Finished",
    "Limits",
    "OutOfMemory",
    "Outcome",
    "Raised",
    "RemoteSandbox",
    "Run",
    "RunOptions",
    "Runner",
    "Sandbox",
    "SandboxError",
    "TimedOut",
    "TooMuchOutput",
    "limits_of",
    "own_sandbox",
    "sandbox_of",
    "trouble_with",
]
