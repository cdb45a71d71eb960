"""Set aside: why an alert that stands is not shouted, by whose doing, and until when. It is never less recorded."""

from enum import StrEnum

import msgspec
from msgspec.structs import force_setattr

from devices.message import Text
from devices.reading import Instant


class SuppressionKind(StrEnum):
    """How ISA-18.2 and IEC 62682 call it."""

    SUPPRESSED = "suppressed"
    OUT_OF_SERVICE = "out_of_service"
    SHELVED = "shelved"


class SuppressionReason(StrEnum):
    """What set it aside; a stage that is added brings a word of its own.

    Earlier releases had a reason of its own for two that are workflows now.
    """

    BYPASS = "bypass"
    WALK_TEST = "walk_test"
    LINE_LOST = "line_lost"
    NOT_PUT_UP = "not_put_up"
    CASE = "case"


KIND_OF: dict[str, SuppressionKind] = {
    SuppressionReason.BYPASS: SuppressionKind.OUT_OF_SERVICE,
    SuppressionReason.WALK_TEST: SuppressionKind.OUT_OF_SERVICE,
    SuppressionReason.LINE_LOST: SuppressionKind.SUPPRESSED,
    SuppressionReason.NOT_PUT_UP: SuppressionKind.SUPPRESSED,
    SuppressionReason.CASE: SuppressionKind.OUT_OF_SERVICE,
}


_WORKFLOWS_NOW = (SuppressionReason.BYPASS, SuppressionReason.WALK_TEST)


class Suppression(msgspec.Struct, frozen=True):
    """``reason`` is the word of the stage that set it aside, ``source`` the id of the case or line, "" without one.

    ``workflow``: of a case, whose it is. ``is_test``: somebody tests the device, and made it say so. ``is_shelved``:
    the case holds the alert back, and no device.

    ``since``: when it was set aside. ``note``: the workflow's own text, or the words of whoever asked.

    ``until``: when the gateway looks again at the latest; None: when the reason ends. ``left_s``: how much longer, in
    seconds, a device behind a lost line may be silent while the line is up; None: its whole interval.
    """

    reason: str
    source: str
    since: Instant
    by: str = ""
    until: Instant | None = None
    note: str | Text = ""
    left_s: float | None = None
    workflow: str = ""
    is_test: bool = False
    is_shelved: bool = False

    def __post_init__(self) -> None:
        if self.reason in _WORKFLOWS_NOW:
            force_setattr(self, "workflow", str(self.reason))
            force_setattr(self, "is_test", self.reason == SuppressionReason.WALK_TEST)
            force_setattr(self, "reason", SuppressionReason.CASE)

    @property
    def why(self) -> str:
        """In one word: the name of the workflow or of the reason."""
        return self.workflow or self.reason

    @property
    def title(self) -> Text:
        """The same as people read it."""
        return Text.of(f"{self.workflow}.title" if self.workflow else f"suppression_reason.{self.reason}")

    @property
    def kind(self) -> SuppressionKind:
        if self.is_shelved:
            return SuppressionKind.SHELVED
        return KIND_OF.get(self.reason, SuppressionKind.SUPPRESSED)
