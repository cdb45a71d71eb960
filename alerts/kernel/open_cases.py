"""Every open case: by workflow and id, by the devices that it holds, and when it is to be looked at next.

What cannot be read stays in the store as it is and is not here: it holds nothing back, wakes nobody, and is a fault.
"""

import heapq
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import msgspec

from alerts.case import Case, HeldBack
from alerts.workflow import Workflow
from devices.reading import Instant

Name = tuple[str, str]
"""(workflow, id of the case)"""


_Of = TypeVar("_Of", str, tuple[str, str])


class _Version(msgspec.Struct, frozen=True):
    version: int = 1


class OpenCases:
    """``of`` is what workflows are handed: a view that is always as things stand."""

    def __init__(self) -> None:
        self._of: dict[str, dict[str, Any]] = {}
        self._holding: dict[str, dict[Name, None]] = {}
        self._hearing: dict[str, dict[Name, None]] = {}
        self._shelving: dict[tuple[str, str], dict[Name, None]] = {}
        """By rule and key of the alert."""
        self._heap: list[tuple[Instant, str, str]] = []
        self._wanted: dict[Name, Instant] = {}
        """The newest time at which each is wanted: those overtaken fade from the heap."""

    def of(self, workflow: str) -> Mapping[str, Any]:
        """The open cases of a workflow, by id."""
        return self._of.setdefault(workflow, {})

    def find(self, workflow: str, case: str) -> Case | None:
        return self._of.get(workflow, {}).get(case)

    def put(self, workflow: str, case: Case) -> None:
        """As it stands now; one that is not open is gone."""
        name = (workflow, case.id)
        before = self.find(workflow, case.id)
        _forget(self._holding, _held(before), name)
        _forget(self._hearing, _heard(before), name)
        _forget(self._shelving, _shelved(before), name)
        if not case.is_open:
            self._of.get(workflow, {}).pop(case.id, None)
            self._wanted.pop(name, None)
            return
        self._of.setdefault(workflow, {})[case.id] = case
        for device in _held(case):
            self._holding.setdefault(device, {})[name] = None
        for device in _heard(case):
            self._hearing.setdefault(device, {})[name] = None
        for alert in _shelved(case):
            self._shelving.setdefault(alert, {})[name] = None
        self.wake(name, case.next_at)

    def wake(self, name: Name, at: Instant | None) -> None:
        """Look at it then, and at no other time."""
        if at is None:
            self._wanted.pop(name, None)
        elif self._wanted.get(name) != at:
            self._wanted[name] = at
            heapq.heappush(self._heap, (at, *name))

    def is_due(self, name: Name, now: Instant) -> bool:
        """Whether it is to be looked at by now, and was not yet."""
        at = self._wanted.get(name)
        return at is not None and at <= now

    @property
    def wake_at(self) -> Instant | None:
        while self._heap and self._wanted.get(self._heap[0][1:]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def due(self, now: Instant, most: int) -> list[Name]:
        """So many of those to be looked at by now, the longest due first; each is given once."""
        found: list[Name] = []
        while len(found) < most and (at := self.wake_at) is not None and at <= now:
            _, *name = heapq.heappop(self._heap)
            del self._wanted[name[0], name[1]]
            found.append((name[0], name[1]))
        return found

    # -- who is heard --------------------------------------------------------------------------------------

    @property
    def hearing(self) -> Mapping[str, Mapping[Name, None]]:
        """The cases that hear a device, by device."""
        return self._hearing

    # -- what is held back ---------------------------------------------------------------------------------

    def holds(self, device: str) -> bool:
        return device in self._holding

    def holding(self, device: str) -> list[tuple[str, Any]]:
        """(workflow, case) of each case that holds the device."""
        return [(workflow, self._of[workflow][case]) for workflow, case in self._holding.get(device, ())]

    def shelves(self, rule: str, key: str) -> bool:
        """Whether any case holds that alert back as a whole."""
        return (rule, key) in self._shelving

    def shelving(self, rule: str, key: str) -> list[tuple[str, Any]]:
        """(workflow, case) of each that does."""
        return [(workflow, self._of[workflow][case]) for workflow, case in self._shelving.get((rule, key), ())]

    def in_test(self, device: str) -> bool:
        """Whether a case that tests the device wants to hear it before the rules do."""
        return any(case.holds.is_test for _, case in self.holding(device))

    def has(self, case: str) -> bool:
        """Whether any case of that id is open and holds something back."""
        return any(case in cases and cases[case].holds is not None for cases in self._of.values())

    @property
    def is_holding(self) -> bool:
        """Whether any device or alert is held by any case."""
        return bool(self._holding or self._shelving)

    def out(self, devices: Iterable[str]) -> frozenset[str]:
        """Those of the devices that cannot be counted on."""
        return frozenset(d for d in devices if any(case.holds.is_out for _, case in self.holding(d)))

    def in_force(self) -> list[HeldBack]:
        """Everything that is held back now."""
        every = (*self._holding.values(), *self._shelving.values())
        names = dict.fromkeys(name for holding in every for name in holding)
        cases = [(workflow, self._of[workflow][case]) for workflow, case in names]
        return [
            HeldBack(workflow, case.id, case.by, case.second, case.holds, case.opened, case.area)
            for workflow, case in cases
        ]


def _forget(index: dict[_Of, dict[Name, None]], held: Iterable[_Of], name: Name) -> None:
    for one in held:
        names = index[one]
        names.pop(name, None)
        if not names:
            del index[one]


def _shelved(case: Case | None) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys(case.holds.alerts)) if case is not None and case.holds is not None else ()


def _held(case: Case | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(case.holds.devices)) if case is not None and case.holds is not None else ()


def _heard(case: Case | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(case.hears)) if case is not None else ()


def read(workflow: Workflow[Any], stored: bytes) -> Case:
    """A stored case as it is now. Raises ValueError, or whatever the workflow raises."""
    version = msgspec.json.decode(stored, type=_Version).version
    kind: type[Case] = workflow.case
    if version == kind.VERSION:
        return msgspec.json.decode(stored, type=kind)
    upgraded = workflow.upgrade(version, msgspec.json.decode(stored, type=dict[str, Any]))
    return msgspec.convert({**upgraded, "version": kind.VERSION}, kind)
