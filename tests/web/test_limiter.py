"""On a public service one address has its share, and is told how much is left."""

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tapedeck.settings import Settings
from tests.web.test_errors import is_problem

TAPES = "/api/v1/tapes"
PUBLIC = {"public": True, "trusted_proxies": ["127.0.0.1"]}


def at(address):
    return {"X-Forwarded-For": address}


def test_an_address_that_asks_too_often_is_told_when_to_come_back(start):
    client = start(**PUBLIC, rate_requests="3/minute")
    answers = [client.get(TAPES, headers=at("203.0.113.1")) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0].headers["ratelimit-policy"] == '"requests";q=3;w=60'
    assert answers[0].headers["ratelimit"].startswith('"requests";r=2;t=')
    assert is_problem(answers[3], 429)["type"] == "urn:tapedeck:problem:too-many-requests"
    assert 1 <= int(answers[3].headers["retry-after"]) <= 120
    assert client.get(TAPES, headers=at("203.0.113.2")).status_code == 200


def test_one_ipv6_customer_is_one_address(start):
    client = start(**PUBLIC, rate_requests="1/minute")
    assert client.get(TAPES, headers=at("2001:db8:1:2::1")).status_code == 200
    assert client.get(TAPES, headers=at("2001:db8:1:2:ffff::9")).status_code == 429
    assert client.get(TAPES, headers=at("2001:db8:1:3::1")).status_code == 200


def test_an_untrusted_word_about_the_address_helps_nobody(start):
    client = start(public=True, rate_requests="1/minute")
    assert client.get(TAPES, headers=at("203.0.113.1")).status_code == 200
    assert client.get(TAPES, headers=at("203.0.113.2")).status_code == 429


def test_recordings_and_uploads_have_a_limit_of_their_own(start):
    client = start(**PUBLIC, rate_recordings="2/minute")
    assert client.record("x = 1\n", wait=0).status_code == 202
    assert client.put(TAPES, content=b"", headers={"Content-Type": "application/zip"}).status_code == 422
    refused = client.record("x = 1\n", wait=0)
    assert "recordings" in is_problem(refused, 429)["detail"]
    assert refused.headers["ratelimit"].startswith('"recordings";r=0;')
    assert client.get(TAPES).status_code == 200


def test_static_files_and_health_are_free(start):
    client = start(**PUBLIC, rate_requests="1/minute")
    for path in ("/static/css/base.css", "/healthz", "/readyz"):
        assert [client.get(path).status_code == 429 for _ in range(3)] == [False] * 3


def test_one_address_has_so_many_requests_under_way_and_no_more(start):
    client = start(**PUBLIC, requests_at_once=2)
    busy = client.record("while True: pass\n", wait=0).json()["links"]
    under_way = threading.Semaphore(0)

    def follow():
        with httpx.stream("GET", client.base_url.join(busy["stream"]), timeout=30) as stream:
            under_way.release()
            stream.read()
            return stream.status_code

    with ThreadPoolExecutor() as pool:
        streams = [pool.submit(follow) for _ in range(2)]
        assert all(under_way.acquire(timeout=10) for _ in streams)
        refused = client.get(TAPES)
        assert "under way" in is_problem(refused, 429)["detail"]
        assert refused.headers["retry-after"]
        assert client.get(TAPES, headers=at("203.0.113.2")).status_code == 200
        client.delete(busy["self"], headers=at("203.0.113.2"))
    assert [stream.result() for stream in streams] == [200, 200]
    assert client.get(TAPES).status_code == 200


def test_one_address_has_its_share_of_the_queue_whoever_it_says_it_is(start):
    client = start(**PUBLIC, per_client=1)
    busy = client.record("while True: pass\n", wait=0).json()["links"]["self"]
    other = {"X-Tapedeck-Maker": "another-maker-at-the-same-address"}
    refused = client.post(TAPES, json={"source": "x = 1\n"}, headers=other)
    told = is_problem(refused, 429)
    assert (told["type"], "of yours" in told["detail"]) == ("urn:tapedeck:problem:queue-full", True)
    assert int(refused.headers["retry-after"]) > 0
    assert client.post(TAPES, json={"source": "x = 1\n"}, headers=at("203.0.113.2")).status_code == 202
    client.delete(busy)


@pytest.mark.parametrize("rate", ["", "often", "-1/minute", "5", "1/fortnight"])
def test_a_rate_that_is_none_is_refused(rate):
    with pytest.raises(ValueError, match="a number and a span of time"):
        Settings(rate_requests=rate)


def test_without_public_nobody_is_counted(start):
    client = start(rate_requests="1/minute")
    answers = [client.get(TAPES) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert "ratelimit" not in answers[0].headers
