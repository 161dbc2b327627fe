"""Writes every setting into docs/operations.md (the table at its end) and .env.example; a test fails while they lag."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo

from tapedeck.settings import Settings

ROOT = Path(__file__).parents[1]
REFERENCE, EXAMPLE = ROOT / "docs" / "operations.md", ROOT / ".env.example"
HEAD = "| setting | default | meaning |\n|---|---|---|\n"
INTRODUCTION = "# Every setting of Tapedeck with its default: copy this to .env and uncomment what you change.\n"
COMPOSE = """
# ── docker compose alone ──

# Address and port of this machine that the page is published on. Wider than loopback: set TAPEDECK_TOKEN, too.
# TAPEDECK_PUBLISH=127.0.0.1:8000

# Memory of the container that runs programs, and of the one that answers HTTP.
# TAPEDECK_RUNNER_MEMORY=4g
# TAPEDECK_WEB_MEMORY=1g

# Where the image takes torch from: the address of PyTorch's index of CPU builds; unset: PyPI, with CUDA.
# TORCH_INDEX=
"""
FACTORIES = {"data_dir": "~/.local/share/tapedeck"}


def main() -> None:
    """Write both files."""
    REFERENCE.write_text(reference(REFERENCE.read_text("utf-8")), "utf-8")
    EXAMPLE.write_text(example(), "utf-8")


def reference(before: str) -> str:
    """The document with the table that belongs there."""
    rows = [f"| `{_name(key)}` | {_shown(key, field)} | {field.description} |\n" for key, field in _fields()]
    return before[: before.index(HEAD)] + HEAD + "".join(rows)


def example() -> str:
    """The example file."""
    lines = [f"\n# {field.description}\n# {_name(key)}={_default(key, field)}\n" for key, field in _fields()]
    return INTRODUCTION + "".join(lines) + COMPOSE


def _fields() -> list[tuple[str, FieldInfo]]:
    return list(Settings.model_fields.items())


def _name(key: str) -> str:
    return f"TAPEDECK_{key.upper()}"


def _default(key: str, field: FieldInfo) -> str:
    default: Any = FACTORIES.get(key, field.default)
    if default is None:
        return ""
    return json.dumps(default) if isinstance(default, list | bool) else str(default)


def _shown(key: str, field: FieldInfo) -> str:
    default = _default(key, field)
    return f"`{default}`" if default else "–"


if __name__ == "__main__":
    main()
