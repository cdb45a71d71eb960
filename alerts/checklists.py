"""Checklists of inspections 检查表: what is looked at, in which order, who signs; and an inspection by one of them."""

from typing import Literal, TypeAlias

import msgspec

from alerts.case import Case
from alerts.hazards import Category
from devices.message import Name

SubjectKind: TypeAlias = Literal[
    "site", "fire", "key_department", "vehicle", "equipment", "funds", "environment", "other"
]
InspectionKind: TypeAlias = Literal["routine", "special", "holiday", "joint"]
Result: TypeAlias = Literal["normal", "abnormal", "corrected", "none"]
"""``corrected``: it was abnormal, and was put right on the spot; ``none``: there is no such thing here."""


class Point(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to look at.

    ``id``: by which it is named
    ``title``: what it is
    ``title_zh``: the same in Chinese
    """

    id: str
    title: str
    title_zh: str = ""


class Checklist(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One checklist.

    ``name``: by which it is chosen; one of a name that is shipped takes its place
    ``title``: what it is called
    ``subject_kind``: what is inspected by it, for the duties that count inspections of that kind
    ``points``: what is looked at
    ``title_zh``: the title in Chinese
    ``category``: of the hazards that it finds
    ``signers``: how many sign, each from their own account; 2: somebody of the inspected department, too
    """

    name: str
    title: str
    subject_kind: SubjectKind
    points: tuple[Point, ...]
    title_zh: str = ""
    category: Category = "other"
    signers: Literal[1, 2] = 1

    @property
    def called(self) -> Name:
        """The title for a Text."""
        return Name(self.title, self.title_zh)


class Checked(msgspec.Struct, frozen=True):
    """What was seen at a point. ``photo``: the id of its picture."""

    point: str
    result: Result
    remark: str = ""
    photo: str = ""
    level: Literal["general", "major"] = "general"


class Inspection(Case, frozen=True, kw_only=True):
    """``points`` as they stood when it was begun; ``checked``: what was seen so far, the newest of each point.

    ``stage``: begun, finished (it waits for the second signature) or over.
    """

    subject: str
    subject_kind: SubjectKind
    checklist: str
    title: Name
    kind: InspectionKind = "routine"
    accompanied_by: str = ""
    stage: Literal["begun", "finished", "over"] = "begun"
    category: Category = "other"
    signers: Literal[1, 2] = 1
    points: tuple[Point, ...] = ()
    checked: tuple[Checked, ...] = ()

    @property
    def unchecked(self) -> tuple[Point, ...]:
        """What nobody looked at yet."""
        seen = {each.point for each in self.checked}
        return tuple(point for point in self.points if point.id not in seen)
