"""Models described without code: a JSON spec is checked, and translated into PyTorch source, which is then recorded."""

from tapedeck.spec.read import read
from tapedeck.spec.sentences import SpecError
from tapedeck.spec.source import source
from tapedeck.spec.table import FUNCTIONS, INPUTS, table


def translate(spec: object) -> str:
    """The program of a spec; raises `SpecError`, which says what to change and where."""
    return source(read(spec))


__all__ = ["FUNCTIONS", "INPUTS", "SpecError", "table", "translate"]
