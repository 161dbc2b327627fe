"""One shape for every error, and the checks that stand before every route."""

import http.client
import json

import httpx
import pytest

TAPES = "/api/v1/tapes"
JSON = {"Content-Type": "application/json"}


def is_problem(answer, status):
    told = answer.json()
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert told["status"] == status
    assert told["title"]
    assert told["type"]
    assert told["detail"]
    return told


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/api/v1/tapes/nobody", 404),
        ("GET", "/api/v1/tapes/nobody/tape", 404),
        ("GET", "/api/v1/tapes/nobody/events", 404),
        ("GET", "/api/v1/tapes/nobody/file", 404),
        ("GET", "/api/v1/tapes/nobody/stream", 404),
        ("GET", "/api/v1/tapes/nobody/values/0", 404),
        ("GET", "/api/v1/tapes/nobody/at/0", 404),
        ("GET", "/api/v1/tapes/%2e%2e%2f%2e%2e", 404),
        ("GET", "/static/../pyproject.toml", 404),
        ("GET", "/static/%2e%2e/pyproject.toml", 404),
        ("DELETE", "/api/v1/tapes/nobody", 404),
        ("GET", "/api/v1/lessons/nothing", 404),
        ("PATCH", "/api/v1/tapes", 405),
        ("POST", "/", 405),
        ("GET", "/api/v1/tapes?limit=0", 422),
        ("GET", "/api/v1/tapes?limit=many", 422),
        ("POST", "/api/v1/tapes", 415),
        ("PUT", "/api/v1/tapes", 415),
    ],
)
def test_every_error_is_a_problem_document(served, method, path, status):
    is_problem(served.request(method, path), status)


@pytest.mark.parametrize(
    ("body", "status", "where"),
    [
        (b"", 422, "body"),
        (b"{", 400, "body"),
        (b"[]", 422, "body"),
        (b"{}", 422, "body"),
        (b'{"source": 3}', 422, "body.source"),
        (b'{"source": "x", "lesson": "cnn"}', 422, "body"),
        (b'{"source": "x", "more": 1}', 422, "body.more"),
        (b'{"source": "x", "options": {"seed": true}}', 422, "body.options.seed"),
        (b'{"source": "x", "options": {"seed": "1"}}', 422, "body.options.seed"),
        (b'{"source": "x", "options": {"seed": 4294967296}}', 422, "body.options.seed"),
        (b'{"source": "x", "options": {"values": "all"}}', 422, "body.options.values"),
        (b'{"source": "x", "options": {"time_limit_s": NaN}}', 422, "body.options.time_limit_s"),
        (b'{"source": "x", "options": {"time_limit_s": 0}}', 422, "body.options.time_limit_s"),
        (b'{"source": "x", "options": {"mode": "sideways"}}', 422, "body.options.mode"),
        (b'{"source": "x", "options": {"aten": 1}}', 422, "body.options.aten"),
        (b'{"source": "x", "options": {"fake": "yes"}}', 422, "body.options.fake"),
        (b'{"source": "x", "options": {"mode": "forward", "wrt": "x1"}}', 422, "body.options.wrt"),
        (b'{"source": "x", "options": {"mode": "forward", "wrt": []}}', 422, "body.options.wrt"),
        (b'{"source": "x", "options": {"mode": "forward", "wrt": [1]}}', 422, "body.options.wrt.0"),
        (b'{"source": "x", "options": {"mode": "forward", "wrt": ["x1", "2 x"]}}', 422, "body.options.wrt.1"),
        (b'{"source": "\\ud800"}', 422, "body.source"),
        (b'{"\\ud800": 1, "source": "x"}', 422, "body"),
        (b'{"lesson": "\\ud800"}', 422, "body.lesson"),
        (b'{"lesson": "nothing"}', 404, "body.lesson"),
        (b'{"source": "\xff"}', 400, "body"),
        (b"[" * 100_000, 400, "body"),
    ],
)
def test_a_request_that_is_wrong_is_told_where(served, body, status, where):
    told = is_problem(served.post(TAPES, content=body, headers=JSON), status)
    assert told.get("where", "body").startswith(where)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"wrt": ["x1"]}, 'it needs mode "forward"'),
        ({"mode": "forward", "wrt": ["x1", "x1"]}, "a name twice"),
        ({"mode": "forward", "fake": True}, "no tangents to follow"),
        ({"mode": "forward", "wrt": ["x[0]"]}, "a module's path, such as x1 or net.fc.weight"),
    ],
)
def test_options_that_contradict_each_other_are_told_in_a_sentence(served, options, said):
    told = is_problem(served.record("x = 1\n", **options), 422)
    assert said in told["detail"]
    assert told["where"].startswith("body.options")


@pytest.mark.parametrize("wait", ["-1", "31", "soon", "nan", "inf"])
def test_a_wait_out_of_range_is_refused(served, wait):
    is_problem(served.post(TAPES, params={"wait": wait}, json={"source": "x"}), 422)


def test_a_program_that_is_too_long_is_refused(served):
    told = is_problem(served.record("#" * (64 * 1024 + 1)), 413)
    assert told["where"] == "body.source"


def test_a_body_that_is_too_large_is_refused_by_its_length(served):
    is_problem(served.post(TAPES, content=b"x" * 10**6, headers=JSON), 413)


def test_a_body_that_is_too_large_is_refused_while_it_comes(served):
    def endless():
        for _ in range(100):
            yield b"x" * 10**4

    is_problem(served.post(TAPES, content=endless(), headers=JSON), 413)


def test_an_upload_may_be_larger_than_a_program_but_not_than_its_limit(start):
    client = start(upload_bytes=10**6)
    tape = {"Content-Type": "application/octet-stream"}
    is_problem(client.put(TAPES, content=b"x" * 10**6, headers=tape), 422)
    is_problem(client.put(TAPES, content=b"x" * (10**6 + 1), headers=tape), 413)


@pytest.mark.parametrize("data", [b"", b"PK\x05\x06" + b"\0" * 18, b"\0" * 1000])
def test_what_is_no_tape_is_not_kept(served, data):
    answer = served.put(TAPES, content=data, headers={"Content-Type": "application/zip"})
    assert is_problem(answer, 422)["type"] == "urn:tapedeck:problem:not-a-tape"


def test_a_failure_of_ours_is_a_problem_without_its_secrets(served, monkeypatch):
    def fail(*_):
        raise RuntimeError("secret")

    monkeypatch.setattr(served.app.state.service.store, "list", fail)
    answer = httpx.get(served.base_url.join(TAPES))  # a connection of its own: the server closes it after this
    assert "secret" not in json.dumps(is_problem(answer, 500))


def test_another_host_name_is_refused_so_that_no_name_can_be_rebound_to_us(served):
    for host in ("evil.example", "evil.example:8000", "127.0.0.1.evil.example", "[::2]:80", ""):
        is_problem(served.get("/healthz", headers={"Host": host}), 421)
    for host in ("localhost", "LOCALHOST:1234", "127.0.0.1:9", "[::1]:8000"):
        assert served.get("/healthz", headers={"Host": host}).status_code == 200


def test_a_request_without_a_host_is_refused(served):
    connection = http.client.HTTPConnection(served.base_url.host, served.base_url.port)
    connection.putrequest("GET", "/healthz", skip_host=True)
    connection.endheaders()
    assert connection.getresponse().status in (400, 421)
    connection.close()


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_page_of_another_origin_may_not_change_anything(served, headers):
    is_problem(served.post(TAPES, json={"source": "x"}, headers=headers), 403)
    is_problem(served.put(TAPES, content=b"", headers=headers), 403)
    is_problem(served.delete(f"{TAPES}/nobody", headers=headers), 403)


def test_our_own_page_may(served):
    own = {"Origin": str(served.base_url).rstrip("/"), "Sec-Fetch-Site": "same-origin"}
    answer = served.post(TAPES, params={"wait": 30}, json={"source": "x = 1\n"}, headers=own)
    assert answer.status_code == 200


def test_nobody_else_may_read_an_answer(served):
    answer = served.options(TAPES, headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"})
    assert answer.status_code == 405
    assert not [name for name in answer.headers if name.startswith("access-control")]
