"""What supervisor and zygote say to each other over their ``SOCK_SEQPACKET`` socket: one message, one packet."""

from __future__ import annotations

import socket

import msgspec

from tapedeck.sandbox.limits import Limits
from tapedeck.tape.known import known

LARGEST = 16_384
DESCRIPTORS = 4


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The zygote is warm; ``torch`` is the version it runs."""

    torch: str
    layers: list[str]


class Cold(msgspec.Struct, frozen=True, tag="cold"):
    """The zygote cannot run programs, and why. It ends after saying so."""

    why: str


class Spawn(msgspec.Struct, frozen=True, tag="spawn"):
    """Fork a child for a run; the descriptors for job, result, output and trace come with the packet."""

    run: int
    limits: Limits


class Started(msgspec.Struct, frozen=True, tag="started"):
    """The child of a run; its pidfd comes with the packet."""

    run: int
    pid: int


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """The fork failed, and why."""

    run: int
    why: str


class Exited(msgspec.Struct, frozen=True, tag="exited"):
    """A child is gone, with its whole process group: its exit ``code``, or the ``signal`` that ended it."""

    run: int
    code: int | None
    signal: int | None


Report = Ready | Cold | Started | Refused | Exited
known(Report, Spawn)


def send(sock: socket.socket, message: Spawn | Report, descriptors: list[int] | None = None) -> None:
    """Send one packet."""
    socket.send_fds(sock, [msgspec.json.encode(message)], descriptors or [])


def receive(sock: socket.socket) -> tuple[bytes, list[int]]:
    """One packet and its descriptors; no bytes when the other end is gone."""
    data, descriptors, _, _ = socket.recv_fds(sock, LARGEST, DESCRIPTORS)
    return data, list(descriptors)
