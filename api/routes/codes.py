"""Codes and cards with which accounts arm and disarm at keypads. What is given is said back by nothing."""

from typing import Annotated, Literal

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import ConfigDict, Field, SecretStr

from api.auth import Permission, Person, may
from api.noun_routes import routes
from api.ports import Gateway
from api.schemas import Done, In, Name, Out, Time
from devices.keypad import UserCode
from devices.reading import SECOND, Instant

router = routes("accounts", "/api/codes")
_MOST_HOURS = 24 * 366
GiverOfCodes = Annotated[Person, Depends(may(Permission.GIVE_CODES))]


class CodeOut(Out):
    """Whose a code or card is, and never which. ``areas``: where it counts, none: everywhere.

    ``is_person``: ``account`` is the id of somebody in the register of people who has none.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{
        "account": "li", "is_person": False, "kind": "user", "areas": ["store"], "until": None,
        "given": "2026-11-24T08:30:15.000Z",
    }]})  # fmt: skip

    account: str
    is_person: bool
    kind: str
    areas: list[str]
    until: Time | None
    given: Time


class _For(In):
    account: Name
    areas: list[Name] = Field([], max_length=1000)
    hours: float | None = Field(None, gt=0, le=_MOST_HOURS)

    def given(self, kind: Literal["user", "duress", "once"], now: Instant, hours: float | None) -> UserCode:
        until = now + int(hours * 3_600) * SECOND if hours is not None else None
        return UserCode(self.account, kind, tuple(self.areas), until)


class Give(_For):
    """``code``: 4 to 12 digits, or with ``is_card`` what the reader tells of the card. ``hours``: so long from now."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"account": "li", "code": "590318", "areas": ["store"]}]})

    code: SecretStr = Field(max_length=200)
    kind: Literal["user", "duress", "once"] = "user"
    is_card: bool = False


class MakeOnce(_For):
    """A code that counts once, for 24 hours if no ``hours`` are given."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"account": "fitter", "hours": 8}]})


class MadeCode(Out):
    """The only time that it is said."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"code": "590318"}]})

    code: str


@router.get("", summary="Whose codes and cards there are, and no code")
async def codes(request: Request, _person: GiverOfCodes) -> list[CodeOut]:
    gateway: Gateway = request.state.gateway
    found = await run_in_threadpool(gateway.codes.codes)
    return [
        CodeOut(
            account=each.code.user,
            is_person=each.code.is_person,
            kind=each.code.kind,
            areas=list(each.code.areas),
            until=each.code.until,
            given=each.given,
        )
        for each in found
    ]


@router.post("", summary="Give an account a code or a card")
async def give(body: Give, request: Request, person: GiverOfCodes) -> Done:
    gateway: Gateway = request.state.gateway
    given = body.given(body.kind, gateway.site.now(), body.hours)
    code, is_card = body.code.get_secret_value(), body.is_card
    await run_in_threadpool(lambda: gateway.codes.give(code, given, person.name, is_card=is_card))
    return Done()


@router.post("/once", summary="Make a code that counts once; this answer is the only place where it stands")
async def once(body: MakeOnce, request: Request, person: GiverOfCodes) -> MadeCode:
    gateway: Gateway = request.state.gateway
    given = body.given("once", gateway.site.now(), body.hours or 24)
    return MadeCode(code=await run_in_threadpool(gateway.codes.make, given, person.name))


@router.delete("/{account}", summary="Take all codes and cards of an account away")
async def take(account: str, request: Request, person: GiverOfCodes) -> Done:
    gateway: Gateway = request.state.gateway
    await run_in_threadpool(gateway.codes.take, account, person.name)
    return Done()
