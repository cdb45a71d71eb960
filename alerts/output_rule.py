"""Whether outputs act as they were ordered: one memory for each device that has some, and a fault if one does not.

No rule of the site: the gateway brings it where the site file binds outputs. Its memory holds the last order to each
output, so that after a restart what should be on is ordered again and what should be off is ordered off.

That a message was delivered says nothing of a siren with a dead battery. A reading with the ordered value is the
feedback; none within ``within_s`` (10 s; for fire and gas 100 s at most, EN 54-2) is a fault. Where no reading tells,
the bus does (OSDP, Modbus), or the order counts as carried out when it was sent: Zigbee sirens with ``warning`` alone,
``feedback = "none"``.
"""

from typing import Literal

import msgspec
from msgspec.structs import replace

from alerts.event import Event, Tick
from alerts.output import Output
from alerts.rule import Breach, Memory, Rule
from alerts.standing_orders import Standing
from devices.device import Device
from devices.message import Text
from devices.output_orders import OutputOrder
from devices.reading import SECOND, Instant, Reading

QUICK_TRIES = 3
"""So often it is sent at the pace of the device, then once a minute for as long as it is not as ordered."""
_SLOW: Instant = 60 * SECOND

OrderState = Literal["waiting", "acted", "failed"]


class Ordered(msgspec.Struct, frozen=True):
    """The last order to one output. ``next`` is when it is looked at again while it has not acted.

    ``why`` it can't be carried out, where that was said. ``is_settled``: it has acted, or failed, before.
    """

    order: OutputOrder
    next: Instant
    state: OrderState = "waiting"
    why: Text | None = None


class OutputMemory(Memory, frozen=True):
    """By output (``siren``, ``relay:2``): its last order, which are ``silenced``, and when an alert ``started`` it.

    ``silenced_by``: by whom; ``standing``: what people and procedures want of it beside alerts.
    """

    orders: dict[str, Ordered] = {}
    silenced: tuple[str, ...] = ()
    started: dict[str, Instant] = {}
    silenced_by: dict[str, str] = {}
    standing: dict[str, Standing] = {}


class OutputState(msgspec.Struct, frozen=True):
    """How one output stands: its last order, whether it acted on it, why not, and whether a person silenced it.

    ``standing``: who wants it on beside alerts, or stopped it. ``inputs_left``: of fire equipment, how many of its
    inputs can be counted on, where they are fewest.
    """

    device: str
    output: Output
    ordered: Ordered | None
    is_silenced: bool
    silenced_by: str = ""
    standing: Standing = ()
    inputs_left: int | None = None

    @property
    def is_on(self) -> bool:
        """Whether it was ordered on last."""
        return self.ordered is not None and self.ordered.order.value == self.output.value

    @property
    def stopped_by(self) -> str:
        """Who switched it off until a new alarm; "" if nobody did."""
        return next((order.by for order in self.standing if order.stops), "")


class OutputRule(Rule[OutputMemory], frozen=True, tag="output"):
    """``outputs``: all that the site binds, with the signal of each feedback ("": the device tells nothing)."""

    outputs: tuple[Output, ...]

    def of(self, device: str) -> list[Output]:
        """Those of that device."""
        return [output for output in self.outputs if output.device == device]

    def watches(self, device: Device, signal: str) -> bool:
        return any(output.device == device.id and output.feedback == signal for output in self.outputs)

    def start(self) -> OutputMemory:
        return OutputMemory()

    def step(self, memory: OutputMemory, event: Event, now: Instant) -> OutputMemory:
        if type(event) is Reading:
            return self._heard(memory, event, now)
        if type(event) is Tick:
            return self._looked(memory, now)
        return memory

    def within(self, order: OutputOrder) -> Instant:
        """How long that output may take to say that it acted."""
        mine = (output for output in self.of(order.device) if output.key == order.key)
        return int(next((output.within_s for output in mine), 10) * SECOND)

    def ordered(self, memory: OutputMemory, order: OutputOrder, now: Instant) -> OutputMemory:
        """That was ordered."""
        return judged(memory, {**memory.orders, order.key: Ordered(order, now + self.within(order))}, now)

    def acted(self, memory: OutputMemory, order: str, now: Instant) -> OutputMemory:
        """The device, or its bus, has said that it carried that out; or it never says anything and was told."""
        return _changed(memory, order, now, state="acted", why=None)

    def refused(self, memory: OutputMemory, order: str, why: Text, now: Instant) -> OutputMemory:
        """It can't be carried out, and why."""
        return _changed(memory, order, now, state="failed", why=why)

    def _heard(self, memory: OutputMemory, reading: Reading, now: Instant) -> OutputMemory:
        orders = dict(memory.orders)
        for output in self.of(reading.device):
            known = orders.get(output.key)
            if known is None or output.feedback != reading.signal:
                continue
            if reading.value == known.order.value:
                if known.state != "acted":
                    orders[output.key] = replace(known, state="acted", why=None)
            elif known.state == "acted" and not _is_over(known.order, now):
                # it went its own way: told once more, at once unless it does so again and again
                is_early = known.order.attempt < QUICK_TRIES
                waits = replace(known, state="waiting", next=now + _SLOW)
                orders[output.key] = _again(known, now, self.within(known.order)) if is_early else waits
        return judged(memory, orders, now)

    def _looked(self, memory: OutputMemory, now: Instant) -> OutputMemory:
        """What has not acted in its time has failed, and is told again."""
        orders = {
            key: replace(_again(known, now, self.within(known.order)), state="failed")
            if known.state != "acted" and known.next <= now
            else known
            for key, known in memory.orders.items()
        }
        return judged(memory, orders, now)


def _is_over(order: OutputOrder, now: Instant) -> bool:
    """Whether the device was told to end it by itself by now."""
    return order.duration_s > 0 and now >= order.at + int(order.duration_s * SECOND)


def _again(known: Ordered, now: Instant, within: Instant) -> Ordered:
    attempt = known.order.attempt + 1
    pause = within if attempt <= QUICK_TRIES else max(_SLOW, within)
    return replace(known, order=replace(known.order, attempt=attempt), next=now + pause, state="waiting")


def _changed(memory: OutputMemory, order: str, now: Instant, *, state: OrderState, why: Text | None) -> OutputMemory:
    orders = {
        key: replace(known, state=state, why=why) if known.order.id == order else known
        for key, known in memory.orders.items()
    }
    return judged(memory, orders, now)


def judged(memory: OutputMemory, orders: dict[str, Ordered], now: Instant) -> OutputMemory:
    """With these orders: a breach for those that failed, a look when the next is due."""
    if orders == memory.orders:
        return memory
    failed = [known for known in orders.values() if known.state == "failed"]
    before, breach = memory.breach, None
    if failed:
        value = Text.of("output_rule.failed", device=failed[0].order.device, parts=tuple(map(_said, failed)))
        is_same = before is not None and before.text == value
        breach = before if is_same else Breach(since=before.since if before is not None else now, text=value)
    waiting = [known.next for known in orders.values() if known.state != "acted"]
    return replace(memory, orders=orders, breach=breach, wake_at=min(waiting, default=None))


def _said(known: Ordered) -> Text:
    """What failed, and why it had been ordered or could not be."""
    what = Text.of(f"output.{known.order.what}")
    if known.why is not None:
        return Text.of("output_rule.can_not", what=what, why=known.why)
    name = "is_on" if known.order.value is False else "is_off"
    return Text.of(f"output_rule.{name}", what=what, reason=known.order.reason)
