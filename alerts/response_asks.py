"""What people ask of a response: tick a step, say what it is, send somebody."""

from typing import ClassVar, Literal

from alerts.ask import REPORTERS, Ask
from alerts.incident_asks import HANDLERS


class _OfResponse(Ask, frozen=True, kw_only=True):
    ROLES: ClassVar[frozenset[str]] = REPORTERS


class Tick(_OfResponse, tag="tick", frozen=True, kw_only=True):
    """This step is done."""

    ADDRESS = "responses/{case}/tick"

    step: str


class Undo(_OfResponse, tag="undo", frozen=True, kw_only=True):
    """It is not done after all; its clock runs on."""

    ADDRESS = "responses/{case}/undo"

    step: str


class Confirm(_OfResponse, tag="confirm", frozen=True, kw_only=True):
    """It is real, or a false alarm; what burns or what it is, and how large, go into the script of the call."""

    ADDRESS = "responses/{case}/confirm"

    verdict: Literal["real", "false"]
    burns: str = ""
    size: str = ""


class Dispatch(_OfResponse, tag="dispatch", frozen=True, kw_only=True):
    """Somebody is sent: the nearest guard on duty, or whoever is named. Their next scan there says they arrived."""

    ADDRESS = "responses/{case}/dispatch"
    ROLES = HANDLERS

    person: str = ""
