"""What waits for whom: a case is work for whoever has to do its next step, and for nobody when it is only kept."""

from typing import Any

import msgspec
import pytest

from alerts.hazards import Hazard
from alerts.kernel.consent import Consent, Waiting
from workflows.hazard import Hazards
from workflows.people import People, Registered

HAZARD = Hazard(id="h", number="2026-001", place="hall", description="x", responsible="wu", rectified_by="li")
ROLES = ("guard", "operator", "technician", "manager", "auditor")


@pytest.mark.parametrize(
    ("stage", "account", "roles"),
    [
        ("found", "bo", {"technician", "manager"}),
        ("assigned", "bo", {"technician", "manager"}),
        ("assigned", "wu", set(ROLES)),
        ("rectified", "bo", {"operator", "technician", "manager"}),
        ("rectified", "li", set()),
        ("rectified", "wu", set()),
        ("verified", "bo", {"technician", "manager"}),
        ("closed", "bo", set()),
        ("dismissed", "bo", set()),
    ],
)
def test_a_hazard_waits_for_its_next_step(stage: Any, account: str, roles: set[str]) -> None:
    case = msgspec.structs.replace(HAZARD, stage=stage)
    assert roles == {role for role in ROLES if Hazards().waits_for(case, account, role)}


@pytest.mark.parametrize(("told", "roles"), [({}, set()), ({"fire": "missing"}, {"manager"})])
def test_a_person_waits_for_a_certificate(told: dict[str, str], roles: set[str]) -> None:
    case = Registered(id="w", name="Wu", told=told)
    assert roles == {role for role in ROLES if People().waits_for(case, "bo", role)}


@pytest.mark.parametrize(("account", "is_theirs"), [("li", False), ("li (os:root)", False), ("bo", True)])
def test_a_second_person_is_another(account: str, is_theirs: bool) -> None:
    case = Waiting(id="c", by="li", workflow="people", tag="import", ask={}, until=1)
    assert is_theirs == Consent().waits_for(case, account, "operator")
