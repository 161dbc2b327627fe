"""A `.tape` file holds the whole tape, is written whole or not at all, and is read without trust."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import msgspec
import pytest

from tapedeck.tape import Block, Header, Tables, Tape, TapeError, load, schema
from tapedeck.tape.events import Print
from tapedeck.tape.numbers import slice_numbers
from tapedeck.tape.rows import Value


def small(**header: object) -> Tape:
    """A tape of one event and two values: one inline, one in the tensor file."""
    import struct

    numbers = struct.pack("<6f", 0.0, 1.0, 2.0, 3.0, float("nan"), float("-inf"))
    values = [
        Value(0, [2], "torch.float32", data=["NaN", "-Infinity"]),
        Value(1, [2, 3], "torch.float32", file="1"),
        Value(2, [9], "torch.float32", note="uninitialised memory"),
    ]
    head = Header(**{"events": 1, **header})  # type: ignore[arg-type]
    return Tape(Tables(header=head, values=values), [Print(text="hi\n")], {"1": Block("F32", [2, 3], numbers)})


def repacked(tape: Tape, **members: bytes | None) -> bytes:
    """The file with some members replaced, or left out."""
    names = {"tables": "tape.json", "events": "events.jsonl", "tensors": "tensors.safetensors"}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(tape.to_bytes())) as old, zipfile.ZipFile(out, "w") as new:
        for key, name in names.items():
            content = members.get(key, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()


def test_a_tape_that_is_saved_and_loaded_is_the_same(tmp_path: Path) -> None:
    tape = small()

    tape.save(tmp_path / "a.tape")
    again = load(tmp_path / "a.tape")

    assert (again.tables, again.events, again.blocks) == (tape.tables, tape.events, tape.blocks)


def test_equal_tapes_are_equal_bytes() -> None:
    assert small().to_bytes() == small().to_bytes()


def test_saving_leaves_no_other_file_behind(tmp_path: Path) -> None:
    small().save(tmp_path / "a.tape")

    assert [path.name for path in tmp_path.iterdir()] == ["a.tape"]


def spoiled(data: bytes, at: int) -> bytes:
    """The bytes with one of them changed."""
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (spoiled(small().to_bytes(), 39), "not a .tape file"),  # the first byte that is packed
        (spoiled(small().to_bytes(), 60), "not a .tape file"),
        (spoiled(small().to_bytes(), len(small().to_bytes()) - 3), "not a .tape file"),
        (b"", "not a .tape file"),
        (b"PK\x03\x04 no", "not a .tape file"),
        (repacked(small(), events=None), "incomplete"),
        (repacked(small(), tables=b"{"), "header cannot be read"),
        (repacked(small(), tables=b'{"header":{"version":[1,0]},"ops":[{"id":0}]}'), "tables are malformed"),
        (repacked(small(), events=b'{"kind":"explode"}\n'), "events are malformed"),
        (repacked(small(), tensors=b"\xff" * 40), "tensor file is malformed"),
        (repacked(small(version=(2, 0))), "has format 2.0; this Tapedeck reads up to 1.x"),
        (b"[" * 100_000, "not a .tape file"),
        (repacked(small(), tables=b"[" * 100_000), "header cannot be read"),
    ],
)
def test_what_is_no_tape_is_refused_in_one_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(TapeError, match=sentence):
        load(data)


def test_a_minor_version_with_unknown_fields_is_read() -> None:
    tables = json.loads(msgspec.json.encode(small(version=(1, 9)).tables))
    tables["header"]["mood"] = "fine"

    assert load(repacked(small(), tables=json.dumps(tables).encode())).header.version == (1, 9)


def test_special_numbers_survive() -> None:
    tape = load(small().to_bytes())

    assert tape.numbers(0) == ["NaN", "-Infinity"]
    assert tape.numbers(1) == [0.0, 1.0, 2.0, 3.0, "NaN", "-Infinity"]


@pytest.mark.parametrize(
    ("text", "shape", "data"),
    [
        ("", [2, 3], [0.0, 1.0, 2.0, 3.0, "NaN", "-Infinity"]),
        ("0", [3], [0.0, 1.0, 2.0]),
        (":, 1", [2], [1.0, "NaN"]),
        ("1,0:2", [2], [3.0, "NaN"]),
        ("-1,::-2", [2], ["-Infinity", 3.0]),
    ],
)
def test_a_slice_selects_as_python_does(text: str, shape: list[int], data: list[object]) -> None:
    got = slice_numbers(small(), 1, text)

    assert (got["shape"], got["data"]) == (shape, data)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("0,0,0", "names 3 dimensions; the value has 2"), ("7", "index 7 is out of range"), ("x", "'x' is no index")],
)
def test_a_slice_that_does_not_fit_says_what_to_change(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        slice_numbers(small(), 1, text)


def test_a_value_without_numbers_says_why() -> None:
    with pytest.raises(LookupError, match="uninitialised memory"):
        slice_numbers(small(), 2)


def test_the_schema_names_every_table_and_every_event_kind() -> None:
    published = schema()

    assert set(published["$defs"]["Tables"]["properties"]) == set(Tables.__struct_fields__)
    assert {"OpEvent", "Contribution", "HookFire", "Raise"} <= set(published["$defs"])
