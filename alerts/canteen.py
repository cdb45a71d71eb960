"""What is kept of a canteen: meals with their samples, suppliers with their licences, who was checked this morning.

Days are of the site's own calendar; ``kept_until`` and its like are instants.
"""

from datetime import date, timedelta
from typing import Literal, TypeAlias

import msgspec

from alerts.case import Case
from alerts.cold_record import HOUR, Proof
from devices.reading import Instant

Dining: TypeAlias = Literal["breakfast", "lunch", "dinner", "night"]
LEAST_G = 125.0
KEPT_FOR: Instant = 48 * HOUR
"""Of each dish of each meal, in a fridge: practice rules for catering of 2018, 7.9 (食品留样)."""


class Leg(msgspec.Struct, frozen=True):
    """From then on it stood in that fridge (the device that measures there), at that ``place`` in it."""

    fridge: str
    since: Instant
    place: str = ""


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """A sample of one dish. ``legs``: where it stood, oldest first; ``condition``: how it looked, if not as it should.

    ``proof``: what the fridges' records say of its 48 h, once these are over. ``destroyed_at``, ``destroyed_by``: when
    it was thrown away.
    """

    number: str
    dish: str
    grams: float
    kept_at: Instant
    kept_until: Instant
    by: str
    legs: tuple[Leg, ...]
    condition: str = ""
    proof: Proof | None = None
    destroyed_at: Instant | None = None
    destroyed_by: str = ""

    @property
    def may_go(self) -> bool:
        """Whether its time is over and it is still there."""
        return self.proof is not None and self.destroyed_at is None


class Meal(Case, frozen=True, kw_only=True):
    """A meal of one day. ``dishes`` of its menu; ``served_at``: when it is served; ``samples``: oldest first.

    ``due_at``: by when a sample of each dish must be kept; ``is_missing``: it was told that one is not; ``ends_at``:
    what was not kept until then is waited for no more.
    """

    day: date
    meal: Dining
    served_at: Instant
    due_at: Instant
    ends_at: Instant
    dishes: tuple[str, ...]
    samples: tuple[Sample, ...] = ()
    is_missing: bool = False

    @property
    def without_sample(self) -> tuple[str, ...]:
        kept = {sample.dish for sample in self.samples}
        return tuple(dish for dish in self.dishes if dish not in kept)


AHEAD = timedelta(days=30)


class Delivered(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery, as far as people look at it today: the rest stands in the book, ``until`` that day."""

    at: Instant
    product: str
    amount: str
    is_refused: bool
    until: date
    by: str


class Supplier(Case, frozen=True, kw_only=True):
    """Whoever delivers. ``food_licence`` (食品经营许可证), ``business_licence`` (营业执照): numbers.

    ``food_until``, ``business_until``: their last day; None for a business licence without one. ``told``: how it stood
    when that was told last. ``delivered``: the newest deliveries.
    """

    name: str
    address: str
    phone: str
    food_licence: str
    food_until: date
    business_licence: str
    business_until: date | None = None
    contact: str = ""
    told: str = ""
    delivered: tuple[Delivered, ...] = ()

    @property
    def until(self) -> date:
        """The last day on which both count."""
        return min(self.food_until, self.business_until or date.max)

    def state(self, day: date) -> str:
        """``expired``, ``due`` (within 30 days), or "" for in order."""
        return "expired" if day > self.until else "due" if day >= self.until - AHEAD else ""

    def next_change(self, day: date) -> date | None:
        """The next day on which that is otherwise by itself."""
        days = (self.until - AHEAD, self.until + timedelta(days=1)) if self.until < date.max else ()
        return min((each for each in days if each > day), default=None)


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's morning check. ``is_fit``: they may work. Why not stands in the ledger alone, beside the chain."""

    person: str
    at: Instant
    by: str
    is_fit: bool


class Morning(Case, frozen=True, kw_only=True):
    """The morning check of one day: of whom it is ``wanted`` (ids of people) by ``due_at``, and what was found.

    ``absent`` do not work that day; nobody does unless it ``is_worked``. ``checked`` holds also who was not fit on
    a day before. ``standing``: how each stands with their health certificate. ``is_missing``: that somebody is not
    checked was told.
    """

    day: date
    due_at: Instant
    wanted: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    checked: tuple[Checked, ...] = ()
    standing: dict[str, str] = {}
    is_worked: bool = True
    is_missing: bool = False

    @property
    def unchecked(self) -> tuple[str, ...]:
        seen = {each.person for each in self.checked} | set(self.absent)
        return tuple(person for person in self.wanted if person not in seen)

    @property
    def unfit(self) -> tuple[str, ...]:
        return tuple(each.person for each in self.checked if not each.is_fit)
