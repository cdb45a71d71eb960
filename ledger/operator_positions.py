"""How many people are at the operator positions: those rostered for a control room, less who is known to be absent."""

from collections.abc import Collection, Iterable, Sequence

from devices.reading import Instant
from ledger.posts import FIRE_CONTROL_ROOM, Post
from ledger.roster import Stint

ROLES = frozenset({FIRE_CONTROL_ROOM, "control_room"})
"""Of the posts at which alerts are handled."""


def operator_posts(posts: Iterable[Post]) -> frozenset[str]:
    """Their ids."""
    return frozenset(post.id for post in posts if ROLES & {post.role, post.id})


def people_at(stints: Iterable[Stint], at: Instant, absent: Collection[tuple[str, str]] = ()) -> int:
    """How many are on duty then; ``absent``: (post, person) who are known not to have come. 0: nobody."""
    return len({one.person for one in stints if one.begins <= at < one.ends and (one.post, one.person) not in absent})


def average(stints: Sequence[Stint], since: Instant, until: Instant) -> float:
    """How many there were from ``since`` to ``until`` on average; where nobody is rostered, one is counted."""
    if since >= until:
        return 1.0
    changes: list[tuple[Instant, int]] = []
    for one in stints:
        if one.begins < until and one.ends > since:
            changes += [(max(one.begins, since), 1), (min(one.ends, until), -1)]
    changes.sort()
    total, people, at = 0, 0, since
    for edge, change in [*changes, (until, 0)]:
        total += (edge - at) * max(1, people)
        people, at = people + change, edge
    return total / (until - since)
