"""The rules and devices that the timelines of what is set aside tell of."""

from msgspec.structs import replace

from devices.device import Device
from tests.alerts.timeline import device, rule

SMOKE = rule("state", name="smoke", signals=["smoke", "call_point"])
AREA = rule("state", name="area", signals=["smoke"], per="area")
TWO = rule("coincidence", name="two", signals=["smoke"], within_s=5)
DOOR = rule("state", name="door", alert_class="intrusion", signals=["door"])
FAULT = rule("state", name="fault", alert_class="fault", signals=["fault"])
LOST = rule("supervision", name="lost", alert_class="fault", interval_s=100)
LINE = rule("state", name="line", alert_class="fault", device_kinds=["gateway_line"], signals=["fault"])

A, B = device("a", kind="smoke_detector", signals=("smoke",)), device("b", kind="smoke_detector", signals=("smoke",))
HEAT = rule("state", name="heat", signals=["heat"])
M = device("m", kind="multi_detector", signals=("smoke", "heat"))
C = device("c", kind="smoke_detector", signals=("smoke",))
D = device("d", kind="door_contact", signals=("door",))
P = device("p", kind="call_point", signals=("call_point",))
FAR = device("far", "hall", kind="smoke_detector", signals=("smoke",))
COM = replace(device("line:com1", "gateway", kind="gateway_line", signals=("fault",)), family="gateway")


def on(line: str, name: str, interval_s: float | None = None) -> Device:
    return device(name, line=line, signals=("smoke",), kind="smoke_detector", interval_s=interval_s)
