"""One-man walk test: a person walks and triggers each detector once; which answered, and which did not.

A trigger is a change, seen live: what was up when the test began, and what a device says of itself after it was away,
tick nothing. When two detectors of danger to life are triggered within a few seconds, that was no one person.
"""

from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec
from msgspec.structs import replace

from devices.detector_trigger import guards_life, is_same_quantity, is_trigger, tells_danger
from devices.device import Device
from devices.message import At, Text
from devices.reading import SECOND, Instant, Quality, Reading
from devices.signals import SIGNALS, base_name

DEFAULT: Instant = 7_200 * SECOND
"""How long a test runs if nobody says how long."""
LONGEST: Instant = 28_800 * SECOND
"""A shift."""
WINDOW: Instant = 90 * SECOND
"""How long after its trigger a detector may still be in alarm by the test, if nobody says how long (docs/adr/0106)."""
SHORTEST_WINDOW: Instant = 30 * SECOND
LONGEST_WINDOW: Instant = 180 * SECOND
"""As long as positive alarm sequence leaves a person to look (NFPA 72)."""
SETTLED: Instant = 30 * SECOND
"""A detector that was clear for this long is through with its test: what it tells then is told by something else."""
TOGETHER: Instant = 5 * SECOND
"""Two detectors triggered within this time were not triggered by one person."""

Outcome = Literal["running", "finished", "expired", "interrupted"]
_SNAPSHOT = int(Quality.SNAPSHOT)


class Answer(msgspec.Struct, frozen=True):
    """The first live trigger of a device in a test: ``at`` by our clock, ``time`` by its own.

    ``clear``: since when its signal has been down, if it is.
    """

    device: str
    signal: str
    at: Instant
    time: Instant
    clear: Instant | None = None

    @property
    def delay(self) -> Instant:
        """How long the word was on its way, as far as its source tells its time."""
        return max(0, self.at - self.time)

    def told_until(self, window: Instant) -> Instant:
        """What its device says later than that is said by something else than the test."""
        standing = self.at + window
        return standing if self.clear is None else min(standing, self.clear + SETTLED)


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
    note: str | Text = ""
    up: frozenset[tuple[str, str]] = frozenset()
    reminded: Instant | None = None
    window: Instant = WINDOW

    @property
    def missing(self) -> tuple[str, ...]:
        """The devices that have not answered, in the order of the test."""
        answered = {answer.device for answer in self.answers}
        return tuple(device for device in self.devices if device not in answered)

    def explains_until(self, answer: Answer, told: Instant) -> Instant:
        """Until when the test explains an alarm for which the device gave the reason at ``told``.

        Once the device is clear, what it told before may still count for a rule over several: for a while, because a
        figure of the same quantity may be up though its flag is down.
        """
        last = answer.told_until(self.window)
        if answer.clear is None:
            return min(self.until, last)
        return min(self.until, told + LONGEST_WINDOW) if told < last else told

    def answer_of(self, device: str) -> Answer | None:
        return next((answer for answer in self.answers if answer.device == device), None)


class AnswerShown(msgspec.Struct, frozen=True):
    """The first live trigger of a device; ``delay_s``: how long it was on its way."""

    device: str
    signal: str
    at: At
    delay_s: float
    clear: At | None


class Report(msgspec.Struct, frozen=True):
    """A test as programs read it, while it runs and when it has ended."""

    devices: tuple[str, ...]
    started: At
    until: At
    window_s: int
    outcome: str
    ended: At | None
    ended_by: str
    note: str | Text
    answers: tuple[AnswerShown, ...]
    missing: tuple[str, ...]


class Tested(msgspec.Struct, frozen=True):
    """When a device answered last, in which test, and who walked."""

    signal: str
    delay_s: float
    clear: At | None
    test: str
    walked_by: str


def report(test: WalkTest) -> Report:
    """How it stands."""
    return Report(
        devices=test.devices,
        started=At(test.started),
        until=At(test.until),
        window_s=test.window // SECOND,
        outcome=test.outcome,
        ended=_at(test.ended),
        ended_by=test.ended_by,
        note=test.note,
        answers=tuple(
            AnswerShown(each.device, each.signal, At(each.at), each.delay / SECOND, _at(each.clear))
            for each in test.answers
        ),
        missing=tuple(test.missing),
    )


def _at(instant: Instant | None) -> At | None:
    return At(instant) if instant is not None else None


def heard(test: WalkTest, device: Device, reading: Reading, first: dict[str, float]) -> WalkTest:
    """The test after a reading of one of its devices; the very same object if it tells nothing new."""
    place = (reading.device, reading.signal)
    answer = test.answer_of(device.id)
    if answer is not None and answer.signal == reading.signal and isinstance(reading.value, bool):
        return _settling(test, answer, reading)
    if reading.value is False:
        return replace(test, up=test.up - {place}) if place in test.up else test
    if place in test.up:
        return test
    if reading.quality & _SNAPSHOT:
        return replace(test, up=test.up | {place}) if reading.value is True else test
    if answer is not None or not is_trigger(device, reading, first):
        return test
    if guards_life(device) and not tells_danger(reading.signal):
        return test
    answer = Answer(device.id, reading.signal, reading.received, reading.time)
    return replace(test, answers=(*test.answers, answer))


def is_up(answer: Answer) -> bool:
    """Whether it still tells of a danger, as far as a flag says so: somebody may have to reset it."""
    is_flag = SIGNALS[base_name(answer.signal)].python_type is bool
    return answer.clear is None and is_flag and tells_danger(answer.signal)


def is_contradicted(test: WalkTest, causes: Iterable[Reading]) -> bool:
    """Whether one of its detectors tells of a second quantity: smoke and heat at once are made by no test gas."""
    answers = ((test.answer_of(cause.device), cause.signal) for cause in causes)
    return any(answer is not None and not is_same_quantity(answer.signal, signal) for answer, signal in answers)


def _settling(test: WalkTest, answer: Answer, reading: Reading) -> WalkTest:
    """Its signal again: down, or up; one that came down for good stays so, whatever it tells later."""
    has_settled = answer.clear is not None and reading.received - answer.clear >= SETTLED
    if has_settled or (reading.value is False) == (answer.clear is not None):
        return test
    after = replace(answer, clear=reading.received if reading.value is False else None)
    return replace(test, answers=tuple(after if each is answer else each for each in test.answers))


def triggered_together(newest: Answer, others: Iterable[Answer], devices: Mapping[str, Device]) -> frozenset[str]:
    """The newest answer and those before it, of detectors of danger to life, if they came too close for one person."""
    near = {other.device for other in others if newest.at - other.at < TOGETHER} | {newest.device}
    close = frozenset(name for name in near if name in devices and guards_life(devices[name]))
    return close if newest.device in close and len(close) > 1 else frozenset()
