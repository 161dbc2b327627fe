"""Where a request comes from: what a trusted proxy says, and nobody else."""

from ipaddress import ip_address, ip_network

import pytest

from tapedeck.web.addresses import Addresses, parse, party

TRUSTED = [ip_network("10.0.0.0/8"), ip_network("::1/128")]


def scope(peer, forwarded=(), scheme="http", proto=None):
    headers = [(b"x-forwarded-for", text.encode()) for text in forwarded]
    if proto is not None:
        headers.append((b"x-forwarded-proto", proto.encode()))
    return {"type": "http", "client": peer and (peer, 1), "headers": headers, "scheme": scheme}


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("192.0.2.1", [], "192.0.2.1"),
        ("192.0.2.1", ["203.0.113.9"], "192.0.2.1"),
        ("10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["1.2.3.4, 203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["1.2.3.4", "203.0.113.9, 10.0.0.2"], "203.0.113.9"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", ["1.2.3.4, forged, 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("::ffff:10.0.0.1", ["2001:db8::1"], "2001:db8::1"),
        ("testclient", ["1.2.3.4"], None),
        (None, [], None),
    ],
)
def test_the_client_is_the_last_one_that_is_no_trusted_proxy(peer, forwarded, client):
    found = Addresses(TRUSTED).client(scope(peer, forwarded))
    assert found == (ip_address(client) if client else None)


def test_one_customers_ipv6_addresses_are_one_party():
    assert party(parse("2001:db8:1:2:aaaa::1")) == party(parse("2001:db8:1:2::2")) == "2001:db8:1:2::/64"
    assert party(parse("2001:db8:1:3::1")) != party(parse("2001:db8:1:2::1"))
    assert party(parse("::ffff:192.0.2.1")) == party(parse("192.0.2.1")) == "192.0.2.1"
    assert party(None) == "unknown"


def test_https_is_what_the_server_or_a_trusted_proxy_says():
    addresses = Addresses(TRUSTED)
    assert addresses.https(scope("192.0.2.1", scheme="https"))
    assert not addresses.https(scope("192.0.2.1", proto="https"))
    assert addresses.https(scope("10.0.0.1", proto="https"))
    assert not addresses.https(scope("10.0.0.1", proto="http"))
