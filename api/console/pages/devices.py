"""Every device, the worst first: found by area, kind, state or a word; on a phone as cards."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi.concurrency import run_in_threadpool

from api.auth import Permission
from api.console.device_cards import ANY_MARK, Wanted, card, fits, wanted_of
from api.console.kinds import kind_choices
from api.console.web_page import Again, Asked, Given, GoTo, Page
from api.device_rank import MARKS, DeviceRow
from devices.errors import NotAllowed
from devices.message import Text

_AT = "/console/devices"
_SHOWN = 100
_MOST_LABELS = 240
"""On the sheets of one file."""


def _choices(asked: Asked) -> dict[str, dict[str, str]]:
    """What can be chosen in each filter, and what it is called."""
    say, gateway = asked.say, asked.gateway
    areas = {view.id: gateway.areas.area_name(view.id, say.language) for view in gateway.areas.areas()}
    kinds = kind_choices(say, *(row.device.kind for row in asked.board.rows()))
    return {
        "area": {"": say("review.all_areas")} | areas,
        "kind": kinds | {"": say("device.all_kinds")},
        "state": {"": say("device.all_states"), ANY_MARK: say("device.any_mark")}
        | {mark: say(f"mark.{mark}") for mark in MARKS},
    }


def _found(asked: Asked, wanted: Wanted) -> list[DeviceRow]:
    return [row for row in asked.board.rows() if fits(row, wanted)]


def _show(asked: Asked) -> Mapping[str, Any]:
    say, choices = asked.say, _choices(asked)
    wanted = wanted_of(asked.query, choices)
    found, every = _found(asked, wanted), len(asked.board.rows())
    count = say("device.count", found=len(found), all=every)
    return {
        "wanted": wanted,
        "choices": choices,
        "labels": {"area": say("column.area"), "kind": say("device.kind"), "state": say("column.state")},
        "cards": [card(row, asked.gateway, say) for row in found[:_SHOWN]],
        "count": count if len(found) <= _SHOWN else count + say("device.count_more", count=_SHOWN),
        "nothing": "" if found else say("device.list_nothing_fits" if every else "device.list_none"),
        "serves": asked.person.may(Permission.SERVE_DEVICES),
        "too_many": say("device.labels_many", count=_MOST_LABELS) if len(found) > _MOST_LABELS else "",
    }


async def _print_labels(asked: Asked, given: Given) -> GoTo | Again:
    """The label sheets of what is listed now."""
    if not asked.person.may(Permission.SERVE_DEVICES):
        raise NotAllowed(Text.of("api.not_to_see", role=asked.person.role))

    def listed() -> list[tuple[str, str]]:
        return [("id", row.device.id) for row in _found(asked, wanted_of(asked.query, _choices(asked)))]

    found = await run_in_threadpool(listed)
    if not 0 < len(found) <= _MOST_LABELS:
        return Again({})
    return GoTo(f"/api/device-labels?{urlencode(found)}")


PAGES = (
    Page(
        path=_AT,
        permission=Permission.LOOK,
        title="console.technician",
        template="devices.html",
        place=("main", 30),
        modules=("fresh.js", "filter.js"),
        show=_show,
        take=_print_labels,
    ),
)
