"""What the ledger says of orders to outputs: what was ordered and why, that it acted or failed, who silenced it."""

from collections.abc import Mapping
from types import MappingProxyType

from alerts.effects import Effects
from alerts.facts import FieldValue
from devices.output_orders import OutputFact, OutputOrder
from devices.reading import Instant
from ledger.entry import Draft
from ledger.texts import Render, written

OUTPUTS = "outputs"


def drafts_of(effects: Effects, render: Render) -> list[Draft]:
    """One for each new order and each thing that became of one; none for an order that was sent again."""
    return [
        *(
            _draft(order, "ordered", order.at, said=written("reason", order.reason, render))
            for order in effects.outputs
            if order.attempt == 1
        ),
        *(_of_fact(fact, render) for fact in effects.output_facts),
    ]


def _of_fact(fact: OutputFact, render: Render) -> Draft:
    step = "sent_before_stored" if fact.step == "early" else fact.step
    said = written("why", fact.why, render) if fact.why is not None else {}
    return _draft(fact.order, step, fact.at, by=fact.by, said=said)


def _draft(
    order: OutputOrder, step: str, at: Instant, *, by: str = "", said: Mapping[str, FieldValue] = MappingProxyType({})
) -> Draft:
    fields: dict[str, FieldValue] = {
        "order": order.id,
        "action": step,
        "device": order.device,
        "output": order.key,
        "value": order.value,
        "alert": order.alert,
        "class": order.alert_class,
        "origin": "" if order.origin == "real" else order.origin,
        "attempts": order.attempt if step in ("acted", "failed") else "",
        **said,
    }
    kept = {name: value for name, value in fields.items() if value != ""}
    return Draft(OUTPUTS, at, kept, by=by, area=order.area)
