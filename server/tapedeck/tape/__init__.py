"""The tape: the format that everything else reads and writes; types, file, ``check()`` and ``at(step)``.

Nothing here needs torch, and nothing here runs anything that a tape holds.
"""

from tapedeck.tape.events import AnyEvent, Event
from tapedeck.tape.file import TapeError, encode_events, encode_tables, load, to_bytes
from tapedeck.tape.schema import schema
from tapedeck.tape.tape import FORMAT_VERSION, Block, Header, Tables, Tape

__all__ = [
    "FORMAT_VERSION",
    "AnyEvent",
    "Block",
    "Event",
    "Header",
    "Tables",
    "Tape",
    "TapeError",
    "encode_events",
    "encode_tables",
    "load",
    "schema",
    "to_bytes",
]
