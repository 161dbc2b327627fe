"""What operators see: health, metrics, log lines, and every setting in the reference."""

import json
import logging
import os
import re
import signal
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tapedeck.settings import Settings
from tapedeck.web.logs import JsonLines, Readable
from tests.web.conftest import serve
from tools import settings_reference

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "docs" / "operations.md").read_text("utf-8")
EXAMPLE = (ROOT / ".env.example").read_text("utf-8")
TAPES = "/api/v1/tapes"
NAMES = [f"TAPEDECK_{name.upper()}" for name in Settings.model_fields]
SECRET = "a-secret-of-the-tests-1"
PROGRAM = "x = 'program text that nobody may log'\n"


def sample(client, name, **labels):
    """One number of the metrics."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    found = [
        one
        for family in families
        for one in family.samples
        if one.name == name and labels.items() <= one.labels.items()
    ]
    return sum(one.value for one in found)


def test_the_metrics_count_runs_by_outcome_and_how_long_they_took(start):
    client = start()
    for source in (PROGRAM, PROGRAM, "1 / 0\n"):
        client.recorded(source)
    assert sample(client, "tapedeck_runs_total", status="finished") == 2
    assert sample(client, "tapedeck_runs_total", status="raised") == 1
    assert sample(client, "tapedeck_run_seconds_count") == 3
    assert sample(client, "tapedeck_run_waited_seconds_count") == 3
    assert 0 < sample(client, "tapedeck_run_seconds_sum") < 60


def test_the_metrics_say_what_waits_runs_and_is_kept(start):
    client = start(concurrency=1)
    client.recorded(PROGRAM)
    links = [client.record("while True: pass\n", wait=0).json()["links"]["self"] for _ in range(3)]
    told = {name: sample(client, f"tapedeck_{name}") for name in ("running", "queue_depth", "tapes", "ready")}
    assert told == {"running": 1, "queue_depth": 2, "tapes": 4, "ready": 1}
    assert sample(client, "tapedeck_tapes_bytes") > 0
    assert sample(client, "tapedeck_zygote_restarts_total") == 0
    for link in reversed(links):
        client.delete(link)


def test_a_lost_fork_server_is_counted(start):
    client = start()
    client.recorded(PROGRAM)
    os.kill(client.app.state.service.sandbox.zygote_pid, signal.SIGKILL)
    client.recorded(PROGRAM)
    assert sample(client, "tapedeck_zygote_restarts_total") == client.get("/readyz").json()["restarts"] == 1


def test_requests_are_counted_by_route_not_by_address(start):
    client = start()
    for path in (f"{TAPES}/one", f"{TAPES}/two", "/nowhere", "/static/css/base.css", "/static/nothing"):
        client.get(path)
    client.get(TAPES, headers={"Host": "evil.example"})
    assert sample(client, "tapedeck_http_requests_total", route=f"{TAPES}/{{id}}", status="404") == 2
    assert sample(client, "tapedeck_http_requests_total", route="unknown", status="404") == 1
    assert sample(client, "tapedeck_http_requests_total", status="421") == 1
    assert sample(client, "tapedeck_http_requests_total", route="/static/*") == 2
    assert "one" not in client.get("/metrics").text.replace("None", "")


@pytest.mark.parametrize(
    ("given", "kept"),
    [("abcd-1234.x_Y", True), ("short", False), ("x" * 65, False), ("with space ok", False), ('"}{:forged', False)],
)
def test_every_answer_names_its_request_as_the_client_did_if_that_is_a_name(served, given, kept):
    told = served.get("/healthz", headers={"X-Request-Id": given}).headers["x-request-id"]
    assert (told == given) is kept
    assert re.fullmatch(r"[A-Za-z0-9._-]{8,64}", told)


def test_answers_that_refuse_or_fail_are_named_too(served, monkeypatch):
    assert served.get("/healthz", headers={"Host": "evil.example"}).headers["x-request-id"]
    monkeypatch.setattr(served.app.state.service.store, "list", lambda *_: 1 / 0)
    failed = served.get(TAPES, headers={"X-Request-Id": "the-failed-one"})
    assert (failed.status_code, failed.headers["x-request-id"]) == (500, "the-failed-one")


def lines(caplog, logger=None):
    """What was logged, as JSON lines."""
    return [json.loads(JsonLines().format(one)) for one in caplog.records if logger in (None, one.name)]


def test_a_line_says_which_request_and_which_tape(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    with serve(Settings(data_dir=tmp_path)) as client:
        id = client.recorded(PROGRAM)["id"]
        client.get(f"/t/{id}")
    ended = [one for one in lines(caplog) if one["message"] == "run ended"]
    assert [(one["tape"], one["status"]) for one in ended] == [(id, "finished")]
    (page,) = [one for one in lines(caplog, "tapedeck.requests") if one["route"] == "/t/{id}"]
    assert [page[name] for name in ("method", "status", "client")] == ["GET", 200, "127.0.0.1"]


def test_what_people_send_is_never_logged(start, caplog):
    caplog.set_level(logging.DEBUG)
    client = start(token=SECRET, metrics_token=f"{SECRET}-too", log_level="debug")
    bearer = {
        "Authorization": f"Bearer {SECRET}",
        "X-Tapedeck-Maker": "m" * 30,
        "Idempotency-Key": "key-nobody-may-log",
    }
    client.post(TAPES, params={"wait": 30}, json={"source": PROGRAM}, headers=bearer)
    client.post(TAPES, content=PROGRAM, headers={**bearer, "Content-Type": "application/json"})
    client.post("/sign-in", data={"token": SECRET})
    session = client.cookies["tapedeck-session"]
    client.get("/", headers={"Cookie": f"tapedeck-session={session}"})
    client.get(TAPES, params={"token": SECRET})
    client.get("/metrics", headers={"Authorization": f"Bearer {SECRET}-too"})
    ours = [one for one in caplog.records if not one.name.startswith(("httpx", "httpcore"))]
    said = "\n".join(formatter.format(one) for one in ours for formatter in (JsonLines(), Readable()))
    assert "answered" in said
    for never in (SECRET, session, PROGRAM.strip(), "m" * 30, "key-nobody-may-log"):
        assert never not in said


def test_a_failure_of_ours_is_logged_without_what_was_sent(tmp_path, caplog, monkeypatch):
    with serve(Settings(data_dir=tmp_path, token=SECRET)) as client:
        monkeypatch.setattr(client.app.state.service.store, "check_room", lambda *_: 1 / 0)
        bearer = {"Authorization": f"Bearer {SECRET}", "Content-Type": "application/zip"}
        assert client.put(TAPES, content=PROGRAM, headers=bearer).status_code == 500
    said = "".join(formatter.format(one) for one in caplog.records for formatter in (JsonLines(), Readable()))
    assert "ZeroDivisionError" in said
    assert SECRET not in said
    assert PROGRAM.strip() not in said


def test_nobody_can_forge_a_line(caplog):
    logging.getLogger("tapedeck").warning("tape %s\n12:00 info forged\x1b[2J", "a\nb")
    (record,) = caplog.records
    assert "\n" not in Readable().format(record)
    assert "\x1b" not in Readable().format(record)
    assert len(JsonLines().format(record).splitlines()) == 1


def test_every_setting_is_in_the_reference_and_in_the_example_file_as_it_is():
    made = "run .venv/bin/python tools/settings_reference.py"
    assert settings_reference.REFERENCE.read_text() == settings_reference.reference(REFERENCE), made
    assert settings_reference.example() == EXAMPLE, made
    assert set(NAMES) <= set(re.findall(r"TAPEDECK_\w+", REFERENCE))
    of_the_service, _, _ = EXAMPLE.partition("docker compose alone")
    assert re.findall(r"^# (TAPEDECK_\w+)=", of_the_service, re.M) == NAMES


def test_the_example_file_as_it_is_changes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(EXAMPLE)
    assert Settings() == Settings(_env_file=None)


def test_a_setting_left_empty_is_not_set(monkeypatch):
    for name in NAMES:
        monkeypatch.setenv(name, "")
    assert Settings() == Settings(_env_file=None)
