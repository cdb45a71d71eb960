"""What people ask about a canteen: the form of each ask, and who may."""

from datetime import date
from typing import Literal

from alerts.ask import EVERYBODY, Ask
from alerts.attachment import AttachmentId
from alerts.canteen import Dining

OFFICERS = frozenset({"manager", "admin"})
"""The food safety officer (食品安全管理员), and whoever leads."""


class Menu(Ask, tag="menu", frozen=True, kw_only=True):
    """What a meal consists of, dish by dish; told again it is changed. A dish that has a sample stays.

    ``served``: local time as 11:30, if not the usual one; ``reason``: of a food safety officer, if it needs one.
    """

    ROLES = EVERYBODY
    ADDRESS = "canteen/menus"

    area: str
    meal: Dining
    dishes: tuple[str, ...]
    day: date | None = None
    served: str = ""
    reason: str = ""


class Keep(Ask, tag="keep", frozen=True, kw_only=True):
    """A sample of a dish is kept: at least 125 g, in a fridge, for 48 h.

    ``fridge``: the device that measures there, the only one if it is left out; ``place``: shelf and box; ``condition``:
    how it looks, if not as it should.
    """

    ROLES = EVERYBODY
    ADDRESS = "canteen/meals/{case}/samples"

    dish: str
    grams: float
    fridge: str = ""
    place: str = ""
    condition: str = ""


class Move(Ask, tag="move", frozen=True, kw_only=True):
    """Samples of a meal now stand in another fridge: of one ``dish``, or of all if it is left out."""

    ROLES = EVERYBODY
    ADDRESS = "canteen/meals/{case}/move"

    fridge: str
    dish: str = ""
    place: str = ""


class Destroy(Ask, tag="destroy", frozen=True, kw_only=True):
    """A sample is thrown away, not before its time; of all dishes whose time is over, if ``dish`` is left out."""

    ROLES = EVERYBODY
    ADDRESS = "canteen/meals/{case}/destroy"

    dish: str = ""


class AddSupplier(Ask, tag="add", frozen=True, kw_only=True):
    """A supplier, with its licences, each until its last day."""

    ROLES = OFFICERS
    ADDRESS = "canteen/suppliers"

    supplier: str
    name: str
    address: str
    phone: str
    food_licence: str
    food_until: date
    business_licence: str
    business_until: date | None = None
    contact: str = ""
    food_scan: AttachmentId = ""
    business_scan: AttachmentId = ""


class ChangeSupplier(Ask, tag="change", frozen=True, kw_only=True):
    """What is kept of it is otherwise now, such as a licence that was renewed; what is left out stays."""

    ROLES = OFFICERS

    name: str | None = None
    address: str | None = None
    phone: str | None = None
    contact: str | None = None
    food_licence: str | None = None
    food_until: date | None = None
    business_licence: str | None = None
    business_until: date | None = None
    food_scan: AttachmentId = ""
    business_scan: AttachmentId = ""


class EndSupplier(Ask, tag="end", frozen=True, kw_only=True):
    """It delivers no more."""

    ROLES = OFFICERS


class Deliver(Ask, tag="deliver", frozen=True, kw_only=True):
    """Goods came: accepted, or refused at the door.

    ``kept``: how they are kept, and ``temperature`` in °C of what is chilled or frozen; ``best_before``: the last day
    of their shelf life, if they have one; ``report``: of a test, or of the quarantine of meat; ``reason``: of a food
    safety officer for what needs one, or why they are refused.
    """

    ROLES = EVERYBODY
    ADDRESS = "canteen/suppliers/{case}/deliveries"

    product: str
    amount: float
    unit: str = "kg"
    specification: str = ""
    batch: str = ""
    produced: date | None = None
    best_before: date | None = None
    maker: str = ""
    kept: Literal["ambient", "chilled", "frozen"] = "ambient"
    temperature: float | None = None
    look: Literal["good", "doubtful", "bad"] = "good"
    invoice: str = ""
    invoice_scan: AttachmentId = ""
    report: AttachmentId = ""
    result: Literal["accepted", "refused"] = "accepted"
    reason: str = ""


class CheckPerson(Ask, tag="check", frozen=True, kw_only=True):
    """Somebody is looked at before work; with any finding they do not work, and ``action`` says what is done.

    ``person``: their id; ``temperature`` in °C if it was measured.
    """

    ROLES = EVERYBODY
    ADDRESS = "canteen/morning-checks"
    PERSONAL = frozenset({"temperature", "fever", "diarrhoea", "wounds", "hands", "cough", "action"})

    person: str
    temperature: float | None = None
    fever: bool = False
    diarrhoea: bool = False
    wounds: bool = False
    hands: bool = False
    cough: bool = False
    action: str = ""


class Fit(Ask, tag="fit", frozen=True, kw_only=True):
    """Somebody who was not fit may work again: the note says how that is known, such as a doctor's paper."""

    ROLES = OFFICERS
    PERSONAL = frozenset({"note"})

    person: str
    note: str


class Absent(Ask, tag="absent", frozen=True, kw_only=True):
    """Somebody of the canteen does not work today, so there is nothing to check."""

    ROLES = EVERYBODY
    ADDRESS = "canteen/morning-checks/absent"

    person: str
