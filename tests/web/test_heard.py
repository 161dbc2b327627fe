"""Every sentence that the server makes for people is known to the page in its other language."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "server" / "tapedeck"
FOLDERS = ("doctor", "web")
FILES = (
    *("sandbox/verdict.py", "jobs/engine.py", "jobs/local.py", "store/entry.py", "store/quota.py"),
    *("lessons/edits.py", "tape/numbers.py"),
)
# What is for whoever starts the server, reads its log, its metrics or its OpenAPI document.
ELSEWHERE = (
    "logs.py",
    "metrics.py",
    "openapi.py",
    "operations.py",
    "serving.py",
    "linked.py",
    "service.py",
    "signin.py",
)
NOT_SAID = re.compile(r"^(Field|Query|Header|Gauge|Counter|.*\.(debug|info|warning|error|exception|setdefault))$")
WRITTEN_ELSEWHERE = re.compile(r"^(A name for this request|--trust|With the host|TAPEDECK_PROXY_HEADER)")
NUMBER, NAME = "7", "⟨{}⟩"
CHINESE = re.compile(r"[一-鿿]")


def sample(node: ast.expr) -> str | None:
    """A string as it may be said: each hole of an f-string filled with something to find again."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if not isinstance(node, ast.JoinedStr):
        return None
    parts = []
    for i, part in enumerate(node.values):
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        elif isinstance(part, ast.FormattedValue):
            counted = ast.unparse(part.value) in ("others", "count", "where.line", "self._at_once")
            parts.append(NUMBER if counted else NAME.format(i))
    return "".join(parts)


def sentences(path: Path) -> Iterator[tuple[str, int]]:
    """The strings of a module that are sentences: several words, from a capital or a hole to a stop or a hole."""
    tree = ast.parse(path.read_text())
    skipped: set[int] = set()
    for node in ast.walk(tree):
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if docstring or (isinstance(node, ast.Call) and NOT_SAID.match(ast.unparse(node.func))):
            skipped |= {id(each) for each in ast.walk(node)}
        elif isinstance(node, ast.JoinedStr):
            skipped |= {id(each) for part in node.values for each in ast.walk(part)}
    for node in ast.walk(tree):
        text = sample(node) if isinstance(node, ast.expr) and id(node) not in skipped else None
        if text and re.search(r"\w \w", text) and re.search(r"^[A-Z⟨'].*(\.|⟩)$", text):
            yield text, node.lineno


def told() -> list[tuple[str, str]]:
    """Every sentence with its place."""
    files = [PACKAGE / each for each in FILES]
    files += [path for folder in FOLDERS for path in sorted((PACKAGE / folder).glob("*.py"))]
    return [
        (text, f"{path.relative_to(PACKAGE)}:{line}")
        for path in files
        if path.name not in ELSEWHERE
        for text, line in sentences(path)
        if not WRITTEN_ELSEWHERE.match(text)
    ]


def heard(said: list[str]) -> list[str]:
    """What the page makes of them."""
    script = ROOT / "tests" / "js" / "language" / "heard.js"
    done = subprocess.run(["node", str(script)], input=json.dumps(said), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def test_no_sentence_of_the_server_is_left_in_english() -> None:
    said = told()
    assert len(said) > 50
    # Some are told as they stand, some get their stop where they are answered.
    texts = [text for text, _ in said]
    answers = zip(said, heard(texts), heard([f"{text}." for text in texts]), strict=True)
    missing = [
        f"{place}: {text}"
        for (text, place), *chinese in answers
        if not any(
            CHINESE.search(each) and all(hole in each for hole in re.findall(r"⟨\d+⟩", text)) for each in chinese
        )
    ]
    assert missing == [], "\n".join(missing)


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        (
            "The program needed more than 2,048 MB of memory on line 3.",
            "程序需要超过 2,048 MB 的内存（第 3 行）。",
        ),
        ("The program needed more memory than there is.", "程序需要的内存超过了现有的内存。"),
        (
            "MulBackward0 saved other (a) at version 0, and add_ moved it to version 1: backward raised here."
            " One other saved tensor went stale with it.",
            "MulBackward0 以版本 0 保存了 other (a)，之后 add_ 把它改到版本 1："
            "反向在这里报错。另有一个保存的张量随之过期。",
        ),
        (
            "1 program of yours waits or run already, as many as one may have; try again in about 5 s.",
            "你已有 1 个程序在等待或运行，达到了每人的上限；请在约 5 秒后再试。",
        ),
        ("The program ended its own process with exit code 3.", "程序以退出码 3 结束了自己的进程。"),
        (
            "The program ended its own process with exit code 3 on line 14.",
            "程序以退出码 3 结束了自己的进程（第 14 行）。",
        ),
        ("there is no value 9; the tape has 3.", "没有值 9；磁带共有 3 个。"),
    ],
)
def test_a_sentence_is_heard_with_what_fills_it(english: str, chinese: str) -> None:
    assert heard([english]) == [chinese]


@pytest.mark.parametrize(
    "text",
    ["RuntimeError: 3 programs", "ValueError: a token (line 3)", "", "The program ran to its end. Not.", "x" * 9],
)
def test_what_is_not_the_servers_own_stays_as_it_is(text: str) -> None:
    assert heard([text]) == [text]


def test_a_long_text_is_heard_as_fast_as_a_short_one() -> None:
    long = "The first NaN is made here: " + " gives NaN in " * 20_000
    assert heard([long]) == [long]
