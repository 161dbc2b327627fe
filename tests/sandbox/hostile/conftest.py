"""The scene that all attacks of one session share."""

from collections.abc import Iterator

import pytest

from tests.sandbox.hostile.scene import Scene


@pytest.fixture(scope="session")
def scene(sandboxed, tmp_path_factory) -> Iterator[Scene]:
    it = Scene(tmp_path_factory.mktemp("hostile"), sandboxed)
    yield it
    it.close()
