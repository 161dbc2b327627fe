"""The stream of one recording."""

import json

SLOW = """import time, torch
x = torch.ones(())
for _ in range(4):
    time.sleep(0.06)
    for _ in range(16):
        x = x + 1
"""


def messages(served, path, last=None):
    """(event, id, data) of everything a stream says."""
    headers = {"Last-Event-ID": last} if last else {}
    answer = served.get(path, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    found = []
    for block in answer.text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        found.append((fields["event"], fields["id"], json.loads(fields["data"])))
    return found


def test_a_stream_tells_progress_then_events_then_the_outcome(served):
    told = served.record(SLOW, wait=0).json()
    found = messages(served, told["links"]["stream"])
    kinds = [event for event, _, _ in found]
    assert kinds == sorted(kinds, key=["progress", "events", "outcome"].index)
    assert found[-1][2]["status"] == "finished"
    lines = [data["line"] for event, _, data in found if event == "progress" and data["events"]]
    assert lines[-1] == 6
    assert set(lines) <= {2, 6}


def test_the_events_of_a_stream_are_those_of_the_tape_in_batches(served):
    links = served.recorded("import torch\nfor _ in range(1100): torch.ones(1)\n")["links"]
    found = [data for event, _, data in messages(served, links["stream"]) if event == "events"]
    assert [batch["from"] for batch in found] == [0, 500, 1000]
    streamed = [event for batch in found for event in batch["events"]]
    assert streamed == [json.loads(line) for line in served.get(links["events"]).text.splitlines()]


def test_a_lost_stream_goes_on_where_it_was_lost(served):
    links = served.recorded("import torch\nfor _ in range(600): torch.ones(1)\n")["links"]
    found = messages(served, links["stream"], last="e500")
    assert found[0][2]["from"] == 500
    assert [event for event, _, _ in found] == ["events", "outcome"]


def test_a_stream_that_was_told_to_the_end_is_not_told_again(served):
    links = served.recorded("x = 1\n")["links"]
    assert messages(served, links["stream"])[-1][1] == "end"
    assert served.get(links["stream"], headers={"Last-Event-ID": "end"}).status_code == 204


def test_nonsense_as_the_last_id_begins_from_the_beginning(served):
    links = served.recorded("import torch\ntorch.ones(1)\n")["links"]
    assert messages(served, links["stream"], last="e-1")[0][2]["from"] == 0


def test_the_stream_of_a_recording_without_a_tape_tells_its_outcome(served):
    told = served.record("while True: pass\n", wait=0).json()
    served.delete(told["links"]["self"])
    assert [(event, data["status"]) for event, _, data in messages(served, told["links"]["stream"])] == [
        ("outcome", "cancelled")
    ]
