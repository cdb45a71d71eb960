"""Codes and cards with which accounts arm and disarm: whose there are, giving one, and taking all of an account's."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from fastapi.concurrency import run_in_threadpool

from api.auth import Permission
from api.console.forms import fields_of, read
from api.console.web_page import Again, Asked, Given, GoTo, Page
from devices.errors import NotAllowed, Refused, StoreUnavailable
from devices.keypad import UserCode
from devices.message import Name, Text
from devices.reading import SECOND

_AT = "/console/codes"
_TABLE = "codes_page"
_MOST_HOURS = 24 * 366


class _Give(msgspec.Struct, frozen=True):
    """What is typed into ``code`` is never shown again, not even where the rest was refused."""

    account: str
    code: str
    kind: Literal["user", "duress", "once"] = "user"
    is_card: bool = False
    areas: tuple[str, ...] = ()
    hours: float | None = None


def _show(
    asked: Asked, sent: Given | None = None, faults: Mapping[str, str] = {}, refused: str = ""
) -> Mapping[str, Any]:
    areas = [(area.id, asked.say.words.show(_named(area))) for area in asked.gateway.areas.areas()]
    names = dict(areas)
    sent = {name: values for name, values in sent.items() if name != "code"} if sent is not None else None
    return {
        "given": [_row(asked, each.code, names) for each in asked.gateway.codes.codes()],
        "fields": fields_of(_Give, _TABLE, asked.say, sets={"areas": areas}, sent=sent),
        "faults": faults,
        "refused": refused,
    }


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


async def _take(asked: Asked, given: Given) -> GoTo | Again:
    by, codes = asked.person.name, asked.gateway.codes
    try:
        if "take" in given:
            await run_in_threadpool(codes.take, given["take"][0], by)
            return GoTo(_AT)
        plain, faults = read(_Give, given, asked.gateway.site.time_zone())
        hours = plain.get("hours")
        if hours is not None and not 0 < hours <= _MOST_HOURS:
            faults["hours"] = Text.of("codes_page.wrong_hours")
        if faults:
            said = {name: asked.say.said(fault) for name, fault in faults.items()}
            return Again(await run_in_threadpool(_show, asked, given, said, asked.say.any("form.look_below")))
        until = asked.gateway.site.now() + int(hours * 3_600) * SECOND if hours is not None else None
        code = UserCode(plain["account"], plain.get("kind", "user"), tuple(plain.get("areas", ())), until)
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
