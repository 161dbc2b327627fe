"""Which language a page is shown in: the reader's own choice, else the best that the browser asks for, else English."""

from __future__ import annotations

from fastapi import Request

LANGUAGES = ("en", "zh-Hans")
COOKIE = "tapedeck_language"
"""Set by the page's own switch; it holds one of `LANGUAGES`."""


def language(request: Request) -> str:
    """The tag (BCP 47) of the language for this request."""
    chosen = request.cookies.get(COOKIE)
    return chosen if chosen in LANGUAGES else accepted(request.headers.get("accept-language", ""))


def accepted(header: str) -> str:
    """The best of our languages for an ``Accept-Language`` header (RFC 9110, section 12.5.4); Chinese of any script is
    answered with the simplified one, the only one that there is."""
    weighed = [_weighed(part) for part in header.split(",")]
    for _, tag in sorted((one for one in weighed if one[0] > 0), key=lambda one: -one[0]):
        primary = tag.split("-")[0]
        if primary in ("en", "zh"):
            return "zh-Hans" if primary == "zh" else "en"
    return "en"


def _weighed(part: str) -> tuple[float, str]:
    tag, _, weight = part.strip().lower().partition(";q=")
    try:
        return float(weight or 1), tag.strip()
    except ValueError:
        return 0.0, tag
