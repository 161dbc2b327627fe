"""Runs: queued, counted, followed and cancelled behind one protocol, whatever carries them out."""

from tapedeck.jobs.engine import Engine, Job, News, QueueFull, UnknownJob
from tapedeck.jobs.local import LocalEngine

__all__ = ["Engine", "Job", "LocalEngine", "News", "QueueFull", "UnknownJob"]
