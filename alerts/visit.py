"""A visit: who comes to whom, until when, with which pass, and how far it is."""

from typing import Literal, TypeAlias

from alerts.case import Case
from devices.reading import Instant

Stage: TypeAlias = Literal["expected", "waiting", "admitted", "in", "left", "refused", "not_come", "withdrawn"]
DocumentKind: TypeAlias = Literal["id_card", "passport", "residence", "work", "driving", "other"]
Word: TypeAlias = Literal["", "phone", "radio", "in_person", "account"]
"""How the host said yes. ``account``: by an account of their own, which nobody else can say."""
HERE: frozenset[Stage] = frozenset({"admitted", "in"})
"""Has a pass: at the turnstile, or on the site."""


class Visit(Case, frozen=True, kw_only=True):
    """``expected``: announced; ``waiting``: at the gate, for the host's word; ``admitted``: has a pass, not in yet.

    The names of the fields are those of the book ``visitors``: a value that is erased there goes from here, too.
    ``areas``: important parts that they are led through by their ``companion``. ``until``: the end of the pass.
    ``confirmed_by``: who said yes, or who wrote down that the host did, by which ``word``.
    """

    person: str = ""
    stage: Stage = "expected"
    document: DocumentKind = "id_card"
    document_number: str = ""
    organisation: str = ""
    host: str = ""
    purpose: str = ""
    goods: str = ""
    vehicle: str = ""
    areas: tuple[str, ...] = ()
    companion: str = ""
    pass_number: str = ""
    card: str = ""
    word: Word = ""
    confirmed_by: str = ""
    expected_at: Instant | None = None
    end_at: Instant | None = None
    in_at: Instant | None = None
    is_overdue: bool = False
    note: str = ""
