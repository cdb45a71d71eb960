"""The gateway as an account may see it: without what its areas and its role leave out, numbers of documents masked.

Alerts, modes, bypasses, rounds, coverage and plans are there for everybody who may look: an alarm next door concerns
whoever is here. What is left out is what such an account has no work with: cases of other areas where their workflow
says so (``by_area``), what stands beside the chain in entries of other areas and of none, and what cases tell of
people (``personal``), and asks that wait for a second person (``PERSONAL``), where the role does not see what is
personal in the book. (docs/adr/0250)

What is masked (ledger/masking.py) is masked for everybody, whole only by ``disclose``, which is kept. (docs/adr/0298)
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from alerts.ask import Ask
from alerts.case import Case, HeldBack
from alerts.effects import Answered
from alerts.facts import Fact, FieldValue
from alerts.kernel.consent import Waiting
from alerts.trial_result import TrialResult
from alerts.workflow import Workflow
from api.ports import Disclose, Erase, Gateway, Sign, UnsignedEntry
from api.workflow_finder import every_workflow
from devices.errors import Refused
from devices.message import Text
from devices.people import people
from ledger.books import READERS, Book
from ledger.entry import Entry
from ledger.masking import masked, masked_names, masked_within
from ledger.signers import Signature
from ledger.values_beside import Name, without_values


class Limits(msgspec.Struct, frozen=True):
    """Of whom: the signature ``by``, the role, and the areas that the account is limited to; none: everywhere.

    ``is_owner``: of the data folder, to whom no role hides anything.
    """

    by: str
    role: str
    areas: tuple[str, ...] = ()
    is_owner: bool = False


def limited(gateway: Gateway, limits: Limits) -> Gateway:
    """The gateway as it is seen so."""
    return replace(gateway, workflows=_Workflows(gateway, limits), ledger=_Ledger(gateway, limits))


class _Workflows:
    def __init__(self, gateway: Gateway, limits: Limits) -> None:
        self._workflows, self._books, self._limits = gateway.workflows, gateway.ledger.books, limits

    async def ask(self, ask: Ask) -> Answered:
        return await self._workflows.ask(ask)

    async def trial(self, ask: Ask) -> TrialResult | None:
        return await self._workflows.trial(ask)

    def choices(self, workflow: str) -> Mapping[str, Sequence[str]]:
        return self._workflows.choices(workflow)

    def cases(self, workflow: str) -> list[Case]:
        return self._seen(workflow, self._workflows.cases(workflow))

    def case(self, workflow: str, case: str) -> Case | None:
        found = self._workflows.case(workflow, case)
        return next(iter(self._seen(workflow, [found])), None) if found is not None else None

    def past_cases(self, workflow: str, limit: int = 50) -> list[Case]:
        return self._seen(workflow, self._workflows.past_cases(workflow, limit))

    def newest_facts(self, topic: str) -> dict[str, Fact]:
        return self._workflows.newest_facts(topic)

    def suppressions(self) -> list[HeldBack]:
        return self._workflows.suppressions()

    def _seen(self, workflow: str, cases: list[Case]) -> list[Case]:
        kind = every_workflow().get(workflow)
        if kind is None:
            return cases
        if issubclass(kind.case, Waiting):
            return [self._waiting(case) for case in cases]  # type: ignore[arg-type]
        if kind.by_area and self._limits.areas:
            cases = [case for case in cases if case.area in ("", *self._limits.areas)]
        if kind.personal and not self._may_see(kind):
            empty: dict[str, Any] = {name: _default(kind.case, name) for name in kind.personal}
            cases = [replace(case, **empty) for case in cases]
        names = self._masked(kind)
        return [masked_within(case, names) for case in cases] if names else cases

    def _masked(self, kind: type[Workflow[Any]]) -> frozenset[str]:
        return masked_names(self._books().get(kind.book))

    def _waiting(self, waiting: Waiting) -> Waiting:
        """What is asked for without what it says of people: an imported list waits as a whole."""
        kind = every_workflow().get(waiting.workflow)
        asks = kind.asks if kind is not None else ()
        ask = next((each for each in asks if each.__struct_config__.tag == waiting.tag), None)
        if kind is None or ask is None or not ask.PERSONAL:
            return waiting
        may = self._may_see(kind)
        shown = {name: value for name, value in waiting.ask.items() if may or name not in ask.PERSONAL}
        return replace(waiting, ask=masked_within(shown, self._masked(kind)))

    def _may_see(self, kind: type[Workflow[Any]]) -> bool:
        """Of people all over the site: whoever is limited to areas sees none of it."""
        if self._limits.is_owner:
            return True
        book = self._books().get(kind.book)
        sees = book.may_see(self._limits.role) if book is not None else self._limits.role in READERS
        return sees and not self._limits.areas


def _default(case: type[msgspec.Struct], field: str) -> Any:
    return next(each.default for each in msgspec.structs.fields(case) if each.name == field)


class _Ledger:
    """The chain is there as a whole, so that it can be verified; of what stands beside it only their own areas'."""

    def __init__(self, gateway: Gateway, limits: Limits) -> None:
        self._ledger, self._areas, self._own = gateway.ledger, limits.areas, people(limits.by)

    def ledger(self, *, book: str | None = None, after: int = 0, limit: int = 200) -> list[Entry]:
        return [self._seen(entry) for entry in self._ledger.ledger(book=book, after=after, limit=limit)]

    def books(self) -> Mapping[str, Book]:
        return self._ledger.books()

    def newest(self, book: str, limit: int, before: int = 0) -> list[Entry]:
        return [self._seen(entry) for entry in self._ledger.newest(book, limit, before)]

    def unsigned(self, book: str = "") -> list[UnsignedEntry]:
        return self._ledger.unsigned(book)

    def signatures(self, entry: int) -> tuple[Signature, ...]:
        return self._ledger.signatures(entry)

    async def sign(self, order: Sign) -> None:
        await self._ledger.sign(order)

    async def erase(self, order: Erase) -> None:
        await self._ledger.erase(order)

    async def disclose(self, order: Disclose) -> Mapping[Name, FieldValue]:
        for number, name in order.values:
            entry = next(iter(self._ledger.ledger(after=number - 1, limit=1)), None)
            if entry is not None and name in self._limited(entry).gone:
                raise Refused(Text.of("area_sight.not_yours", entry=number, field=name[:64]))
        return await self._ledger.disclose(order)

    def _limited(self, entry: Entry) -> Entry:
        is_theirs = not self._areas or entry.draft.area in self._areas or bool(self._own & people(entry.draft.by))
        return entry if is_theirs else without_values(entry)

    def _seen(self, entry: Entry) -> Entry:
        book = self._ledger.books().get(entry.draft.book)
        return masked(self._limited(entry), book) if book is not None else self._limited(entry)
