"""What sensors say of a scan: who walks to a checkpoint opens doors, moves before detectors, shows a card, makes light.

A guard who photographed the tags scans them at a desk; the doors and detectors on the way know nothing of it. What they
contradict is marked for the manager, never hidden and never refused: a detector may be blind, too.
"""

from collections.abc import Iterable

from alerts.world import World
from devices.device import Device
from devices.reading import SECOND, Instant, Quality, Reading
from devices.signals import base_name
from workflows.patrols.plan import Checkpoint

NOTICES = ("door", "lock", "motion", "occupancy", "switch", "credential", "access")
"""Signals that tell of a person."""
_SLACK: Instant = 30 * SECOND
"""So much later a sensor by radio may tell what it saw before the scan."""
_NOT_SEEN = int(Quality.SNAPSHOT | Quality.DEDUCED)


def noticed(checkpoint: Checkpoint, done_at: Instant, within: Instant, world: World) -> tuple[str, ...]:
    """The sensors that noticed somebody before that scan, by their ids."""
    names = checkpoint.sensors or tuple(
        each.id for each in world.devices.values() if each.area == checkpoint.area and _signals(each)
    )
    every = sorted({*names, *checkpoint.passes})
    return tuple(name for name in every if any(_tells(each, done_at, within) for each in _heard(name, done_at, world)))


def silent(checkpoint: Checkpoint, done_at: Instant, within: Instant, world: World) -> tuple[str, ...]:
    """Those that nobody can pass unnoticed, and that noticed nobody though they were listened to all the while."""
    since = done_at - within
    found = []
    for name in checkpoint.passes:
        heard = _heard(name, done_at, world)
        is_known = any(each.received <= since for each in heard) and not world.outages(since)
        if is_known and not any(_tells(each, done_at, within) or _stands(each, heard, since) for each in heard):
            found.append(name)
    return tuple(found)


def _signals(device: Device) -> list[str]:
    return [signal for signal in device.signals if base_name(signal) in NOTICES]


def _heard(name: str, done_at: Instant, world: World) -> list[Reading]:
    device = world.devices.get(name)
    signals: Iterable[str] = _signals(device) if device is not None else ()
    span = world.now - done_at + 3_600 * SECOND
    return [each for signal in signals for each in world.recent(name, signal, span)]


def _tells(reading: Reading, done_at: Instant, within: Instant) -> bool:
    is_then = done_at - within <= reading.time <= done_at + _SLACK
    return is_then and bool(reading.value) and not reading.quality & _NOT_SEEN


def _stands(reading: Reading, heard: list[Reading], since: Instant) -> bool:
    """Whether it said so before, and has not said otherwise: a door that stands open is passed without a word."""
    newest = max(
        (each for each in heard if each.signal == reading.signal and each.time <= since), default=None, key=_at
    )
    return newest is reading and reading.value is True


def _at(reading: Reading) -> Instant:
    return reading.time
