"""Whether a change takes a point of danger out of service: a fire, gas or hold-up point does not vanish by one hand.

Every road counts: retired, other hardware in its place, moved, described so that it is watched less. What only names
it, puts it on the plan or dates it is not asked about. docs/adr/0159.
"""

from collections.abc import Callable

from devices.device import Device
from devices.orders import Change
from devices.signals import base_name

IsDanger = Callable[[Device], bool]
"""Whether a device is a fire, gas or hold-up point, by what it is and by what its rules make of it."""


def taken(change: Change, is_danger: IsDanger) -> str:
    """What of a point of danger the change takes away, "" for nothing."""
    old = change.old
    if old is None or not is_danger(old) or change.action in ("reinstated", "commissioned"):
        return ""
    return lost(old, change.new if change.action != "retired" else None)


def lost(old: Device, new: Device | None) -> str:
    """What is not watched any more as it was."""
    if new is None:
        return "retired"
    if (old.family, old.address, old.line) != (new.family, new.address, new.line):
        return "replaced by other hardware"
    if old.area != new.area:
        return f"moved to {new.area}"
    found = []
    if {base_name(signal) for signal in old.signals} - {base_name(signal) for signal in new.signals}:
        found.append("fewer signals")
    if old.kind != new.kind:
        found.append(f"described as {new.kind or 'nothing'}")
    if old.interval_s is not None and (new.interval_s is None or new.interval_s > old.interval_s):
        found.append("a longer silence is allowed")
    if old.rename != new.rename:
        found.append("its signals are called otherwise")
    if old.tags != new.tags:
        found.append("other tags, by which rules choose")
    if old.restores and not new.restores:
        found.append("it is said to send no restore")
    return ", ".join(found)
