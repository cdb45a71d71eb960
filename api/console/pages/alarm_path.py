"""The alarm path: link by link whether an alarm would get through, as the last checks found it."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import msgspec

from alerts.alarm_path import LINKS, Check, Link, PathState, Screen
from api.alarm_path_schemas import link_state
from api.auth import Permission
from api.console.web_page import Asked, Given, GoTo, Page
from devices.errors import StoreUnavailable
from devices.reading import Instant

_AT = "/console/alarm-path"
_MS, _US = 1_000_000, 1_000
_SHOWN = 10


class _Link(msgspec.Struct, frozen=True):
    """One link, ready to draw; ``proved``: in µs, for an age that the page counts."""

    name: str
    state: str
    said: str
    why: str
    proved: int | None
    times: str


def _show(asked: Asked) -> Mapping[str, Any]:
    path = asked.gateway.alarm_path
    state = path.state
    newest = state.checks[-1] if state.checks else None
    return {
        "links": [_link(asked, state, link) for link in LINKS],
        "screens": [_screen(asked, newest, each) for each in newest.screens] if newest is not None else [],
        "centres": _centres(asked),
        "checks": [_check(asked, each) for each in reversed(state.checks[-_SHOWN:])],
        "checked": newest.begun // _US if newest is not None else None,
        "every": asked.say.any("alarm_path_page.every", minutes=round(path.every_s / 60, 1)),
        "is_broken": bool(state.faults),
    }


def _link(asked: Asked, state: PathState, link: Link) -> _Link:
    say, how, times = asked.say, link_state(state, link), state.times(link)
    proved = state.proved.get(link)
    return _Link(
        name=say.any(f"alarm_path_page.link_{link}"),
        state=how,
        said=say.any(f"alarm_path_page.is_{how}"),
        why=say.said(state.faults[link]) if link in state.faults else "",
        proved=proved // _US if proved is not None else None,
        times=f"{_ms(times[0])} / {_ms(times[1])}" if times is not None else "–",
    )


def _screen(asked: Asked, check: Check, screen: Screen) -> str:
    say = asked.say
    if screen.shown is None:
        return say.any("alarm_path_page.screen_missing", account=screen.account, path=screen.path)
    sound = say.any(f"alarm_path_page.sound_{screen.sound}")
    took = _ms(screen.shown - check.begun)
    return say.any("alarm_path_page.screen", account=screen.account, path=screen.path, took=took, sound=sound)


def _centres(asked: Asked) -> list[str]:
    """Each way to a receiving centre, by its own supervision: a check never leaves the site."""
    say, found = asked.say, []
    with suppress(StoreUnavailable):
        for centre in asked.gateway.centres.centres():
            for way in centre.ways:
                state = say.any(f"alarm_path_page.way_{way.state}")
                heard = asked.second(way.heard_at) if way.heard_at is not None else "–"
                why = f" ({say.said(way.why)})" if way.why is not None else ""
                named = say.any("alarm_path_page.way", centre=centre.name, address=way.address, heard=heard)
                found.append(f"{named}{say.colon}{state}{why}")
    return found


def _check(asked: Asked, check: Check) -> str:
    came = [link for link in LINKS if check.uses(link)]
    told = [f"{asked.say.any(f'alarm_path_page.link_{link}')} {_ms(check.took(link))}" for link in came]
    return f"{asked.clock(check.begun)}  {' · '.join(told)}"


def _ms(took: Instant | None) -> str:
    return "✗" if took is None else f"{max(0, took) // _MS} ms"


async def _take(asked: Asked, given: Given) -> GoTo:
    if asked.person.may(Permission.CHECK_PATH):
        asked.gateway.alarm_path.check_now()
    return GoTo(_AT)


PAGES = (
    Page(
        path=_AT,
        permission=Permission.LOOK,
        title="alarm_path_page.title",
        template="alarm_path.html",
        place=("devices", 47),
        under="/console/devices",
        modules=("fresh.js",),
        show=_show,
        take=_take,
    ),
)
