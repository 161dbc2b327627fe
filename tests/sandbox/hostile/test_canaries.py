"""What looks for harm can find it: without confinement a good part of the attacks succeed."""

import re
from collections.abc import Iterator

import pytest

from tests.sandbox.conftest import Sandboxed
from tests.sandbox.hostile.judge import printed
from tests.sandbox.hostile.scene import Scene
from tests.sandbox.hostile.test_hostile import ATTACKS

PROOFS = [param for param in ATTACKS if param.values[0].proof]


@pytest.fixture(scope="module")
def trusting() -> Iterator[Sandboxed]:
    it = Sandboxed(trust=True)
    yield it
    it.close()


@pytest.fixture(scope="module")
def open_scene(trusting, tmp_path_factory) -> Iterator[Scene]:
    it = Scene(tmp_path_factory.mktemp("open"), trusting)
    yield it
    it.close()


@pytest.mark.parametrize("attack", PROOFS)
def test_it_succeeds_where_nothing_confines_it(attack, trusting, open_scene):
    assert not attack.destructive
    run = trusting.run(open_scene.fill(attack.source), 10.0)
    found = [*open_scene.deeds(run), printed(run)]
    assert re.search(attack.proof, "\n".join(found)), found


def test_there_are_proofs_of_every_kind_of_harm():
    assert len(PROOFS) >= 50
