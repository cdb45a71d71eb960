"""``access_denied``: somebody is refused at a door ``count`` times within ``within_s`` seconds (GB 50396).

Somebody tries cards or codes that are not his. With ``count = 1`` and ``reasons`` a single refusal counts, for
instance ``passback`` (a card that is inside already is shown outside). With ``results = ["granted"]`` and a schedule
the rule tells of whoever is let in at a time when nobody has business there. Duress is no refusal: the door opens, and
a rule of the kind ``state`` about ``duress`` tells of it silently. Refusals at one reader that few people use are
mostly forgotten cards: three in a minute is a usual limit, and what it costs in false alerts is not measured.

Protects against whoever tries cards or codes that are not his, and cards that are used where they cannot be.

Standard: GB 50396 (refusals are recorded and told); it names no number.

Costs: forgotten and worn cards: three refusals in a minute at one reader are told and are mostly harmless. Who tries
one card an hour is missed.

Not known: how many false alerts a site of a thousand cards has with the default; it is not measured.

[[rules]]
kind = "access_denied"
name = "lab-refused"
alert_class = "access"
priority = 3
areas = ["lab"]
count = 3
within_s = 60
procedure = "1. Look at the camera. 2. Ask who it is."
"""

from collections.abc import Mapping
from typing import ClassVar, Literal

from msgspec.structs import replace

from alerts.event import Event, Tick
from alerts.parted import listed
from alerts.rule import Breach, Direction, Memory, Rule, check_seconds
from devices.message import Duration, Text
from devices.reading import SECOND, Instant, Quality, Reading
from devices.signals import base_name

_MOST = 100
_SNAPSHOT = int(Quality.SNAPSHOT)
Result = Literal["denied", "granted"]


class Refusals(Memory, frozen=True):
    """``newest``: the newest ``count`` of them, oldest first, each with the time at which it was heard."""

    newest: tuple[tuple[Instant, Reading], ...] = ()


class AccessDeniedRule(Rule[Refusals], frozen=True, kw_only=True, tag="access_denied"):
    """It ends ``within_s`` seconds after the last of them.

    ``count``: how many
    ``within_s``: seconds within which they count together
    ``reasons``: only those whose reason holds one of these words; none given: any
    ``results``: what counts: ``denied``, ``granted``
    """

    sooner: ClassVar[Mapping[str, Direction]] = {
        "areas": "wider",
        "devices": "wider",
        "device_kinds": "wider",
        "tags": "wider",
        "count": "less",
        "within_s": "more",
        "results": "wider",
    }

    count: int = 3
    within_s: float = 60
    reasons: tuple[str, ...] = ()
    results: tuple[Result, ...] = ("denied",)

    def __post_init__(self) -> None:
        if not 1 <= self.count <= _MOST:
            raise ValueError(f"count must be from 1 to {_MOST}")
        if not self.results:
            raise ValueError("results must name denied, granted or both")
        check_seconds("within_s", self.within_s, least=1)

    def watched_signals(self) -> tuple[str, ...]:
        return ("access",)

    def longest_delay_s(self) -> float:
        """None: with the last of them it is told."""
        return 0

    def start(self) -> Refusals:
        return Refusals()

    def knows(self, memory: Refusals, reading: Reading) -> bool:
        """It happens at its moment, whatever stood before."""
        return True

    def step(self, memory: Refusals, event: Event, now: Instant) -> Refusals:
        counts = isinstance(event, Reading) and self._counts(event)
        if not counts and not isinstance(event, Tick):
            return memory
        newest = tuple(one for one in memory.newest if now - one[0] < int(self.within_s * SECOND))
        if isinstance(event, Reading):
            newest = (*newest, (now, event))[-self.count :]
        causes = tuple(reading for _, reading in newest)
        breach = memory.breach if newest else None
        if len(causes) == self.count and isinstance(event, Reading):
            breach = Breach(now, self._told(causes), causes)
        wake_at = newest[-1][0] + int(self.within_s * SECOND) if newest else None
        changed = replace(memory, breach=breach, wake_at=wake_at, newest=newest)
        return memory if changed == memory else changed

    def _counts(self, reading: Reading) -> bool:
        if base_name(reading.signal) != "access" or not isinstance(reading.value, str) or reading.quality & _SNAPSHOT:
            return False
        result, _, reason = reading.value.partition(":")
        return result.strip() in self.results and (
            not self.reasons or any(word.casefold() in reason.casefold() for word in self.reasons)
        )

    def _told(self, causes: tuple[Reading, ...]) -> Text:
        devices = listed(dict.fromkeys(cause.device for cause in causes), 0)
        said = listed(dict.fromkeys(str(cause.value) for cause in causes), 0)
        result = "denied" if any(str(cause.value).startswith("denied") for cause in causes) else "granted"
        if self.count == 1:
            return Text.of(f"access_denied.{result}", devices=devices, said=said)
        within = Duration(self.within_s)
        return Text.of(f"access_denied.{result}_often", devices=devices, said=said, count=self.count, within=within)


KIND = AccessDeniedRule
