"""What a person may ask. A command enters through the inbox like everything else."""

import msgspec

from alerts.alert import Disposition
from alerts.output_event import SilenceOutputs


class Acknowledge(msgspec.Struct, frozen=True, tag=True):
    """I have seen it.

    ``seen``: how many occurrences of it the giver was shown; what came later is not acknowledged by it. None: they do
    not say, and mean it as it stands when the gateway hears of them.
    """

    alert: str
    by: str
    note: str = ""
    seen: int | None = None


class Silence(msgspec.Struct, frozen=True, tag=True):
    """Every console is quiet about it for a while; it stands as it stood, and whatever comes later sounds.

    ``seen``: as of an acknowledgement.
    """

    alert: str
    by: str
    note: str = ""
    seen: int | None = None


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


AlertCommand = Acknowledge | Silence | Reset | Close | Comment | EndCause
Command = AlertCommand | SilenceOutputs
