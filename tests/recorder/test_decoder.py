"""A real architecture, a 12-layer GPT-style decoder in plain `torch.nn`, records from end to end."""

from __future__ import annotations

from pathlib import Path

from tests.recorder.programs import kinds, tape_of

SOURCE = (Path(__file__).parents[1] / "data" / "decoder.py").read_text()


def test_the_decoder_records_whole_and_sound() -> None:
    tape = tape_of(SOURCE, seed=0, values="summary")

    blocks = [module.path for module in tape.modules if module.type.endswith("Block")]
    assert blocks == [f"model.h.{layer}" for layer in range(12)]
    accumulated = {tape.tensors[event.tensor].name for event in kinds(tape, "accumulate")}
    assert accumulated == {t.name for t in tape.tensors if t.role == "parameter"}
    assert tape.header.ended == "finished"
    assert tape.check() == []
