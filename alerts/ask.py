"""What a person asks of a workflow: its fields are the form; who may, and whether it takes two, stands on it."""

from typing import ClassVar, Literal

import msgspec

from devices.reading import Instant, Origin

EVERYBODY = frozenset({"operator", "technician", "manager", "admin"})
"""Who decides things. A guard reports and an auditor looks."""
REPORTERS = EVERYBODY | {"guard"}
"""Who may say what they saw or did."""


class Ask(msgspec.Struct, frozen=True, kw_only=True, tag_field="ask"):
    """What a person asks of a workflow: a subclass with ``tag="..."``, whose own fields are the form.

    ``id``: asked twice it is one ask. ``case``: which one it is about, "" to open one. ``by``, ``role``, ``proof`` and
    ``origin`` are set by the door it came through. ``done_at``: when it was done, if handed in later. ``seen``: the
    ``revision`` of the case as the person saw it; has it moved on, the ask is refused. ``second``: who consented.
    ``ADDRESS``: where it is asked under ``/api/`` besides the address that is made of its workflow; fields stand in it
    in braces (``areas/{area}/mode``). ``CALLED``: what the body there calls a field otherwise, as (theirs: field).
    ``only_check``: say whether it could be done, whether it takes two and what would follow, and do nothing.
    ``WITH_UP``: it has a field ``up``, in which the door names (device, signal) of every flag that is up on the
    ``devices`` or in the ``area`` that it is about. ``WITH_TRIAL``: it has a field ``trial``, in which the door says
    what came of a trial (alerts/trial_result.py) of the rule that it, or its case, is about.
    ``FILE``: its field that is the lines of a text file; the command line takes the name of the file for it.
    ``PERSONAL``: fields that say something of a person; while it waits for a second person they are shown to whoever
    sees what is personal in the book, and to nobody else.
    """

    ROLES: ClassVar[frozenset[str]] = frozenset({"operator", "admin"})
    SECOND: ClassVar[bool] = False
    SECOND_ROLES: ClassVar[frozenset[str]] = EVERYBODY
    ADDRESS: ClassVar[str] = ""
    CALLED: ClassVar[dict[str, str]] = {}
    WITH_UP: ClassVar[bool] = False
    WITH_TRIAL: ClassVar[bool] = False
    FILE: ClassVar[str] = ""
    PERSONAL: ClassVar[frozenset[str]] = frozenset()

    id: str = ""
    case: str = ""
    by: str = ""
    role: str = ""
    proof: Literal["session", "code", "card", "link", "machine"] = "session"
    done_at: Instant | None = None
    until: Instant | None = None
    seen: int | None = None
    origin: Origin = "real"
    note: str = ""
    second: str = ""
    only_check: bool = False
