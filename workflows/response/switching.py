"""Outputs that a procedure switches on: by the tick of a person, until it is taken back or the response has ended.

Such an order stands beside what alerts want, for the case (alerts/standing_orders.py), and passes the gates of every
order: extinguishing is refused, a drill starts what may start for drills, fire equipment waits for no second input when
a person starts it (GB 50116 4.1.4). A step that was done without the network, and is handed in later, switches nothing:
what was done by hand then is over.
"""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from alerts.alert import AlertClass
from alerts.incident_asks import HANDLERS
from alerts.output import Output
from alerts.response_asks import Tick, Undo
from alerts.response_case import Responding, StepState, Switched
from alerts.response_plan import Switch, tables_of
from alerts.workflow import World
from devices.errors import Refused
from devices.message import Text
from devices.output_orders import OutputOrder
from devices.reading import Instant

_LIFE = (AlertClass.FIRE, AlertClass.GAS)


def check_switches(step: StepState, ask: Tick | Undo, world: World) -> None:
    """Whoever ticks it may switch outputs, and locks nobody in. Raises Refused."""
    if not step.switches:
        return
    if ask.role not in HANDLERS:
        raise Refused(Text.of("response.not_yours_to_switch"))
    bound = [output for switch in step.switches for output in tables_of(switch, world.site.outputs)]
    locks = isinstance(ask, Tick) and any(output.what == "lock" and output.value is False for output in bound)
    if locks and any(alert.alert_class in _LIFE and alert.origin == "real" for alert in world.alerts.open()):
        raise Refused(Text.of("response.people_get_out"))


def switched_on(
    case: Responding, step: StepState, ask: Tick, world: World, now: Instant
) -> tuple[Responding, tuple[OutputOrder, ...]]:
    """With what the step switches on, and the orders."""
    if not step.switches or ask.done_at is not None:
        return case, ()
    new = (Switched(step.id, switch) for switch in step.switches)
    after = replace(case, switched=tuple(dict.fromkeys((*case.switched, *new))))
    return after, tuple(_orders(after, step.switches, world, now, is_on=True, by=ask.by))


def taken_back(
    case: Responding, step: StepState, ask: Undo, world: World, now: Instant
) -> tuple[Responding, tuple[OutputOrder, ...]]:
    """Without what the step had switched on, unless another step has, too."""
    left = tuple(each for each in case.switched if each.step != step.id)
    over = {each.switch for each in case.switched} - {each.switch for each in left}
    return replace(case, switched=left), tuple(_orders(case, over, world, now, is_on=False, by=ask.by))


def kept_on(case: Responding, world: World, now: Instant) -> tuple[OutputOrder, ...]:
    """What was switched on under another number stays on under this one."""
    return tuple(_orders(case, _all(case), world, now, is_on=True))


def let_go(case: Responding, world: World, now: Instant) -> tuple[OutputOrder, ...]:
    """It has ended: nothing stays on for it."""
    return tuple(_orders(case, _all(case), world, now, is_on=False))


def _all(case: Responding) -> tuple[Switch, ...]:
    return tuple(dict.fromkeys(each.switch for each in case.switched))


def _orders(
    case: Responding, switches: Iterable[Switch], world: World, now: Instant, *, is_on: bool, by: str = ""
) -> Iterator[OutputOrder]:
    for switch in switches:
        output: Output | None = next(iter(tables_of(switch, world.site.outputs)), None)
        if output is None:
            continue  # the site binds it no more: whatever it was, nobody keeps it on
        device = world.devices.get(output.device)
        yield OutputOrder(
            id=f"response {case.id} {output.device} {output.key} {'on' if is_on else 'off'} {now}",
            device=output.device,
            what=output.what,
            value=output.value if is_on else output.off,
            at=now,
            reason=Text.of("response.switched" if is_on else "response.let_go", procedure=case.procedure),
            channel=output.channel,
            origin=case.origin,
            area=device.area if device is not None else "",
            by=by,
            holder=f"response {case.id}",
        )
