"""What is asked about visitors: by their hosts, and at the gate."""

from typing import Literal, TypeAlias

from alerts.ask import REPORTERS, Ask
from alerts.visit import DocumentKind
from devices.reading import Instant

GATE = frozenset({"guard", "operator", "manager", "admin"})
"""Who stands at the gate, or for whoever does."""
_PERSONAL = frozenset({"person", "document_number", "vehicle", "companion"})
SaidBy: TypeAlias = Literal["", "phone", "radio", "in_person"]


class Announce(Ask, tag="announce", frozen=True, kw_only=True):
    """Somebody will come. ``host``: whom they visit, without it whoever announces them; ``start_at``: when.

    ``areas``: important parts that they are led through by ``companion``; ``until``: when they leave at the latest.
    """

    ROLES = REPORTERS
    PERSONAL = _PERSONAL - {"document_number"}

    person: str
    organisation: str = ""
    host: str = ""
    purpose: str = ""
    start_at: Instant | None = None
    vehicle: str = ""
    areas: tuple[str, ...] = ()
    companion: str = ""


class Arrive(Ask, tag="arrive", frozen=True, kw_only=True):
    """Somebody is at the gate and has shown a document; with ``case`` it is who was announced.

    ``word``: how the host said yes to whoever writes this; without it the host is told, and they wait.
    ``pass_number``: the pass that they get, the next free one if it is left out; ``card``: of one that has no number.
    """

    ROLES = GATE
    PERSONAL = _PERSONAL | {"card"}

    person: str = ""
    document: DocumentKind = "id_card"
    document_number: str = ""
    organisation: str = ""
    host: str = ""
    purpose: str = ""
    word: SaidBy = ""
    goods: str = ""
    vehicle: str = ""
    areas: tuple[str, ...] = ()
    companion: str = ""
    pass_number: str = ""
    card: str = ""


class Confirm(Ask, tag="confirm", frozen=True, kw_only=True):
    """The host expects them: by an account of their own, or the gate writes down by which ``word`` they said so."""

    ROLES = REPORTERS

    word: SaidBy = ""


class Refuse(Ask, tag="refuse", frozen=True, kw_only=True):
    """They do not come in, and why (in the note)."""

    ROLES = REPORTERS


class Enter(Ask, tag="enter", frozen=True, kw_only=True):
    """The host has said yes: they get a pass and come in. ``word``: said to whoever lets them in."""

    ROLES = GATE

    word: SaidBy = ""
    pass_number: str = ""
    card: str = ""


class Depart(Ask, tag="leave", frozen=True, kw_only=True):
    """They have left, and the pass is back."""

    ROLES = GATE


class HostNote(Ask, tag="host_note", frozen=True, kw_only=True):
    """The host says that the visit to them is over (in the note), or the gate writes down what they said."""

    ROLES = REPORTERS


class Extend(Ask, tag="extend", frozen=True, kw_only=True):
    """They stay longer: ``until``."""

    ROLES = REPORTERS


class Withdraw(Ask, tag="withdraw", frozen=True, kw_only=True):
    """Who was announced does not come."""

    ROLES = REPORTERS
