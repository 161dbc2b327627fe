"""Models described without code, over REST."""

SPEC = {"inputs": {"x": {"shape": [4, 3]}}, "layers": [{"layer": "Linear", "args": [3, 2]}]}


def test_a_spec_is_translated_and_nothing_runs(served):
    answer = served.post("/api/v1/spec", json={"spec": SPEC})
    assert answer.status_code == 200
    assert "nn.Linear(3, 2)" in answer.json()["source"]


def test_a_spec_is_recorded(served):
    told = served.post("/api/v1/tapes", params={"wait": 30}, json={"spec": SPEC}).json()
    assert (told["status"], told["origin"]) == ("finished", "program")
    assert told["source"] == served.post("/api/v1/spec", json={"spec": SPEC}).json()["source"]


def test_a_fault_is_told_in_the_reader_s_language(served):
    bad = {"spec": {**SPEC, "layers": [{"layer": "Lineer"}]}}
    english, chinese = (
        served.post("/api/v1/tapes", json=bad, headers={"accept-language": tongue}) for tongue in ("en", "zh")
    )
    assert english.status_code == chinese.status_code == 422
    assert english.json()["where"] == "body.spec.layers[0].layer"
    assert english.json()["detail"].endswith("did you mean 'Linear'?")
    assert chinese.json()["detail"].endswith("你是想写 'Linear' 吗？")


def test_a_form_asks_what_is_wrong_without_being_refused(served):
    right = served.post("/api/v1/spec/check", json={"spec": SPEC})
    assert (right.status_code, right.json()["fault"]) == (200, None)
    assert right.json()["source"] == served.post("/api/v1/spec", json={"spec": SPEC}).json()["source"]
    bad = {"spec": {**SPEC, "layers": [{"layer": "Lineer"}]}}
    wrong = served.post("/api/v1/spec/check", json=bad, headers={"accept-language": "zh"})
    refused = served.post("/api/v1/spec", json=bad, headers={"accept-language": "zh"}).json()
    assert (wrong.status_code, wrong.json()["source"]) == (200, None)
    assert wrong.json()["fault"] == {"where": refused["where"], "detail": refused["detail"]}


def test_shapes_that_clash_are_the_program_s_own_error(served):
    clash = {**SPEC, "layers": [{"layer": "Linear", "args": [5, 2]}]}
    told = served.post("/api/v1/tapes", params={"wait": 30}, json={"spec": clash}).json()
    assert told["status"] == "raised"
    assert "mat1 and mat2 shapes cannot be multiplied" in told["outcome"]["detail"]


def test_a_program_is_told_in_one_way_only(served):
    assert served.post("/api/v1/tapes", json={"spec": SPEC, "source": "x = 1"}).status_code == 422
    assert served.post("/api/v1/tapes", json={"source": "x = 1", "edits": {"a": 1}}).status_code == 422


def test_everything_that_can_be_named_is_listed(served):
    known = served.get("/api/v1/spec/table").json()
    assert known["layers"]["Linear"][0] == {"name": "in_features", "type": "int", "required": True, "default": None}
    assert known["functions"]["cat"]["least"] == 2
    assert known["inputs"]["MultiheadAttention"] == 3
