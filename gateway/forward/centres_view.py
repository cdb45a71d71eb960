"""Receiving centres: what each has on record, and how its paths stand at this moment."""

from collections.abc import Collection, Mapping
from typing import Literal

from api.ports.centres import CentreNumber, CentreView
from gateway.forward.centre import CentreAtWork
from gateway.stores.centre_outbox import CentreOutbox


class CentresView:
    """Implements api.ports.centres. ``families``: of the centres of the site file, by their names."""

    def __init__(self, families: Mapping[str, str], outbox: CentreOutbox, at_work: Mapping[str, CentreAtWork]) -> None:
        self._families, self._outbox, self._at_work = families, outbox, at_work

    def centres(self, without: Collection[str] | None = None) -> list[CentreView]:
        return [self._view(name, without) for name in self._names()]

    def numbers(self) -> list[CentreNumber]:
        found: list[CentreNumber] = []
        for centre in self._names():
            numbers = self._outbox.progress(centre).numbers
            found += _numbered(centre, "partition", numbers.areas)
            found += _numbered(centre, "zone", numbers.points)
        return found

    def _names(self) -> list[str]:
        return list(dict.fromkeys([*self._families, *self._outbox.centres()]))

    def _view(self, name: str, without: Collection[str] | None) -> CentreView:
        hidden, confirmed = without or frozenset(), self._outbox.progress(name).confirmed or None
        if without is not None:
            confirmed = self._outbox.newest_confirmed(name, without)
        waits = [kept for kept in self._outbox.open(name) if not kept.is_over and kept.event.alert not in hidden]
        centre = self._at_work.get(name)
        return CentreView(
            name=name,
            family=self._families.get(name, ""),
            ways=centre.ways if centre is not None else (),
            confirmed_at=confirmed,
            waiting=len(waits),
            failed=sum(kept.stands == "failed" for kept in waits),
            kept=self._outbox.count(name, hidden),
            why=centre.why if centre is not None else None,
        )


def _numbered(centre: str, kind: Literal["partition", "zone"], given: Mapping[str, int]) -> list[CentreNumber]:
    by_number = sorted((number, name) for name, number in given.items())
    return [CentreNumber(centre, kind, number, name) for number, name in by_number]
