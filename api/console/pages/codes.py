"""Codes and cards with which accounts arm and disarm: whose there are, giving one, and taking all of an account's.

A code for somebody who comes once is made here, and said on the answer to that alone.
"""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from fastapi.concurrency import run_in_threadpool

from api.auth import Permission
from api.console.forms import fields_of, read
from api.console.web_page import Again, Asked, Given, GoTo, Once, Page
from devices.errors import NotAllowed, Refused, StoreUnavailable
from devices.keypad import UserCode
from devices.message import Name, Text
from devices.reading import SECOND

_AT = "/console/codes"
_TABLE = "codes_page"
_MOST_HOURS = 24 * 366
_DAY_H = 24
_MAKE = "make"
"""The unseen field by which the form for a code that counts once is known."""


class _Give(msgspec.Struct, frozen=True):
    """What is typed into ``code`` is never shown again, not even where the rest was refused."""

    account: str
    code: str
    kind: Literal["user", "duress", "once"] = "user"
    is_card: bool = False
    areas: tuple[str, ...] = ()
    hours: float | None = None


class _Make(msgspec.Struct, frozen=True):
    account: str
    hours: float = _DAY_H
    areas: tuple[str, ...] = ()


def _show(
    asked: Asked, sent: Given | None = None, faults: Mapping[str, str] = {}, refused: str = ""
) -> Mapping[str, Any]:
    areas = [(area.id, asked.say.words.show(_named(area))) for area in asked.gateway.areas.areas()]
    names = dict(areas)
    sent = {name: values for name, values in sent.items() if name != "code"} if sent is not None else None
    forms = {}
    for name, kind in (("give", _Give), (_MAKE, _Make)):
        is_sent = sent is not None and (_MAKE in sent) == (name == _MAKE)
        fields = fields_of(kind, _TABLE, asked.say, sets={"areas": areas}, sent=sent if is_sent else None)
        forms[name] = (fields, faults if is_sent else {}, refused if is_sent else "")
    given = [_row(asked, each.code, names) for each in asked.gateway.codes.codes()]
    return {"given": given, "forms": forms, "made": None}


def _named(area: Any) -> Name:
    return Name(area.name, area.name_zh)


def _row(asked: Asked, code: UserCode, areas: Mapping[str, str]) -> tuple[str, str, str, str]:
    where = ", ".join(areas.get(area, area) for area in code.areas) or asked.say.any("codes_page.everywhere")
    return (
        code.user,
        asked.say.any(f"codes_page.kind_{code.kind}"),
        where,
        asked.moment(code.until) if code.until is not None else "",
    )


async def _take(asked: Asked, given: Given) -> GoTo | Again | Once:
    by, codes, is_made = asked.person.name, asked.gateway.codes, _MAKE in given
    try:
        if "take" in given:
            await run_in_threadpool(codes.take, given["take"][0], by)
            return GoTo(_AT)
        plain, faults = read(_Make if is_made else _Give, given, asked.gateway.site.time_zone())
        hours = plain.get("hours", _DAY_H if is_made else None)
        if hours is not None and not 0 < hours <= _MOST_HOURS:
            faults["hours"] = Text.of("codes_page.wrong_hours")
        if faults:
            said = {name: asked.say.said(fault) for name, fault in faults.items()}
            return Again(await run_in_threadpool(_show, asked, given, said, asked.say.any("form.look_below")))
        until = asked.gateway.site.now() + int(hours * 3_600) * SECOND if hours is not None else None
        kind: Literal["user", "duress", "once"] = "once" if is_made else plain.get("kind", "user")
        code = UserCode(plain["account"], kind, tuple(plain.get("areas", ())), until)
        if is_made:
            made = await run_in_threadpool(codes.make, code, by)
            return Once({"made": {"code": made, "account": code.user, "until": asked.moment(until or 0)}})
        is_card = bool(plain.get("is_card"))
        await run_in_threadpool(lambda: codes.give(plain["code"], code, by, is_card=is_card))
    except (Refused, NotAllowed, StoreUnavailable) as error:
        return Again(await run_in_threadpool(_show, asked, given, {}, asked.say.said(error)))
    return GoTo(_AT)


PAGES = (
    Page(
        path=_AT,
        permission=Permission.GIVE_CODES,
        title="codes_page.title",
        template="codes.html",
        place=("devices", 60),
        under="/console/devices",
        show=_show,
        take=_take,
    ),
)
