"""What the API says of the gateway itself: how it is, what it did not understand, which screens are live."""

from pydantic import Field

from api.schemas import MessageOut, Out, Time


class SampleOut(Out):
    """A message that could not be understood, and how often it came; ``payload_hex`` is its beginning.

    ``reason`` in the caller's language; ``message`` is what it says, the same in every language.
    """

    at: Time
    source: str
    address: str
    reason: str
    message: MessageOut
    payload_hex: str
    times: int


class HealthOut(Out):
    """How the gateway is."""

    ok: bool
    version: str
    started: Time
    now: Time
    newest_reading: Time | None
    devices: int
    devices_lost: int
    open_alerts: int
    unacknowledged: int
    ledger_entries: int
    tasks: dict[str, str]
    lines: dict[str, str]
    faults: list[str]

    set_aside: dict[str, int]
    not_understood: int
    batteries_low: int
    devices_due: int
    unrecorded: list[str]
    callers: dict[str, tuple[int, int]]


class ScreenOut(Out):
    """An open page of the console: its account, its path, whether it is there to be heard, its newest receipt."""

    account: str
    path: str
    sounds: bool
    sound: str = Field(description="running, silenced or blocked")
    told: Time
