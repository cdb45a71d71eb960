"""How far what receiving centres are told of one alert has come: sending, confirmed, failed.

Standard: GB 16806-2006, 4.8: a light that flashes while it is sent and is steady after the confirmation; what is not
confirmed is seen and heard.
"""

from collections.abc import Iterable
from typing import Literal, TypeAlias

import msgspec

Transmitted: TypeAlias = Literal["sending", "confirmed", "failed"]
_ORDER: tuple[Transmitted, ...] = ("failed", "sending", "confirmed")
"""What says most of the whole comes first."""
_MOST_OPEN = 20


class Transmission(msgspec.Struct, frozen=True):
    """``event`` of an alert at a ``centre``; "": of all that the centre has confirmed."""

    centre: str
    state: Transmitted
    event: str = ""


def after(before: tuple[Transmission, ...], news: Transmission) -> tuple[Transmission, ...]:
    """What a centre confirmed is one entry; what it has not, one each, the newest of too many."""
    rest = [each for each in before if (each.centre, each.event) != (news.centre, news.event)]
    if news.state == "confirmed":
        whole = Transmission(news.centre, "confirmed")
        return (*(each for each in rest if each != whole), whole)
    return (*rest, news)[-_MOST_OPEN:]


def of_all(told: Iterable[Transmission]) -> Transmitted | None:
    """Of all centres and events the one that says most; None: no centre was told of it, or none has answered yet."""
    states = {each.state for each in told}
    return next((state for state in _ORDER if state in states), None)
