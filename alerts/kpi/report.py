"""What is answered to whoever asks for figures: the span, its figures, the span before it, and what stands now."""

import msgspec

from alerts.kpi.figures import Figures
from alerts.kpi.spans import SpanOf
from devices.reading import Instant


class Stale(msgspec.Struct, frozen=True):
    """An alert whose cause stands for more than a day, by its rule and the device or area."""

    rule: str
    key: str
    since: Instant


class OnDay(msgspec.Struct, frozen=True):
    """One local day (ISO) of the span: how many alerts, and the seconds in flood."""

    day: str
    raised: int
    flood_s: int


class Report(msgspec.Struct, frozen=True):
    """``begins`` and ``ends`` of the span; ``known_since``: nothing was counted before; None: nothing was ever.

    ``is_assumed``: nobody is rostered for an operator position, so one is assumed. ``read`` of ``of`` steps are
    counted: less than all only while those of before are being read.
    """

    every: SpanOf
    back: int
    begins: Instant
    ends: Instant
    known_since: Instant | None
    figures: Figures
    before: Figures | None
    stale_now: tuple[Stale, ...]
    days: tuple[OnDay, ...]
    is_assumed: bool
    read: int
    of: int

    @property
    def is_whole(self) -> bool:
        return self.read >= self.of
