"""The client: one attribute a noun, each with the calls that the API has for it."""

from msgspec.structs import replace

from api.client.alerts import AlertCalls
from api.client.areas import AreaCalls, OutputCalls
from api.client.attachments import AttachmentCalls
from api.client.caller import NOBODY, Caller, Who
from api.client.centres import CentreCalls
from api.client.codes import CodeCalls
from api.client.devices import DeviceCalls
from api.client.drills import DrillCalls
from api.client.duty import DutyCalls
from api.client.follow import Stream
from api.client.health import HealthCalls
from api.client.incidents import IncidentCalls
from api.client.kpi import KpiCalls
from api.client.ledger import LedgerCalls
from api.client.live import LiveCalls
from api.client.obligations import ObligationCalls
from api.client.permits import BypassCalls, WalkTestCalls
from api.client.places import Place
from api.client.readings import ReadingCalls
from api.client.registration import RegistrationCalls
from api.client.responses import ResponseCalls
from api.client.session import SessionCalls
from api.client.systems import SystemCalls
from api.client.workflows import WorkflowCalls


class Client:
    """Asks the gateway at that place as one person. Every call raises ClientError."""

    def __init__(self, place: Place, who: Who = NOBODY) -> None:
        self.place, self.who = place, who
        self.caller = caller = Caller(place, who)
        self.alerts, self.areas, self.outputs = AlertCalls(caller), AreaCalls(caller), OutputCalls(caller)
        self.devices, self.registration = DeviceCalls(caller), RegistrationCalls(caller)
        self.readings, self.health, self.ledger = ReadingCalls(caller), HealthCalls(caller), LedgerCalls(caller)
        self.responses, self.duty = ResponseCalls(caller), DutyCalls(caller)
        self.attachments, self.codes = AttachmentCalls(caller), CodeCalls(caller)
        self.centres, self.systems = CentreCalls(caller), SystemCalls(caller)
        self.bypasses, self.walk_tests = BypassCalls(caller), WalkTestCalls(caller)
        self.obligations, self.incidents = ObligationCalls(caller), IncidentCalls(caller)
        self.kpi, self.drills = KpiCalls(caller), DrillCalls(caller)
        self.workflows, self.session, self.live = WorkflowCalls(caller), SessionCalls(caller), LiveCalls(caller)

    def signed_in(self, user: str, password: str) -> "Client":
        """The same gateway as that person."""
        token = self.session.sign_in(user, password).token
        return Client(self.place, replace(self.who, token=token))

    def on_behalf_of(self, account: str) -> "Client":
        """The same for somebody who asked for it: for the owner of the data folder, at its socket."""
        return Client(self.place, replace(self.who, on_behalf_of=account))

    def stream(self, after: int | None = None, *, tries: int | None = None) -> Stream:
        """Committed events as they come; from the one after ``after``, or only new ones."""
        return Stream(self.caller, after, tries=tries)
