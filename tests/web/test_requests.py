"""What a request must be before a route sees it: small, in time, JSON that says one thing, and from our own page."""

import contextlib
import json
import socket

import pytest

from tests.web.conftest import WAIT
from tests.web.test_errors import is_problem

TAPES = "/api/v1/tapes"
JSON = {"Content-Type": "application/json"}
PROGRAM = '{"source": "x = 1"}'


class Wire:
    """A connection on which anything may be said."""

    def __init__(self, client):
        self.host = f"{client.base_url.host}:{client.base_url.port}"
        self._socket = socket.create_connection((client.base_url.host, client.base_url.port), timeout=20)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def say(self, data):
        with contextlib.suppress(ConnectionError):  # it may be refused before all was said
            self._socket.sendall(data)
        return self

    def head(self, first, *headers):
        return self.say("\r\n".join([first, f"Host: {self.host}", *headers, "", ""]).encode())

    def heard(self):
        """Everything until the server closes."""
        heard = b""
        with contextlib.suppress(ConnectionError):
            while data := self._socket.recv(65536):
                heard += data
        return heard.decode()

    def status(self):
        heard = b""
        while b"\r\n" not in heard:
            heard += self._socket.recv(4096)
        return int(heard.split()[1])


@pytest.mark.parametrize(
    "body",
    [
        '{"source": "x = 1", "source": "x = 2"}',
        '{"source": "x = 1", "options": {"seed": 1, "seed": 2}}',
        '{"source": "x = 1", "\\u0073ource": "x = 2"}',
    ],
)
def test_a_name_that_stands_twice_is_refused(served, body):
    told = is_problem(served.post(TAPES, content=body, headers=JSON), 400)
    assert "twice" in told["detail"]


@pytest.mark.parametrize(
    "value", ["1" * 5000, "-" + "9" * 400, "1e999", "-1e999", "9007199254740993", "Infinity", "1.5", "-1", "1e300"]
)
def test_a_number_that_is_no_seed_is_refused(served, value):
    body = f'{{"source": "x = 1", "options": {{"seed": {value}}}}}'
    assert served.post(TAPES, content=body, headers=JSON).status_code in (400, 422)


@pytest.mark.parametrize("value", ["-0", "7.0", "0.1e5", "4294967295"])
def test_a_whole_number_may_be_written_as_json_allows(served, value):
    body = f'{{"source": "x = 1", "options": {{"seed": {value}}}}}'
    told = served.post(TAPES, params=WAIT, content=body, headers=JSON).json()
    assert told["options"]["seed"] == float(value)


@pytest.mark.parametrize("field", ["memory_limit_mb", "max_events", "time_limit_s"])
@pytest.mark.parametrize("value", ["1e300", "9" * 400, "1e999", "9007199254740993"])
def test_a_limit_of_any_size_is_the_services_own_or_refused(served, field, value):
    body = f'{{"source": "x = 1", "options": {{"{field}": {value}}}}}'
    answer = served.post(TAPES, params=WAIT, content=body, headers=JSON)
    assert answer.status_code in (200, 422)
    assert answer.status_code == 422 or answer.json()["status"] == "finished"


@pytest.mark.parametrize("opening", ["[", '{"source":', '{"options":[', '{"source": "x", "options": {"wrt": ['])
@pytest.mark.parametrize("depth", [500, 20_000])
def test_a_body_of_any_depth_is_refused(served, opening, depth):
    body = opening * depth
    assert is_problem(served.post(TAPES, content=body[:300_000], headers=JSON), 400)


@pytest.mark.parametrize(
    "type",
    [
        "",
        "text/plain",
        "text/plain; application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/jsonp",
        "application/vnd.api+json",
        "text/json",
    ],
)
def test_only_json_that_says_it_is_json_is_taken(served, type):
    is_problem(served.post(TAPES, content=PROGRAM, headers={"Content-Type": type}), 415)
    is_problem(served.put(TAPES, content=b"PK", headers={"Content-Type": type}), 415)


def test_a_form_of_another_site_that_looks_like_json_runs_nothing(served):
    before = served.get(TAPES).json()
    headers = {"Content-Type": "text/plain", "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    is_problem(served.post(TAPES, content='{"source": "x = 1", "title": "="}', headers=headers), 403)
    del headers["Origin"], headers["Sec-Fetch-Site"]  # a browser that says nothing of itself
    is_problem(served.post(TAPES, content='{"source": "x = 1", "title": "="}', headers=headers), 415)
    assert served.get(TAPES).json() == before


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("mode", ["no-cors", "cors", "websocket", "navigate"])
def test_a_page_of_another_site_may_lead_here_and_no_more(served, site, mode):
    fetched = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode}
    for destination in ("script", "image", "iframe", "empty", "object", "embed"):
        for path in ("/", TAPES, "/static/js/main.js"):
            is_problem(served.get(path, headers={**fetched, "Sec-Fetch-Dest": destination}), 403)
    led = served.get("/", headers={**fetched, "Sec-Fetch-Dest": "document"})
    assert led.status_code == (200 if mode == "navigate" else 403)


@pytest.mark.parametrize("origin", ["http://[", "http://127.0.0.1@evil.example", "file://", "http://", ":::"])
def test_an_origin_that_is_none_is_not_ours(served, origin):
    is_problem(served.post(TAPES, content=PROGRAM, headers={**JSON, "Origin": origin}), 403)


@pytest.mark.parametrize("upgrade", ["websocket", "h2c", "anything"])
def test_nothing_is_upgraded_to_another_protocol(served, upgrade):
    with Wire(served) as wire:
        key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
        wire.head("GET / HTTP/1.1", "Connection: Upgrade", f"Upgrade: {upgrade}", key, "Sec-WebSocket-Version: 13")
        assert wire.status() == 400


def test_a_host_name_that_was_rebound_to_us_gets_nothing_and_does_nothing(served):
    rebound = f"evil.example:{served.base_url.port}"
    before = served.get(TAPES).json()
    same = {"Host": rebound, "Origin": f"http://{rebound}", "Sec-Fetch-Site": "same-origin"}
    for method, path in (("GET", "/"), ("GET", TAPES), ("POST", TAPES), ("DELETE", f"{TAPES}/x"), ("GET", "/metrics")):
        is_problem(served.request(method, path, headers={**same, **JSON}, content=PROGRAM), 421)
    assert served.get(TAPES).json() == before


def test_a_second_host_does_not_get_past_the_first(served):
    with Wire(served) as wire:
        assert wire.head("GET /healthz HTTP/1.1", "Host: evil.example").status() == 400
    with Wire(served) as wire:
        assert wire.say(b"GET /healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n").status() == 421
    with Wire(served) as wire:
        assert wire.say(b"GET /healthz HTTP/1.0\r\n\r\n").status() == 421


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
        b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\n\r\n",
        b"".join([b"GET / HTTP/1.1\r\n", *(b"X-%d: y\r\n" % i for i in range(10_000)), b"\r\n"]),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 500,
        b"GET / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nHost: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
    ],
)
def test_what_is_too_long_or_no_http_is_told_so_and_let_go(served, request_):
    with Wire(served) as wire:
        heard = wire.say(request_).heard()
        assert heard == "" or heard.split()[1] in ("400", "421", "431", "501")


def test_a_chunked_body_is_counted_while_it_comes(served):
    with Wire(served) as wire:
        wire.head(f"POST {TAPES} HTTP/1.1", "Content-Type: application/json", "Transfer-Encoding: chunked")
        for _ in range(60):
            wire.say(b"4000\r\n" + b" " * 0x4000 + b"\r\n")
        assert wire.status() == 413


def test_a_chunk_that_never_ends_is_cut(served):
    with Wire(served) as wire:
        wire.head(f"POST {TAPES} HTTP/1.1", "Content-Type: application/json", "Transfer-Encoding: chunked")
        wire.say(b"7fffffffffffffff\r\n" + b" " * 10**6)
        assert wire.status() == 413


def test_a_head_that_does_not_come_in_time_is_not_waited_for(start):
    client = start(request_s=0.3)
    with Wire(client) as silent, Wire(client) as slow:
        slow.say(b"GET / HTTP/1.1\r\nHost: ")
        assert silent.heard() == slow.heard() == ""


def test_a_second_head_on_the_same_connection_has_no_more_time(start):
    client = start(request_s=0.3)
    with Wire(client) as wire:
        wire.head("GET /healthz HTTP/1.1")
        assert wire.status() == 200
        wire.say(b"GET / HT")
        assert "HTTP/1.1" not in wire.heard().replace("HTTP/1.1 200", "")


def test_a_body_that_does_not_come_in_time_is_408(start):
    client = start(request_s=0.3, source_bytes=1000)
    with Wire(client) as wire:
        wire.head(f"POST {TAPES} HTTP/1.1", "Content-Type: application/json", "Content-Length: 100").say(b'{"source"')
        assert wire.status() == 408
    assert client.get(TAPES).json() == {"tapes": []}


def test_a_client_that_goes_before_its_body_has_come_leaves_nothing_behind(start, caplog):
    client = start()
    with Wire(client) as wire:
        wire.head(f"POST {TAPES} HTTP/1.1", "Content-Type: application/json", "Content-Length: 100").say(b'{"source"')
    assert client.get(TAPES).json() == {"tapes": []}
    assert not [one for one in caplog.records if one.levelname == "ERROR"]


def test_more_connections_than_there_may_be_are_refused_and_later_ones_are_not(start):
    client = start(connections=4)
    with contextlib.ExitStack() as stack:
        wires = [stack.enter_context(Wire(client)) for _ in range(6)]
        assert wires[-1].head("GET /healthz HTTP/1.1", "Connection: close").status() == 503
        for wire in wires[:-1]:
            wire.head("GET /healthz HTTP/1.1", "Connection: close").heard()
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/tapes/%00",
        "/api/v1/tapes/%ff%fe",
        "/t/%0d%0aX-Evil:1",
        "/static/%00",
        "/%2e%2e/%2e%2e/etc/passwd",
    ],
)
def test_an_address_of_odd_bytes_is_not_found(served, path):
    answer = served.get(path)
    assert answer.status_code == 404
    assert "x-evil" not in answer.headers


def test_a_problem_repeats_nothing_that_a_browser_would_run(served):
    answer = served.get("/<script>alert(1)</script>")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert json.loads(answer.text)["status"] == 404
