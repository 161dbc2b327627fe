"""The pages, their headers, the files they are made of, and the small routes."""

import re

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from tapedeck.assets import AssetsMissing, folder
from tapedeck.settings import Settings
from tapedeck.web.files import LABS, Files


def test_the_home_page_has_no_tape_and_a_players_page_has_its_own(served):
    assert 'data-tape=""' in served.get("/").text
    told = served.recorded("x = 1\n")
    page = served.get(told["links"]["page"])
    assert page.status_code == 200
    assert f'data-tape="{told["id"]}"' in page.text


def test_the_page_of_a_tape_that_is_not_there_is_the_page_with_404(served):
    page = served.get("/t/nobody")
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")


def test_an_id_cannot_write_into_the_page(served):
    page = served.get('/t/"><script>alert(1)<')
    assert "<script>alert" not in page.text


def test_every_page_has_a_nonce_of_its_own_and_a_policy_that_knows_it(served):
    nonces = set()
    for _ in range(2):
        page = served.get("/")
        policy = page.headers["content-security-policy"]
        nonce = re.search(r"script-src 'self' 'nonce-([^']+)'", policy)[1]
        assert page.text.count(f'nonce="{nonce}"') == len(re.findall("nonce=", page.text))
        assert "unsafe" not in policy
        nonces.add(nonce)
    assert len(nonces) == 2


def test_nothing_on_the_page_comes_from_another_host(served):
    assert not re.findall(r"""(?:src|href)=["']?(?:https?:)?//""", served.get("/").text)


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/v1/lessons", "/static/js/main.js", "/nowhere"])
def test_every_answer_carries_the_security_headers(served, path):
    headers = served.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_static_files_are_revalidated_and_not_sent_twice(served):
    name = next(folder("static").rglob("*.css")).relative_to(folder("static"))
    first = served.get(f"/static/{name}")
    assert first.headers["cache-control"] == "no-cache"
    again = served.get(f"/static/{name}", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304


def test_a_static_file_that_has_changed_is_sent_anew(tmp_path):
    (tmp_path / "a.js").write_text("1\n")
    app = Starlette(routes=[Mount("/static", Files(tmp_path))])
    with TestClient(app) as client:
        first = client.get("/static/a.js")
        assert (first.text, first.headers["content-type"]) == ("1\n", "text/javascript; charset=utf-8")
        (tmp_path / "a.js").write_text("12\n")
        again = client.get("/static/a.js", headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.text) == (200, "12\n")
        assert client.head("/static/a.js").headers["etag"] == again.headers["etag"]
        assert client.get("/static/nothing.js").status_code == 404


@pytest.mark.parametrize("path", ["/", "/labs", *(f"/labs/{name}" for name in LABS)])
def test_a_pages_modules_are_one_file_its_styles_another_and_what_it_still_imports_is_told(served, path):
    page = served.get(path, headers={"accept-language": "zh"}).text
    told = re.findall(r'rel="modulepreload" href="/static/([^"]+)"', page)
    (script,) = re.findall(r'<script type="module" nonce="[^"]+" src="/static/([^"]+)"', page)
    (styles,) = re.findall(r'<link rel="stylesheet" href="/static/([^"]+)"', page)
    answer = served.get(f"/static/{script}")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert set(re.findall(r'from "/static/([^"]+)"', answer.text)) < set(told)
    assert "js/language/zh/tape.js" in told
    assert all(served.get(f"/static/{each}").status_code == 200 for each in told)
    sheet = served.get(f"/static/{styles}")
    assert sheet.headers["content-type"].startswith("text/css")
    for one in ("theme", "base", "shell"):
        assert (folder("static") / "css" / f"{one}.css").read_text() in sheet.text
    for each, first in ((script, answer), (styles, sheet)):
        assert served.get(f"/static/{each}", headers={"If-None-Match": first.headers["etag"]}).status_code == 304


def test_a_players_page_asks_for_its_tape_at_once_and_only_for_one_that_is_there(served):
    def asked(page):
        return re.findall(r'rel="preload" as="fetch" crossorigin href="([^"]+)"', page.text)

    told = served.recorded("x = 1\n")
    links = told["links"]
    assert asked(served.get(links["page"])) == [links["self"], links["tape"], links["events"]]
    assert all(served.get(address).status_code == 200 for address in asked(served.get(links["page"])))
    assert asked(served.get("/")) == asked(served.get("/t/nobody")) == []


def test_there_is_an_icon_where_browsers_look_for_one(served):
    assert served.get("/favicon.ico").status_code in (200, 204)


def test_the_gallery_is_served_in_its_order(served):
    told = served.get("/api/v1/lessons").json()
    assert [one["slug"] for one in told["lessons"]] == [slug for part in told["chapters"] for slug in part["lessons"]]
    first, second, *_ = told["lessons"]
    whole = served.get(f"/api/v1/lessons/{first['slug']}").json()
    assert whole.items() >= first.items()
    assert (whole["previous"], whole["next"]) == (None, second["slug"])


def test_a_lesson_has_its_page_and_a_missing_one_none(served):
    assert served.get("/learn").status_code == served.get("/learn/walkthrough").status_code == 200
    assert served.get("/learn/nothing").status_code == 404
    assert served.get("/api/v1/lessons/nothing").json()["where"] == "path.slug"


def test_the_schema_of_the_tape_is_served(served):
    assert {"tables", "event", "$defs"} <= served.get("/api/v1/schema").json().keys()


def test_the_service_says_how_it_is(served):
    served.recorded("x = 1\n")
    assert served.get("/healthz").json()["status"] == "ok"
    ready = served.get("/readyz").json()
    assert (ready["status"], ready["waiting"], ready["access"], ready["trust"]) == ("ok", 0, "loopback", False)
    assert "rlimits" in ready["sandbox"]
    assert ready["standing"].startswith("sandbox: ")


def test_a_service_that_cannot_record_says_why(start, monkeypatch):
    monkeypatch.setattr("tapedeck.sandbox.forkserver.BOOT", "raise SystemExit(1)")
    client = start()
    told = client.recorded("x = 1\n")
    assert told["status"] == "failed"
    assert "fork server" in told["outcome"]["detail"]
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")
    told_only = client.get("/readyz", params={"tell": True})
    assert (told_only.status_code, told_only.json()["status"]) == (200, "unavailable")
    assert client.get("/").status_code == 200


def test_a_folder_that_is_in_neither_place_is_told_with_both(tmp_path):
    with pytest.raises(AssetsMissing, match=r"neither at .*static nor at .*static"):
        folder("static", tmp_path / "a" / "b")


def test_an_asset_folder_is_found_in_a_checkout_and_in_a_wheel(tmp_path):
    package = tmp_path / "server" / "tapedeck"
    package.mkdir(parents=True)
    (tmp_path / "static").mkdir()
    assert folder("static", package) == tmp_path / "static"
    (package / "static").mkdir()
    assert folder("static", package) == package / "static"


def test_every_setting_is_described_and_can_come_from_the_environment(monkeypatch):
    assert all(field.description for field in Settings.model_fields.values())
    monkeypatch.setenv("TAPEDECK_PORT", "9000")
    monkeypatch.setenv("TAPEDECK_ALLOWED_HOSTS", '["deck.example"]')
    assert (Settings().port, Settings().allowed_hosts) == (9000, ["deck.example"])


def test_every_lab_has_a_page_of_its_own(served):
    for name in LABS:
        page = served.get(f"/labs/{name}")
        assert page.status_code == 200
        assert f'data-lab="{name}"' in page.text
        assert f"/static/js/labs/{name}/page.linked.js" in page.text


def test_a_lab_that_is_not_there_is_the_list_of_labs_with_404(served):
    assert served.get("/labs").status_code == 200
    page = served.get('/labs/"><script>')
    assert page.status_code == 404
    assert 'data-lab=""' in page.text
    assert "<script>" not in page.text
