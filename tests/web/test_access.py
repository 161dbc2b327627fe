"""Who may come in, as the settings say: nobody else does, and the token is never told."""

import itertools
import re

import httpx
import pytest

from tapedeck.settings import Settings
from tapedeck.web.access import SESSION, Token, Unsafe, check_binding
from tests.web.conftest import serve
from tests.web.test_errors import is_problem

TAPES = "/api/v1/tapes"
TOKEN = "the-token-of-the-tests"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
VISITORS = itertools.count(1)
PROXY = {"proxy_header": "X-Forwarded-User", "trusted_proxies": ["127.0.0.0/8"]}


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory):
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), token=TOKEN, trusted_proxies=["127.0.0.1"])
    with serve(settings) as client:
        yield client


@pytest.fixture
def guarded(shared_server):
    """The server that asks for the token, reached by another new visitor."""
    shared_server.cookies.clear()
    shared_server.headers["X-Forwarded-For"] = f"203.0.113.{next(VISITORS)}"
    return shared_server


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.0.2.1", "deck.example"])
def test_listening_to_others_needs_a_word_about_who_they_are(host):
    with pytest.raises(Unsafe, match=r"--token.*TAPEDECK_PROXY_HEADER.*--public"):
        check_binding(Settings(host=host))
    for said in ({"token": TOKEN}, {"public": True}, PROXY):
        check_binding(Settings(host=host, **said))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_loopback_needs_none(host):
    check_binding(Settings(host=host))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"allowed_hosts": ["deck.example"]}, "deck.example"),
        ({"trust": True, "host": "0.0.0.0", "token": TOKEN}, "loopback only"),
        ({"trust": True, "allowed_hosts": ["deck.example"], "token": TOKEN}, "loopback only"),
        ({"trust": True, "public": True}, "loopback only"),
        ({"trust": True, **PROXY}, "loopback only"),
        ({"proxy_header": "X-Forwarded-User"}, "TAPEDECK_TRUSTED_PROXIES"),
    ],
)
def test_settings_that_contradict_each_other_are_refused_in_a_sentence(given, says):
    with pytest.raises(Unsafe, match=re.escape(says)):
        check_binding(Settings(**given))


def test_a_short_token_is_no_token_and_none_is_ever_shown():
    with pytest.raises(ValueError, match="at least 16"):
        Settings(token="short")
    assert TOKEN not in repr(Settings(token=TOKEN))


def test_without_the_token_nothing_is_told_and_nothing_runs(guarded):
    for method, path in [("GET", TAPES), ("POST", TAPES), ("GET", "/api/openapi.json"), ("GET", "/metrics")]:
        answer = guarded.request(method, path)
        is_problem(answer, 401)
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert guarded.get(TAPES, headers=BEARER).json() == {"tapes": []}


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", TOKEN, "Bearer \xe9"],
)
def test_what_is_not_the_token_does_not_let_in(guarded, header):
    assert guarded.get(TAPES, headers={"Authorization": header.encode("latin-1")}).status_code == 401


def test_a_public_service_with_a_token_asks_for_the_token(start):
    assert start(public=True, token=TOKEN).get(TAPES).status_code == 401


def test_a_token_in_an_address_does_not_let_in(guarded):
    assert guarded.get(TAPES, params={"token": TOKEN, "access_token": TOKEN}).status_code == 401


def test_health_is_told_to_everybody(guarded):
    assert guarded.get("/healthz").status_code == 200
    assert guarded.get("/readyz").json()["access"] == "token"


def test_a_person_signs_in_once_and_comes_back_to_the_page_they_wanted(start):
    client = start(token=TOKEN)
    asked = client.get("/t/abc")
    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in?next=%2Ft%2Fabc")
    form = client.get(asked.headers["location"])
    assert 'type="password"' in form.text
    done = client.post(asked.headers["location"], data={"token": TOKEN})
    assert (done.status_code, done.headers["location"]) == (303, "/t/abc")
    cookie = done.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert TOKEN not in cookie
    assert client.get(TAPES).status_code == 200


@pytest.mark.parametrize("next", ["https://evil.example/", "//evil.example", "/\\evil.example", "/api/v1/tapes", ""])
def test_signing_in_leads_to_no_other_place(guarded, next):
    done = guarded.post("/sign-in", params={"next": next}, data={"token": TOKEN})
    assert done.headers["location"] == "/"


def test_a_wrong_token_gets_the_form_again_and_many_wrong_ones_get_nothing(start):
    client = start(token=TOKEN)
    wrong = client.post("/sign-in", data={"token": "<b>wrong"})
    assert wrong.status_code == 401
    assert "not the token" in wrong.text
    assert "wrong&" not in wrong.text
    assert "set-cookie" not in wrong.headers
    answers = [client.post("/sign-in", data={"token": "wrong"}) for _ in range(10)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0
    assert is_problem(client.get(TAPES, headers={"Authorization": "Bearer wrong"}), 429)
    assert client.get(TAPES, headers=BEARER).status_code == 200


@pytest.mark.parametrize(
    ("content", "type", "status"),
    [
        (b"", "application/x-www-form-urlencoded", 401),
        (b"token=%ff%fe", "application/x-www-form-urlencoded", 401),
        (b"\xff\xfe", "application/x-www-form-urlencoded", 401),
        (b"a=1&b=2&c=3&d=4&e=5", "application/x-www-form-urlencoded", 401),
        (b"token=" + TOKEN.encode(), "text/plain", 415),
        (b"x" * 10**6, "application/x-www-form-urlencoded", 413),
    ],
)
def test_a_form_that_is_none_does_not_let_in(guarded, content, type, status):
    answer = guarded.post("/sign-in", content=content, headers={"Content-Type": type})
    assert answer.status_code == status


def test_a_session_ends_with_its_time_and_with_its_token():
    token = Token(TOKEN)
    session = token.session(1000.0)
    assert token.admits(session, 1000.0 + SESSION.max_age_s - 1)
    assert not token.admits(session, 1000.0 + SESSION.max_age_s + 1)
    assert not Token(f"{TOKEN}!").admits(session, 1000.0)


@pytest.mark.parametrize("forged", ["", ".", "9999999999.", "9999999999.abc", "9" * 5000 + ".x", "²." + "0" * 64])
def test_a_forged_session_does_not_let_in(forged):
    assert not Token(TOKEN).admits(forged, 0.0)


def test_a_proxys_word_is_taken_from_the_proxy_alone(start):
    signed_in = {"X-Forwarded-User": "ada"}
    assert start(**PROXY).get(TAPES, headers=signed_in).status_code == 200
    elsewhere = start(**{**PROXY, "trusted_proxies": ["192.0.2.7"]})
    assert is_problem(elsewhere.get(TAPES, headers=signed_in), 401)


@pytest.mark.parametrize("headers", [[], [("X-Forwarded-User", "")], [("X-Forwarded-User", "a")] * 2])
def test_a_proxy_that_names_nobody_or_two_lets_nobody_in(start, headers):
    assert start(**PROXY).get(TAPES, headers=headers).status_code == 401


def test_trust_is_said_where_the_service_says_how_it_is(start):
    client = start(trust=True, token=TOKEN)
    assert client.get("/readyz").json()["trust"] is True
    assert "unconfined" in client.get("/sign-in").text


def test_metrics_have_a_token_of_their_own_or_are_for_this_machine(start):
    own = start(public=True, metrics_token="the-metrics-token-1")
    assert own.get("/metrics").status_code == 401
    assert own.get("/metrics", headers={"Authorization": "Bearer the-metrics-token-1"}).status_code == 200
    public = start(public=True, trusted_proxies=["127.0.0.1"])
    assert public.get("/metrics").status_code == 200
    is_problem(public.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}), 403)


def test_over_https_the_cookies_are_secure_and_bound_to_the_host(start):
    client = start(token=TOKEN, trusted_proxies=["127.0.0.1"])
    https = {"X-Forwarded-Proto": "https"}
    cookie = client.post("/sign-in", data={"token": TOKEN}, headers=https).headers["set-cookie"]
    assert cookie.startswith("__Host-tapedeck-session=")
    assert "; Secure" in cookie
    found = re.match(r"([^;]+)", cookie)[1]
    alone = httpx.get(client.base_url.join(TAPES), headers={**https, "Cookie": found})
    assert alone.status_code == 200
    plain = httpx.get(client.base_url.join(TAPES), headers={"Cookie": found})
    assert plain.status_code == 401


def test_the_sign_in_page_speaks_the_language_that_is_asked_for(guarded):
    chinese = {"Accept-Language": "zh-CN,zh;q=0.9"}
    page = guarded.get("/sign-in", headers=chinese).text
    assert '<html lang="zh-Hans">' in page
    assert "令牌" in page
    assert "Token" not in page
    wrong = guarded.post("/sign-in", data={"token": "wrong"}, headers=chinese)
    assert (wrong.status_code, "这不是此服务的令牌。" in wrong.text) == (401, True)
