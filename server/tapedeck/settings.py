"""Every setting of the service, from ``TAPEDECK_…`` environment variables, a ``.env`` file, or the command line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

import limits
from pydantic import AfterValidator, Field, IPvAnyNetwork, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

MEGABYTE = 1024 * 1024


def _default_data_dir() -> Path:
    base = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(base).expanduser() / "tapedeck"


def _rate(text: str) -> str:
    try:
        limits.parse(text)
    except ValueError:
        raise ValueError("a rate is a number and a span of time, such as 30/minute") from None
    return text


Rate = Annotated[str, AfterValidator(_rate)]
Secret = Annotated[SecretStr, Field(min_length=16)]


class Settings(BaseSettings):
    """The settings; each can be given as ``TAPEDECK_`` and its name in capitals (``TAPEDECK_PORT=9000``)."""

    model_config = SettingsConfigDict(
        env_prefix="TAPEDECK_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 picks a free one.")
    allowed_hosts: list[str] = Field(
        [], description="Further host names the service may be reached by (JSON list); others are refused."
    )
    data_dir: Path = Field(default_factory=_default_data_dir, description="Folder that holds the tapes.")

    token: Secret | None = Field(
        None, description="Secret of at least 16 characters that everybody must show who wants to come in."
    )
    public: bool = Field(
        False, description="Let in everybody whom neither token nor proxy keeps out, each address under limits."
    )
    runner: Path | None = Field(
        None, description="Unix socket of a runner that runs the programs, instead of this process."
    )
    trust: bool = Field(False, description="Run programs unconfined: on loopback, for code of your own.")
    proxy_header: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9-]{1,64}$",
        description="Header in which a trusted proxy names the user it has signed in, such as X-Forwarded-User.",
    )
    trusted_proxies: list[IPvAnyNetwork] = Field(
        [], description="Addresses or networks of proxies whose X-Forwarded-… headers are believed (JSON list)."
    )

    rate_requests: Rate = Field("600/minute", description="Public: requests that one address may make.")
    rate_recordings: Rate = Field("30/minute", description="Public: tapes that one address may record or upload.")
    requests_at_once: int = Field(32, ge=1, description="Public: requests of one address under way at the same time.")
    connections: int = Field(512, ge=1, description="Connections at the same time; more are answered with 503.")
    request_s: float = Field(20.0, gt=0, description="Seconds in which a request's head, and then its body, must come.")

    concurrency: int = Field(2, ge=1, le=256, description="Programs recorded at the same time.")
    queue: int = Field(16, ge=0, le=10_000, description="Programs that may wait; the next one is refused with 429.")
    per_client: int | None = Field(
        None,
        ge=1,
        description="Programs of one client that may run and wait; unset: a quarter of all in public, else any.",
    )
    warm_up_s: float = Field(60.0, gt=0, description="Seconds the fork server has to import torch and warm up.")
    shutdown_s: float = Field(10.0, ge=0, description="Seconds that programs have to end in when the service stops.")

    source_bytes: int = Field(64 * 1024, ge=1, description="Largest program text.")
    upload_bytes: int = Field(64 * MEGABYTE, ge=1, description="Largest tape that may be uploaded.")
    unpacked_bytes: int = Field(256 * MEGABYTE, ge=1, description="Largest size to which an uploaded tape may unpack.")
    time_limit_s: float = Field(5.0, gt=0, description="Seconds a program may run before it is stopped at its line.")
    grace_s: float = Field(0.6, gt=0, description="Seconds after that until a program that did not stop is killed.")
    closing_s: float = Field(10.0, gt=0, description="Seconds for building and sending the tape of an ended program.")
    memory_limit_mb: int = Field(512, ge=64, description="Megabytes a program may use beyond torch itself.")
    output_bytes: int = Field(4 * MEGABYTE, ge=1, description="Output after which a program is stopped.")
    print_bytes: int = Field(64 * 1024, ge=0, description="Output that is kept on the tape.")
    max_events: int = Field(30_000, ge=1, description="Events after which a recording is cut.")
    tape_bytes: int = Field(64 * MEGABYTE, ge=1, description="Largest tape a program may produce.")

    store_mb: int | None = Field(None, ge=1, description="Disk quota of all tapes; when it is used up, 507.")
    reserve_mb: int = Field(256, ge=0, description="Megabytes of the disk that are left free; below that, 507.")
    keep_days: float | None = Field(None, gt=0, description="Tapes older than this are removed; unset: never.")
    keep_tapes: int | None = Field(None, ge=1, description="The oldest tapes beyond this number are removed.")
    keep_mb: int | None = Field(None, ge=1, description="The oldest tapes beyond this size of all are removed.")

    log_format: Literal["text", "json"] = Field("text", description="Log lines for people, or JSON for machines.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least that is logged.")
    metrics_token: Secret | None = Field(
        None, description="Secret that /metrics asks for; without it a public service shows them to loopback only."
    )
