"""The page of rules leads to a proposal that is filled in with the very rule that it shows."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from alerts.kinds import kinds
from alerts.rule import Rule
from api.console.forms import read
from api.console.locale import Say
from api.console.pages.rules import _filled
from tests.alerts.rules.test_kinds import TIMELINES
from tests.alerts.timeline import rule
from workflows.rule_change import Propose


@pytest.mark.parametrize(
    "one",
    [
        rule(
            "threshold", name="hot & cold", signal="temperature", above=57.5, areas=["store", "hall"], procedure="看\n2"
        ),
        rule("state", signals=["mains"], active=False, alert_class="hold_up", silent=False),
        rule("forced_open", alert_class="intrusion", readers={"d 1": ["r1"]}, exits=["b"]),
        rule("supervision", learns=False),
        rule("fusion", smoke_limit=3.0),
        rule("patrol", alert_class="duty", checkpoints=["gate"], checkpoints_zh={"gate": "门"}),
    ],
)
def test_the_form_of_a_proposal_holds_the_rule(one: Rule[Any]) -> None:
    given = parse_qs(urlsplit(_filled("/console/workflows/x?ask=propose", one)).query, keep_blank_values=True)
    plain, faults = read(Propose, given, "UTC", without={"trial"})
    assert {} == faults
    assert one == msgspec.convert(plain["rule"], type(one))


def test_the_form_holds_the_rules_of_every_kind() -> None:
    for kind in kinds():
        for one in {each.name: each for case in TIMELINES[kind] for each in case.rules if each.name}.values():
            given = parse_qs(urlsplit(_filled("/console/workflows/x?ask=propose", one)).query, keep_blank_values=True)
            plain, faults = read(Propose, given, "UTC", without={"trial"})
            assert ({}, one) == (faults, msgspec.convert(plain["rule"], type(one))), kind


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_kind_and_parameter_is_said_in_plain_words(language: str) -> None:
    say = Say(language)
    for tag, kind in kinds().items():
        names = [f"{tag}.title", f"{tag}.protects"]
        assert [] == [name for name in names if not say.known(name)]
        fields = [field.name for field in msgspec.structs.fields(kind)]
        lacking = [
            n for n in fields if not say.known(f"{tag}.field_{n}") and not say.known(f"rule_parameters.field_{n}")
        ]
        assert [] == lacking, tag
