"""How long a device may be silent before it is lost: as it is set, as its own rhythm has taught, or as the rule says.

Theory of operation. Whoever hears a device keeps no more than its longest pause since somebody looked last; a look
comes every ten minutes at most. So a burst of words teaches nothing: it has no pauses. Of the pauses of the last
sixteen looks the longest fifth is left out, and three times what remains is the interval: two words may be missed.
A device that falls silent at times (a door at night) gets more: a quarter above the pause that it has kept three times
within a week. A pause that it kept once or twice is a loss and no rhythm. Whatever it teaches, no device is given
more than its class may have.

A word costs no timer and no row: each watch has one timer, at the deadline after some earlier word, and is set anew
when it falls due. Looks are made twice a second, all that are due then: 0.4 % of a core for 10,000 devices instead of
3.7 %, and 0.15 µs for a reading that only supervision cares about. Rhythm and interval live in the rule's memory,
stored when the interval moves by a tenth, so a restart knows it.

Mean and deviation of gaps would be shortened by a burst; a histogram of all gaps would cost, and bursts outweigh
pauses. The price: a device that is truly lost three times a week for an hour is given 75 minutes, and a slower one than
the rule is reported lost until three of its pauses are known. The limits of 4 and 25 hours are ours; the 25 hours are
Zigbee2MQTT's.
"""

from collections.abc import Iterable
from math import ceil

import msgspec

from devices.device import Device
from devices.reading import SECOND, Instant

FIRE_KINDS = frozenset({"smoke_detector", "heat_detector", "flame_detector", "multi_detector", "call_point"})
"""Kinds of device whose loss must be known within LONGEST_FIRE_S."""
RADIO_TAG = "radio"
"""A battery radio sensor that cannot report so often; `keyarea check` names each, so that nobody overlooks it."""
LONGEST_FIRE_S = 100
"""EN 54-2 clause 8 and GB 4717: a fault of a fire device is shown within 100 s."""
LONGEST_GUARD_S = 4 * 3600
LONGEST_S = 25 * 3600
"""Zigbee2MQTT waits as long for a battery device before it calls it offline (availability, passive timeout)."""
SHORTEST_S = 60
"""Nothing is learnt to be lost sooner: a radio or a broker that connects anew takes up to a minute."""

LOOK_EVERY: Instant = 600 * SECOND
TOGETHER: Instant = SECOND // 2
"""Looks are made together, twice a second: each by itself would wake the gateway, and store what it taught alone."""
_GUARD_KINDS = frozenset(
    {
        *("gas_detector", "co_detector", "panic_button", "flow_switch", "leak_detector", "door_contact", "lock"),
        *("reader", "glass_break_detector", "motion_detector", "vibration_detector"),
    }
)
_LOOKS, _FEWEST = 16, 3
_KEPT_SHARE, _MISSED = 0.8, 3
_LONGEST_KEPT, _TIMES, _WEEK, _SLACK = 8, 3, 7, 1.25
_DAY: Instant = 86_400 * SECOND
_MOVED = 0.1
"""An interval in force follows what was learnt when that differs by so much: it does not flutter."""

Span = tuple[Instant, Instant]


class Rhythm(msgspec.Struct, frozen=True):
    """``pauses``: the longest of each of the last looks, newest last; ``longest``: (pause, day) of a week. Seconds."""

    pauses: tuple[float, ...] = ()
    longest: tuple[tuple[float, int], ...] = ()

    def after(self, pause: Instant, now: Instant) -> "Rhythm":
        """The rhythm with one more look, at which the longest pause was ``pause`` nanoseconds."""
        pause_s, today = round(pause / SECOND, 1), now // _DAY
        kept = [entry for entry in self.longest if entry[1] > today - _WEEK]
        longest = tuple(sorted([*kept, (pause_s, today)], reverse=True)[:_LONGEST_KEPT])
        return Rhythm((*self.pauses, pause_s)[-_LOOKS:], longest)

    @property
    def is_known(self) -> bool:
        return len(self.pauses) >= _FEWEST

    def interval_s(self) -> float | None:
        """The silence after which such a device is lost; None while too little is known."""
        if not self.is_known:
            return None
        count = len(self.pauses)
        usual = sorted(self.pauses)[ceil(_KEPT_SHARE * count) - 1]
        repeated = self.longest[_TIMES - 1][0] if len(self.longest) >= _TIMES else 0.0
        return max(_MISSED * usual, _SLACK * repeated)


def longest_s(device: Device) -> float:
    """What the class of a device allows its rhythm to teach, in seconds."""
    if RADIO_TAG in device.tags:
        return LONGEST_S
    if device.kind in FIRE_KINDS:
        return LONGEST_FIRE_S
    return LONGEST_GUARD_S if device.kind in _GUARD_KINDS else LONGEST_S


def learnt_s(rhythm: Rhythm, device: Device, before_s: float | None) -> float | None:
    """The interval that is in force after this rhythm; ``before_s`` was until now."""
    taught = rhythm.interval_s()
    if taught is None:
        return before_s
    allowed = round(min(max(taught, SHORTEST_S), longest_s(device)), 1)
    return before_s if before_s is not None and abs(allowed - before_s) <= _MOVED * before_s else allowed


def next_look(due: Instant, now: Instant) -> Instant:
    """When to look again at a device whose silence is a loss when it is ``due``."""
    at = min(due, now + LOOK_EVERY)
    return at + -at % TOGETHER


def listened(runs: Iterable[Span], since: Instant) -> Instant:
    """For how long a gateway listened after ``since``, of these runs of it; nanoseconds."""
    return sum(max(0, until - max(start, since)) for start, until in runs)


def deadline(interval: Instant, heard: Instant, begun: Instant, runs: Iterable[Span]) -> Instant:
    """When a silence is a loss. ``heard``: the last word; ``begun``: since when this run waits for it.

    A start gives a device its whole interval anew, because its word may have come while nobody listened; but that
    once: two intervals of listened silence are a loss, however often the gateway was started in between. More than two
    were never waited for (it would have been reported): those of a device that was not installed then.
    """
    if heard >= begun:
        return heard + interval
    silent = listened(runs, heard)
    left = 2 * interval - silent
    return begun + (min(interval, left) if left > 0 else interval)
