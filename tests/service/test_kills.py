"""Whatever is killed, and whenever: no finished tape is lost, every outcome is honest, nobody is left behind."""

import pytest

from tests.service.kills import rampage


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("split", [False, True], ids=["one process", "a runner beside it"])
def test_a_service_whose_processes_are_killed_loses_nothing_that_it_promised(tmp_path, split):
    found = rampage(tmp_path, runs=24, split=split, seed=1)

    assert sum(found["struck"].values()) >= 3
    assert len(found["told"]) == 24
    assert found["broken"] == []
    assert found["dishonest"] == []
    assert found["left behind"] == []
