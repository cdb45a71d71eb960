"""What the engine goes on from after a start."""

from collections.abc import Mapping, Sequence

import msgspec

from alerts.alert import Alert
from devices.reading import Origin
from devices.supervision import Span


class Restored(msgspec.Struct, frozen=True):
    """What was stored of an engine before this one; of the first one there is nothing."""

    alerts: Sequence[Alert] = ()
    """Those that are not closed."""
    memories: Mapping[tuple[str, str], bytes] = {}
    """Of rules, as bytes (MessagePack) by (rule, key)."""
    cases: Mapping[tuple[str, str], bytes] = {}
    """Of workflows, those that are open, as JSON by (workflow, id)."""
    origin: Origin = "real"
    """Of all that it hears."""
    runs: Sequence[Span] = ()
    """When others listened, the oldest first."""
