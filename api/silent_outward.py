"""What leaves the gateway for a silent alarm, as those see it who may not see the alarm (api/silent_alarm_view.py)."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from msgspec.structs import replace

from alerts.alert import Alert
from alerts.output_rule import OutputState
from api import ports
from api.ports.centres import CentreNumber, CentreView
from api.ports.messages import LastMessage

Hidden: TypeAlias = Callable[[], Sequence[Alert]]
"""The silent alarms that must not be seen now."""


class Outputs:
    """Without what it switched."""

    def __init__(self, outputs: ports.Outputs, hidden: Hidden) -> None:
        self._outputs, self._hidden = outputs, hidden

    def outputs(self) -> list[OutputState]:
        """What one switched, a relay or a lock, as if it had never been ordered."""
        hidden = {alert.id for alert in self._hidden()}
        return [
            replace(state, ordered=None) if state.ordered is not None and state.ordered.order.alert in hidden else state
            for state in self._outputs.outputs()
        ]


class Centres:
    """Without what they were told of it; ``listens``: whether one of these devices would tell of it.

    ``is_told``: the site has silent alarms, and when a centre spoke last is when it was told of one.
    """

    def __init__(
        self,
        centres: ports.Centres,
        hidden: Hidden,
        listens: Callable[[Iterable[str]], bool],
        is_told: Callable[[], bool],
    ) -> None:
        self._centres, self._hidden, self._listens, self._is_told = centres, hidden, listens, is_told

    def centres(self, without: Collection[str] | None = None) -> list[CentreView]:
        """Also while none is open: what is counted otherwise from that moment on would tell of it."""
        found = self._centres.centres({*(without or ()), *(alert.id for alert in self._hidden())})
        return [_unheard(centre) for centre in found] if self._is_told() else found

    def numbers(self) -> list[CentreNumber]:
        """A device gets its number when a centre is first told of it: of a button for this, nobody here learns it."""
        return [each for each in self._centres.numbers() if each.kind != "zone" or not self._listens((each.name,))]


def _unheard(centre: CentreView) -> CentreView:
    return replace(centre, ways=tuple(replace(way, heard_at=None) for way in centre.ways))


class Messages:
    """Without those about it."""

    def __init__(self, messages: ports.Messages, hidden: Hidden) -> None:
        self._messages, self._hidden = messages, hidden

    def newest(self, without: Collection[str] = frozenset()) -> Mapping[tuple[str, str], LastMessage]:
        return self._messages.newest({*without, *(alert.id for alert in self._hidden())})


def outward(gateway: ports.Gateway, hidden: Hidden, listens: Callable[[Iterable[str]], bool]) -> dict[str, Any]:
    """The nouns of the gateway that are seen so."""
    return {
        "outputs": Outputs(gateway.outputs, hidden),
        "centres": Centres(gateway.centres, hidden, listens, lambda: bool(gateway.rules.silent_alarm_screens())),
        "messages": Messages(gateway.messages, hidden),
    }
