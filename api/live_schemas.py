"""What goes over HTTP of the live read model."""

from pydantic import Field

from api.alert_schemas import AlertOut
from api.case_schemas import CaseChangedOut
from api.schemas import Out, Time


class LiveOut(Out):
    """All that is open at a place in the stream, every alert in the operator's order; modes by area."""

    epoch: str = Field(description="another one for each process; beats name it, and another one asks for this anew")
    at: int = Field(description="the number of the newest event that is in it")
    now: Time
    alerts: list[AlertOut]
    modes: dict[str, str]
    cases: list[CaseChangedOut]
