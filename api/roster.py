"""The roster as the API and the console read it: of the cases of whichever workflow keeps lines, and looks ahead."""

from collections.abc import Iterable
from typing import Any

from alerts.calendar import Calendar
from alerts.facts import PERSON_OF
from api.asks import ask_at, every_workflow
from api.ports import Gateway
from devices.message import Name
from devices.reading import SECOND, Instant
from ledger.posts import Post
from ledger.roster import Stint, all_stints

LINES, OUTLOOK = "duty/lines", "duty/outlook"
"""The addresses at which a line is planned, and at which the roster is looked at."""
_DAY = 86_400 * SECOND
_PAST, _AHEAD = 7 * _DAY, 60 * _DAY


def keeper(address: str) -> str:
    """The workflow whose ask has that address; "" for none."""
    ask = ask_at(address)
    return next((name for name, kind in every_workflow().items() if ask in kind.asks), "")


def outlook(gateway: Gateway) -> list[Any]:
    """A case for each post: ``post``, ``stints``, ``findings`` of the next days, ``looked_at``."""
    return sorted(gateway.workflows.cases(keeper(OUTLOOK)), key=lambda case: case.id)


def posts(gateway: Gateway) -> dict[str, Post]:
    """By their ids."""
    return {case.post.id: case.post for case in outlook(gateway)}


def planned(gateway: Gateway, now: Instant, post: str = "", person: str = "") -> list[Stint]:
    """From a week ago to 60 days ahead; of one post, of one person."""
    lines = [case.line for case in gateway.workflows.cases(keeper(LINES)) if hasattr(case, "line")]
    stints = all_stints(lines, Calendar(gateway.site.time_zone()), now - _PAST, now + _AHEAD)
    return [each for each in stints if post in ("", each.post) and person in ("", each.person)]


def called(gateway: Gateway) -> dict[str, Name]:
    """What people are called, by their ids and by their accounts; whom the asker may not see is not among them."""
    flows = [name for name, kind in every_workflow().items() if PERSON_OF in kind.provides]
    return names([case for flow in flows for case in gateway.workflows.cases(flow)])


def names(registered: Iterable[Any]) -> dict[str, Name]:
    """The same, of these cases. An id that is another's account, too, is its own."""
    people = [(case.id, case.person) for case in registered]
    by_account = {person.account: person.called for _, person in people if person.account}
    return by_account | {id_: person.called for id_, person in people}
