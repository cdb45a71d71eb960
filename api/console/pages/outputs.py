"""Every output: whether it is on, why and by whom, silenced, stopped or disobedient; what starts it, and orders."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from alerts.linkage import INPUTS
from alerts.output import Output
from alerts.output_event import SilenceOutputs
from alerts.output_rule import OutputState
from api.auth import Permission
from api.console.web_page import Again, Asked, Given, GoTo, Page
from devices.errors import NotAllowed, Refused, StoreUnavailable
from devices.message import Name, Text
from devices.output_orders import AUDIBLE

_AT, _FORMS = "/console/outputs", "/console/workflows/output_order"


class _Row(msgspec.Struct, frozen=True):
    """One output, ready to draw. ``how``: a word for its colour; ``area``: of its device, where it can be silenced.

    ``acts``: (address, word) of what this person may do with it.
    """

    id: str
    path: str
    name: str
    what: str
    place: str
    how: str
    state: str
    since: str
    why: list[str]
    starts: list[str]
    is_short: bool
    sounds: bool
    area: str
    acts: list[tuple[str, str]]


def _show(asked: Asked, refused: str = "") -> Mapping[str, Any]:
    tables: dict[tuple[str, str], list[OutputState]] = {}
    for state in asked.gateway.outputs.outputs():
        tables.setdefault((state.device, state.output.key), []).append(state)
    several = [device for device, _ in tables]
    rows = [_row(asked, states, several.count(device) > 1) for (device, _), states in tables.items()]
    rows.sort(key=lambda row: (row.how == "off" and not row.is_short, row.place, row.name))
    may = asked.person.may(Permission.HANDLE_ALERTS)
    return {"outputs": rows, "may_act": may, "any_sounds": may and any(row.sounds for row in rows), "refused": refused}


def _row(asked: Asked, states: list[OutputState], of_several: bool) -> _Row:
    say, state = asked.say, states[0]
    device = next((each for each in asked.gateway.devices.devices() if each.id == state.device), None)
    area = device.area if device is not None else ""
    how = _how(state)
    ordered = state.ordered
    output = state.output
    named = {"device": state.device} | ({"output": output.key} if of_several else {})
    what = [say.said(Text.of(f"output.{output.what}"))]
    if output.starts:
        what.append(say.said(Text.of(f"starts.{output.starts}")))
    left = state.inputs_left
    if output.what == "voice":
        what.append(f"“{output.value}”")
    return _Row(
        id=f"{state.device}-{output.key}".replace(":", "-"),
        path=f"/console/devices/{quote(state.device, safe='')}",
        name=asked.gateway.devices.device_name(state.device, say.language),
        what=" · ".join([*what, *([output.channel] if output.channel else [])]),
        place=asked.gateway.areas.area_name(area, say.language) if area else "",
        how=how,
        state=say.any(f"outputs_page.{how}"),
        since=asked.clock(ordered.order.at, day=True) if ordered is not None else "",
        why=_why(asked, state, how),
        starts=[_starts(asked, each.output) for each in states] + _inputs(asked, state),
        is_short=left is not None and left < INPUTS,
        sounds=output.what in AUDIBLE and state.is_on and not state.is_silenced,
        area=area,
        acts=_acts(asked, state, named),
    )


def _how(state: OutputState) -> str:
    if state.ordered is not None and state.ordered.state == "failed":
        return "failed"
    if state.is_silenced:
        return "silenced"
    if state.stopped_by:
        return "stopped"
    if state.is_on and state.ordered is not None:
        return "on" if state.ordered.state == "acted" else "waiting"
    return "off"


def _why(asked: Asked, state: OutputState, how: str) -> list[str]:
    """What it was ordered for, by whom it was silenced or stopped, and why it can't be."""
    say, told = asked.say, []
    if how == "silenced":
        told.append(say.any("outputs_page.silenced_by", who=state.silenced_by or "–"))
    if how == "stopped":
        told.append(say.any("outputs_page.stopped_by", who=state.stopped_by))
    ordered = state.ordered
    if ordered is not None and (state.is_on or how != "off"):
        told.append(say.said(_with_area_name(asked, ordered.order.reason)))
        if ordered.order.attempt > 1:
            told.append(say.any("outputs_page.attempts", count=ordered.order.attempt))
        if ordered.why is not None:
            told.append(say.said(ordered.why))
        if ordered.order.origin != "real":
            told.append(say.any("outputs_page.not_real"))
    told += [
        say.any("outputs_page.held", why=say.said(order.reason))
        for order in state.standing
        if not order.stops and (ordered is None or order.id != ordered.order.id or not state.is_on)
    ]
    return told


def _with_area_name(asked: Asked, reason: Text) -> Text:
    """An order tells its area by the id; people know it by its name."""
    area = reason.params.get("area")
    if not isinstance(area, str):
        return reason
    areas = asked.gateway.areas
    return Text(reason.key, {**reason.params, "area": Name(areas.area_name(area, "en"), areas.area_name(area, "zh"))})


def _starts(asked: Asked, output: Output) -> str:
    say = asked.say
    classes = ", ".join(say.said(Text.of(f"output_class.{each.value}")) for each in output.classes)
    areas = ", ".join(asked.gateway.areas.area_name(area, say.language) for area in output.areas)
    rules = ", ".join(asked.gateway.rules.rule_words(rule, say.language)[0] or rule for rule in output.rules)
    return " · ".join(part for part in (classes, rules, areas) if part)


def _inputs(asked: Asked, state: OutputState) -> list[str]:
    left = state.inputs_left
    if left is None:
        return []
    if left >= INPUTS:
        return [asked.say.any("outputs_page.two_inputs", count=left)]
    by_one = left == 1 and state.output.when_short == "one_input"
    return [asked.say.any("outputs_page.by_one" if by_one else "outputs_page.by_hand")]


def _acts(asked: Asked, state: OutputState, named: Mapping[str, str]) -> list[tuple[str, str]]:
    if not asked.person.may(Permission.HANDLE_ALERTS):
        return []
    mine = [order for order in state.standing if not order.stops and order.holder.startswith("output_order ")]
    acts = [
        (_form(ask="end", case=order.holder.partition(" ")[2]), asked.say.any("outputs_page.take_back"))
        for order in mine
    ]
    if not mine:
        acts.append((_form(ask="switch_on", **named), asked.say.any("outputs_page.switch_on")))
    if state.is_on:
        acts.append((_form(ask="stop", **named), asked.say.any("outputs_page.stop")))
    return acts


def _form(**query: str) -> str:
    return f"{_FORMS}?{urlencode(query)}"


async def _take(asked: Asked, given: Given) -> GoTo | Again:
    """Silence, in an area or everywhere."""
    try:
        if not asked.person.may(Permission.HANDLE_ALERTS):
            raise NotAllowed(Text.of("api.not_yours", role=asked.person.role, permission="handle_alerts"))
        area = given.get("area", [""])[0][:100]
        await asked.gateway.commands.submit(SilenceOutputs(asked.person.name, area))
    except (NotAllowed, Refused, StoreUnavailable) as error:
        return Again(_show(asked, asked.say.said(error)))
    return GoTo(_AT)


PAGES = (
    Page(
        path=_AT,
        permission=Permission.LOOK,
        title="outputs_page.title",
        template="outputs.html",
        place=("devices", 35),
        under="/console/devices",
        modules=("fresh.js",),
        show=_show,
        take=_take,
    ),
)
