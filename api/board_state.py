"""How the gateway stands, beside its alerts: what every page of the console says in its bar. Keys and values only."""

from collections.abc import Sequence
from typing import Any

import msgspec

from alerts.drill import Drill
from alerts.output_rule import OutputState
from api.board_rows import Both
from api.drills import running_drills
from api.held_devices import running_tests
from api.ports import Gateway
from api.screens import Screens
from devices.message import At, Name, Text
from devices.output_orders import AUDIBLE
from devices.walk_test import WalkTest

_MS = 1_000_000
_MOST_NAMED = 5
_encode = msgspec.json.Encoder().encode


class BoardState:
    """Asked by the board once a second: it costs a look at every device."""

    def __init__(self, gateway: Gateway, screens: Screens) -> None:
        self._gateway, self._screens = gateway, screens

    def encoded(self) -> bytes:
        """All of it, but for what moves with every reading."""
        gateway, now = self._gateway, self._gateway.site.now()
        health = gateway.health.health()
        outputs = [state for state in gateway.outputs.outputs() if _is_shown(state) and not self._is_secret(state)]
        told: dict[str, Any] = {
            "faults": health.faults,
            "flooded": gateway.live.flood(now, with_silent=False),
            "flooded_all": gateway.live.flood(now, with_silent=True),
            "devices": health.devices,
            "lost": health.devices_lost,
            "waiting": gateway.senders.waiting(),
            "drills": [self._drill(drill) for drill in running_drills(gateway)],
            "walks": [self._walk(test) for test in running_tests(gateway)],
            "outputs": {"words": self._switched_on(outputs), "sounds": _sounds(outputs)},
            "mute": [{"account": page.account, "path": page.path} for page in self._screens.mute(now)],
        }
        return _encode(told)

    def pulse(self) -> bytes:
        """That this lives, how late it is, and when a device was last heard."""
        newest = self._gateway.health.newest_reading()
        return _encode({"now": self._gateway.site.now() // _MS, "newest": None if newest is None else newest // _MS})

    def _drill(self, drill: Drill) -> Text:
        area_name = self._gateway.areas.area_name
        return Text.of(
            "drill_banner.paused" if drill.stage == "paused" else "drill_banner.runs",
            area=Name(area_name(drill.area, "en"), area_name(drill.area, "zh")),
            purpose=drill.purpose,
            until=At(drill.ends_at or 0),
        )

    def _walk(self, test: WalkTest) -> dict[str, Any]:
        area_name = self._gateway.areas.area_name
        return {
            "area": Both(area_name(test.area, "en"), area_name(test.area, "zh")) if test.area else None,
            "by": test.by,
            "started": test.started // _MS,
            "answered": len(test.answers),
            "all": len(test.devices),
        }

    def _switched_on(self, shown: Sequence[OutputState]) -> Text | None:
        """Which siren sounds, which does not obey, which was silenced or stopped. That is no reset (EN 54-2)."""
        if not shown:
            return None
        said = [self._said(state) for state in shown[:_MOST_NAMED]]
        more = [Text.of("output_strip.more", count=len(shown) - _MOST_NAMED)] if len(shown) > _MOST_NAMED else []
        return Text.of("output_strip.all", parts=(*said, *more))

    def _is_secret(self, state: OutputState) -> bool:
        """What a silent alarm switched, a relay or a lock: the strip is the same on every screen."""
        alert = self._gateway.live.open_alert(state.ordered.order.alert) if state.ordered is not None else None
        return alert is not None and alert.silent

    def _said(self, state: OutputState) -> Text:
        device_name = self._gateway.devices.device_name
        name = Name(device_name(state.device, "en"), device_name(state.device, "zh"))
        if state.stopped_by:
            return Text.of("output_strip.stopped", device=name, by=state.stopped_by)
        how = "silenced" if state.is_silenced else "failed" if _has_failed(state) else "on" if state.is_on else "off"
        return Text.of(f"output_strip.{how}", device=name)


def _has_failed(state: OutputState) -> bool:
    return state.ordered is not None and state.ordered.state == "failed"


def _is_shown(state: OutputState) -> bool:
    is_held_off = state.is_silenced or bool(state.stopped_by)
    return state.ordered is not None and (is_held_off or _has_failed(state) or state.is_on)


def _sounds(states: Sequence[OutputState]) -> bool:
    return any(state.output.what in AUDIBLE and not state.is_silenced and state.is_on for state in states)
