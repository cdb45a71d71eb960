"""What became of each alert on its way to people's eyes and ears: when it was committed, and which page showed it when.

Written where it costs the alarm nothing: the pipeline's thread leaves what it has published in a heap, which is sorted
when a page reports or somebody asks. A page reports by its own link, at most once a second, only what is new to it
(console/static/shown.js). Kept in memory, of the newest alerts; who was told outside, and what a centre confirmed,
stands on the alert itself.
"""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from threading import Lock
from typing import Literal, TypeAlias

import msgspec
from msgspec.structs import replace

from alerts.alert import AlertEvent
from alerts.canary import CanaryRaised
from alerts.lifecycle import Action
from api.ports import Published
from devices.reading import Instant

MOST_ALERTS = 2_000
_MOST_HEAPED = 5_000
_MOST_SCREENS = 50
_LONGEST_AGO_MS = 10_000

How: TypeAlias = Literal["drawn", "listed"]
Sound: TypeAlias = Literal["tone", "silenced", "blocked", "none"]
Shown: TypeAlias = tuple[str, How, Sound, int]
"""As a page reports it: the alert's id; drawn in sight, or only in its list; what its sound did; how many ms ago."""


class OnScreen(msgspec.Struct, frozen=True):
    """One page had it at ``at``. ``sound``: ``tone`` began; ``none``: this page is not to sound for it."""

    account: str
    path: str
    at: Instant
    how: How
    sound: Sound


class Receipts(msgspec.Struct):
    """Of one alert. ``stored``: when it was committed and published, None if that is not known."""

    stored: Instant | None = None
    screens: dict[str, OnScreen] = {}


class AlarmReceipts:
    """``published`` is called by the pipeline's thread, all else from any."""

    def __init__(self, now: Callable[[], Instant] = lambda: 0) -> None:
        self._now = now
        self._heap: deque[tuple[Instant, Sequence[Published | AlertEvent]]] = deque(maxlen=_MOST_HEAPED)
        self._of: OrderedDict[str, Receipts] = OrderedDict()
        self._lock = Lock()

    def decided(self, steps: Sequence[AlertEvent]) -> None:
        """They are about to be committed, and are shown although that fails."""
        self._heap.append((0, steps))

    def published(self, events: Sequence[Published]) -> None:
        self._heap.append((self._now(), events))

    def settle(self) -> None:
        """Sort what has come since; now and then, so that no heap grows where nobody looks."""
        with self._lock:
            self._sort()

    def shown(self, page: str, account: str, path: str, what: Iterable[Shown], now: Instant) -> None:
        """A page's own word, about alerts that there are."""
        with self._lock:
            self._sort()
            for alert, how, sound, ago in what:
                receipts = self._of.get(alert)
                if receipts is None:  # of long ago, or made up
                    continue
                before = receipts.screens.get(page)
                if before is not None and before.sound == "none":  # its tone has begun since
                    receipts.screens[page] = replace(before, sound=sound)
                elif before is None and len(receipts.screens) < _MOST_SCREENS:
                    receipts.screens[page] = OnScreen(account, path, now - _ago(ago), how, sound)

    def of(self, alert: str) -> Receipts:
        """What is known of that alert; nothing of one that is long ago."""
        with self._lock:
            self._sort()
            found = self._of.get(alert)
            return Receipts(found.stored, dict(found.screens)) if found is not None else Receipts()

    def _sort(self) -> None:
        while self._heap:
            at, events = self._heap.popleft()
            for each in events:
                event = each.event if isinstance(each, Published) else each
                if isinstance(event, CanaryRaised) or (isinstance(event, AlertEvent) and event.action == Action.RAISED):
                    receipts = self._receipts(event.alert.id)
                    receipts.stored = receipts.stored or at or None

    def _receipts(self, alert: str) -> Receipts:
        found = self._of.get(alert)
        if found is None:
            found = self._of[alert] = Receipts()
            if len(self._of) > MOST_ALERTS:
                self._of.popitem(last=False)
        return found


def _ago(ms: int) -> Instant:
    """No page is believed to be of the future, or of long ago."""
    return min(max(0, ms), _LONGEST_AGO_MS) * 1_000_000
