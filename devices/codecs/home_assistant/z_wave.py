"""What Z-Wave's notifications mean where zwave-js-ui announces them: their words are Z-Wave's own, and have no class.

A notification that knows two states comes as a binary sensor, of a class that is at times another thing's (the cover of
a smoke detector as ``opening``, the test of it as ``problem``); one that knows more comes as a sensor whose states are
texts such as ``Overheat detected``. Which it is, its ``unique_id`` says: node, command class, endpoint, what.

Source: zwave-js-ui, versions 1 to 9 (its ``Gateway``); the texts are those of zwave-js for Z-Wave's notifications. The
numbers are Z-Wave's (Notification Command Class, list of assigned notifications): 1 is an alarm at a known place, 2 at
an unknown one; an announcement may name only one of them.
"""

import re
from collections.abc import Mapping

import msgspec

from devices.errors import MalformedMessage
from devices.message import Text
from devices.payloads.signal_aliases import normal

_ID = re.compile(r"0x[0-9a-f]+_\d+-(113|156)-\d+-(.+)", re.IGNORECASE)
_WHERE = re.compile(r"\s*\(location provided\)$")


class Notification(msgspec.Struct, frozen=True):
    """Its signal, what its texts and numbers say of it; ``idle`` is its value while there is nothing to notify of."""

    signal: str
    texts: Mapping[str, bool]
    idle: bool = False
    numbers: Mapping[int, bool] = {}

    def by_number(self, text: str) -> bool | None:
        """What the number of a notification says, where its announcement names only one of several; None for none."""
        return self.numbers.get(int(text)) if text.isdecimal() and text.isascii() and len(text) <= 3 else None

    @property
    def named(self) -> str:
        """The signal, with an exclamation mark before it where a notification means that it is false."""
        return f"!{self.signal}" if self.idle else self.signal

    def read(self, text: str) -> tuple[tuple[str, bool], ...]:
        """Raises MalformedMessage for a text that is none of its own: it may be an alarm."""
        word = _WHERE.sub("", text.strip().casefold())
        if word not in self.texts and word not in ("idle", "0"):
            raise MalformedMessage(Text.of("home_assistant.no_z_wave", signal=self.signal, text=repr(text[:40])))
        return ((self.signal, self.texts.get(word, self.idle)),)


def _yes(signal: str, *texts: str, numbers: tuple[int, ...] = ()) -> Notification:
    return Notification(signal, dict.fromkeys(texts, True), numbers=dict.fromkeys(numbers, True))


_MAINTENANCE = _yes(
    "fault",
    "replacement required",
    "replacement required, end-of-life",
    "maintenance required, planned periodic inspection",
    "maintenance required, dust in device",
)
_NOTIFICATIONS = {
    "smoke_alarm_sensor_status": _yes("smoke", "smoke detected", numbers=(1, 2)),
    "smoke_alarm_alarm_status": Notification("test", {"smoke alarm test": True, "alarm silenced": False}),
    "smoke_alarm_maintenance_status": _MAINTENANCE,
    "smoke_alarm_periodic_inspection_status": _MAINTENANCE,
    "smoke_alarm_dust_in_device_status": _MAINTENANCE,
    "co_alarm_sensor_status": _yes("co_alarm", "carbon monoxide detected", numbers=(1, 2)),
    "co_alarm_trigger_status": Notification("test", {"carbon monoxide test": True}),
    "co_alarm_maintenance_status": _MAINTENANCE,
    "heat_alarm_heat_sensor_status": Notification(
        "heat",
        {
            **dict.fromkeys(("overheat detected", "rapid temperature rise"), True),
            **dict.fromkeys(("underheat detected", "under heat detected", "rapid temperature fall"), False),
        },
        numbers={1: True, 2: True, 3: True, 4: True, 5: False, 6: False},
    ),
    "heat_alarm_maintenance_status": _MAINTENANCE,
    "water_alarm_sensor_status": _yes("leak", "water leak detected", numbers=(1, 2)),
    "gas_alarm_combustible_gas_sensor_status": _yes("gas_alarm", "combustible gas detected", numbers=(1, 2)),
    "home_security_cover_status": _yes("tamper", "tampering, product cover removed"),
    "home_security_motion_sensor_status": _yes("motion", "motion detection"),
    "access_control_door_state": Notification(
        "door",
        {
            **dict.fromkeys(("window/door is open", "window/door is open in regular position"), True),
            "window/door is open in tilt position": True,
            "window/door is closed": False,
        },
    ),
    "access_control_lock_state": _yes("fault.lock", "lock jammed"),
    "power_management_mains_status": Notification(
        "mains", {"ac mains disconnected": False, "ac mains re-connected": True}, idle=True
    ),
    "power_management_battery_maintenance_status": _yes("battery_low", "replace battery soon", "replace battery now"),
    "system_hardware_status": _yes("fault", "system hardware failure", "system hardware failure (with failure code)"),
}
_ALARM_SENSORS = {"state_1": "smoke", "state_2": "co_alarm", "state_4": "heat", "state_5": "leak"}
"""The command class before notifications (Alarm Sensor): smoke, carbon monoxide, heat, water."""


def notification_of(unique_id: str) -> Notification | None:
    """What the entity of that id notifies of; None for one that is no notification, or none of ours."""
    found = _ID.search(unique_id)
    if found is None:
        return None
    what = normal(found[2])
    if found[1] == "113":
        return _NOTIFICATIONS.get(what)
    return Notification(_ALARM_SENSORS[what], {}) if what in _ALARM_SENSORS else None
