"""Rounds and guards on the plan of their floor."""

from msgspec.structs import replace

from api.console.locale import Say
from api.console.patrol_plan import Sheet, floors, unplaced
from devices.message import Name
from workflows.guards import Guard
from workflows.patrols.plan import Checkpoint, Plan
from workflows.patrols.rounds import Point, Round, Visit

PLAN = Plan(id="p", building="Works", floor="1", width_m=100, height_m=50, area="yard")
PLACES = {"gate": ("p", 0.1, 0.5), "store": ("p", 0.5, 0.5), "tower": ("", 0, 0)}
POINTS = tuple(
    Point.of(Checkpoint(id=name, area="yard", name=name, tags=(f"T-{name}",), plan=plan, x=x, y=y))
    for name, (plan, x, y) in PLACES.items()
)
ROUND = Round(
    id="r",
    route="r",
    called=Name("Night"),
    starts_at=100,
    due_at=200,
    ends_at=210,
    closes_at=300,
    leaves_at=400,
    checkpoints=tuple(PLACES),
    points=POINTS,
    plans=(PLAN,),
    visits=tuple(Visit(checkpoint=name, done_at=120, received=120, persons=("wu",), times=(120,)) for name in PLACES),
)
GUARDS = [
    Guard(id="wu", person="wu", checkpoint="store", seen_at=120),
    Guard(id="li", person="li", checkpoint="tower", seen_at=9),
]


def sheet(now: int = 150) -> Sheet:
    names = {"wu": "Wu Lan"}
    return Sheet(now, Say("en"), str, lambda account: names.get(account, account), {"yard"})


def test_checkpoints_the_way_and_who_was_seen_stand_where_they_are() -> None:
    """In metres; what is on no plan is not drawn, and who was seen there is named beside it."""
    (floor,) = floors(sheet(), [ROUND], GUARDS)
    assert ("Works · 1", "/console/plans/yard", ["10,25 50,25"]) == (floor.title, floor.picture, floor.ways)
    drawn = [(dot.label, dot.state, dot.x, dot.y) for dot in floor.dots]
    assert [("gate", "scanned", 10, 25), ("store", "scanned", 50, 25), ("Wu Lan", "person", 50, 25)] == drawn
    assert ["li"] == [guard.person for guard in unplaced(GUARDS, [ROUND])]


def test_what_is_over_or_to_come_is_not_under_way() -> None:
    for a_round, now in ((replace(ROUND, is_over=True), 150), (ROUND, 99)):
        (floor,) = floors(sheet(now), [a_round], GUARDS)
        assert ["person"] == [dot.state for dot in floor.dots]
        assert [] == floors(sheet(now), [a_round], [])
