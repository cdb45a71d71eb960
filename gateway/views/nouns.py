"""Every noun that the API asks for, made of the running gateway."""

from api.live import Live
from api.ports import AlarmPathPort, Centres, Gateway
from gateway.access import AccessLog
from gateway.area_rights import AreaRights
from gateway.foundation import Foundation
from gateway.running import Running
from gateway.stores.site_stores import SiteStores
from gateway.views.alerts import AlertsView
from gateway.views.areas import AreasView
from gateway.views.codes import CodesView
from gateway.views.commands import CommandsView
from gateway.views.devices import DevicesView
from gateway.views.health import HealthView
from gateway.views.kpi import KpiView
from gateway.views.obligations import ObligationsView
from gateway.views.outputs import OutputsView
from gateway.views.registration import RegistrationView
from gateway.views.rules import RulesView
from gateway.views.senders import SendersView
from gateway.views.stored import AccountsView, LedgerView, ReadingsView, SiteView
from gateway.views.workflows import WorkflowsView
from gateway.vitals import Vitals
from gateway.workflow_parts import kernel_of


def nouns(
    foundation: Foundation,
    running: Running,
    vitals: Vitals,
    live: Live,
    access: AccessLog,
    centres: Centres,
    alarm_path: AlarmPathPort,
) -> Gateway:
    """The gateway as the API takes it."""
    site, clock, inbox, stores = foundation.site, foundation.clock, foundation.inbox, foundation.stores
    areas = AreasView(running, live)
    rights = _rights(running, stores, live)
    kinds = kernel_of(site, {}).workflows
    workflows = WorkflowsView(running, live, inbox, clock, stores=stores, kinds=kinds, rights=rights)
    rules = RulesView(running)
    return Gateway(
        live=live,
        commands=CommandsView(running, inbox, clock, stores, rights),
        workflows=workflows,
        registration=RegistrationView(running, inbox, clock, workflows, rights),
        outputs=OutputsView(running),
        alerts=AlertsView(live, stores.records),
        areas=areas,
        devices=DevicesView(running, stores.installation, clock, areas.area_name),
        senders=SendersView(running),
        readings=ReadingsView(stores.series),
        ledger=LedgerView(stores, inbox, rights),
        rules=rules,
        attachments=stores.attachments,
        obligations=ObligationsView(site, rules, workflows, stores.records, clock, live, stores.books),
        kpi=KpiView(site, rules, workflows, stores.records, clock, running.devices),
        feed=foundation.feed,
        health=HealthView(running, vitals, live, records=stores.records, clock=clock, metrics=foundation.metrics),
        alarm_path=alarm_path,
        site=SiteView(site, clock),
        accounts=AccountsView(stores.users, stores.account_areas, access, clock),
        answer_links=stores.deliveries,
        codes=CodesView(stores.codes, [area.id for area in site.areas], clock, rights),
        centres=centres,
        messages=stores.deliveries,
    )


def _rights(running: Running, stores: SiteStores, live: Live) -> AreaRights:
    """Looked up where it stands now: what is installed, open and under way."""

    def device_area(device: str) -> str:
        return next((each.area for each in running.devices() if each.id == device), "")

    def alert_area(alert: str) -> str:
        found = live.open_alert(alert)
        return found.area if found is not None else ""

    def case_area(case: str) -> str:
        return next((str(each.case.get("area", "")) for each in live.snapshot().cases if each.id == case), "")

    def alert_areas(incident: str) -> set[str]:
        return {alert.area for alert in live.open_alerts() if alert.incident == incident}

    return AreaRights(stores.account_areas.of, device_area, alert_area, case_area, alert_areas)
