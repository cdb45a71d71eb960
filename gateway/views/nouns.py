"""Every noun that the API asks for, made of the running gateway."""

from api.live import Live
from api.ports import Gateway
from gateway.access import AccessLog
from gateway.foundation import Foundation
from gateway.running import Running
from gateway.views.alerts import AlertsView
from gateway.views.areas import AreasView
from gateway.views.commands import CommandsView
from gateway.views.devices import DevicesView
from gateway.views.health import HealthView
from gateway.views.outputs import OutputsView
from gateway.views.registration import RegistrationView
from gateway.views.rules import RulesView
from gateway.views.senders import SendersView
from gateway.views.stored import AccountsView, LedgerView, ReadingsView, SiteView
from gateway.views.workflows import WorkflowsView
from gateway.vitals import Vitals
from gateway.workflow_parts import kernel_of


def nouns(foundation: Foundation, running: Running, vitals: Vitals, live: Live, access: AccessLog) -> Gateway:
    """The gateway as the API takes it."""
    site, clock, inbox, stores = foundation.site, foundation.clock, foundation.inbox, foundation.stores
    areas = AreasView(running, live)
    workflows = WorkflowsView(running, live, inbox, clock, stores=stores, kinds=kernel_of(site, {}).workflows)
    return Gateway(
        live=live,
        commands=CommandsView(running, inbox, clock, stores),
        workflows=workflows,
        registration=RegistrationView(running, inbox, clock, workflows),
        outputs=OutputsView(running),
        alerts=AlertsView(live, stores.records),
        areas=areas,
        devices=DevicesView(running, stores.installation, clock, areas.area_name),
        senders=SendersView(running),
        readings=ReadingsView(stores.series),
        rules=RulesView(running),
        ledger=LedgerView(stores, inbox),
        attachments=stores.attachments,
        feed=foundation.feed,
        health=HealthView(running, vitals, live, records=stores.records, clock=clock, metrics=foundation.metrics),
        site=SiteView(site, clock),
        accounts=AccountsView(stores.users, access, clock),
    )
