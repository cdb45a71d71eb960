"""The workflows of a site, made: each with its own table of the site file, the rules they ship, and their kernel."""

from collections.abc import Collection, Mapping
from typing import Any

from alerts.installation import DeviceOrders
from alerts.kernel.kernel import Kernel
from alerts.rule import Rule
from alerts.rules_in_force import at_work, kept_in
from alerts.workflow import Workflow
from api.workflow_finder import workflows
from gateway.own_rules import own_rules_of
from gateway.site.model import Site
from gateway.site.workflow_tables import site_facts


def workflows_of(site: Site) -> list[Workflow[Any]]:
    """Every workflow, as the site wants it."""
    return [kind(site.workflows.get(name)) for name, kind in workflows().items()]


def answering(question: str) -> list[Workflow[Any]]:
    """Those that answer a question of alerts/facts.py, for whoever has their cases and no site file."""
    made = (kind(None) for kind in workflows().values())
    return [flow for flow in made if question in flow.provides]


def rules_of(site: Site, cases: Mapping[tuple[str, str], bytes]) -> list[Rule[Any]]:
    """Every rule that runs: those of the records, or else the site file; and what gateway and workflows bring."""
    running = at_work(site.rules, kept_in(cases))
    return [*running, *own_rules_of(site), *_shipped(site, {rule.name for rule in running})]


def _shipped(site: Site, named: Collection[str]) -> list[Rule[Any]]:
    """What workflows bring with them; a rule of the site stands for one of the same name."""
    return [rule for workflow in workflows_of(site) for rule in workflow.rules() if rule.name not in named]


def kernel_of(site: Site, cases: Mapping[tuple[str, str], bytes], installation: DeviceOrders | None = None) -> Kernel:
    """With the open cases, by (workflow, id), as they are stored; ``installation`` carries out device orders."""
    return Kernel(workflows_of(site), cases, site_facts(site), installation)
