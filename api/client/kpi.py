"""The figures of alarm management of a span."""

import msgspec

from api.client.caller import Caller


class Measure(msgspec.Struct, frozen=True):
    """``value`` against ``target``, the most that it should be; ``verdict``: good, over, few (not enough data)."""

    name: str
    title: str
    value: float
    unit: str
    target: float
    verdict: str
    before: float | None


class Priority(msgspec.Struct, frozen=True):
    """``rank`` 0 high, 1 medium, 2 low; shares 0 to 1."""

    rank: int
    raised: int
    share: float
    configured: int
    configured_share: float
    target: float
    verdict: str
    configured_verdict: str


class Share(msgspec.Struct, frozen=True):
    """Which share within so many seconds."""

    seconds: int
    share: float
    target: float | None


class Response(msgspec.Struct, frozen=True):
    """How soon alerts of a class were answered, or somebody was there; ``of`` "" is all. Seconds."""

    of: str
    count: int
    median: float
    p95: float
    within: tuple[Share, ...]
    verdict: str


class FalseShare(msgspec.Struct, frozen=True):
    """``not_real`` of those that people ``judged``, of a rule, device or area."""

    of: str
    title: str
    judged: int
    not_real: int
    share: float


class Worst(msgspec.Struct, frozen=True):
    """A rule, and the device or area that it raised so many alerts for; ``cures``: what to do about it."""

    rule: str
    key: str
    title: str
    name: str
    raised: int
    share: float
    chattered: int
    stale: int
    set_aside: int
    judged: int
    not_real: int
    cures: tuple[str, ...]


class Stale(msgspec.Struct, frozen=True):
    """What stands for more than a day now."""

    rule: str
    key: str
    since: str


class OnDay(msgspec.Struct, frozen=True):
    """One local day."""

    day: str
    raised: int
    flood_s: int


class Kpi(msgspec.Struct, frozen=True):
    """All figures; ``counted`` of ``of`` steps are, less only while what was before is still being counted."""

    span: str
    back: int
    begins: str
    ends: str
    known_since: str | None
    counted: int
    of: int
    operators: float
    is_assumed: bool
    raised: int
    set_aside: int
    judged: int
    not_real: int
    measures: tuple[Measure, ...]
    priorities: tuple[Priority, ...]
    answered: tuple[Response, ...]
    on_scene: tuple[Response, ...]
    false_rules: tuple[FalseShare, ...]
    false_keys: tuple[FalseShare, ...]
    worst: tuple[Worst, ...]
    stale_now: tuple[Stale, ...]
    days: tuple[OnDay, ...]


class KpiCalls:
    """``client.kpi``"""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def of(self, span: str = "week", back: int = 0) -> Kpi:
        """Of the span (shift, day, week, month, quarter, year) that goes on, or so many before."""
        return self._caller.get("/api/kpi", Kpi, span=span, back=back)

    def file(self, span: str = "week", back: int = 0) -> str:
        """The same as CSV."""
        content = self._caller.send("GET", "/api/kpi/file", None, "", span=span, back=back).content
        return content.decode("utf-8-sig")
