"""What happens at a site, each with its time: what people ask, write down, do about alerts; what devices tell.

Plain values, as a client of the API would send them. Whoever replays them finds the cases that they are about.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A person asks something of a workflow. ``at``: seconds since 1970, UTC.

    ``case``: what the open case says that it is about, the newest if several do, or every one with ``is_of_each``;
    None: it opens one. ``reads``: fields of that case that the person reads there and sends back. ``per_item``: a field
    of that case that is a list: it is asked once for each item, whose id is sent as ``item_field``; ``odd``: what is
    otherwise for the n-th of them.
    """

    at: int
    by: str
    role: str
    workflow: str
    ask: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    case: Mapping[str, Any] | None = None
    is_of_each: bool = False
    reads: tuple[str, ...] = ()
    per_item: str = ""
    item_field: str = ""
    odd: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """A person writes a record into a book of the ledger."""

    at: int
    by: str
    role: str
    book: str
    fields: Mapping[str, str]
    area: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Signed:
    """A person signs, as that ``signer``, the newest record of the book that says all of ``fields``."""

    at: int
    by: str
    role: str
    book: str
    signer: str
    fields: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A device tells values of its signals."""

    at: int
    device: str
    values: Mapping[str, bool | float | str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Tended:
    """An operator goes through the alerts: acknowledges what is new, resets and closes what is over, with a finding."""

    at: int
    by: str
    finding: str = "confirmed"
    note: str = ""


Happening: TypeAlias = Asked | Written | Signed | Told | Tended
