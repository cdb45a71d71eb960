"""What a person may ask. A command enters through the inbox like everything else."""

import msgspec

from alerts.alert import Disposition
from alerts.output_event import SilenceOutputs
from devices.reading import Instant
from devices.walk_test import WINDOW


class Acknowledge(msgspec.Struct, frozen=True, tag=True):
    """I have seen it."""

    alert: str
    by: str
    note: str = ""


class Reset(msgspec.Struct, frozen=True, tag=True):
    """Release the latch; only when the cause is gone."""

    alert: str
    by: str
    note: str = ""


class Close(msgspec.Struct, frozen=True, tag=True):
    """End it with a finding."""

    alert: str
    by: str
    disposition: Disposition
    note: str = ""


class Comment(msgspec.Struct, frozen=True, tag=True):
    """Something worth knowing about an alert."""

    alert: str
    by: str
    note: str


class EndCause(msgspec.Struct, frozen=True, tag=True):
    """What raised it is over, though no device says so; ``note`` says how I know.

    ``is_sure``: also where the device is alive and would say so by itself.
    """

    alert: str
    by: str
    note: str
    is_sure: bool = False


class Bypass(msgspec.Struct, frozen=True, tag=True):
    """Take these devices, or all of an area that may be, out of service ``until`` then; the reason is needed.

    With a fire or gas detector among them it is only asked for, until somebody else consents.
    """

    by: str
    reason: str
    until: Instant
    area: str = ""
    devices: tuple[str, ...] = ()


class ConsentBypass(msgspec.Struct, frozen=True, tag=True):
    """I am the second person, and agree to what was asked for: it begins now."""

    bypass: str
    by: str
    note: str = ""


class DeclineBypass(msgspec.Struct, frozen=True, tag=True):
    """What was asked for shall not be; also for whoever asked."""

    bypass: str
    by: str
    note: str = ""


class EndBypass(msgspec.Struct, frozen=True, tag=True):
    """Put back into service all of a bypass, or these of its devices."""

    bypass: str
    by: str
    devices: tuple[str, ...] = ()
    note: str = ""


class StartWalkTest(msgspec.Struct, frozen=True, tag=True):
    """I walk and trigger these devices, or the detectors of an area; ``until`` None: for two hours at most.

    ``window``: for how long, after its trigger, a detector may be in alarm by the test. ``up``: (device, signal) of
    what is up already, which the gateway's view adds.
    """

    by: str
    area: str = ""
    devices: tuple[str, ...] = ()
    until: Instant | None = None
    note: str = ""
    window: Instant = WINDOW
    up: tuple[tuple[str, str], ...] = ()


class EndWalkTest(msgspec.Struct, frozen=True, tag=True):
    """I have walked; write the report."""

    test: str
    by: str
    note: str = ""


BypassCommand = Bypass | ConsentBypass | DeclineBypass | EndBypass
AlertCommand = Acknowledge | Reset | Close | Comment | EndCause
Command = AlertCommand | BypassCommand | StartWalkTest | EndWalkTest | SilenceOutputs
