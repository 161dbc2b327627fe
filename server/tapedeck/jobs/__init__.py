"""Runs: queued, counted, followed and cancelled behind one protocol, whatever carries them out."""

from tapedeck.jobs.engine import Engine, Job, News, QueueFull, UnknownJob
from tapedeck.jobs.janitor import Janitor
from tapedeck.jobs.local import LocalEngine, Observe

__all__ = ["Engine", "Janitor", "Job", "LocalEngine", "News", "Observe", "QueueFull", "UnknownJob"]
