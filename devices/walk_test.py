"""One-man walk test: a person walks and triggers each detector once; which answered, and which did not."""

from typing import Literal

import msgspec

from devices.reading import Instant

Outcome = Literal["running", "finished", "expired", "interrupted"]


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
    """One walk test as it stands now; ``answers`` in the order in which they came."""

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

    @property
    def missing(self) -> tuple[str, ...]:
        """The devices that have not answered, in the order of the test."""
        answered = {answer.device for answer in self.answers}
        return tuple(device for device in self.devices if device not in answered)


class Tested(msgspec.Struct, frozen=True):
    """The newest answer of a device in any walk test: which test, and who walked."""

    answer: Answer
    test: str
    by: str
