"""Rules as people look at them: which version is at work since when, by whom; and what is missing."""

from collections.abc import Sequence
from typing import Any, cast

import msgspec

from alerts.rule import Rule
from alerts.rule_toml import toml_of
from alerts.rules_in_force import RULES, RuleInForce, own_name
from alerts.site_facts import Place
from alerts.suggestions import Suggestion, suggestions
from api.ports import Gateway
from devices.message import Name
from devices.reading import Instant


class RuleView(msgspec.Struct, frozen=True):
    """``version``: as alerts name it. ``number`` 0: of the gateway or a workflow itself, since it was installed.

    ``is_other``: it is the version of the site file, and runs beside the approved one until somebody decides.
    """

    rule: Rule[Any]
    version: str
    number: int = 0
    since: Instant | None = None
    by: str = ""
    second: str = ""
    is_other: bool = False


def rule_views(gateway: Gateway) -> list[RuleView]:
    """Every rule at work, in the order of the site file."""
    kept = {case.id: cast(RuleInForce, case) for case in gateway.workflows.cases(RULES)}
    found = []
    for rule, version in gateway.rules.rules():
        known = kept.get(own_name(rule.name))
        if known is None:
            found.append(RuleView(rule, version))
        elif rule.name != own_name(rule.name):
            found.append(RuleView(rule, version, is_other=True))
        else:
            found.append(RuleView(rule, version, known.number, known.since, known.by, known.second))
    return found


def exported(gateway: Gateway) -> str:
    """The rules of the site that are at work, as a site file writes them."""
    return "\n".join(toml_of(view.rule) for view in rule_views(gateway) if view.number)


def suggested(gateway: Gateway, area: str = "") -> Sequence[Suggestion]:
    """What no rule watches there; "": anywhere."""
    areas = {
        view.id: Place(view.id, Name(view.name), view.risk)
        for view in gateway.areas.areas()
        if area in ("", view.id) and view.risk
    }
    return suggestions(areas, gateway.devices.devices(), [rule for rule, _ in gateway.rules.rules()])
