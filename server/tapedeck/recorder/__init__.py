"""The recorder: a running torch program in, a tape out. Importing this imports torch."""

from tapedeck.recorder.log import Progress, Stopped
from tapedeck.recorder.recording import Recording, record

__all__ = ["Progress", "Recording", "Stopped", "record"]
