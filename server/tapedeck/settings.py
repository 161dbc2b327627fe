"""Every setting of the service, from ``TAPEDECK_…`` environment variables, a ``.env`` file, or the command line."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def _default_data_dir() -> Path:
    base = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(base).expanduser() / "tapedeck"


class Settings(BaseSettings):
    """The settings; each can be given as ``TAPEDECK_`` and its name in capitals (``TAPEDECK_PORT=9000``)."""

    model_config = SettingsConfigDict(env_prefix="TAPEDECK_", env_file=".env", extra="ignore", frozen=True)

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 picks a free one.")
    allowed_hosts: list[str] = Field(
        [], description="Further host names the service may be reached by (JSON list); others are refused."
    )
    data_dir: Path = Field(default_factory=_default_data_dir, description="Folder that holds the tapes.")

    concurrency: int = Field(2, ge=1, le=256, description="Programs recorded at the same time.")
    queue: int = Field(16, ge=0, le=10_000, description="Programs that may wait; the next one is refused with 429.")
    warm_up_s: float = Field(60.0, gt=0, description="Seconds the fork server has to import torch and warm up.")

    source_bytes: int = Field(64 * 1024, ge=1, description="Largest program text.")
    upload_bytes: int = Field(64 * 1024 * 1024, ge=1, description="Largest tape that may be uploaded.")
    time_limit_s: float = Field(5.0, gt=0, description="Seconds a program may run before it is stopped at its line.")
    grace_s: float = Field(0.6, gt=0, description="Seconds after that until a program that did not stop is killed.")
    closing_s: float = Field(10.0, gt=0, description="Seconds for building and sending the tape of an ended program.")
    memory_limit_mb: int = Field(512, ge=64, description="Megabytes a program may use beyond torch itself.")
    output_bytes: int = Field(4 * 1024 * 1024, ge=1, description="Output after which a program is stopped.")
    print_bytes: int = Field(64 * 1024, ge=0, description="Output that is kept on the tape.")
    max_events: int = Field(30_000, ge=1, description="Events after which a recording is cut.")
    tape_bytes: int = Field(64 * 1024 * 1024, ge=1, description="Largest tape a program may produce.")
