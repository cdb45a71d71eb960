"""What pages show of drills: the one that runs, for the banner of every page."""

from collections.abc import Sequence
from functools import cache

from alerts.drill import Drill
from api.asks import ask_at, every_workflow
from api.ports import Gateway

ADDRESS = "drills"
"""Where one is planned: so no page knows the workflow by its name."""


@cache
def kind_name() -> str:
    """Of the workflow that holds drills; "" if there is none."""
    ask = ask_at(ADDRESS)
    return next((name for name, each in every_workflow().items() if ask in each.asks), "") if ask is not None else ""


def running_drills(gateway: Gateway) -> Sequence[Drill]:
    """Those that have begun and have not ended."""
    name = kind_name()
    cases = gateway.workflows.cases(name) if name else ()
    return [case for case in cases if isinstance(case, Drill) and case.is_on]
