"""A site's past, made: what happened is brought through the doors at its own times, as fast as the machine can.

People's asks and records and devices' words go through the inbox to the pipeline that runs at other times, by a clock
that is set to each; so alerts, cases, entries and projections are written by the same code. Between two happenings
every wake-up is kept. Nothing leaves: there is no broker, no line and no output. docs/adr/0246
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from alerts.alert import Alert, Disposition, State
from alerts.case import Case
from alerts.command import Acknowledge, Close, Reset
from alerts.event import LastHeard, Recorded
from alerts.lifecycle import MANNERS, Manner
from api.asks import ask_of, every_workflow
from api.auth import Person
from api.ports import Sign
from devices.codec import Decoded, Report
from devices.errors import KeyareaError
from devices.message import Text
from devices.reading import SECOND, Instant
from gateway import foundation
from gateway.inbox import Delivery, FromLine
from gateway.keys import KeyFile
from gateway.lines import Lines
from gateway.pipeline_assembly import PipelineAssembly
from gateway.running import Running
from gateway.self_monitoring import SelfMonitoring
from gateway.settings import Settings
from gateway.site.model import Site
from gateway.stores.records_together import RecordsTogether
from gateway.vitals import Vitals
from simulators.working_year.happenings import Asked, Happening, Signed, Tended, Told, Written

_LOOKS_EVERY_MIN = 360.0
"""Instead of every minute: nobody needs to know to the minute what was not covered a month ago."""


_LOOKED_THROUGH = 200
"""Entries, for the one that somebody signs."""


class PastClock:
    """gateway.clock.Clock, set by whoever replays."""

    def __init__(self, at: Instant) -> None:
        self.at = at

    def now(self) -> Instant:
        return self.at

    def monotonic(self) -> float:
        return self.at / SECOND

    def jump(self) -> Instant:
        return 0


class Outcome(msgspec.Struct):
    """What came of it: how many happenings, turns of the pipeline, ledger entries; why some were ``refused``."""

    happenings: int = 0
    turns: int = 0
    entries: int = 0
    refused: Counter[str] = msgspec.field(default_factory=Counter)


class HistoryReplay:
    """On a data folder that nothing was recorded in yet, from the first of the happenings on."""

    def __init__(self, site: Site, folder: Path, first: int) -> None:
        """``first``: seconds since 1970. Raises StoreUnavailable."""
        self.clock, self.outcome = PastClock(first * SECOND), Outcome()
        laid = foundation.lay(_alone(site), folder, Settings.from_environment({}), self.clock)
        self._records = RecordsTogether(laid.stores.records.database, site.id)
        self._records.evidence = laid.stores.records.evidence
        self._stores = replace(laid.stores, opened=replace(laid.stores.opened, records=self._records))
        self._foundation, self._inbox = replace(laid, stores=self._stores), laid.inbox
        running = Running(self._foundation.site)
        monitoring = SelfMonitoring(running, Vitals(self.clock.at), self._inbox, self._foundation.metrics, self.clock)
        lines = Lines(self._foundation.site, KeyFile(""), self._inbox, self.clock, monitoring.line_is)
        self._pipeline = PipelineAssembly(self._foundation, running, monitoring, lines).build()
        self._engine: Any = running.engine
        self._addresses = {device.id: (device.family, device.line, device.address) for device in site.devices}
        self._workflows = every_workflow()

    def run(
        self, happenings: Iterable[Happening], until: int, told: Callable[[int], None] = lambda _at: None
    ) -> Outcome:
        """Everything until then, in seconds; ``told`` is given how far it has come. Raises StoreUnavailable."""
        try:
            with self._stores.records.database.unhurried():
                for at, at_once in groupby(happenings, key=attrgetter("at")):
                    self._pass_to(at * SECOND)
                    for happening in at_once:
                        self.outcome.happenings += 1
                        for item in self._items(happening):
                            self._put(item)
                    self._turn()
                    told(at)
                self._pass_to(until * SECOND)
                self._records.flush()
            self.outcome.entries = self._stores.records.ledger_head().sequence
        finally:
            self._stores.close(self.clock.now())
            self._inbox.close()
        return self.outcome

    # -- time ----------------------------------------------------------------------------------------------

    def _pass_to(self, at: Instant) -> None:
        """With a turn for each wake-up on the way."""
        while (wake_at := self._engine.wake_at) is not None and wake_at <= at:
            self.clock.at = max(self.clock.at, wake_at)
            self._turn()
        self.clock.at = max(self.clock.at, at)

    def _turn(self) -> None:
        self.outcome.turns += 1
        self._pipeline.turn()

    def _put(self, item: Any) -> None:
        self._inbox.put(Delivery(item, failed=partial(self._refuse, item)))

    def _refuse(self, item: Any, reason: object) -> None:
        key = reason.key if isinstance(reason, Text) else str(reason)
        self.outcome.refused[f"{type(item).__name__}: {key}"] += 1

    # -- what is handed in ---------------------------------------------------------------------------------

    def _items(self, happening: Happening) -> Iterator[Any]:
        match happening:
            case Asked():
                yield from self._asks(happening)
            case Written():
                book = self._stores.books[happening.book]
                try:
                    book.check(happening.fields)
                except KeyareaError as error:
                    self._refuse(happening, error)
                    return
                yield Recorded(happening.area, happening.book, happening.by, dict(happening.fields))
            case Signed():
                yield from self._signs(happening)
            case Told():
                family, line, address = self._addresses[happening.device]
                report = Report(address, tuple(happening.values.items()))
                yield FromLine(line, family, Decoded((report,)))
            case Tended():
                for alert in self._engine.open_alerts():
                    yield from self._tended(alert, happening)

    def _signs(self, signed: Signed) -> Iterator[Recorded]:
        """Entries are looked for where they stand, so what is held is written first."""
        self._records.flush()
        entries = self._records.ledger_newest(book=signed.book, limit=_LOOKED_THROUGH)
        meant = [each for each in entries if signed.fields.items() <= each.draft.fields.items()]
        if not meant:
            self._refuse(signed, f"{signed.book}: no such record")
            return
        try:
            yield self._stores.signatures.record_of(Sign(meant[0].sequence, signed.signer, signed.by, signed.role))
        except KeyareaError as error:
            self._refuse(signed, error)

    def _tended(self, alert: Alert, tended: Tended) -> Iterator[Acknowledge | Reset | Close]:
        """What is left to do about it; one whose cause stands is acknowledged alone."""
        if alert.state is not State.ACKNOWLEDGED:
            yield Acknowledge(alert.id, tended.by, tended.note)
        if alert.active or MANNERS[alert.alert_class] is Manner.SELF_CLOSING:
            return
        if alert.latched:
            yield Reset(alert.id, tended.by)
        yield Close(alert.id, tended.by, Disposition(tended.finding), tended.note)

    def _asks(self, asked: Asked) -> Iterator[Any]:
        kind = next(ask for ask in self._workflows[asked.workflow].asks if ask.__struct_config__.tag == asked.ask)
        for case in [None] if asked.case is None else self._cases(asked):
            read: dict[str, Any] = {"case": case.id} if case is not None else {}
            read |= {name: getattr(case, name) for name in asked.reads}
            items = [item.id for item in getattr(case, asked.per_item)] if asked.per_item else [""]
            for number, item in enumerate(items):
                one = {asked.item_field: item} if asked.per_item else {}
                fields = {**asked.fields, **read, **one, **asked.odd.get(number, {})}
                fields["id"] = f"past-{self.outcome.happenings}-{number}-{read.get('case', '')}"[:64]
                try:
                    yield ask_of(kind, fields, Person(asked.by, asked.role))
                except KeyareaError as error:
                    self._refuse(asked, error)

    def _cases(self, asked: Asked) -> list[Case]:
        """Those that it is about, as they stand."""
        wanted = asked.case or {}
        stands = self._engine.kernel.cases.of(asked.workflow).values()
        found = [case for case in stands if all(getattr(case, name) == value for name, value in wanted.items())]
        if not found and not asked.is_of_each:
            self._refuse(asked, f"{asked.workflow}.{asked.ask}: no such case")
        return found if asked.is_of_each else found[-1:]


def _alone(site: Site) -> Site:
    """The site with nothing to hear or to send by. Silence is no loss there: nobody who is silent could be heard."""
    tables = {
        name: replace(table, every_min=_LOOKS_EVERY_MIN) if hasattr(table, "every_min") else table
        for name, table in site.workflows.items()
    }
    rules = tuple(rule for rule in site.rules if LastHeard not in rule.listens)
    return replace(site, mqtt=None, serial=(), socket=(), modbus=(), osdp=(), outputs=(), rules=rules, workflows=tables)
