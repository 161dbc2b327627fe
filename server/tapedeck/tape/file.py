"""The ``.tape`` file: a zip of ``tape.json``, ``events.jsonl`` and ``tensors.safetensors``, read without trust.

``tensors.safetensors`` is stored uncompressed, so that a slice is a range read; nothing in the file is ever executed.
"""

from __future__ import annotations

import io
import os
import struct
import tempfile
import zipfile
import zlib
from pathlib import Path

import msgspec
import safetensors

from tapedeck.tape.collecting import no_collections
from tapedeck.tape.events import AnyEvent
from tapedeck.tape.tape import FORMAT_VERSION, Block, Tables, Tape

TABLES, EVENTS, TENSORS = "tape.json", "events.jsonl", "tensors.safetensors"
MAX_UNPACKED = 2 << 30
"""Bytes that a file may unpack to (a zip bomb is refused before anything is read)."""

QUICKLY = 1 << 22
"""Bytes from which on a member is packed in half the time and a sixth more space."""

CHUNK = 1 << 18
"""Bytes of events that are decoded at a time: whoever reads in a thread does not keep the others waiting for long."""

_json = msgspec.json.Encoder()
_tables = msgspec.json.Decoder(Tables)
_event = msgspec.json.Decoder(AnyEvent)


class TapeError(ValueError):
    """The file is not a tape that this version can read; the message says why in one sentence."""


def encode_tables(tape: Tape) -> bytes:
    """The header and the tables as JSON."""
    return _json.encode(tape.tables)


def encode_events(tape: Tape, start: int = 0, limit: int | None = None) -> bytes:
    """Events ``start`` … ``start + limit - 1`` as JSON, one a line."""
    stop = None if limit is None else start + limit
    return _json.encode_lines(tape.events[start:stop])


def to_bytes(tape: Tape) -> bytes:
    """The whole ``.tape`` file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as bundle:
        for name, text in ((TABLES, encode_tables(tape)), (EVENTS, encode_events(tape))):
            level = 1 if len(text) > QUICKLY else None
            bundle.writestr(_member(name, zipfile.ZIP_DEFLATED), text, compresslevel=level)
        bundle.writestr(_member(TENSORS, zipfile.ZIP_STORED), _encode_blocks(tape.blocks))
    return out.getvalue()


def save(tape: Tape, path: str | Path) -> None:
    """Write the file atomically: it is there whole, or not at all."""
    target = Path(path)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(to_bytes(tape))
            out.flush()
            os.fsync(out.fileno())
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise


def load(source: str | Path | bytes, *, most: int = MAX_UNPACKED, most_events: int | None = None) -> Tape:
    """Read a tape from a file or from its bytes, of ``most`` bytes when unpacked and of ``most_events``.

    Raises `TapeError` for anything that is not one (a newer major version, a missing part, a malformed row) or is
    larger, before it is decoded, and ``FileNotFoundError`` when there is no such file.
    """
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as bundle:
            _refuse_bombs(bundle, most)
            tables = bundle.read(TABLES)
            lines = bundle.read(EVENTS)
            tensors = bundle.read(TENSORS)
    except TapeError:
        raise
    except KeyError as error:
        raise TapeError(f"the tape is incomplete: {error.args[0]}") from error
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise TapeError(f"this is not a .tape file: {error}") from error
    _refuse_newer(tables)
    count = lines.count(b"\n")
    if most_events is not None and count > most_events:
        raise TapeError(f"the tape has {count:,} events; at most {most_events:,} are read")
    with no_collections():
        return Tape(_decode_tables(tables), _decode_events(lines), _decode_blocks(tensors))


def _member(name: str, how: int) -> zipfile.ZipInfo:
    """A member with a fixed date, so that equal tapes are equal bytes."""
    info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    info.compress_type = how
    return info


def _refuse_bombs(bundle: zipfile.ZipFile, most: int) -> None:
    """By what the members say: none unpacks to more than that."""
    size = sum(info.file_size for info in bundle.infolist())
    if size > most:
        raise TapeError(f"the tape would unpack to {size:,} bytes; at most {most:,} are read")


class _Version(msgspec.Struct):
    version: tuple[int, int]


class _Versioned(msgspec.Struct):
    header: _Version


_versions = msgspec.json.Decoder(_Versioned)


def _refuse_newer(tables: bytes) -> None:
    try:
        major, minor = _versions.decode(tables).header.version
    except (msgspec.MsgspecError, RecursionError) as error:
        raise TapeError(f"the tape's header cannot be read: {error}") from error
    if major > FORMAT_VERSION[0]:
        raise TapeError(f"this tape has format {major}.{minor}; this Tapedeck reads up to {FORMAT_VERSION[0]}.x")


def _decode_tables(data: bytes) -> Tables:
    try:
        return _tables.decode(data)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise TapeError(f"the tape's tables are malformed: {error}") from error


def _decode_events(lines: bytes) -> list[AnyEvent]:
    events: list[AnyEvent] = []
    start = 0
    try:
        while start < len(lines):
            end = lines.find(b"\n", start + CHUNK) + 1 or len(lines)
            events += _event.decode_lines(lines[start:end])
            start = end
        return events
    except (msgspec.MsgspecError, RecursionError) as error:
        raise TapeError(f"the tape's events are malformed: {error}") from error


def _decode_blocks(data: bytes) -> dict[str, Block]:
    try:
        entries = safetensors.deserialize(data)  # type: ignore[no-untyped-call]
    except safetensors.SafetensorError as error:
        raise TapeError(f"the tape's tensor file is malformed: {error}") from error
    return {
        key: Block(dtype=str(entry["dtype"]), shape=list(entry["shape"]), data=bytes(entry["data"]))
        for key, entry in entries
    }


def _encode_blocks(blocks: dict[str, Block]) -> bytes:
    """The safetensors layout: the header's length, the header, the bytes.

    Written by hand because safetensors 0.8's ``serialize`` takes raw addresses of buffers, and numbers are bytes here.
    """
    header, offset = {}, 0
    for key, block in blocks.items():
        end = offset + len(block.data)
        header[key] = {"dtype": block.dtype, "shape": block.shape, "data_offsets": [offset, end]}
        offset = end
    text = _json.encode(header)
    text += b" " * (-len(text) % 8)
    return b"".join([struct.pack("<Q", len(text)), text, *(block.data for block in blocks.values())])
