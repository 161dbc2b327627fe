"""A request that is sent again because its answer was lost is one recording, not two."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tapedeck.settings import Settings
from tests.web.conftest import serve
from tests.web.test_errors import is_problem

TAPES = "/api/v1/tapes"
ADA, BOB = {"X-Tapedeck-Maker": "ada-" + "a" * 22}, {"X-Tapedeck-Maker": "bob-" + "b" * 22}
PROGRAM = {"source": "x = 1\n"}


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    with serve(Settings(data_dir=tmp_path_factory.mktemp("data"), queue=100)) as client:
        yield client


@pytest.fixture
def client(own):
    """A server without any tape."""
    for one in own.get(TAPES).json()["tapes"]:
        own.get(one["links"]["stream"]).read()
        own.delete(one["links"]["self"])
    return own


def send(client, key, body=PROGRAM, wait=0, **headers):
    return client.post(TAPES, params={"wait": wait}, json=body, headers={"Idempotency-Key": key, **headers})


def kept(client, **headers):
    return len(client.get(TAPES, headers=headers).json()["tapes"])


def test_the_same_request_again_is_the_same_tape(client):
    first, again = send(client, "key-1"), send(client, "key-1", wait=30)
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json()["id"] == again.json()["id"]
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    assert kept(client) == 1


def test_the_same_key_with_another_body_is_refused(client):
    send(client, "key-1")
    for body in ({"source": "x = 2\n"}, {"lesson": "walkthrough"}, {**PROGRAM, "options": {"seed": 1}}):
        told = is_problem(send(client, "key-1", body), 422)
        assert told["where"] == "header.Idempotency-Key"
    assert kept(client) == 1


def test_what_was_left_to_its_default_is_the_same_as_what_was_said(client):
    first = send(client, "key-1")
    assert send(client, "key-1", {"options": {"values": "full"}, **PROGRAM}).json()["id"] == first.json()["id"]


def test_another_key_is_another_tape_and_so_is_none(client):
    ids = {send(client, "key-1").json()["id"], send(client, "key-2").json()["id"]}
    ids |= {client.post(TAPES, json=PROGRAM).json()["id"] for _ in range(2)}
    assert len(ids) == 4


def test_twins_that_come_at_once_run_once(client):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: send(client, "key-1", wait=30), range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert [answer.headers.get("idempotency-replayed") for answer in answers].count(None) == 1
    assert kept(client) == 1


def test_a_key_survives_a_restart_and_ends_with_its_tape(start):
    first = send(start(), "key-1", wait=30).json()
    again = start()
    assert send(again, "key-1", wait=30).json()["id"] == first["id"]
    again.delete(first["links"]["self"])
    assert send(again, "key-1", wait=30).json()["id"] != first["id"]


def test_a_key_is_its_makers_own(start):
    client = start(public=True)
    ada, bob = send(client, "key-1", **ADA), send(client, "key-1", {"source": "x = 2\n"}, **BOB)
    assert ada.json()["id"] != bob.json()["id"]
    assert kept(client, **ADA) == kept(client, **BOB) == 1


def test_who_is_not_known_yet_is_asked_who_they_are(start):
    client = start(public=True)
    told = is_problem(send(client, "key-1"), 422)
    assert "X-Tapedeck-Maker" in told["detail"]
    assert client.get("/").status_code == 200  # from where a browser has its cookie
    assert send(client, "key-1").status_code == 202


def test_a_refused_request_uses_no_key_up(start):
    client = start(concurrency=1, queue=0)
    busy = client.post(TAPES, json={"source": "while True: pass\n"}).json()["links"]["self"]
    assert send(client, "key-1").status_code == 429
    client.delete(busy)
    assert send(client, "key-1", wait=30).status_code == 200


@pytest.mark.parametrize("key", ["", "x" * 201, "with space", "\u00e9\u00e9"])
def test_a_key_that_is_none_is_refused(served, key):
    told = is_problem(send(served, key.encode()), 422)
    assert told["where"].lower() == "header.idempotency-key"
