"""What the ledger holds as evidence of each obligation: counted by the rules themselves, corrections counted back."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import msgspec

from alerts.obligation import Obligation, often
from devices.reading import Instant
from ledger.entry import Entry
from ledger.signers import Signature, signature_of
from ledger.standing_duty import ALERTS, StandingDuty

Watched: TypeAlias = Obligation | StandingDuty


class Evidence(msgspec.Struct, frozen=True):
    """Something that was done: entry ``sequence`` (the first, of those that correct each other), ``at`` that time."""

    sequence: int
    at: Instant
    area: str
    times: int


class Counting(msgspec.Struct, frozen=True):
    """So many entries of the ledger are counted, of so many."""

    read: int
    of: int

    @property
    def percent(self) -> int:
        return 100 * self.read // max(1, self.of)


class Kept(msgspec.Struct, frozen=True):
    """What is stored: how far was read, for which rules (in the words of ``key_of``), and what was found.

    ``done_at``: when that was done which an entry of a book of theirs says, whatever corrected it before. ``first``: of
    an entry that corrects, the one that was corrected first of all. ``waiting``: what counts once it is signed, by the
    number of its entry.
    """

    position: int = 0
    found: dict[str, list[Evidence]] = {}
    done_at: dict[int, Instant] = {}
    first: dict[int, int] = {}
    waiting: dict[str, dict[int, Evidence]] = {}


def key_of(rule: Watched) -> str:
    """All of a rule that says what counts; whatever else of it changes, nothing is read anew."""
    if isinstance(rule, StandingDuty):
        return msgspec.json.encode((rule.name, rule.rules)).decode()
    said = (rule.name, rule.topics, rule.books, sorted(rule.where.items()))
    return msgspec.json.encode((*said, rule.signed_by) if rule.signed_by else said).decode()


class ObligationEvidence:
    """Reads entries in order. What an entry corrects does not count any more; the correction does, at its time."""

    def __init__(self, rules: Sequence[Watched], kept: Kept | None = None) -> None:
        """``kept`` of other rules is not used: everything is read anew."""
        self._rules = {key_of(rule): rule for rule in rules}
        is_usable = kept is not None and kept.found.keys() == self._rules.keys()
        self._kept = kept if kept is not None and is_usable else Kept(found={key: [] for key in self._rules})
        self.position = self._kept.position
        self._done_at, self._first = dict(self._kept.done_at), dict(self._kept.first)
        self._books = {book for rule in rules if isinstance(rule, Obligation) for book in rule.books}
        self._waiting = {key: dict(its) for key, its in self._kept.waiting.items()}
        self._by_word = dict[str, list[tuple[str, Watched]]]()
        for key, rule in self._rules.items():
            for word in (ALERTS,) if isinstance(rule, StandingDuty) else {*rule.topics, *rule.books}:
                self._by_word.setdefault(word, []).append((key, rule))
        self._found = {key: {one.sequence: one for one in its} for key, its in self._kept.found.items()}

    def is_of(self, rules: Sequence[Watched]) -> bool:
        """Whether it was counted for these rules."""
        return {key_of(rule) for rule in rules} == self._rules.keys()

    def read(self, entries: Iterable[Entry]) -> None:
        """Those that follow ``position``, in their order."""
        for entry in entries:
            self._read(entry)
            self.position = entry.sequence

    def _read(self, entry: Entry) -> None:
        draft, was = entry.draft, entry.draft.corrects
        at = draft.at if was is None else self._done_at.get(was, draft.at)
        if draft.book in self._books:
            self._done_at[entry.sequence] = at
        first = entry.sequence if was is None else self._first.get(was, was)
        if was is not None:
            self._first[entry.sequence] = first
            for found in self._found.values():
                found.pop(first, None)
            for waiting in self._waiting.values():
                waiting.pop(was, None)
        if (signature := signature_of(entry)) is not None:
            self._signed(signature)
            return
        fields = draft.fields
        word = f"{fields['workflow']}.{fields.get('step', '')}" if "workflow" in fields else draft.book
        for key, rule in self._by_word.get(word, ()):
            if isinstance(rule, Obligation) and word == draft.book and not draft.by:
                continue  # written without a person, from a sensor: its rule is told nothing of it either
            if rule.counts(draft.book, draft.fields) and not draft.fields.get("origin"):
                evidence = Evidence(first, at, draft.area, often(draft.fields))
                if isinstance(rule, Obligation) and rule.signed_by and draft.book in rule.books:
                    self._waiting.setdefault(key, {})[entry.sequence] = evidence
                else:
                    self._found[key][first] = evidence

    def _signed(self, signature: Signature) -> None:
        """What waited for it counts."""
        for key, rule in self._rules.items():
            if isinstance(rule, Obligation) and rule.signed_by == signature.signer:
                evidence = self._waiting.get(key, {}).pop(signature.entry, None)
                if evidence is not None:
                    self._found[key][evidence.sequence] = evidence

    def done(self, rule: Watched, area: str = "") -> list[tuple[Instant, int]]:
        """(when, how often) in the order it was told; with ``area`` only there. Also while another thread reads on."""
        its = list(self._found[key_of(rule)].values())
        areas = {area} if area else set(rule.areas)
        return [(one.at, one.times) for one in its if not areas or one.area in areas]

    def kept(self) -> Kept:
        """To be stored."""
        found = {key: list(its.values()) for key, its in self._found.items()}
        return Kept(self.position, found, self._done_at, self._first, self._waiting)
