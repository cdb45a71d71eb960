"""Orders to outputs 输出控制: a person switches a siren, a voice, a fan, a door on, for a reason and with an end.

What a person wants stands beside what alerts want (alerts/standing_orders.py): an output is on while either does, and
taking back an order ends no alarm's siren. *Stop* switches an output off whatever wants it, until a new alarm starts it
again; while a fire or gas alert wants fire equipment or a way out, that takes two people. It is neither silence (sirens
until the next alarm, by one press) nor reset (the alert ends). Fire equipment started by hand waits for no second input
(GB 50116 4.1.4); extinguishing is switched by nobody.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from msgspec.structs import replace

from alerts.alert import AlertClass
from alerts.case import Case
from alerts.facts import Fact
from alerts.incident_asks import HANDLERS
from alerts.output import Output
from alerts.site_facts import SiteFacts
from alerts.workflow import Ask, Heard, Moves, Workflow, World
from devices.errors import Refused
from devices.extinguishing import extinguishes
from devices.message import At, Name, Text
from devices.output_orders import AUDIBLE, OutputOrder
from devices.reading import SECOND, Instant
from ledger.timestamp import text_of

_MINUTE: Instant = 60 * SECOND
_HOUR: Instant = 60 * _MINUTE
LONGEST: Instant = 24 * _HOUR
Period = Literal["5min", "15min", "1h", "8h"]
LASTS: dict[Period, Instant] = {"5min": 5 * _MINUTE, "15min": 15 * _MINUTE, "1h": _HOUR, "8h": 8 * _HOUR}
_LIFE = (AlertClass.FIRE, AlertClass.GAS)
_MOST = 200


class OrderedOutput(Case, frozen=True, kw_only=True):
    """That this ``output`` of the ``device`` shall be on until ``until``, and why."""

    device: str
    output: str
    reason: str
    until: Instant


class SwitchOn(Ask, tag="switch_on", frozen=True, kw_only=True):
    """Switch an output on: for a ``period``, or ``until``.

    ``output``: which of them, where the ``device`` has several (``relay:2``).
    """

    ADDRESS = "outputs/on"
    ROLES = HANDLERS

    device: str
    output: str = ""
    period: Period = "15min"
    reason: str


class Stop(Ask, tag="stop", frozen=True, kw_only=True):
    """Switch an output off, whatever wants it on, until a new alarm."""

    ADDRESS = "outputs/stop"
    ROLES = HANDLERS

    device: str
    output: str = ""
    reason: str


class End(Ask, tag="end", frozen=True, kw_only=True):
    """Take an order back: the output goes off, unless something else wants it on."""

    ADDRESS = "outputs/on/{case}/end"
    ROLES = HANDLERS


class OutputOrders(Workflow[OrderedOutput]):
    """One output that is ordered on is one case."""

    name, book, case = "output_order", "output_orders", OrderedOutput
    asks = (SwitchOn, Stop, End)
    by_area = True
    page = "/console/outputs"

    def choices(self, site: SiteFacts) -> Mapping[str, Sequence[str]]:
        return {"device": tuple(dict.fromkeys(output.device for output in site.outputs))}

    def takes_two(self, ask: Any, world: World) -> bool:
        if not isinstance(ask, Stop):
            return False
        return any(
            output.what not in AUDIBLE and alert.alert_class in _LIFE and output.wants(alert)
            for output in _tables(ask, world.site)
            for alert in world.alerts.open()
        )

    def wanted(self, ask: Any, world: World) -> Text:
        return Text.of("output_order.wanted", output=_called(ask.device, world), reason=ask.reason[:200])

    def check(self, ask: Any, cases: Mapping[str, OrderedOutput], world: World, now: Instant) -> None:
        if isinstance(ask, End):
            if ask.case not in cases:
                raise Refused(Text.of("output_order.gone"))
            return
        output = _found(ask, world)
        if not ask.reason.strip():
            raise Refused(Text.of("output_order.no_reason"))
        if isinstance(ask, Stop):
            return
        if output.what == "lock" and output.value is False and _is_life_in_danger(world):
            raise Refused(Text.of("output_order.people_get_out"))
        place = (output.device, output.key)
        already = next((case for case in cases.values() if (case.device, case.output) == place), None)
        if already is not None:
            raise Refused(Text.of("output_order.already", by=already.by, until=At(already.until)))
        if len(cases) >= _MOST:
            raise Refused(Text.of("output_order.most", most=_MOST))
        if not now < _until(ask, now) <= now + LONGEST:
            raise Refused(Text.of("output_order.longest", hours=LONGEST // _HOUR))

    def step(self, event: Heard, cases: Mapping[str, OrderedOutput], world: World, now: Instant) -> Moves:
        match event:
            case SwitchOn():
                return _switched_on(event, _found(event, world), world, now)
            case Stop():
                return _stopped(event, _found(event, world), world, now)
            case End():
                return _over(cases[event.case], "ended", world, now, event)
        return Moves()

    def turn(self, due: Sequence[OrderedOutput], world: World, now: Instant) -> Moves:
        return Moves.joined(_over(case, "over", world, now) for case in due)


def _tables(ask: SwitchOn | Stop | OrderedOutput, site: SiteFacts) -> list[Output]:
    """All tables that bind what it is about; of a device with several outputs none, if it names none."""
    found = [each for each in site.outputs if each.device == ask.device and ask.output in ("", each.key)]
    return found if len({each.key for each in found}) == 1 else []


def _found(ask: SwitchOn | Stop, world: World) -> Output:
    """Raises Refused for one that the site does not bind, or that nobody may switch."""
    output = next(iter(_tables(ask, world.site)), None)
    if output is None:
        known = tuple(dict.fromkeys(f"{each.device} {each.key}" for each in world.site.outputs))
        asked = f"{ask.device} {ask.output}".strip()
        raise Refused(Text.of("output_order.none_such", output=asked[:80], known=known[:20]))
    if extinguishes(world.devices.get(output.device), output.what, output.channel):
        raise Refused(
            Text.of("output_orders.extinguishing", device=output.device, what=Text.of(f"output.{output.what}"))
        )
    return output


def _is_life_in_danger(world: World) -> bool:
    return any(alert.alert_class in _LIFE and alert.origin == "real" for alert in world.alerts.open())


def _called(name: str, world: World) -> Name | str:
    device = world.devices.get(name)
    return Name(device.name or name, device.name_zh) if device is not None else name


def _until(ask: SwitchOn, now: Instant) -> Instant:
    return ask.until if ask.until is not None else now + LASTS[ask.period]


def _order(output: Output, value: bool | str, world: World, now: Instant, **further: Any) -> OutputOrder:
    device = world.devices.get(output.device)
    return OutputOrder(
        device=output.device,
        what=output.what,
        value=value,
        at=now,
        channel=output.channel,
        area=device.area if device is not None else "",
        **further,
    )


def _switched_on(ask: SwitchOn, output: Output, world: World, now: Instant) -> Moves:
    device, reason = world.devices.get(output.device), ask.reason.strip()
    case = OrderedOutput(
        id=ask.id,
        area=device.area if device is not None else "",
        by=ask.by,
        device=output.device,
        output=output.key,
        reason=reason,
        until=_until(ask, now),
        wake_at=_until(ask, now),
        opened=now,
    )
    why = Text.of("output_order.reason", by=ask.by, reason=reason[:200])
    order = _order(output, output.value, world, now, id=f"order {case.id}", reason=why, by=ask.by, holder=_holder(case))
    return Moves(cases=(case,), facts=(_fact(case, "ordered", world, now, ask),), orders=(order,))


def _stopped(ask: Stop, output: Output, world: World, now: Instant) -> Moves:
    why = Text.of("output_order.reason", by=ask.by, reason=ask.reason.strip()[:200])
    order = _order(output, output.off, world, now, id=f"stop {ask.id}", reason=why, by=ask.by, stops=True)
    about = OrderedOutput(
        id=ask.id, area=order.area, by=ask.by, second=ask.second, opened=now, until=now,
        device=output.device, output=output.key, reason=ask.reason.strip(),
    )  # fmt: skip
    return Moves(facts=(_fact(about, "stopped", world, now, ask),), orders=(order,))


def _over(case: OrderedOutput, step: str, world: World, now: Instant, ask: Ask | None = None) -> Moves:
    over, output = replace(case, is_open=False, wake_at=None), next(iter(_tables(case, world.site)), None)
    why = Text.of("output_control.over")
    back = (
        (_order(output, output.off, world, now, id=f"back {case.id}", reason=why, holder=_holder(case)),)
        if output is not None
        else ()
    )
    return Moves(cases=(over,), facts=(_fact(case, step, world, now, ask),), orders=back)


def _holder(case: OrderedOutput) -> str:
    return f"output_order {case.id}"


def _fact(case: OrderedOutput, step: str, world: World, now: Instant, ask: Ask | None) -> Fact:
    stands = step in ("ordered", "ended", "over")
    fields: dict[str, Any] = {
        "output": case.output,
        "device": case.device,
        "reason": case.reason,
        "since": text_of(case.opened) if step in ("ended", "over") else "",
        "until": text_of(case.until) if stands else "",
        "ordered_by": case.by if stands else "",
        "note": ask.note if ask is not None else "",
    }
    called = _called(case.device, world)
    return Fact(
        workflow="output_order",
        case=case.id,
        step=step,
        at=now,
        by=ask.by if ask is not None else "",
        second=case.second,
        area=case.area,
        devices=(case.device,),
        text=Text.of(f"output_order.{step}", output=called, by=case.by, reason=case.reason[:200], until=At(case.until)),
        fields={name: value for name, value in fields.items() if value != ""},
    )


WORKFLOW = OutputOrders
