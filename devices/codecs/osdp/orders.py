"""What a reader is told: its light, its buzzer, its outputs."""

from devices.bus_orders import ReaderOrder
from devices.output_orders import OutputOrder, refused

_LONGEST_TENTHS = 255
_COLOURS = frozenset({"green", "red", "amber", "off"})
_LIGHTS = {
    **dict.fromkeys(("disarmed", "maintenance"), "green"),
    **dict.fromkeys(("exit_delay", "entry_delay"), "amber"),
}
"""By what a keypad shows; whatever else an area's mode is called, it is armed."""
_ANSWER_TENTHS = 20
_BEEP_TENTHS = 4
"""Two on, two off."""


def _shown(mode: str) -> ReaderOrder:
    """The light that says a keypad's word (devices/output_orders.py)."""
    if mode in ("invalid_code", "not_ready"):
        return ReaderOrder("led", colour="amber", tenths=_ANSWER_TENTHS)
    return ReaderOrder("led", colour=_LIGHTS.get(mode, "red"))


def reader_order(order: OutputOrder) -> ReaderOrder:
    """The order as a reader takes it. Raises Refused."""
    tenths = min(round(order.duration_s * 10) or _LONGEST_TENTHS, _LONGEST_TENTHS)
    match order.what:
        case "keypad":
            return _shown(str(order.value))
        case "led":
            colour = order.value if isinstance(order.value, str) else "red" if order.value else "off"
            if colour in _COLOURS:
                return ReaderOrder("led", colour=colour, tenths=1 if colour == "off" else tenths)
        case "buzzer" | "siren" if order.value is True:
            return ReaderOrder("buzzer", count=max(1, tenths // _BEEP_TENTHS))
        case "buzzer" | "siren" if order.value is False:
            return ReaderOrder("buzzer")
        case "relay" | "lock" | "strobe" if type(order.value) is bool and (order.channel or "0").isdecimal():
            lasts = min(round(order.duration_s * 10), _LONGEST_TENTHS)
            return ReaderOrder("output", number=int(order.channel or "0"), is_on=order.value, tenths=lasts)
    raise refused("no_such_output", order)
