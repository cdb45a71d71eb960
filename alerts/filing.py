"""What is owed to an authority by a day: a filing, a yearly report, a licence that runs out."""

from datetime import date
from typing import Literal, TypeAlias

from alerts.case import Case

FilingKind: TypeAlias = Literal["toxic", "explosive_precursor", "precursor_report", "licence", "other"]


class Filing(Case, frozen=True, kw_only=True):
    """``due``: the last day on which it is in time; of a licence the last on which it counts.

    ``about``: what it is of; ``number``: of the licence. ``told``: what was told of it and stands.
    """

    kind: FilingKind
    about: str
    due: date
    number: str = ""
    authority: str = ""
    told: str = ""
