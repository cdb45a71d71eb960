"""What pages show of devices that are out of service or in a test: the cases behind it, as their workflows keep them.

The pages were made for these two workflows and know what their cases hold; they ask for them by name, as anybody may.
"""

from typing import Any, cast

from api.ports import Gateway
from devices.walk_test import WalkTest

BYPASS, WALK_TEST = "bypass", "walk_test"


def out_of_service(gateway: Gateway) -> list[Any]:
    """The bypasses that stand, the first to end on top: ``devices``, ``reason``, ``by``, ``second``, ``until``."""
    return sorted(gateway.workflows.cases(BYPASS), key=lambda case: (cast(Any, case).until, case.id))


def running_tests(gateway: Gateway) -> list[WalkTest]:
    """The walk tests that run."""
    return [cast(Any, case).test for case in gateway.workflows.cases(WALK_TEST)]


def past_tests(gateway: Gateway, limit: int) -> list[WalkTest]:
    """Those that have ended, newest first; asks the store."""
    return [cast(Any, case).test for case in gateway.workflows.past_cases(WALK_TEST, limit)]


def test_of(gateway: Gateway, test: str) -> WalkTest | None:
    """One that runs or has ended; asks the store."""
    case = gateway.workflows.case(WALK_TEST, test)
    return cast(Any, case).test if case is not None else None
