"""One device: how it stands, what it says, curves, alerts, its history; the page that its label opens."""

from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException

from api.auth import Permission
from api.console import device_facts
from api.console.device_cards import marks, micros, path_of
from api.console.device_curves import AGAIN_MS, SPANS
from api.console.device_plan import Dot, plan_of
from api.console.device_tasks import is_task, perform, tasks, title_of_task
from api.console.kinds import kind_name
from api.console.web_page import Again, Asked, Given, GoTo, Page
from api.device_rank import DeviceRow
from devices.installed import hardware_of


def _show(asked: Asked) -> Mapping[str, Any]:
    wanted = asked.wanted["device_id"]
    row = asked.board.row(wanted)
    if row is not None and asked.is_again:
        return _live(asked, row)
    history = asked.gateway.devices.device_history(wanted)
    if row is None and not history:
        raise HTTPException(404)
    areas = {row.device.area} if row is not None else {change.area for change in history if change.area}
    past = {
        "history": device_facts.changes(asked, history),
        "alerts": device_facts.alerts(asked, wanted, sorted(areas)),
    }
    if row is None:
        return {**past, "device": None, "gone": asked.say("device.none", device=wanted[:64])}
    return {**past, **_live(asked, row), **_at_rest(asked, row)}


def _live(asked: Asked, row: DeviceRow) -> dict[str, Any]:
    """What changes while one looks."""
    say, device = asked.say, row.device
    area = asked.gateway.areas.area_name(device.area, say.language)
    return {
        "device": device,
        "name": asked.gateway.devices.device_name(device.id, say.language),
        "where": " · ".join(part for part in (area, kind_name(device.kind, say), device.id) if part),
        "hardware": str(hardware_of(device)),
        "marks": marks(row, say) or [("well", say("mark.well"))],
        "heard": micros(asked.gateway.devices.last_heard(device.id)),
        "bypass": device_facts.bypass_of(asked, device.id),
        "values": device_facts.values(asked, device.id),
    }


def _at_rest(asked: Asked, row: DeviceRow) -> dict[str, Any]:
    """As it stands when the page is opened."""
    device, query = row.device, asked.query
    span = query.get("span", "") if query.get("span", "") in SPANS else next(iter(SPANS))
    return {
        "path": path_of(device.id),
        "serves": asked.person.may(Permission.SERVE_DEVICES),
        "tasks": tasks(asked, device),
        "tried": "",
        "told": _told(asked),
        "upkeep": device_facts.upkeep(asked, device),
        "span": span,
        "spans": {each: asked.say(f"device.span_{each}") for each in SPANS},
        "every": AGAIN_MS[span],
        "plan": plan_of(asked, device.area, device.id) if device.position is not None else None,
        "here": Dot.at(device.position, "") if device.position is not None else None,
    }


_WAITS = {"bypass": "bypass.waits"}


def _told(asked: Asked) -> str:
    """What came of the form that was sent."""
    say, waits, done = asked.say, asked.query.get("waits"), asked.query.get("done", "")
    if waits is not None:
        return say.any(_WAITS.get(waits, "workflow.takes_second"))
    if done == "work":
        return say("work.done")
    return f"{title_of_task(asked, done)} ✓" if is_task(done) else ""


async def _take(asked: Asked, given: Given) -> GoTo | Again:
    row = asked.board.row(asked.wanted["device_id"])
    if row is None:
        raise HTTPException(404)
    done = await perform(asked, row.device, given)
    return done if isinstance(done, GoTo) else Again({"tasks": done, "tried": given.get("do", [""])[0], "told": ""})


PAGES = (
    Page(
        path="/console/devices/{device_id}",
        permission=Permission.LOOK,
        title="console.device_list",
        template="device.html",
        under="/console/devices",
        modules=("fresh.js", "chart.js"),
        show=_show,
        take=_take,
    ),
)
