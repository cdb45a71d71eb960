"""What a trial of a rule over recorded time came to, in numbers: as a change of rules and the ledger keep it."""

import msgspec

from devices.message import At, Text
from devices.reading import Instant


class TrialResult(msgspec.Struct, frozen=True, kw_only=True):
    """Of the stretch from ``since`` to ``until``, against the rules that ran.

    ``gained``, ``lost``, ``moved``: alerts; ``false_gained`` and ``false_lost`` are those of them that people did not
    find to be real; ``caught`` and ``missed``: incidents that people confirmed; ``failures``: how often the rule
    itself failed.
    """

    since: Instant
    until: Instant
    readings: int = 0
    events: int = 0
    gained: int = 0
    lost: int = 0
    moved: int = 0
    false_gained: int = 0
    false_lost: int = 0
    caught: int = 0
    missed: int = 0
    failures: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing was recorded that it could have been tried on."""
        return not self.readings and not self.events

    @property
    def text(self) -> Text:
        span = {"since": At(self.since), "until": At(self.until)}
        if self.is_empty:
            return Text.of("trial_result.empty", **span)
        names = [name for name in self.__struct_fields__ if name not in span]
        return Text.of("trial_result.said", **span, **{name: getattr(self, name) for name in names})
