"""Gas sensors at a place of work: which there are, and what of their word is a test of the air.

The values of a sensor that the permit names are tests: it hangs where people work. One somewhere else in the area says
nothing of the air inside, but its alarm, or a value that nobody may work at, stops the work all the same.
"""

from collections.abc import Mapping

from alerts.heard import Spoken
from alerts.permit_asks import GradedPermit
from alerts.permit_gas import ALARMS, SIGNAL_OF, GasTest, Limits
from alerts.workflow import World
from devices.device import Device
from devices.reading import Instant, Quality
from devices.signals import base_name

_GAS_OF = {signal: gas for gas, signal in SIGNAL_OF.items()}
GAS_SIGNALS = frozenset({*_GAS_OF, *ALARMS})
"""What of a device's word a permit keeps."""
_NO_TEST = int(Quality.SNAPSHOT | Quality.CLOCK_SUSPECT | Quality.SUSPECT | Quality.DEDUCED | Quality.STORED)
"""Nobody knows when that was measured, or whether."""


def gas_sensors(world: World) -> Mapping[str, Device]:
    """Every device that measures gas or alarms at it, by id."""
    return {name: device for name, device in world.devices.items() if GAS_SIGNALS & {*map(base_name, device.signals)}}


def tells_alarm(event: Spoken) -> str | None:
    """The flag of an alarm that is up."""
    return next(
        (each.signal for each in event.readings if each.value is True and base_name(each.signal) in ALARMS), None
    )


def values_of(permit: GradedPermit, event: Spoken, limits: Limits, every: Instant, now: Instant) -> tuple[GasTest, ...]:
    """What is to be written down: each so often, and at once when it passes a limit, or is within it again."""
    found: dict[tuple[str, str], GasTest] = {}
    for each in event.readings:
        gas = _GAS_OF.get(base_name(each.signal))
        if gas is None or not isinstance(each.value, int | float) or each.quality & _NO_TEST:
            continue
        channel = each.signal.partition(".")[2]
        point = f"{event.device} {channel}" if channel else event.device
        found[gas, point] = GasTest(min(each.received, now), point, float(each.value), "", gas)
    last = {(test.gas, test.point): test for test in permit.gas}
    tests = []
    for key, test in found.items():
        limit, before = limits.get(test.gas), last.get(key)
        is_good = limit is None or limit.fits(test.value)
        was_good = before is None or limit is None or limit.fits(before.value)
        is_time = event.device in permit.devices and (before is None or test.at - before.at >= every)
        if is_time or is_good != was_good:
            tests.append(test)
    return tuple(tests)
