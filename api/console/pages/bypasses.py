"""Bypasses: what is out of service for work, why, until when; end one, begin one, consent to one or decline it."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from urllib.parse import urlencode

import msgspec
from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from alerts.kernel import consent
from api.asks import every_workflow
from api.auth import Permission
from api.console.asking import give, give_kind, may_ask
from api.console.bypass_view import AT, bypass_card, wish_card
from api.console.forms import fields_of, read
from api.console.watched_areas import watched_areas
from api.console.web_page import Again, Asked, Given, GoTo, Page
from api.held_devices import out_of_service
from devices.errors import Refused

_BEGIN, _END, _TABLE = "bypasses", "bypasses/{case}/end", "bypass_form"


class _Begin(msgspec.Struct, frozen=True):
    """What is said of the work; in which area stands in the address."""

    reason: str
    hours: Literal[1, 2, 4, 8, 24] = 2


def _show(asked: Asked) -> Mapping[str, Any]:
    workflows = asked.gateway.workflows
    return {
        "wishes": [wish_card(asked, wish) for wish in workflows.cases(consent.NAME)],
        "standing": [bypass_card(asked, bypass) for bypass in out_of_service(asked.gateway)],
        "areas": [(f"{AT}/begin?{urlencode({'area': area})}", name) for area, name in watched_areas(asked)]
        if may_ask(asked, _BEGIN)
        else [],
        "waits": "waits" in asked.query,
    }


# -- begin one of an area; of a device it begins on its page -----------------------------------------------------------


def _ask_begin(
    asked: Asked, sent: Given | None = None, faults: Mapping[str, str] = {}, refused: str = ""
) -> Mapping[str, Any]:
    """Raises HTTPException 403, 404."""
    if not may_ask(asked, _BEGIN):
        raise HTTPException(403)
    names = dict(watched_areas(asked))
    if asked.query.get("area") not in names:
        raise HTTPException(404)
    return {
        "what": names[asked.query["area"]],
        "back": AT,
        "fields": fields_of(_Begin, _TABLE, asked.say, sent=sent),
        "faults": faults,
        "refused": refused,
    }


async def _begin(asked: Asked, given: Given) -> GoTo | Again:
    plain, faults = read(_Begin, given, asked.gateway.site.time_zone())
    if faults:
        said = {name: asked.say.said(fault) for name, fault in faults.items()}
        return Again(await run_in_threadpool(_ask_begin, asked, given, said, asked.say.any("form.look_below")))
    begin = msgspec.convert(plain, _Begin)
    what = {"area": asked.query.get("area", ""), "reason": begin.reason, "for_s": begin.hours * 3_600}
    try:
        answer = await give(asked, _BEGIN, **what)
    except Refused as why:
        return Again(await run_in_threadpool(_ask_begin, asked, given, {}, asked.say.said(why)))
    return GoTo(f"{AT}?waits=1" if answer.waits else AT)


# -- end one, decide on one --------------------------------------------------------------------------------------------


def _found(asked: Asked, cases: Sequence[Any], address: str = "") -> Any:
    """Raises HTTPException 403 for whoever may not ask ``address``, 404 for one that is over."""
    if address and not may_ask(asked, address):
        raise HTTPException(403)
    found = next((case for case in cases if case.id == asked.wanted["case"]), None)
    if found is None:
        raise HTTPException(404)
    return found


def _ask_end(asked: Asked, note: str = "", refused: str = "") -> Mapping[str, Any]:
    say, bypass = asked.say, _found(asked, out_of_service(asked.gateway), _END)
    return {
        "heading": say("bypass.end"),
        "one": bypass_card(asked, bypass),
        "ends": say("bypass.left"),
        "text": say("bypass.end_means"),
        "verbs": [("end", say("bypass.end"))],
        "back": AT,
        "sent": note,
        "refused": refused,
    }


async def _end(asked: Asked, given: Given) -> GoTo | Again:
    note = given.get("note", [""])[0].strip()
    try:
        await give(asked, _END, case=asked.wanted["case"], note=note)
    except Refused as why:
        return Again(await run_in_threadpool(_ask_end, asked, note, asked.say.said(why)))
    return GoTo(AT)


def _ask_decision(asked: Asked, note: str = "", refused: str = "") -> Mapping[str, Any]:
    say, wish = asked.say, _found(asked, asked.gateway.workflows.cases(consent.NAME))
    one, words = wish_card(asked, wish), f"bypass.{_consents_to(wish)}"
    agree = [] if one.is_own else [("consent", say(words))]
    return {
        "heading": say("bypass.wishes"),
        "one": one,
        "ends": say("bypass.lapses"),
        "text": say(f"{words}_declined" if one.is_own else f"{words}_means"),
        "verbs": [*agree, ("decline", say("bypass.withdraw" if one.is_own else "bypass.decline"))],
        "back": AT,
        "sent": note,
        "refused": refused,
    }


def _consents_to(wish: consent.Waiting) -> Literal["consent", "consent_order", "consent_other"]:
    """To a bypass, to an order about an installed device, or to whatever else takes two."""
    kind = every_workflow().get(wish.workflow)
    if kind is not None and kind.installs:
        return "consent_order"
    return "consent" if wish.devices else "consent_other"


async def _decide(asked: Asked, given: Given) -> GoTo | Again:
    note, verb = given.get("note", [""])[0].strip(), given.get("do", [""])[0]
    kind = {"consent": consent.Give, "decline": consent.Decline}.get(verb)
    if kind is None:
        raise HTTPException(422)
    try:
        await give_kind(asked, kind, case=asked.wanted["case"], note=note)
    except Refused as why:
        return Again(await run_in_threadpool(_ask_decision, asked, note, asked.say.said(why)))
    return GoTo(AT)


def _page(path: str, template: str, permission: Permission = Permission.LOOK, **more: Any) -> Page:
    rest = {"title": "console.bypasses", "under": "/console/devices", "modules": ("fresh.js",), **more}
    return Page(path=path, permission=permission, template=template, **rest)


PAGES = (
    _page(AT, "bypasses.html", place=("devices", 40), show=_show),
    _page(f"{AT}/begin", "bypass_begin.html", show=_ask_begin, take=_begin),
    _page(f"{AT}/wishes/{{case}}", "bypass_question.html", Permission.CONSENT, show=_ask_decision, take=_decide),
    _page(f"{AT}/{{case}}/end", "bypass_question.html", show=_ask_end, take=_end),
)
