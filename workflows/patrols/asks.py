"""What people ask of a patrol."""

from typing import Annotated, Literal

import msgspec

from alerts.ask import Ask
from alerts.attachment import AttachmentId

WALKERS = frozenset({"guard", "operator", "technician", "manager", "admin"})
Way = Literal["qr", "nfc", "rfid", "card", "manual"]
_Span = Annotated[float, msgspec.Meta(ge=-1e11, le=1e11)]
_Moment = Annotated[float, msgspec.Meta(ge=0, le=1e11)]


class Begin(Ask, tag="begin", frozen=True, kw_only=True):
    """Begin a round now, beside those of the timetable."""

    ROLES = WALKERS

    route: str


class HandInScan(Ask, tag="scan", frozen=True, kw_only=True):
    """A checkpoint was scanned: what its ``tag`` says.

    ``case``: the round; without it the one whose time it is. A phone says when by its own clock, ``phone_at``, and when
    it hands the scan in, ``sent_at``, both in seconds since 1970; if its page has been open ever since, how many
    seconds ago that is at least by a clock that nobody sets, ``ago_s``; and how far its clock was behind the gateway's
    when it last heard of it before the scan, ``behind_s``. So its clock may be wrong, and is found out if it jumps.
    """

    ROLES = WALKERS

    tag: str
    way: Way = "qr"
    phone_at: _Moment | None = None
    sent_at: _Moment | None = None
    ago_s: _Moment | None = None
    behind_s: _Span | None = None


class Find(Ask, tag="find", frozen=True, kw_only=True):
    """Something was found on the way that is not as it must be.

    ``checkpoint``: where; or the ``area``. ``is_corrected``: set right on the spot.
    """

    ROLES = WALKERS

    description: str
    checkpoint: str = ""
    area: str = ""
    level: Literal["general", "major"] = "general"
    is_corrected: bool = False
    attachment: AttachmentId = ""
    phone_at: _Moment | None = None
    sent_at: _Moment | None = None
    ago_s: _Moment | None = None
    behind_s: _Span | None = None


class Countersign(Ask, tag="countersign", frozen=True, kw_only=True):
    """The supervisor signs a round that is over."""

    ROLES = frozenset({"manager", "admin"})
