"""A tile for each key area, readable across the room: its worst alert, what is open of each class, its armed mode.

The tiles stand in the order of the site file whatever happens: who knows where an area stands finds it there, and no
tile moves under a finger.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from urllib.parse import quote, urlencode

import msgspec

from alerts.alert import Alert
from api.auth import Permission
from api.console.alert_words import LETTERS
from api.console.asking import may_ask
from api.console.web_page import Asked
from api.ports import AreaView
from api.rule_views import suggested

AT = "/areas"
SET_MODE = "areas/{area}/mode"
"""The address at which a mode is set."""


class Tile(msgspec.Struct, frozen=True):
    """One area, ready to draw. ``priority`` 0: nothing is open; ``alert``: where the worst stands in the control room.

    ``unwatched``: how many kinds of danger no rule watches for there. ``switches``: (address, word) of each other mode.
    """

    id: str
    name: str
    mode: str
    facts: tuple[str, ...]
    priority: int = 0
    letter: str = ""
    is_new: bool = False
    state: str = ""
    alert: str = ""
    devices: str = ""
    plan: str = ""
    unwatched: int = 0
    rules: str = ""
    switches: tuple[tuple[str, str], ...] = ()


def tiles(asked: Asked) -> list[Tile]:
    """Every area."""
    open_: dict[str, list[Alert]] = {}
    for alert in asked.gateway.alerts.open_alerts():
        if alert.suppression is None:
            open_.setdefault(alert.area, []).append(alert)
    may_look = asked.person.may(Permission.LOOK)
    # It follows from what is installed and needs a look at every device: found once, the page keeps it.
    looks = may_look and not asked.is_again
    lacking = Counter(each.area for each in suggested(asked.gateway)) if looks else Counter[str]()
    may_switch = may_ask(asked, SET_MODE)
    return [
        _tile(asked, area, open_.get(area.id, ()), lacking[area.id], may_look, may_switch)
        for area in asked.gateway.areas.areas()
    ]


def _tile(
    asked: Asked, area: AreaView, alerts: Sequence[Alert], lacking: int, may_look: bool, may_switch: bool
) -> Tile:
    say = asked.say
    facts = [say("review.devices", count=area.devices)]
    if area.responsible:
        facts.append(say("review.responsible", name=area.responsible))
    tile = Tile(
        id=area.id,
        name=asked.gateway.areas.area_name(area.id, say.language),
        mode=f"{say('review.mode')}: {say('mode.' + area.mode)}" + delay(asked, area),
        facts=tuple(facts),
        state=counted(asked, alerts, area.set_aside),
        devices=f"/console/devices?{urlencode({'area': area.id})}" if may_look else "",
        plan=f"{AT}/{quote(area.id, safe='')}/plan" if may_look and area.has_plan else "",
        unwatched=lacking,
        rules=f"/console/rules?{urlencode({'area': area.id})}",
        switches=tuple(_switches(asked, area)) if may_switch else (),
    )
    if not alerts:
        return tile
    worst = alerts[0]
    return msgspec.structs.replace(
        tile,
        priority=worst.priority,
        letter=LETTERS[worst.priority],
        is_new=any(alert.acknowledged is None for alert in alerts if alert.priority == worst.priority),
        alert=f"/?{urlencode({'alert': worst.id})}",
    )


def counted(asked: Asked, alerts: Iterable[Alert], set_aside: int) -> str:
    """What is open of each class, the worst first, as alerts are ordered; what is set aside after it."""
    classes = Counter(alert.alert_class for alert in alerts)
    told = [f"{asked.say('class.' + name)} {count}" for name, count in classes.items()]
    told = told or [asked.say("review.nothing_here")]
    return " · ".join([*told, *([asked.say("aside.title", count=set_aside)] if set_aside else [])])


def delay(asked: Asked, area: AreaView) -> str:
    """People leave, or somebody has come in, and until when."""
    for key, until in (("review.entry_delay", area.entry_until), ("review.exit_delay", area.exit_until)):
        if until is not None:
            return f" · {asked.say(key, at=asked.clock(until))}"
    return ""


def _switches(asked: Asked, area: AreaView) -> Iterable[tuple[str, str]]:
    for mode in area.modes:
        if mode != area.mode:
            word = asked.say("review.switch", mode=asked.say("mode." + mode))
            yield f"{AT}/{quote(area.id, safe='')}/mode?{urlencode({'mode': mode})}", word
