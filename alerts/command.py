"""What a person may ask. A command enters through the inbox like everything else."""

import msgspec

from alerts.alert import Disposition


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


class Arm(msgspec.Struct, frozen=True, tag=True):
    """Set a key area's armed mode (``disarmed``, ``armed``, or a mode the site names)."""

    area: str
    mode: str
    by: str


Command = Acknowledge | Reset | Close | Comment | Arm
