"""Every lesson is sound: its files agree, its moments happen on its tape, every option of its experiments runs."""

import json
import subprocess
from pathlib import Path

import msgspec
import pytest
from msgspec import structs

from tapedeck.lessons import LANGUAGES, Choice, LessonError, Slider, chapters, gallery, lesson, read
from tapedeck.tape import encode_events, encode_tables
from tapedeck.tape.check import check

ROOT = Path(__file__).parents[2]
SLUGS = [one.slug for one in gallery()]


def trials(slug):
    """Edits of one experiment at a time: every option, both ends of a slider; a text stands as it is in the lesson."""
    for one in lesson(slug).plan.experiments:
        values = (
            range(len(one.options))
            if isinstance(one, Choice)
            else (one.min, one.max)
            if isinstance(one, Slider)
            else ()
        )
        yield from ({one.id: value} for value in values)


@pytest.fixture(scope="module")
def found(told, tmp_path_factory):
    """The step of each moment of a lesson on its own tape, and what is asked before those to be predicted."""
    known = {}

    def moments_of(slug):
        if slug not in known:
            plan, tape = lesson(slug).plan, told(slug, outcome=lesson(slug).plan.outcome)
            folder = tmp_path_factory.mktemp(slug)
            (folder / "tape.json").write_bytes(encode_tables(tape))
            (folder / "events.jsonl").write_bytes(encode_events(tape))
            asked = {"moments": plan.moments, "predictions": [one.moment for one in plan.predictions]}
            command = ["node", "tests/lessons/moments.mjs", str(folder)]
            done = subprocess.run(command, cwd=ROOT, input=told_as_json(asked), capture_output=True, check=False)
            assert done.returncode == 0, done.stderr.decode()
            known[slug] = json.loads(done.stdout)
        return known[slug]

    return moments_of


def told_as_json(plan):
    """What is not given is left out, as the service leaves it out."""
    return msgspec.json.encode(
        {
            **plan,
            "moments": [{k: v for k, v in structs.asdict(one).items() if v is not None} for one in plan["moments"]],
        }
    )


@pytest.mark.parametrize("slug", SLUGS)
def test_every_moment_happens_and_in_the_order_of_the_tape(slug, found):
    steps = list(found(slug)["steps"].values())
    assert [id for id, step in found(slug)["steps"].items() if step < 0] == []
    assert steps == sorted(set(steps))


@pytest.mark.parametrize("slug", SLUGS)
def test_what_is_asked_has_one_right_answer_and_others(slug, found):
    for moment, question in found(slug)["asked"].items():
        assert question is not None, f"nothing can be asked before {moment}"
        assert len(set(question["choices"])) == len(question["choices"]) >= 2
        assert question["answer"]


@pytest.mark.parametrize("slug", SLUGS)
def test_every_tape_is_sound(slug, told):
    assert check(told(slug, outcome=lesson(slug).plan.outcome)) == []


@pytest.mark.parametrize(("slug", "edits"), [(slug, edits) for slug in SLUGS for edits in trials(slug)], ids=str)
def test_every_option_of_an_experiment_is_recorded(slug, edits, service):
    answer = service.post("/api/v1/tapes", params={"wait": 30}, json={"lesson": slug, "edits": edits})
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] in ("finished", "raised"), answer.json()["outcome"]
    assert answer.json()["counts"]["events"] > 0


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", SLUGS)
def test_a_lesson_is_served_in_every_language(slug, language, service):
    answer = service.get(f"/api/v1/lessons/{slug}", params={"language": language}).json()
    assert answer["title"] == lesson(slug).words[language].title
    assert len(answer["moments"]) == len(lesson(slug).plan.moments) >= 3
    assert 3 <= len(answer["check"]["choices"]) <= 4


@pytest.mark.parametrize("slug", SLUGS)
def test_the_chinese_is_chinese(slug):
    words = lesson(slug).words["zh-Hans"]
    texts = [
        words.summary,
        words.question,
        *words.text,
        *words.moments.values(),
        words.check.question,
        words.check.answer,
    ]
    assert [text for text in texts if not any("\u4e00" <= letter <= "\u9fff" for letter in text)] == []


def test_every_outline_has_its_lesson():
    assert {one.plan.outline for one in gallery()} == {f"L{number:02}" for number in range(1, 47)}
    assert len(gallery()) == len({one.slug for one in gallery()}) == 46


def test_every_chapter_has_lessons_and_a_title_in_every_language():
    assert all(one.lessons and one.title("en") and one.title("zh-Hans") for one in chapters())


def test_there_is_no_lesson_of_another_name():
    assert lesson("../cnn") is None


GOOD = {
    "program.py": "net.train()\n",
    "lesson.toml": """
[[moments]]
id = "a"
kind = "op"
[check]
answer = 0
[[experiments]]
id = "m"
type = "choice"
options = ["net.train()", "net.eval()"]
""",
    "en.toml": """
title = "T"
summary = "S"
question = "Q"
text = ["P"]
[moments]
a = "A"
[experiments.m]
label = "L"
notice = "N"
options = ["x", "y"]
[check]
question = "Q"
choices = ["1", "2", "3"]
answer = "W"
""",
}
GOOD["zh-Hans.toml"] = GOOD["en.toml"]


@pytest.mark.parametrize(
    ("file", "before", "after", "fault"),
    [
        ("program.py", "train", "fit", "no option stands in the program"),
        ("program.py", "()\n", "()\nnet.train()\n", "stands in the program twice"),
        ("lesson.toml", "answer = 0", "answer = 3", "none of its choices"),
        ("lesson.toml", 'kind = "op"', 'kinds = "op"', "unknown field"),
        ("lesson.toml", "[check]", '[[predictions]]\nmoment = "b"\n[check]', "no moment 'b'"),
        ("en.toml", 'options = ["x", "y"]', 'options = ["x"]', "not as many"),
        ("en.toml", 'a = "A"', 'b = "A"', "other moments"),
        ("zh-Hans.toml", 'a = "A"', 'a = " "', "is empty"),
        ("zh-Hans.toml", 'text = ["P"]', 'text = ["P", "R"]', "do not say the same"),
        ("zh-Hans.toml", "title", "titel", "zh-Hans.toml"),
    ],
)
def test_a_lesson_whose_files_do_not_agree_is_refused(tmp_path, file, before, after, fault):
    for name, text in GOOD.items():
        (tmp_path / name).write_text(text.replace(before, after) if name == file else text)
    with pytest.raises(LessonError, match=fault):
        read(tmp_path)


def test_a_lesson_whose_files_agree_is_read(tmp_path):
    for name, text in GOOD.items():
        (tmp_path / name).write_text(text)
    assert read(tmp_path).words["en"].title == "T"
