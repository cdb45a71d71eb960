"""What an alert is about in the words of a receiving centre: from its class, what told it, and whether it is silent."""

from collections.abc import Mapping, Sequence

from alerts.alert import Alert, AlertClass
from devices.centre import Condition
from devices.reading import Reading
from devices.signals import base_name

CONDITIONS: Mapping[AlertClass, tuple[Condition, Mapping[str, Condition]]] = {
    AlertClass.FIRE: (
        "fire",
        {
            "smoke": "smoke",
            "smoke_density": "smoke",
            "heat": "heat",
            "temperature": "heat",
            "flame": "flame",
            "call_point": "call_point",
            "water_flow": "water_flow",
        },
    ),
    AlertClass.HOLD_UP: ("hold_up", {"duress": "duress"}),
    AlertClass.GAS: ("gas", {"co_alarm": "co", "co": "co"}),
    AlertClass.INTRUSION: (
        "intrusion",
        {
            **dict.fromkeys(("door", "lock", "glass_break", "vibration"), "perimeter"),
            **dict.fromkeys(("motion", "occupancy"), "interior"),
        },
    ),
    AlertClass.ACCESS: ("access", {"door": "forced_door"}),
    AlertClass.TAMPER: ("tamper", {}),
    AlertClass.SUPERVISORY: ("supervisory", {"leak": "leak"}),
    AlertClass.FAULT: (
        "fault",
        {"battery_low": "battery_low", "battery": "battery_low", "mains": "mains", "external_power": "mains"},
    ),
}
"""By class: what it is about, more exactly where a signal says so. Duties and information concern nobody outside."""
USUAL = frozenset(CONDITIONS) - {AlertClass.ACCESS}
"""What is forwarded where nobody says: a door that was forced is told as that, who was denied entry concerns nobody."""

_LOST = "supervision"
"""In which catalogue it stands that a device has fallen silent: nothing was read that could say so."""


def conditions_of(alert_class: AlertClass) -> frozenset[Condition]:
    """Everything that an alert of that class may be about."""
    plain, exact = CONDITIONS.get(alert_class, ("fault", {}))
    more: Sequence[Condition] = ()
    if alert_class is AlertClass.HOLD_UP:
        more = ("silent_hold_up",)
    if alert_class is AlertClass.FAULT:
        more = ("lost", "gateway", "transmission")
    return frozenset((plain, *exact.values(), *more)) if alert_class in CONDITIONS else frozenset()


def condition_of(alert: Alert, causes: Sequence[Reading]) -> Condition:
    """Of an alert of one of these classes, as far as these readings tell it."""
    plain, exact = CONDITIONS[alert.alert_class]
    told = next((exact[name] for cause in causes if (name := base_name(cause.signal)) in exact), plain)
    if alert.alert_class is AlertClass.HOLD_UP and alert.silent and told != "duress":
        return "silent_hold_up"
    if alert.alert_class is AlertClass.FAULT and not causes and alert.words.key.startswith(f"{_LOST}."):
        return "lost"
    return told
