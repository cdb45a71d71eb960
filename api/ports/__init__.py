"""What the API and the console need of the gateway: a Protocol for each noun; gateway/wiring.py hands in the bodies.

Reads are quick; blocking ones run in a worker thread.
"""

import msgspec

from api.ports.accounts import AccessAction, Accounts
from api.ports.alarm_path import AlarmPathPort
from api.ports.alerts import Alerts
from api.ports.answer_links import AnswerLinks
from api.ports.areas import Areas, AreaView
from api.ports.attachments import Attachments, Upload
from api.ports.centres import Centres
from api.ports.codes import Codes, CodeView
from api.ports.commands import Commands
from api.ports.devices import Devices, DueView, LabelSheet, UpkeepView
from api.ports.feed import Feed, Published
from api.ports.health import Health, HealthPort
from api.ports.kpi import Kpi
from api.ports.ledger import Disclose, Erase, Ledger, Sign, UnsignedEntry
from api.ports.live import LivePort, Position, Snapshot
from api.ports.messages import Messages
from api.ports.obligations import Obligations
from api.ports.outputs import Outputs
from api.ports.readings import Aggregate, Point, Readings
from api.ports.registration import CommissioningView, Registration
from api.ports.rules import Rules
from api.ports.senders import MalformedSample, QuarantinedSender, RejectedSender, Senders
from api.ports.sessions import Sessions, SignedIn
from api.ports.site import SitePort
from api.ports.workflows import Workflows

__all__ = [
    "AccessAction",
    "Accounts",
    "Aggregate",
    "AlarmPathPort",
    "Alerts",
    "AnswerLinks",
    "AreaView",
    "Areas",
    "Attachments",
    "Centres",
    "CodeView",
    "Codes",
    "Commands",
    "CommissioningView",
    "Devices",
    "Disclose",
    "DueView",
    "Erase",
    "Feed",
    "Gateway",
    "Health",
    "HealthPort",
    "Kpi",
    "LabelSheet",
    "Ledger",
    "LivePort",
    "MalformedSample",
    "Messages",
    "Obligations",
    "Outputs",
    "Point",
    "Position",
    "Published",
    "QuarantinedSender",
    "Readings",
    "Registration",
    "RejectedSender",
    "Rules",
    "Senders",
    "Sessions",
    "Sign",
    "SignedIn",
    "SitePort",
    "Snapshot",
    "UnsignedEntry",
    "UpkeepView",
    "Upload",
    "Workflows",
]


class Gateway(msgspec.Struct, frozen=True):
    """The running gateway as the API sees it, by noun."""

    live: LivePort
    commands: Commands
    workflows: Workflows
    registration: Registration
    outputs: Outputs
    alerts: Alerts
    areas: Areas
    devices: Devices
    senders: Senders
    readings: Readings
    rules: Rules
    ledger: Ledger
    attachments: Attachments
    obligations: Obligations
    kpi: Kpi
    feed: Feed
    health: HealthPort
    alarm_path: AlarmPathPort
    site: SitePort
    accounts: Accounts
    codes: Codes
    answer_links: AnswerLinks
    centres: Centres
    messages: Messages
