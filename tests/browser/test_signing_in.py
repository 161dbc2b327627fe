"""The token in a real browser: said once on a page of its own, and the place in a tape is not lost on the way."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser

TOKEN = "the-token-of-the-tests"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@contextlib.contextmanager
def serving(folder: Path, *args: str, **environment: str) -> Iterator[str]:
    """A server of this test's own; its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tapedeck.cli", "serve", "--port", "0", *args],
        env={**os.environ, "TAPEDECK_DATA_DIR": str(folder), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        address = process.stdout.readline().split()[3].rstrip("/")
        process.stdout.readline()  # what confines programs: it is warm
        yield address
    finally:
        process.terminate()
        process.communicate(timeout=20)


def test_a_person_signs_in_once_and_is_where_the_link_led(tmp_path: Path, browser: Browser) -> None:
    with serving(tmp_path, TAPEDECK_TOKEN=TOKEN) as base, browser.new_context() as context:
        tape = httpx.post(
            f"{base}/api/v1/tapes", params={"wait": 30}, json={"lesson": "walkthrough"}, headers=BEARER, timeout=60
        ).json()
        page = context.new_page()
        page.goto(f"{base}{tape['links']['page']}#step=4")
        page.get_by_label("Token").fill("not-the-token")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_contain_text("not the token")
        page.get_by_label("Token").fill(TOKEN)
        page.get_by_role("button", name="Sign in").click()
        expect(page.locator(".now-step")).to_contain_text("step 5")
        assert page.url == f"{base}{tape['links']['page']}#step=4"
        assert page.evaluate("document.cookie") == ""
        page.goto(base)
        expect(page.get_by_role("button", name="Run")).to_be_visible()


def test_the_foot_of_the_page_says_what_confines_programs(watched: Watched) -> None:
    foot = watched.open().locator(".standing")
    expect(foot).to_contain_text("Sandbox: full")
    expect(foot).to_contain_text("seccomp")


def test_the_foot_of_the_page_says_that_nothing_does(tmp_path: Path, browser: Browser) -> None:
    with serving(tmp_path, "--trust") as base, browser.new_context() as context:
        page = context.new_page()
        page.goto(base)
        expect(page.locator(".standing")).to_contain_text("programs run unconfined")
