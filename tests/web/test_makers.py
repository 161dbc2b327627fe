"""A tape belongs to its maker: who that is, and what nobody else may do."""

import hashlib

import httpx
import pytest

from tapedeck.settings import Settings
from tests.web.conftest import serve
from tests.web.test_errors import is_problem

TAPES = "/api/v1/tapes"
ADA, BOB = {"X-Tapedeck-Maker": "ada-" + "a" * 22}, {"X-Tapedeck-Maker": "bob-" + "b" * 22}


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory):
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), public=True, rate_recordings="1000/minute")
    with serve(settings) as client:
        yield client


@pytest.fixture
def public(shared_server):
    """The server that everybody may use, reached by a browser that was never there."""
    shared_server.cookies.clear()
    return shared_server


def browser(client):
    """Another client of the same server, with a cookie jar of its own."""
    return httpx.Client(base_url=client.base_url, timeout=60)


def record(client, source="x = 1\n", headers=None):
    answer = client.post(TAPES, params={"wait": 30}, json={"source": source}, headers=headers or {})
    assert answer.status_code == 200, answer.text
    return answer.json()["links"]


def ids(client, headers=None):
    return [one["id"] for one in client.get(TAPES, headers=headers or {}).json()["tapes"]]


def test_a_browser_gets_its_secret_with_the_first_page_and_keeps_it(public):
    cookie = public.get("/").headers["set-cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert len(cookie.partition("=")[2].partition(";")[0]) >= 32
    assert "set-cookie" not in public.get("/").headers


def test_nothing_that_may_be_kept_on_the_way_carries_a_secret(public):
    for path in ("/static/css/base.css", "/healthz", "/api/v1/lessons", "/api/v1/tapes/nobody"):
        assert "set-cookie" not in public.get(path).headers


def test_one_maker_never_sees_anothers_tapes_in_the_list(public):
    with browser(public) as two:
        record(public)
        record(two)
        assert len(ids(public)) == len(ids(two)) == 1
        assert ids(public) != ids(two)
        with browser(public) as stranger:
            assert ids(stranger) == []


def test_who_has_the_link_may_look_but_not_delete(public):
    links = record(public)
    with browser(public) as two:
        assert two.get(links["tape"]).status_code == 200
        assert two.get(links["page"]).status_code == 200
        told = is_problem(two.delete(links["self"]), 403)
        assert (told["type"], "only its maker" in told["detail"]) == ("urn:tapedeck:problem:not-yours", True)
    assert public.delete(links["self"]).status_code == 204
    assert public.get(links["self"]).status_code == 404


def test_nobody_else_can_stop_a_recording(public):
    links = public.post(TAPES, json={"source": "while True: pass\n"}).json()["links"]
    with browser(public) as two:
        is_problem(two.delete(links["self"]), 403)
        assert two.get(links["self"]).json()["status"] in ("queued", "recording")
    assert public.delete(links["self"]).status_code == 204
    assert public.get(links["self"]).json()["status"] == "cancelled"


def test_a_client_without_cookies_sends_a_key_of_its_own(start):
    client = start(token="the-token-of-the-tests")
    client.headers["Authorization"] = "Bearer the-token-of-the-tests"
    links = record(client, headers=ADA)
    assert ids(client, ADA) == [links["self"].rpartition("/")[2]]
    assert ids(client, BOB) == []
    is_problem(client.delete(links["self"], headers=BOB), 403)
    assert client.delete(links["self"], headers=ADA).status_code == 204


def test_who_a_proxy_signed_in_is_the_maker_on_every_machine(start):
    one = start(proxy_header="X-Forwarded-User", trusted_proxies=["127.0.0.1"])
    links = record(one, headers={"X-Forwarded-User": "ada"})
    with browser(one) as two:
        is_problem(two.delete(links["self"], headers={"X-Forwarded-User": "bob", **ADA}), 403)
        assert two.delete(links["self"], headers={"X-Forwarded-User": "ada", **BOB}).status_code == 204


@pytest.mark.parametrize("key", ["", "short", "a" * 21, "a" * 129, "with space" * 3, "é" * 30])
def test_a_key_that_could_be_guessed_is_refused(public, key):
    told = is_problem(public.get(TAPES, headers={"X-Tapedeck-Maker": key.encode()}), 422)
    assert told["where"] == "header.X-Tapedeck-Maker"


def test_the_secret_itself_is_kept_nowhere(start, tmp_path):
    client = start(public=True)
    record(client, headers=ADA)
    secret = ADA["X-Tapedeck-Maker"].encode()
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert secret not in kept
    assert hashlib.sha256(b"maker:" + secret).hexdigest().encode() in kept


def test_on_a_plain_loopback_server_everything_belongs_to_its_one_user(start):
    client = start()
    links = record(client)
    with browser(client) as two:
        assert len(ids(two)) == 1
        assert two.delete(links["self"]).status_code == 204
    assert not client.cookies


def test_an_upload_belongs_to_who_sent_it(public):
    tape = public.get(record(public)["file"]).content
    sent = public.put(TAPES, content=tape, headers={"Content-Type": "application/zip", **ADA}).json()
    is_problem(public.delete(sent["links"]["self"], headers=BOB), 403)
    assert public.delete(sent["links"]["self"], headers=ADA).status_code == 204


def test_what_was_made_before_there_were_makers_is_nobodys(start, tmp_path):
    links = record(start())
    public = start(public=True)
    assert ids(public) == []
    is_problem(public.delete(links["self"]), 403)
    assert public.get(links["tape"]).status_code == 200
