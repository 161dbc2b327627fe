"""The gallery: its order, its front matter, and what its programs compute."""

import contextlib
import io

import pytest

from tapedeck.lessons import LessonError, gallery, lesson, parse


def run(slug):
    said, names = io.StringIO(), {"__name__": "__main__"}
    with contextlib.redirect_stdout(said):
        exec(compile(lesson(slug).source, f"{slug}.py", "exec"), names)
    return names, said.getvalue()


def test_the_gallery_stands_in_its_order():
    assert [one.slug for one in gallery()] == ["walkthrough", "sumnet", "cnn"]


@pytest.mark.parametrize("slug", [one.slug for one in gallery()])
def test_every_program_introduces_itself(slug):
    one = lesson(slug)
    assert one.title
    assert one.summary.endswith(".")
    assert one.question.endswith("?")
    assert "\n" not in one.title + one.summary + one.question


def test_there_is_no_lesson_of_another_name():
    assert lesson("../cnn") is None


@pytest.mark.parametrize("source", ["x = 1\n", '"""Only a title."""\n', '"""T.\n\nA summary without one."""\n'])
def test_a_program_that_does_not_introduce_itself_is_refused(source):
    with pytest.raises(LessonError):
        parse("x", source)


def test_the_walk_through_gives_the_gradients_of_the_notes():
    names, said = run("walkthrough")
    assert {name: names[name].grad.item() for name in "abcde"} == {"a": 30, "b": 20, "c": 10, "d": 112, "e": 2}
    assert "the gradient of c is 10.0" in said


def test_sumnet_gives_116_with_its_hooks_and_6_without():
    names, _ = run("sumnet")
    assert (names["d"].item(), names["plain"].item()) == (116.0, 6.0)
    assert [names[name].grad.item() for name in "abc"] == [1.0, 1.0, 1.0]


def test_the_cnn_learns_in_its_one_step():
    names, _ = run("cnn")
    after = names["F"].cross_entropy(names["net"](names["images"]), names["labels"])
    assert after.item() < names["loss"].item()
