"""What a drill lets devices say: usual scenarios made of the devices of an area, or steps that whoever plans it writes.

``smoke``: one detector of the area, 30 s later a second one. ``call_point``, ``gas``, ``hold_up``: one point. What is
said to be on is off again by itself a while after the last of it, so that people can handle it to its end.
"""

from collections.abc import Sequence

from alerts.drill import MOST_STEPS, Scenario, Step
from alerts.drill_asks import Plan
from alerts.world import World
from devices.device import OWN_FAMILY, Device
from devices.errors import Refused
from devices.kinds import watched
from devices.message import Text
from devices.reading import Value
from devices.signals import SIGNALS, base_name

_SECOND_AFTER_S = 30.0
_LONGEST_S, _LONGEST_LINE = 3_600.0, 200
_WANTED: dict[Scenario, tuple[tuple[str, ...], int]] = {
    "smoke": (("smoke", "heat", "flame"), 2),
    "call_point": (("call_point",), 1),
    "gas": (("gas_alarm", "co_alarm"), 1),
    "hold_up": (("panic", "duress"), 1),
}
"""By scenario: flags, the most telling first, and of how many devices."""
_WORDS: dict[str, bool] = {"on": True, "true": True, "off": False, "false": False}


def steps_of(ask: Plan, world: World, clears_after_s: float) -> tuple[Step, ...]:
    """In their order, with what is off again at the end. Raises Refused for what cannot be said."""
    lines = [line for line in ask.steps if line.strip()]
    if ask.scenario != "own":
        if lines:
            raise Refused(Text.of("drills.steps_of_own"))
        return _cleared(_usual(ask.scenario, ask.area, world), clears_after_s)
    if not lines:
        raise Refused(Text.of("drills.no_steps"))
    if len(lines) > MOST_STEPS:
        raise Refused(Text.of("drills.most_steps", most=MOST_STEPS))
    steps = [_read(line, world) for line in lines]
    strange = [step.device for step in steps if world.devices[step.device].area != ask.area]
    if strange:  # who may act in this area alone makes nothing alarm, and nothing sound, in another
        raise Refused(Text.of("drills.elsewhere", devices=tuple(dict.fromkeys(strange)), area=ask.area[:32]))
    return _cleared(sorted(steps, key=lambda step: step.after_s), clears_after_s)


def _usual(scenario: Scenario, area: str, world: World) -> list[Step]:
    wanted, most = _WANTED[scenario]
    here = [device for device in world.devices.values() if device.area == area and device.family != OWN_FAMILY]
    able = [(device.id, signal) for device in here if (signal := _flag_of(device, wanted))]
    if not able:
        raise Refused(Text.of("drills.nobody_says", signals=wanted))
    return [Step(_SECOND_AFTER_S * number, device, signal, True) for number, (device, signal) in enumerate(able[:most])]


def _flag_of(device: Device, wanted: Sequence[str]) -> str:
    """The signal of that device that says so; "" if it has none."""
    own = device.signals or tuple(watched(device.kind, ()))
    return next((signal for name in wanted for signal in own if base_name(signal) == name), "")


def _read(line: str, world: World) -> Step:
    """``30 smoke-2 smoke``, ``45 heat-1 temperature 80``. Raises Refused."""
    said, text = line.split(), line[:60]
    if not 3 <= len(said) <= 4 or len(line) > _LONGEST_LINE:
        raise Refused(Text.of("drills.not_a_step", line=text))
    after, device_id, signal, word = (*said, "on")[:4]
    try:
        after_s = float(after)
    except ValueError:
        raise Refused(Text.of("drills.not_a_step", line=text)) from None
    if not 0 <= after_s <= _LONGEST_S:
        raise Refused(Text.of("drills.not_a_step", line=text))
    device = world.devices.get(device_id)
    if device is None or device.family == OWN_FAMILY:
        raise Refused(Text.of("drills.no_device", device=device_id[:32]))
    if base_name(signal) not in SIGNALS or (device.signals and signal not in device.signals):
        raise Refused(Text.of("drills.no_signal", device=device_id[:32], signal=signal[:32]))
    return Step(after_s, device_id, signal, _value(signal, word, text))


def _value(signal: str, word: str, line: str) -> Value:
    kind = SIGNALS[base_name(signal)].python_type
    if kind is bool and word.lower() in _WORDS:
        return _WORDS[word.lower()]
    if kind is str:
        return word
    try:
        number = float(word)
    except ValueError:
        raise Refused(Text.of("drills.not_a_step", line=line)) from None
    if kind is bool or not abs(number) < 1e9:
        raise Refused(Text.of("drills.not_a_step", line=line))
    return number


def _cleared(steps: Sequence[Step], clears_after_s: float) -> tuple[Step, ...]:
    """With an end for each flag that was left on."""
    left: dict[tuple[str, str], None] = {}
    for step in steps:
        if step.value is True:
            left[step.device, step.signal] = None
        else:
            left.pop((step.device, step.signal), None)
    end = (steps[-1].after_s if steps else 0) + clears_after_s
    return (*steps, *(Step(end, device, signal, False) for device, signal in left))
