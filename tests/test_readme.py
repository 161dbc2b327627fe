"""What the README says is true: its example runs, its request is answered, its links lead somewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tapedeck import load
from tapedeck.web.models import RecordRequest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    """The code blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", README, re.S)


def test_the_library_example_runs_and_saves_a_sound_tape(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (example,) = blocks("python")

    exec(compile(example, "README.md", "exec"), {"__name__": "__main__"})

    assert load("run.tape").check() == []


def test_the_request_is_one_that_the_service_takes() -> None:
    body = re.search(r"-d '(\{.*?\})'", README, re.S)
    assert body is not None

    assert RecordRequest.model_validate(json.loads(body[1])).source


def test_every_link_leads_to_a_file() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)

    assert [link for link in links if not (ROOT / link).exists()] == []
    assert len(links) > 10
