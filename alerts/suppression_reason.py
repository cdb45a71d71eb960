"""Set aside: why an alert that stands is not shouted, by whose doing, and until when. It is never less recorded."""

from enum import StrEnum

import msgspec

from devices.reading import Instant


class SuppressionKind(StrEnum):
    """How ISA-18.2 and IEC 62682 call it."""

    SUPPRESSED = "suppressed"
    OUT_OF_SERVICE = "out_of_service"


class SuppressionReason(StrEnum):
    """What set it aside."""

    BYPASS = "bypass"
    WALK_TEST = "walk_test"
    LINE_LOST = "line_lost"
    NOT_PUT_UP = "not_put_up"
    CASE = "case"


KIND_OF: dict[SuppressionReason, SuppressionKind] = {
    SuppressionReason.BYPASS: SuppressionKind.OUT_OF_SERVICE,
    SuppressionReason.WALK_TEST: SuppressionKind.OUT_OF_SERVICE,
    SuppressionReason.LINE_LOST: SuppressionKind.SUPPRESSED,
    SuppressionReason.NOT_PUT_UP: SuppressionKind.SUPPRESSED,
    SuppressionReason.CASE: SuppressionKind.OUT_OF_SERVICE,
}


class Suppression(msgspec.Struct, frozen=True):
    """``source`` is the id of the bypass, walk test, line or case that it follows from, "" where there is none.

    ``workflow``: of a case, whose it is.

    ``since``: when it was set aside.

    ``until``: when the gateway looks again at the latest; None: when the reason ends. ``left_s``: how much longer, in
    seconds, a device behind a lost line may be silent while the line is up; None: its whole interval.
    """

    reason: SuppressionReason
    source: str
    since: Instant
    by: str = ""
    until: Instant | None = None
    note: str = ""
    left_s: float | None = None
    workflow: str = ""

    @property
    def kind(self) -> SuppressionKind:
        return KIND_OF[self.reason]
