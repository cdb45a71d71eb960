"""What people ask of a drill 演练."""

from typing import ClassVar

from alerts.ask import EVERYBODY, REPORTERS, Ask
from alerts.drill import Scenario
from devices.reading import Instant

LEADERS = frozenset({"manager", "admin"})
"""Who plans and begins one. Whoever is at a console may pause it or break it off."""


class Plan(Ask, tag="plan", frozen=True, kw_only=True):
    """Which devices of an area shall say what, and why. With ``start_at`` it begins by itself then.

    ``steps``: of the scenario ``own``, each "seconds device signal value", like "30 smoke-2 smoke". ``lasts_min``: it
    ends by itself after so long. ``tells_people``: the participants are told by message. ``tells_centre``: receiving
    centres are sent the test code of their protocol at the beginning and the end; nothing else of it ever leaves.
    """

    ROLES = LEADERS
    SECOND_ROLES: ClassVar[frozenset[str]] = LEADERS
    ADDRESS = "drills"

    area: str
    purpose: str
    scenario: Scenario = "smoke"
    steps: tuple[str, ...] = ()
    start_at: Instant | None = None
    lasts_min: float = 15
    leader: str = ""
    participants: tuple[str, ...] = ()
    plan: str = ""
    is_announced: bool = True
    tells_people: bool = False
    tells_centre: bool = False


class Start(Ask, tag="start", frozen=True, kw_only=True):
    """It begins now."""

    ROLES = LEADERS
    ADDRESS = "drills/{case}/start"


class Pause(Ask, tag="pause", frozen=True, kw_only=True):
    """No shadow point says anything more, and nothing is timed, until it goes on. Its end does not move."""

    ROLES = EVERYBODY
    ADDRESS = "drills/{case}/pause"


class Resume(Ask, tag="resume", frozen=True, kw_only=True):
    """It goes on."""

    ROLES = EVERYBODY
    ADDRESS = "drills/{case}/resume"


class Stop(Ask, tag="stop", frozen=True, kw_only=True):
    """It is broken off, or, if it has not begun, shall not be."""

    ROLES = EVERYBODY
    ADDRESS = "drills/{case}/stop"


class Arrived(Ask, tag="arrived", frozen=True, kw_only=True):
    """I am on the scene."""

    ROLES = REPORTERS
    ADDRESS = "drills/{case}/arrived"


class Assess(Ask, tag="assess", frozen=True, kw_only=True):
    """How it went, by whoever assesses it: what was wanting, what changes in the plan, whom it is reported to."""

    ROLES = LEADERS
    ADDRESS = "drills/{case}/assess"

    assessment: str
    problems: str = ""
    plan_changes: str = ""
    reported_to: str = ""
