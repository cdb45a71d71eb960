"""What people and procedures want of an output beside alerts: each order stands until whoever gave it takes it back."""

from collections.abc import Sequence

from devices.output_orders import OutputOrder

Standing = tuple[OutputOrder, ...]
"""Of one output: those that want it on, or one that stops it."""


def with_order(standing: Standing, order: OutputOrder, on: bool | str) -> Standing:
    """On for its holder; off for its holder; or stopped, whoever wanted it."""
    if order.stops:
        return (order,)
    others = tuple(one for one in standing if one.holder != order.holder and not one.stops)
    if order.value == on:
        return (*others, order)
    return others if any(one.holder == order.holder for one in standing) else standing


def is_stopped(standing: Sequence[OutputOrder]) -> bool:
    """Whether a person has switched it off until a new alarm."""
    return any(one.stops for one in standing)


def wanting(standing: Sequence[OutputOrder]) -> OutputOrder | None:
    """The newest order that wants it on."""
    return next((one for one in reversed(standing) if not one.stops), None)
