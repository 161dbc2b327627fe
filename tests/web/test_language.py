"""The language of a page: the cookie of the reader's choice, then what the browser asks for."""

import pytest

from tapedeck.web.language import accepted


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        ("", "en"),
        ("de", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("en-GB,zh;q=0.9", "en"),
        ("de, zh-TW;q=0.2, en;q=0.1", "zh-Hans"),
        ("zh;q=0", "en"),
        ("zh;q=much, en", "en"),
    ],
)
def test_the_browser_s_languages_are_weighed(header, tag):
    assert accepted(header) == tag


def test_the_reader_s_choice_comes_before_the_browser_s(served):
    headers = {"accept-language": "en", "cookie": "tapedeck_language=zh-Hans"}
    assert '<html lang="zh-Hans">' in served.get("/", headers=headers).text


def test_a_choice_that_does_not_exist_is_none(served):
    headers = {"accept-language": "zh", "cookie": 'tapedeck_language="><script>'}
    assert '<html lang="zh-Hans">' in served.get("/", headers=headers).text
