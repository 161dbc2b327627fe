"""The doctor: a tape in, findings out; one rule a file."""

from tapedeck.doctor.examine import examine
from tapedeck.doctor.finding import Finding

__all__ = ["Finding", "examine"]
