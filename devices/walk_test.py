"""One-man walk test: a person walks and triggers each detector once; which answered, and which did not.

A trigger is a change, seen live: what was up when the test began, and what a device says of itself after it was away,
tick nothing. When two detectors of danger to life are triggered within a few seconds, that was no one person.
"""

from collections.abc import Iterable
from typing import Literal

import msgspec
from msgspec.structs import replace

from devices.device import Device
from devices.reading import SECOND, Instant, Quality, Reading
from devices.trigger import guards_life, is_trigger

DEFAULT: Instant = 7_200 * SECOND
"""How long a test runs if nobody says how long."""
LONGEST: Instant = 28_800 * SECOND
"""A shift."""
WINDOW: Instant = 180 * SECOND
"""How long after its trigger a detector may still be in alarm by the test; docs/adr/0106 says why."""
TOGETHER: Instant = 5 * SECOND
"""Two detectors triggered within this time were not triggered by one person."""

Outcome = Literal["running", "finished", "expired", "interrupted"]
_SNAPSHOT = int(Quality.SNAPSHOT)


class Answer(msgspec.Struct, frozen=True):
    """The first live trigger of a device in a test: ``at`` by our clock, ``time`` by its own."""

    device: str
    signal: str
    at: Instant
    time: Instant

    @property
    def delay(self) -> Instant:
        """How long the word was on its way, as far as its source tells its time."""
        return max(0, self.at - self.time)


class WalkTest(msgspec.Struct, frozen=True):
    """One walk test as it stands now; ``answers`` in the order in which they came.

    ``up``: (device, signal) that were up already and must come down first. ``reminded``: its end was told to be near.
    """

    id: str
    area: str
    devices: tuple[str, ...]
    by: str
    started: Instant
    until: Instant
    answers: tuple[Answer, ...] = ()
    outcome: Outcome = "running"
    ended: Instant | None = None
    ended_by: str = ""
    note: str = ""
    up: frozenset[tuple[str, str]] = frozenset()
    reminded: Instant | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """The devices that have not answered, in the order of the test."""
        answered = {answer.device for answer in self.answers}
        return tuple(device for device in self.devices if device not in answered)

    def answer_of(self, device: str) -> Answer | None:
        return next((answer for answer in self.answers if answer.device == device), None)


class Tested(msgspec.Struct, frozen=True):
    """The newest answer of a device in any walk test: which test, and who walked."""

    answer: Answer
    test: str
    by: str


def heard(test: WalkTest, device: Device, reading: Reading, first: dict[str, float]) -> WalkTest:
    """The test after a reading of one of its devices; the very same object if it tells nothing new."""
    place = (reading.device, reading.signal)
    if reading.value is False:
        return replace(test, up=test.up - {place}) if place in test.up else test
    if place in test.up:
        return test
    if reading.quality & _SNAPSHOT:
        return replace(test, up=test.up | {place}) if reading.value is True else test
    if test.answer_of(device.id) is not None or not is_trigger(device, reading, first):
        return test
    answer = Answer(device.id, reading.signal, reading.received, reading.time)
    return replace(test, answers=(*test.answers, answer))


def triggered_together(test: WalkTest, devices: Iterable[Device]) -> frozenset[str]:
    """The newest answer and those before it, of detectors of danger to life, if they came too close for one person."""
    deadly = {device.id for device in devices if guards_life(device)}
    newest = test.answers[-1]
    close = {answer.device for answer in test.answers if newest.at - answer.at < TOGETHER} & deadly
    return frozenset(close) if newest.device in close and len(close) > 1 else frozenset()
