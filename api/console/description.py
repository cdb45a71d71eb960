"""What a technician says of a device, as a form: what stands in it, and what an ask is told of what was sent.

An emptied field says "nothing", so the form is a struct of its own and not that of the ask, where what is left out
stays. Numbers may have a comma; a place on the plan is given in percent, by a touch or by the keys.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import msgspec

from api.console.forms import Choices, Field, fields_of, read
from api.console.kinds import kind_choices
from api.console.signals import signal_label
from api.console.web_page import Asked, Given
from devices.device import Device
from devices.errors import Refused
from devices.message import Text
from devices.signals import SIGNALS

TABLE = "description"
_FIRST = ("area", "name", "name_zh", "kind", "wiring")
_NUMBERS = ("x", "y", "interval_s", "test_every_days", "calibrate_every_days")
_WRONG = {
    "area": "area_wanting",
    "device": "device_wanting",
    "x": "no_share",
    "y": "no_share",
    "interval_s": "no_seconds",
    "test_every_days": "no_days",
    "calibrate_every_days": "no_days",
    "installed": "no_day",
}
_CALLED = {"id": "device", "position": "x", "rename": "wiring"}
"""Fields of a device that the form calls otherwise."""


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """``device``: its id. ``wiring``: ``its signal = ours``, parted by commas. ``x``, ``y``: percent of the plan."""

    area: str
    name: str = ""
    name_zh: str = ""
    kind: str = ""
    wiring: str = ""
    device: str
    interval_s: float | None = None
    signals: tuple[str, ...] = ()
    tags: str = ""
    installed: date | None = None
    test_every_days: int | None = None
    calibrate_every_days: int | None = None
    restores: bool = True
    x: float | None = None
    y: float | None = None
    note: str = ""


class Form(msgspec.Struct, frozen=True):
    """Ready to draw: what most devices need, the place on the plan, the rest behind a fold that ``is_open`` opens."""

    first: list[Field]
    place: list[Field]
    more: list[Field]
    note: list[Field]
    faults: Mapping[str, str]
    refused: str
    is_open: bool


def form(asked: Asked, sent: Given, faults: Mapping[str, str], refused: str, *, new: bool) -> Form:
    """The form with what was ``sent``; the id of a device that is not ``new`` is not asked for."""
    say, gateway = asked.say, asked.gateway
    chosen = sent.get("signals", [])
    sets: dict[str, Choices] = {
        "area": [(area.id, gateway.areas.area_name(area.id, say.language)) for area in gateway.areas.areas()],
        "kind": [choice for choice in kind_choices(say, *sent.get("kind", [])).items() if choice[0]],
        "signals": [(name, signal_label(name, say)) for name in dict.fromkeys((*chosen, *SIGNALS))],
    }
    without = () if new else ("device",)
    fields = {field.name: field for field in fields_of(Description, TABLE, say, without=without, sets=sets, sent=sent)}
    behind = [name for name in fields if name not in (*_FIRST, "x", "y", "note")]
    return Form(
        first=[fields[name] for name in _FIRST],
        place=[fields["x"], fields["y"]],
        more=[fields[name] for name in behind],
        note=[fields["note"]],
        faults=faults,
        refused=refused,
        is_open=any(name in faults for name in behind),
    )


def given(device: Device) -> Given:
    """What stands in the form of that device."""
    x, y = device.position if device.position is not None else (None, None)
    said = {
        "area": device.area,
        "name": device.name,
        "name_zh": device.name_zh,
        "kind": device.kind,
        "wiring": ", ".join(f"{theirs} = {ours}" for theirs, ours in device.rename.items()),
        "device": device.id,
        "interval_s": _shown(device.interval_s),
        "tags": ", ".join(device.tags),
        "installed": str(device.installed or ""),
        "test_every_days": _shown(device.test_every_days),
        "calibrate_every_days": _shown(device.calibrate_every_days),
        "restores": "yes" if device.restores else "",
        "x": _shown(round(x * 100, 2)) if x is not None else "",
        "y": _shown(round(y * 100, 2)) if y is not None else "",
    }
    return {**{name: [value] for name, value in said.items() if value}, "signals": list(device.signals)}


def taken(sent: Given, zone: str) -> tuple[dict[str, Any], dict[str, Text]]:
    """The fields of an ask about the device, and what is wrong with which field of the form."""
    plain = {name: [_with_a_point(v) for v in values] if name in _NUMBERS else values for name, values in sent.items()}
    values, wrong = read(Description, plain, zone)
    faults = {name: Text.of(f"{TABLE}.{_WRONG[name]}") if name in _WRONG else why for name, why in wrong.items()}
    said = {**msgspec.structs.asdict(Description(area="", device="")), **values}
    wiring = [part.partition("=") for part in _parts(said.pop("wiring"))]
    said["rename"] = {theirs.strip(): ours.strip() for theirs, _, ours in wiring}
    if not all(theirs.strip() and ours.strip() for theirs, _, ours in wiring):
        faults["wiring"] = Text.of(f"{TABLE}.no_wiring")
    place = (said.pop("x"), said.pop("y"))
    for name, share in zip(("x", "y"), place, strict=True):
        if share is not None and not 0 <= share <= 100:
            faults[name] = Text.of(f"{TABLE}.no_share")
    said["position"] = None if None in place else tuple(round(share / 100, 4) for share in place)
    if (place[0] is None) != (place[1] is None) and not {"x", "y"} & faults.keys():
        faults["x" if place[0] is None else "y"] = Text.of(f"{TABLE}.no_share")
    said["tags"] = tuple(_parts(said["tags"]))
    return said, faults


def beside(asked: Asked, refused: Refused, names: Iterable[str]) -> tuple[dict[str, str], str]:
    """What was refused beside its field of those ``names``, and what has no field there."""
    known, said, rest = set(names), dict[str, str](), []
    for _, column, problem in refused.faults or ((0, "", refused.text),):
        name, text = _CALLED.get(column, column), asked.say.said(problem)
        if name in known:
            said[name] = f"{said[name]}; {text}" if name in said else text
        else:
            rest.append(f"{column}: {text}" if column else text)
    return said, "; ".join(rest) or asked.say.any(f"{TABLE}.look_at_fields")


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.replace("，", ",").split(",") if part.strip()]


def _with_a_point(number: str) -> str:
    return number.replace("，", ".").replace(",", ".")


def _shown(number: float | None) -> str:
    return "" if number is None else f"{number:g}"
