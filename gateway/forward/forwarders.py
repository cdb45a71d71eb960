"""All receiving centres of a site: each with what is spoken to it, as a part for the supervisor."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import msgspec

from alerts.alert import AlertEvent
from api.catalogue import language
from api.ports import Published
from devices.codec import Key
from devices.device import Device
from devices.families import centre_families
from devices.message import Text
from gateway.forward.centre import CentreAtWork
from gateway.forward.centres_view import CentresView
from gateway.forward.ways import Ways
from gateway.foundation import Foundation
from gateway.own_devices import forwarding_part
from gateway.site.model import Site
from gateway.site.outside import Forwarding
from gateway.stores.centre_outbox import CentreOutbox
from gateway.stores.records_read import RecordsReader
from gateway.supervisor import run_thread


class Forwarders:
    """``tell_fault`` is told what is wrong with a centre or a path, from any thread."""

    def __init__(
        self,
        foundation: Foundation,
        keys: Key,
        device: Callable[[str], Device | None],
        tell_fault: Callable[[str, Text | None], None],
    ) -> None:
        """``device`` finds an installed one by its id."""
        site, records = foundation.site, foundation.stores.records
        self._outbox = CentreOutbox(records.documents)
        ways = Ways(
            clock=foundation.clock,
            outbox=self._outbox,
            history=_History(records),
            hand_in=foundation.inbox.put,
            tell_fault=tell_fault,
            in_words=language(site.language, site.time_zone).show,
            describe=partial(_described, site, device),
        )
        self._families = {setup.name: setup.family for setup in site.forwarding}
        self._centres = {setup.name: _centre(setup, keys, ways) for setup in site.forwarding}
        for centre in self._centres.values():
            foundation.feed.attach(centre)

    @property
    def view(self) -> CentresView:
        """For whoever looks."""
        return CentresView(self._families, self._outbox, self._centres)

    def parts(self) -> dict[str, Callable[[], Awaitable[None]]]:
        """The body of each centre's task, by the name of the part."""
        return {
            forwarding_part(name): partial(run_thread, forwarding_part(name), centre.run, centre.stop)
            for name, centre in self._centres.items()
        }


class _History:
    """gateway.forward.ways.History."""

    def __init__(self, records: RecordsReader) -> None:
        self._records = records

    def open_alerts(self) -> list[AlertEvent]:
        return [step for alert in self._records.open_alerts() for step in self._records.history(alert.id)]

    def feed_after(self, number: int, limit: int) -> Sequence[Published]:
        return self._records.feed_after(number, limit)

    def feed_newest(self) -> int:
        return self._records.feed_newest()


def _centre(setup: Forwarding, keys: Key, ways: Ways) -> CentreAtWork:
    speaks = centre_families()[setup.family]
    options = msgspec.convert(setup.options, speaks.options)
    wanted = speaks.keys(setup.name, options)
    return CentreAtWork(
        setup, speaks, speaks.open(setup.name, options, keys), ways, lambda: _lacking(setup.name, wanted, keys)
    )


def _lacking(centre: str, wanted: Sequence[str], keys: Key) -> Text | None:
    missing = next((name for name in wanted if keys(name) is None), None)
    return Text.of("forward.no_key", centre=centre, name=missing) if missing is not None else None


def _described(site: Site, device: Callable[[str], Device | None], area: str, point: str) -> str:
    """What a centre reads: where it is and which device, in the site's language."""
    place = next((each for each in site.areas if each.id == area), None)
    named = [(_named(site, place.name, place.name_zh) if place is not None else "") or area]
    if point:
        found = device(point)
        named.append((_named(site, found.name, found.name_zh) if found is not None else "") or point)
    return " ".join(named)


def _named(site: Site, name: str, name_zh: str) -> str:
    return (name_zh or name) if site.language == "zh" else (name or name_zh)
