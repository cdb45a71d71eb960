"""How fast and how often: pauses between attempts, and how many messages go to one target. Pure."""

from collections.abc import Sequence

from devices.reading import SECOND, Instant

FIRST_PAUSE_S, LONGEST_PAUSE_S, JITTER = 2.0, 300.0, 0.2
GIVE_UP: Instant = 1_800 * SECOND
"""So long a message is tried; what is older says nothing that anybody outside could still act on."""


def pause(attempts: int, chance: float) -> Instant:
    """How long after that many failed attempts (1 and more) the next one comes; ``chance``: 0 to 1.

    Doubled each time, and up to a fifth more or less, so that what failed together does not come back together.
    """
    seconds = min(FIRST_PAUSE_S * 2.0 ** min(attempts - 1, 30), LONGEST_PAUSE_S)
    return int(seconds * (1 - JITTER + 2 * JITTER * chance) * SECOND)


def free_at(sent: Sequence[Instant], now: Instant, most: int, span: Instant) -> Instant:
    """When one more message may go to a target that was sent these, in time order; ``now`` or earlier: at once."""
    lately = [at for at in sent if at > now - span]
    return lately[-most] + span if len(lately) >= most else now
