"""An uploaded tape, before it is believed: a zip of exactly three members, of bearable size, and sound."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from tapedeck.tape import Tape, TapeError, load
from tapedeck.tape.file import EVENTS, TABLES, TENSORS
from tapedeck.web.problems import Fault, Refusal

NOT_A_TAPE = "urn:tapedeck:problem:not-a-tape"
MEMBERS = sorted((TABLES, EVENTS, TENSORS))
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others may ask for gigabytes before the first byte comes
MOST_FAULTS = 20
LONGEST_TITLE = 200


def checked(data: bytes, most_unpacked: int) -> Tape:
    """The tape, or 422 with what is wrong with it."""
    _check_members(data)
    try:
        tape = load(data, most=most_unpacked)
        broken = tape.check()
    except TapeError as error:
        raise _no_tape(f"{error}.") from None
    if broken:
        faults = [Fault(where="body", detail=sentence) for sentence in broken[:MOST_FAULTS]]
        raise Refusal(422, f"The tape is not sound: {broken[0]}", where="body", errors=faults)
    return tape


def about(tape: Tape) -> dict[str, Any]:
    """What an entry says of an uploaded tape."""
    first = tape.sources[0].text if tape.sources else ""
    return {"title": tape.header.title[:LONGEST_TITLE] or "tape", "source": first}


def _check_members(data: bytes) -> None:
    """By the table of contents alone, before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as bundle:
            members = bundle.infolist()
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise _no_tape(f"this is not a .tape file: {error}.") from None
    if sorted(member.filename for member in members) != MEMBERS:
        raise _no_tape(f"a tape holds exactly {', '.join(MEMBERS)}, each once.")
    if any(member.compress_type not in METHODS or member.flag_bits & 1 for member in members):
        raise _no_tape("a tape's members are stored or deflated, and not encrypted.")


def _no_tape(detail: str) -> Refusal:
    return Refusal(422, detail, type=NOT_A_TAPE, where="body")
