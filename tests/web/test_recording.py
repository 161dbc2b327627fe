"""POST, GET, DELETE and PUT of recordings, over HTTP, with real programs."""

import gzip
import json
import threading
import time

import pytest

from tapedeck.settings import Settings
from tapedeck.tape import load
from tests.web.conftest import serve

WALK = "/api/v1/tapes"


def test_a_program_is_recorded_and_its_answer_held_until_it_is_ready(served):
    answer = served.record("import torch\ny = torch.ones(2) * 3\n")
    told = answer.json()
    assert answer.status_code == 200
    assert (told["status"], told["outcome"]["status"], told["progress"]) == ("finished", "finished", None)
    assert told["counts"]["ops"] == 2
    assert told["header"]["torch"]
    assert answer.headers["location"] == told["links"]["self"]


def test_without_waiting_the_answer_is_202_and_the_tape_comes_later(served):
    answer = served.record("import torch\n", wait=0)
    assert answer.status_code == 202
    assert answer.json()["status"] in ("queued", "recording")
    assert answer.json()["outcome"] is None
    with served.stream("GET", answer.json()["links"]["stream"]) as stream:
        stream.read()
    assert served.get(answer.json()["links"]["self"]).json()["status"] == "finished"


def test_waiting_ends_when_its_time_is_up(served):
    began = time.monotonic()
    answer = served.record("import time\ntime.sleep(1.2)\n", wait=0.2)
    assert answer.status_code == 202
    assert answer.json()["status"] == "recording"
    assert time.monotonic() - began < 1
    assert served.delete(answer.json()["links"]["self"]).status_code == 204


def test_a_lesson_is_recorded_by_its_name(served):
    told = served.post(WALK, params={"wait": 30}, json={"lesson": "walkthrough"}).json()
    assert (told["status"], told["origin"], told["lesson"]) == ("finished", "lesson", "walkthrough")
    assert "e_hook" in told["source"]


FORWARD = """import torch
x1, x2 = torch.tensor(2.0), torch.tensor(5.0)
y = torch.log(x1) + x1 * x2
"""


def tape_of(served, told):
    return load(served.get(told["links"]["file"]).content)


def test_forward_mode_follows_the_tangents_of_the_names_that_are_given(served):
    told = served.recorded(FORWARD, mode="forward", wrt=["x1", "x2"])
    tape = tape_of(served, told)
    assert told["header"]["wrt"] == ["x1", "x2"]
    tangents = [event for event in tape.events if event.__struct_config__.tag == "tangent"]
    assert [tape.values[event.value].data for event in tangents[-2:]] == [[5.5], [2.0]]


def test_a_name_that_is_not_met_is_told_with_those_that_are(served):
    tape = tape_of(served, served.recorded(FORWARD, mode="forward", wrt=["x1", "zz"]))
    assert tape.header.wrt == ["x1"]
    assert ["zz; names on this tape: x1, x2, y" in e.text for e in tape.events if hasattr(e, "category")] == [True]


def test_the_ops_below_are_recorded_on_request(served):
    assert tape_of(served, served.recorded(FORWARD)).aten == []
    told = served.recorded(FORWARD, aten=True)
    assert told["header"]["aten"] is True
    assert "aten.log" in {row.name.removesuffix(".default") for row in tape_of(served, told).aten}


def test_fake_tensors_have_shapes_of_what_no_memory_could_hold(served):
    source = "import torch\nx = torch.empty(1_000_000, 1_000_000)\ny = x @ x\n"
    told = served.recorded(source, fake=True)
    assert (told["status"], told["header"]["fake"]) == ("finished", True)
    assert tape_of(served, told).tensors[-1].shape == [1_000_000, 1_000_000]


def test_the_options_stand_on_the_answer_as_they_were_asked_for(served):
    options = served.recorded(FORWARD, mode="forward", wrt=["x1"], values="summary")["options"]
    assert (options["mode"], options["wrt"], options["values"]) == ("forward", ["x1"], "summary")


def test_the_walk_through_says_over_rest_what_the_notes_say(served):
    told = served.post(WALK, params={"wait": 30}, json={"lesson": "walkthrough"}).json()
    tape = load(served.get(told["links"]["file"]).content)

    def number(value):
        return tape.values[value].data[0]

    said = []
    for event in tape.events:
        kind = event.__struct_config__.tag
        if kind == "hook_fire":
            name = tape.hooks[event.hook].name
            said.append((name, number(event.before[0]), *[number(value) for value in event.after]))
        elif kind == "retain":
            said.append((f"{tape.tensors[event.tensor].name}.grad", number(event.value)))
        elif kind == "accumulate":
            said.append((f"{tape.tensors[event.tensor].name}.grad", number(event.total)))
        elif kind == "node_exit" and tape.nodes[event.node].name == "MulBackward0":
            said.append(("Mul", *[number(value) for value in event.values]))
    assert said == [
        ("e_hook", 1, 2),
        ("e.grad", 2),
        ("Mul", 8, 12),
        ("d_hook", 12, 112),
        ("d.grad", 112),
        ("c_hook", 8, 10),
        ("c_print", 10),
        ("c.grad", 10),
        ("Mul", 30, 20),
        ("a.grad", 30),
        ("b.grad", 20),
    ]


@pytest.mark.parametrize(
    ("source", "status", "line"),
    [
        ("x = 1\ny = (2 +\n", "raised", 2),
        ("import torch\ntorch.ones(2, 3) @ torch.ones(2, 3)\n", "raised", 2),
        ("while True:\n    pass\n", "timed_out", 1),
        ("x = 'x' * 10**6\nwhile True: print(x)\n", "too_much_output", 2),
        ("import os\nos._exit(1)\n", "died", 2),
        ("x = []\nwhile True: x.append(bytearray(10**7))\n", "out_of_memory", 2),
    ],
)
def test_a_program_that_fails_is_no_http_error_and_the_next_one_works(served, source, status, line):
    told = served.recorded(source)
    assert (told["status"], told["outcome"]["where"]["line"]) == (status, line)
    assert told["outcome"]["where"]["expression"]
    assert told["outcome"]["detail"]
    tape = load(served.get(told["links"]["file"]).content)
    assert tape.sources[0].text == source
    assert served.recorded("x = 1\n")["status"] == "finished"


def test_a_nan_is_readable_as_a_value(served):
    told = served.recorded("import torch\ny = torch.log(torch.tensor(-1.0))\n")
    own, count = told["links"]["self"], told["counts"]["values"]
    numbers = [served.get(f"{own}/values/{value}").json() for value in range(count)]
    assert {"shape": [], "dtype": "torch.float32", "data": ["NaN"]} in numbers


def test_the_doctor_names_the_expression_that_made_the_first_nan(served):
    tape = served.recorded("import torch\nx = torch.tensor([-1.0])\ny = x.log()\nz = y + 1\n")
    (finding,) = served.get(tape["links"]["findings"]).json()["findings"]
    assert (finding["where"]["line"], finding["where"]["expression"], finding["thing"]) == (3, "x.log()", "op:1")


def test_recordings_are_listed_newest_first(served):
    ids = [served.recorded("x = 1\n")["id"] for _ in range(2)]
    listed = [one["id"] for one in served.get(WALK, params={"limit": 2}).json()["tapes"]]
    assert listed == ids[::-1]


def test_deleting_a_running_recording_cancels_it(served):
    told = served.record("while True: pass\n", wait=0).json()
    began = time.monotonic()
    assert served.delete(told["links"]["self"]).status_code == 204
    assert time.monotonic() - began < 0.5
    assert served.get(told["links"]["self"]).json()["status"] == "cancelled"


def test_deleting_a_tape_removes_it(served):
    own = served.recorded("x = 1\n")["links"]["self"]
    assert served.get(f"{own}/at/-1").status_code == 200
    assert served.delete(own).status_code == 204
    assert {served.get(f"{own}{rest}").status_code for rest in ("", "/tape", "/file", "/at/-1", "/stream")} == {404}
    assert served.delete(own).status_code == 404


def test_an_uploaded_tape_is_kept_and_told_like_any_other(served):
    told = served.recorded("import torch\ny = torch.ones(2) * 3\nraise ValueError('no')\n")
    data = served.get(told["links"]["file"]).content
    answer = served.put(WALK, content=data, headers={"Content-Type": "application/octet-stream"})
    kept = answer.json()
    assert answer.status_code == 201
    assert (kept["status"], kept["origin"], kept["source"]) == ("raised", "upload", told["source"])
    assert kept["outcome"]["where"] == told["outcome"]["where"]
    assert served.get(kept["links"]["file"]).content == data


def test_an_upload_that_is_not_sound_is_refused_with_what_is_wrong(served):
    from tapedeck.tape import Header, Tables, Tape, to_bytes
    from tapedeck.tape.events import Print

    data = to_bytes(Tape(Tables(Header(events=1)), [Print(text="x", span=9)]))
    answer = served.put(WALK, content=data, headers={"Content-Type": "application/zip"})
    assert answer.status_code == 422
    assert answer.json()["errors"]


def test_a_full_queue_answers_429_with_a_time_to_come_back(start):
    client = start(concurrency=1, queue=1)
    assert client.recorded("x = 1\n")["status"] == "finished"
    running = [client.record("while True: pass\n", wait=0).json() for _ in range(2)]
    assert running[1]["progress"]["position"] == 0
    answer = client.record("x = 1\n", wait=0)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    for told in running:
        client.delete(told["links"]["self"])
    assert client.recorded("x = 1\n")["status"] == "finished"


def test_a_finished_tape_is_there_after_a_restart_and_an_interrupted_one_is_recorded_again(tmp_path):
    settings = Settings(data_dir=tmp_path, shutdown_s=0.2, time_limit_s=2.0)
    with serve(settings) as first:
        done = first.recorded("import torch\ny = torch.ones(2)\n")
        cut = first.record("while True: pass\n", wait=0).json()
    with serve(settings) as second:
        assert second.get(done["links"]["tape"]).json()["header"] == done["header"]
        with second.stream("GET", cut["links"]["stream"]) as stream:
            stream.read()
        assert second.get(cut["links"]["self"]).json()["status"] == "timed_out"


def test_limits_may_be_lowered_but_not_raised(served):
    began = time.monotonic()
    told = served.recorded("while True: pass\n", time_limit_s=0.3)
    assert time.monotonic() - began < 1.3
    assert "0.3 s" in told["outcome"]["detail"]
    assert "2 s" in served.recorded("while True: pass\n", time_limit_s=100.0)["outcome"]["detail"]


def test_many_clients_at_once_all_get_their_own_tape(served):
    found = {}

    def one(number):
        told = served.record(f"import torch\ny = torch.tensor({number}.0) * 1\n").json()
        value = served.get(f"{told['links']['self']}/values/0").json()
        found[number] = (told["status"], value["data"])

    threads = [threading.Thread(target=one, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: ("finished", [float(number)]) for number in range(6)}


def test_stored_bytes_are_served_as_they_are_and_unpacked_for_who_cannot(served):
    links = served.recorded("import torch\ny = torch.ones(2) * 3\n")["links"]
    packed = served.get(links["tape"])
    plain = served.get(links["tape"], headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.json() == plain.json()
    with served.stream("GET", links["events"]) as stream:
        assert gzip.decompress(b"".join(stream.iter_raw())).count(b"\n") == served.get(links["events"]).text.count("\n")


def test_a_tape_is_cached_for_ever_and_asked_for_again_costs_nothing(served):
    links = served.recorded("x = 1\n")["links"]
    for name in ("tape", "events", "file"):
        first = served.get(links[name])
        assert "immutable" in first.headers["cache-control"]
        again = served.get(links[name], headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_a_part_of_the_events_can_be_asked_for(served):
    links = served.recorded("import torch\nfor _ in range(5): torch.ones(1)\n")["links"]
    whole = served.get(links["events"]).text.splitlines()
    part = served.get(links["events"], params={"from": 1, "limit": 2}).text.splitlines()
    assert part == whole[1:3]
    assert served.get(links["events"], params={"from": 99}).text == ""


def test_a_slice_of_a_value_and_the_state_at_a_step_can_be_asked_for(served):
    own = served.recorded("import torch\ny = torch.arange(12.).reshape(3, 4)\n")["links"]["self"]
    last = served.get(own).json()["counts"]["values"] - 1
    assert served.get(f"{own}/values/{last}", params={"slice": "1,1:3"}).json()["data"] == [5.0, 6.0]
    assert served.get(f"{own}/at/0").json()["step"] == 0


def test_what_is_not_ready_is_409_and_what_left_no_tape_404(served):
    running = served.record("while True: pass\n", wait=0).json()["links"]
    assert served.get(running["tape"]).status_code == 409
    assert served.get(running["tape"]).headers["retry-after"]
    served.delete(running["self"])
    assert served.get(running["tape"]).status_code == 404
    assert "cancelled" in served.get(running["tape"]).json()["detail"]


def test_the_openapi_document_is_there_and_no_page_that_loads_it_from_elsewhere(served):
    document = served.get("/api/openapi.json").json()
    assert "/api/v1/tapes" in document["paths"]
    assert "cdn" not in json.dumps(document)
    assert served.get("/api/docs").status_code == 404
