"""Orders on devices as people give them: the ask of each."""

from typing import Any

import msgspec

from alerts.ask import Ask
from devices.orders import Adopt, Amend, Order, Readmit, Reject, Replace
from workflows import registration

_HARDWARE = ("family", "address", "line", "model")


def asked(order: Order, role: str = "technician") -> Ask:
    """By whoever gives it."""
    kind = getattr(registration, type(order).__name__)
    fields: dict[str, Any] = {"by": order.by, "role": role, "note": order.note}
    match order:
        case Adopt() | Amend():
            described = msgspec.structs.asdict(order.device)
            without = ("id", *_HARDWARE) if isinstance(order, Amend) else ("id",)
            fields |= {name: value for name, value in described.items() if name not in without}
            fields["device"] = order.device.id
        case Replace():
            fields |= {"device": order.device, **msgspec.structs.asdict(order.hardware)}
        case Reject() | Readmit():
            fields |= msgspec.structs.asdict(order.sender)
        case _:
            fields["device"] = order.device  # type: ignore[union-attr]
    ask: Ask = kind(**fields)
    return ask
