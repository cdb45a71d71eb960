"""What a technician does to a device from its page, a form for each: bypass it, record work, exchange it, retire it."""

from collections.abc import Awaitable, Callable, Mapping
from secrets import token_hex
from typing import Any, Literal

import msgspec

from alerts.event import Recorded
from api.auth import Permission
from api.console.asking import commission, give
from api.console.device_cards import path_of
from api.console.forms import Choices, Field, fields_of, read
from api.console.kinds import kind_name
from api.console.web_page import Asked, Given, GoTo
from devices.device import Device
from devices.errors import NotAllowed, Refused, StoreUnavailable
from devices.message import Text
from devices.reading import SECOND

_TABLE, _BOOK = "device_page", "maintenance"
_HOURS = (1, 2, 4, 8, 24)
_MOST_WAITING = 30
Work = Literal["test", "calibration", "battery", "cleaning", "repair", "inspection"]


class _Bypass(msgspec.Struct, frozen=True):
    reason: str = ""
    hours: int = 2


class _Replace(msgspec.Struct, frozen=True):
    """``waiting``: the sender that hangs there now; else it is typed."""

    waiting: str = ""
    family: str = ""
    address: str = ""
    line: str = ""
    model: str = ""
    note: str = ""


class _Work(msgspec.Struct, frozen=True):
    action: Work = "test"
    result: Literal["passed", "failed"] = "passed"
    note: str = ""


class _Retire(msgspec.Struct, frozen=True):
    note: str = ""


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One form, ready to draw."""

    name: str
    title: str
    means: str
    fields: list[Field]
    hidden: dict[str, str]
    faults: Mapping[str, str]
    refused: str


_Do = Callable[[Asked, Device, Mapping[str, Any]], Awaitable[GoTo]]


async def _bypass(asked: Asked, device: Device, form: Mapping[str, Any]) -> GoTo:
    until = asked.gateway.site.now() + form["hours"] * 3_600 * SECOND
    what = {"devices": (device.id,), "reason": form["reason"], "until": until, "id": form["id"]}
    answer = await give(asked, "bypasses", **what)
    return GoTo(f"{path_of(device.id)}?{'waits' if answer.waits else 'done'}=bypass")


async def _replace(asked: Asked, device: Device, form: Mapping[str, Any]) -> GoTo:
    hardware = {name: form[name] for name in ("family", "address", "line", "model")}
    if form["waiting"]:
        try:
            chosen = msgspec.json.decode(form["waiting"], type=tuple[str, str, str, str])
        except msgspec.DecodeError as error:
            raise Refused(Text.of("form.look_below"), [(0, "waiting", Text.of("form.no_choice"))]) from error
        hardware = dict(zip(hardware, chosen, strict=True))
    if not hardware["address"]:
        raise Refused(Text.of("form.look_below"), [(0, "address", Text.of("form.wanting"))])
    what = {"device": device.id, **hardware, "note": form["note"], "id": form["id"]}
    answer = await give(asked, "devices/{device}/replace", **what)
    if answer.waits:
        return GoTo(f"{path_of(device.id)}?waits=replace")
    return GoTo(await commission(asked, device.id))


async def _work(asked: Asked, device: Device, form: Mapping[str, Any]) -> GoTo:
    """It moves the day on which the device is due again."""
    if not asked.person.may(Permission.RECORD):
        raise NotAllowed(Text.of("api.not_to_see", role=asked.person.role))
    name = asked.gateway.devices.device_name(device.id, asked.say.language)
    fields = {"equipment": name, "device": device.id, "person": asked.person.name}
    fields |= {part: form[part] for part in ("action", "result", "note") if form[part]}
    await asked.gateway.commands.submit(Recorded(device.area, _BOOK, asked.person.name, fields))
    return GoTo(f"{path_of(device.id)}?done=work")


async def _retire(asked: Asked, device: Device, form: Mapping[str, Any]) -> GoTo:
    what = {"device": device.id, "note": form["note"], "id": form["id"]}
    answer = await give(asked, "devices/{device}/retire", **what)
    return GoTo(f"{path_of(device.id)}?waits=retire" if answer.waits else "/console/devices")


_TASKS: Mapping[str, tuple[type[msgspec.Struct], _Do]] = {
    "bypass": (_Bypass, _bypass),
    "work": (_Work, _work),
    "replace": (_Replace, _replace),
    "retire": (_Retire, _retire),
}
_WORDS = {"work": "work.record"}
_MEANINGS = {"bypass": "bypass.means", "replace": "device.replace_means", "retire": "device.retire_means"}


def is_task(name: str) -> bool:
    return name in _TASKS


def title_of_task(asked: Asked, name: str) -> str:
    return asked.say(_WORDS.get(name, f"device.{name}"))


def tasks(
    asked: Asked, device: Device, sent: Given | None = None, faults: Mapping[str, str] = {}, refused: str = ""
) -> list[Task]:
    """Those of whoever serves devices; ``sent`` is what was typed into the one that was refused."""
    if not asked.person.may(Permission.SERVE_DEVICES):
        return []
    tried = (sent or {}).get("do", [""])[0]
    return [
        Task(
            name=name,
            title=title_of_task(asked, name),
            means=asked.say(_MEANINGS[name]) if name in _MEANINGS else "",
            fields=fields_of(form, _TABLE, asked.say, sets=_sets(asked, name), sent=_filled(device, name, tried, sent)),
            hidden={"do": name, "id": token_hex(8)},
            faults=faults if name == tried else {},
            refused=refused if name == tried else "",
        )
        for name, (form, _) in _TASKS.items()
    ]


def _filled(device: Device, name: str, tried: str, sent: Given | None) -> Given | None:
    if name == tried:
        return sent
    return {"family": [device.family], "line": [device.line]} if name == "replace" else None


def _sets(asked: Asked, name: str) -> Mapping[str, Choices]:
    say = asked.say
    if name == "replace":
        return {"waiting": [(_hardware(one), _called(asked, one)) for one in asked.board.waiting()[:_MOST_WAITING]]}
    return {
        "hours": [(str(hours), say("walk.hours", hours=hours)) for hours in _HOURS],
        "action": [(action, say(f"work.{action}")) for action in Work.__args__],  # type: ignore[attr-defined]
        "result": [(result, say(f"work.{result}")) for result in ("passed", "failed")],
    }


def _hardware(sender: Any) -> str:
    return msgspec.json.encode((sender.family, sender.address, sender.line, sender.guess_model)).decode()


def _called(asked: Asked, sender: Any) -> str:
    kind = kind_name(sender.guess_kind, asked.say)
    return f"{kind} {sender.guess_model} · {sender.family} {sender.line} {sender.address}"


async def perform(asked: Asked, device: Device, given: Given) -> GoTo | list[Task]:
    """Do what was sent, and where to go on; or the forms again, with what speaks against it beside its field.

    Raises NotAllowed for a role that may not serve devices.
    """
    if not asked.person.may(Permission.SERVE_DEVICES):
        raise NotAllowed(Text.of("api.not_to_see", role=asked.person.role))
    form, do = _TASKS.get(given.get("do", [""])[0], (None, None))
    if form is None or do is None:
        return tasks(asked, device)
    plain, faults = read(form, given, asked.gateway.site.time_zone())
    if faults:
        said = {name: asked.say.said(fault) for name, fault in faults.items()}
        return tasks(asked, device, given, said, asked.say.any("form.look_below"))
    try:
        typed = msgspec.to_builtins(msgspec.convert(plain, form))
        return await do(asked, device, {**typed, "id": given.get("id", [""])[0][:64]})
    except (Refused, NotAllowed, StoreUnavailable) as error:
        beside = {field: asked.say.said(text) for _, field, text in getattr(error, "faults", ()) if field}
        return tasks(asked, device, given, beside, asked.say.said(error))
