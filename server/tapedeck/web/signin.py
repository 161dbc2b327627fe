"""The page where a person says the token once; a cookie stands for it from then on."""

from __future__ import annotations

import time
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from tapedeck.settings import Settings
from tapedeck.web.access import PAGES, SESSION, SIGN_IN, WRONG_TOKENS, Token
from tapedeck.web.addresses import Addresses, party
from tapedeck.web.language import language
from tapedeck.web.problems import Refusal
from tapedeck.web.rates import Rates
from tapedeck.web.templates import render

FORM = "application/x-www-form-urlencoded"
LONGEST_FORM = 8 * 1024
WORDS = {
    "en": {
        "title": "Sign in",
        "token": "Token",
        "enter": "Sign in",
        "advice": "Whoever runs this server knows the token.",
        "trusted": "Trusted mode: programs run unconfined.",
        "wrong": "That is not the token of this service.",
        "often": "Too many wrong tokens; try again in {seconds} s.",
    },
    "zh-Hans": {
        "title": "登录",
        "token": "令牌",
        "enter": "登录",
        "advice": "运行此服务器的人知道令牌。",
        "trusted": "信任模式：程序不受约束地运行。",
        "wrong": "这不是此服务的令牌。",
        "often": "错误的令牌过多；请在 {seconds} 秒后再试。",
    },
}


def routes(settings: Settings, addresses: Addresses, rates: Rates) -> APIRouter:
    """``/sign-in``, where a token is asked for."""
    router = APIRouter(include_in_schema=False)
    token = Token(settings.token.get_secret_value()) if settings.token else None

    def page(request: Request, trouble: str = "", status: int = 200, seconds: int = 0) -> HTMLResponse:
        words = WORDS[language(request)]
        said = words[trouble].format(seconds=seconds) if trouble else ""
        asked = render(request, "sign-in.html", status, words=words, trouble=said, trust=settings.trust)
        asked.headers["Referrer-Policy"] = "same-origin"  # or a browser sends the form as coming from nowhere
        return asked

    @router.get(SIGN_IN)
    async def ask(request: Request, next: str = "/") -> Response:
        return page(request) if token is not None else RedirectResponse(_own_page(next), 303)

    @router.post(SIGN_IN)
    async def take(request: Request, next: str = "/") -> Response:
        if token is None:
            raise Refusal(404, "This service asks for no token.")
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
            raise Refusal(415, f"The body must be {FORM}.")
        if not token.same(_token_of(await request.body())):
            room = rates.take(WRONG_TOKENS, party(addresses.client(request.scope)))
            if room.granted:
                return page(request, "wrong", 401)
            refused = page(request, "often", 429, room.reset_s)
            refused.headers.update(room.headers())
            return refused
        answer = RedirectResponse(_own_page(next), 303, {"Cache-Control": "no-store"})
        SESSION.set(answer.headers, token.session(time.time()), addresses.https(request.scope))
        return answer

    return router


def _token_of(body: bytes) -> bytes:
    try:
        fields = parse_qs(body[:LONGEST_FORM].decode("ascii"), max_num_fields=4)
    except ValueError:  # not ASCII, or not a form
        return b""
    return fields.get("token", [""])[0].strip().encode("utf-8", "surrogatepass")


def _own_page(path: str) -> str:
    """Only a page of ours: a link must not send anybody elsewhere after they have signed in."""
    return path if PAGES.fullmatch(path) else "/"
