"""Where a request comes from: its peer, or what a trusted proxy says about it."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import Scope

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

UNKNOWN = "unknown"
IPV6_SITE = 64
"""Bits of an IPv6 address that one customer of a provider holds: the rest is theirs to vary."""


class Addresses:
    """Knows which peers are proxies whose ``X-Forwarded-…`` headers are believed."""

    def __init__(self, trusted: Iterable[Network]) -> None:
        self._trusted = tuple(trusted)

    def from_proxy(self, scope: Scope) -> bool:
        """Whether the peer itself is a trusted proxy."""
        return self._trusts(_peer(scope))

    def client(self, scope: Scope) -> Address | None:
        """The client's address: the last one named that is not a trusted proxy's own."""
        found = _peer(scope)
        if not self._trusts(found):
            return found
        named = ",".join(Headers(scope=scope).getlist("x-forwarded-for"))
        for text in reversed(named.split(",")):
            if (address := parse(text.strip())) is None:
                return found  # what lies behind a word that is no address cannot be believed either
            found = address
            if not self._trusts(found):
                return found
        return found

    def https(self, scope: Scope) -> bool:
        """Whether the client speaks to us, or to the trusted proxy, over HTTPS."""
        if self.from_proxy(scope):
            said = Headers(scope=scope).get("x-forwarded-proto", "")
            return said.rpartition(",")[2].strip().lower() == "https"
        return bool(scope.get("scheme") == "https")

    def _trusts(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self._trusted)


def parse(text: str) -> Address | None:
    """An address; IPv4 dressed as IPv6 is IPv4."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def party(address: Address | None) -> str:
    """Whom an address stands for, where limits are counted: an IPv4 address, or an IPv6 network of one customer."""
    if address is None:
        return UNKNOWN
    if isinstance(address, IPv6Address):
        return str(ip_network((address, IPV6_SITE), strict=False))
    return str(address)


def _peer(scope: Scope) -> Address | None:
    client = scope.get("client")
    return parse(client[0]) if client else None
