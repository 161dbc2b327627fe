"""What is uploaded is not believed: bombs, tricks, forgeries and poison, each as real bytes."""

import io
import json
import os
import pickle
import struct
import zipfile

import pytest

from tapedeck.settings import Settings
from tapedeck.tape.file import EVENTS, TABLES, TENSORS
from tests.web.conftest import serve
from tests.web.test_errors import is_problem

TAPES = "/api/v1/tapes"
ZIP = {"Content-Type": "application/zip"}
PROGRAM = "import torch\nx = torch.ones(2, requires_grad=True)\n(x * 3).sum().backward()\n"
NOT_A_TAPE = "urn:tapedeck:problem:not-a-tape"


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with serve(Settings(data_dir=tmp_path_factory.mktemp("data"), unpacked_bytes=10**6)) as client:
        yield client


@pytest.fixture(scope="module")
def parts(client):
    """The members of a good tape."""
    data = client.get(client.recorded(PROGRAM)["links"]["file"]).content
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


def packed(members, how=zipfile.ZIP_DEFLATED):
    """A zip of these members, in which a name may stand twice."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as bundle:
        for name, data in members:
            bundle.writestr(name, data)
    return out.getvalue()


def send(client, data):
    return client.put(TAPES, content=data, headers=ZIP)


def refused(client, data):
    """Why it was not kept; and it was not."""
    before = len(client.get(TAPES, params={"limit": 500}).json()["tapes"])
    told = is_problem(send(client, data), 422)
    assert len(client.get(TAPES, params={"limit": 500}).json()["tapes"]) == before
    return told


def test_a_good_tape_packed_anew_is_kept(client, parts):
    assert send(client, packed(parts.items())).status_code == 201


def test_a_zip_bomb_is_refused_by_what_it_says(client, parts):
    bomb = packed([(TABLES, parts[TABLES]), (EVENTS, b"\n" * 10**8), (TENSORS, parts[TENSORS])])
    assert len(bomb) < 200_000
    assert "would unpack to 100,0" in refused(client, bomb)["detail"]


def test_a_zip_bomb_that_lies_about_its_size_unpacks_no_further_than_it_said(client, parts):
    bomb = packed([(TABLES, parts[TABLES]), (EVENTS, b"\n" * 10**8), (TENSORS, parts[TENSORS])])
    lie = bomb.replace(struct.pack("<L", 10**8), struct.pack("<L", 1000))
    assert lie != bomb
    assert refused(client, lie)["type"] == NOT_A_TAPE


@pytest.mark.parametrize(
    "name",
    ["../evil", "/etc/evil", "..\\evil", "C:evil", "evil/", "tape.json/../evil", "data.pkl", "x" * 60_000, "\u202e"],
)
def test_a_member_of_any_other_name_is_refused_and_written_nowhere(client, parts, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "holds exactly" in refused(client, packed([*parts.items(), (name, b"evil")]))["detail"]
    assert os.listdir(tmp_path) == []


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", [TABLES, EVENTS, TENSORS])
def test_a_member_that_is_there_twice_is_refused(client, parts, name):
    assert "each once" in refused(client, packed([*parts.items(), (name, parts[name])]))["detail"]


@pytest.mark.parametrize("name", [TABLES, EVENTS, TENSORS])
def test_a_member_that_is_missing_is_refused(client, parts, name):
    told = refused(client, packed([(one, data) for one, data in parts.items() if one != name]))
    assert told["type"] == NOT_A_TAPE


@pytest.mark.parametrize("how", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_way_of_packing_that_may_ask_for_gigabytes_is_refused(client, parts, how):
    assert "stored or deflated" in refused(client, packed(parts.items(), how))["detail"]


def test_an_encrypted_member_is_refused(client, parts):
    data = bytearray(packed(parts.items()))
    at = data.index(b"PK\x01\x02") + 8  # the flags of the first entry in the table of contents
    data[at] |= 1
    assert "not encrypted" in refused(client, bytes(data))["detail"]


class Poison:
    """Makes a file when it is unpickled."""

    def __init__(self, canary):
        self._canary = str(canary)

    def __reduce__(self):
        return os.mkdir, (self._canary,)


@pytest.mark.parametrize("place", ["whole", TABLES, EVENTS, TENSORS, "archive"])
@pytest.mark.parametrize("protocol", [0, 2, 5])
def test_a_poisoned_pickle_is_loaded_nowhere(client, parts, place, protocol, tmp_path):
    canary = tmp_path / "canary"
    poison = pickle.dumps(Poison(canary), protocol)
    if place == "archive":  # as torch.save writes it
        refused(client, packed([("archive/data.pkl", poison), ("archive/version", b"3\n")], zipfile.ZIP_STORED))
    elif place == "whole":
        refused(client, poison)
    else:
        refused(client, packed({**parts, place: poison}.items()))
    assert not canary.exists()


def forged(parts, **header):
    """The tape with another header."""
    tables = json.loads(parts[TABLES])
    tables["header"] |= header
    return packed({**parts, TABLES: json.dumps(tables)}.items())


def test_a_forged_tape_is_refused_where_it_contradicts_itself(client, parts):
    assert "not sound" in refused(client, forged(parts, events=7))["detail"]
    lines = parts[EVENTS].splitlines()
    assert "not sound" in refused(client, packed({**parts, EVENTS: b"\n".join(lines[:-1])}.items()))["detail"]


@pytest.mark.parametrize(
    ("table", "field", "value"),
    [
        ("ops", "outputs", [10**6]),
        ("ops", "outputs", [-1]),
        ("values", "shape", [2**63 - 1, 2**63 - 1]),
        ("values", "shape", [-1]),
        ("values", "data", ["not a number"]),
        ("values", "data", [10**400]),
        ("values", "data", []),
        ("tensors", "span", 10**9),
        ("spans", "line", -5),
    ],
)
def test_a_row_that_points_or_counts_past_the_end_is_refused(client, parts, table, field, value):
    tables = json.loads(parts[TABLES])
    row = next(row for row in tables[table] if field in row)
    row[field] = value
    assert refused(client, packed({**parts, TABLES: json.dumps(tables)}.items()))


@pytest.mark.parametrize("depth", [10_000, 900_000])
def test_a_tape_as_deep_as_the_sea_is_refused(client, parts, depth):
    refused(client, packed({**parts, TABLES: b"[" * depth}.items()))
    refused(client, packed({**parts, EVENTS: b'{"kind":' * (depth // 9)}.items()))


@pytest.mark.parametrize("where", range(0, 100, 7))
def test_a_tape_with_a_broken_byte_is_an_error_of_the_senders_never_ours(client, parts, where):
    data = bytearray(packed(parts.items()))
    data[len(data) * where // 100] ^= 0xFF
    assert send(client, bytes(data)).status_code in (201, 422)


def test_what_a_tape_says_of_itself_is_data_on_the_page_and_in_headers(client, parts):
    title = '"><script>alert(1)</script>\r\nX-Evil: 1'
    told = send(client, forged(parts, title=title)).json()
    assert told["title"] == title
    assert "<script>alert" not in client.get(told["links"]["page"]).text
    file = client.get(told["links"]["file"])
    assert "x-evil" not in file.headers
    assert file.headers["content-disposition"].startswith("attachment; ")
    for name in ("self", "tape", "events", "file"):
        answer = client.get(told["links"][name])
        assert not answer.headers["content-type"].startswith("text/html")
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_where_there_is_no_room_for_another_tape_it_is_507_and_the_rest_goes_on(start, parts):
    full = start(reserve_mb=10**9)
    for answer in (send(full, packed(parts.items())), full.record("x = 1\n")):
        assert is_problem(answer, 507)["type"] == "urn:tapedeck:problem:store-full"
    assert full.get(TAPES).json() == {"tapes": []}
