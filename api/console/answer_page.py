"""What a link in a message leads to: looking shows how the alarm stands; pressing the button says *on my way*, once.

No sign-in and no script. Mail scanners follow every link, so a GET changes nothing. The token is all that its bearer
has: it speaks for one person about one alert, until it expires; what that person may do otherwise it does not open.
What the answer's reader had before their eyes goes with the answer into the ledger.
"""

from html import escape
from typing import Annotated, Any, Literal

import msgspec
from fastapi import FastAPI, Form, Path
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from alerts.escalation_case import Escalating
from api.accept_language import LANGUAGE_COOKIE, code_of
from api.alarm_way import ANSWER, answering
from api.asks import ask_at
from api.auth import same_origin
from api.console.locale import LANGUAGES, Say
from api.console.plain import html, other_language
from api.ports import Gateway
from api.ports.answer_links import AnswerLink
from devices.errors import NotAllowed, Refused
from devices.message import Text

State = Literal["open", "answered", "over", "expired"]
_Token = Annotated[str, Path(max_length=100, pattern="^[A-Za-z0-9_-]+$")]
_PAGE = """<main><h1>{title}</h1>
<h2>{message}</h2><p>{text}</p>
<h2>{stands}</h2><p>{now}</p>{rest}
{switch}</main>"""
_BUTTON = """<form method="post" action="{path}"><input type="hidden" name="saw" value="{saw}">
<p>{means}</p><button autofocus>{button}</button></form>"""


def add_answer_page(app: FastAPI, gateway: Gateway) -> None:
    """The page, for whoever has a link."""

    @app.get("/answer/{token}", include_in_schema=False)
    async def show(request: Request, token: _Token) -> Response:
        return await _page(gateway, request, token)

    @app.post("/answer/{token}", include_in_schema=False)
    async def answer(request: Request, token: _Token, saw: Annotated[str, Form(max_length=2_000)] = "") -> Response:
        if not same_origin(request):
            raise NotAllowed(Text.of("api.another_site"))
        link = await run_in_threadpool(gateway.answer_links.link, token)
        case, state = await run_in_threadpool(_standing, gateway, link)
        kind = ask_at(ANSWER)
        if link is None or case is None or state != "open" or kind is None:
            return await _page(gateway, request, token)
        given = {
            "ask": kind.__struct_config__.tag,
            "id": f"link {link.notification}",
            "case": link.case,
            "saw": saw[:500],
        }
        ask = msgspec.convert({**given, "by": link.person, "role": "guard", "proof": "link"}, kind)
        try:
            await gateway.workflows.ask(ask)
        except Refused as refused:
            return await _page(gateway, request, token, refused.text, 409)
        return await _page(gateway, request, token, Text.of("answer_page.done"))


async def _page(
    gateway: Gateway, request: Request, token: str, said: Text | None = None, status: int = 200
) -> Response:
    return await run_in_threadpool(_drawn, gateway, request, token, said, status)


def _drawn(gateway: Gateway, request: Request, token: str, said: Text | None, status: int) -> Response:
    link = gateway.answer_links.link(token)
    say, path = Say(_language(request, link), gateway.site.time_zone()), f"/answer/{token}"
    if link is None:
        return html(say, f"<main><h1>{escape(say.any('answer_page.unknown'))}</h1></main>", 404, is_readers=True)
    case, state = _standing(gateway, link)
    text, now = say.said(link.text), _stands(say, case)
    if said is None and state != "open":
        said = Text.of(f"answer_page.{state}")
    rest = f'<p role="status">{escape(say.said(said))}</p>' if said is not None else ""
    if said is None:
        rest = _BUTTON.format(
            path=escape(f"{path}?language={say.language}"),
            saw=escape(f"{text} · {now}"),
            means=escape(say.any("answer_page.means")),
            button=escape(say.any("answer_page.button")),
        )
    body = _PAGE.format(
        title=escape(say.any("answer_page.title")),
        message=escape(say.any("answer_page.message")),
        text=escape(text),
        stands=escape(say.any("answer_page.stands")),
        now=escape(now),
        rest=rest,
        switch=other_language(say, path),
    )
    return html(say, body, status, is_readers=True)


def _standing(gateway: Gateway, link: AnswerLink | None) -> tuple[Escalating | None, State]:
    """The case as it stands now, and whether that link still answers for it."""
    kind = answering()
    found: Any = gateway.workflows.case(kind.name, link.case) if link is not None and kind is not None else None
    if link is None or not isinstance(found, Escalating):
        return None, "over"
    is_its = any(each.id == link.notification and each.run == found.run for each in found.told)
    if not found.is_open or found.is_over or not is_its:
        return found, "over"
    if found.has_answered(link.person):
        return found, "answered"
    return found, "expired" if gateway.site.now() >= link.expires else "open"


def _stands(say: Say, case: Escalating | None) -> str:
    if case is None or case.is_over or not case.is_open:
        return say.any("answer_page.closed")
    stands = say.any("answer_page.acknowledged" if case.is_seen else "answer_page.unacknowledged")
    people = [each.who for each in case.answers if each.run == case.run]
    return f"{stands} {say.any('answer_page.others', people=', '.join(people))}" if people else stands


def _language(request: Request, link: AnswerLink | None) -> str:
    """The one that was chosen here, else the reader's own."""
    chosen = request.query_params.get("language") or request.cookies.get(LANGUAGE_COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    return link.language if link is not None and link.language else code_of(request)
