"""Chains of escalation: which alert is told to whom, step by step, as the site file writes them, and those it may omit.

Who is told when is the site's to say. The chains that stand where it says nothing are house practice, after the times
that a fire control room has: somebody on the scene within a minute, the response team within three (GB 25506).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, TypeAlias

import msgspec

from alerts.alert import Alert, AlertClass
from alerts.contact import Way
from alerts.site_facts import Channel
from devices.message import Text

Condition: TypeAlias = Literal["unacknowledged", "unanswered", "not_on_scene", "open"]
EVERY = "*"
LONGEST_S = 24 * 3_600
_MOST_STEPS = 20
URGENT = frozenset({AlertClass.FIRE, AlertClass.HOLD_UP, AlertClass.GAS})
"""What never waits for others, nor is joined with them."""


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One step of a chain.

    ``after_s``: so long after the alert was raised, or came back
    ``condition``: taken only while nobody has acknowledged it (``"unacknowledged"``), nobody who was told has answered
    (``"unanswered"``), nobody is known to be on the scene (``"not_on_scene"``), or it is not closed (``"open"``)
    ``roles``: whoever is on duty by the roster, by the role of a post or its id; whoever is known to be there first
    ``people``: by account, or id of the people register
    ``present``: true: also whoever is known to be on duty in the area of the alert
    ``channels``: the ways by which people are told; empty: every way that each of them has
    ``groups``: channels that lead to a group or to another system; ``"*"``: every such channel
    """

    after_s: float
    condition: Condition = "unacknowledged"
    roles: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    present: bool = False
    channels: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


class Chain(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is told of which alerts: the first chain that fits an alert is taken.

    ``name``: what people call it
    ``classes``: of alerts; empty: all
    ``areas``: key areas; empty: all
    ``priorities``: 1 to 4; empty: all
    ``silent``: true: also silent hold-up and duress, which no other chain tells: mind whose telephone rings beside whom
    ``steps``: in the order of their times
    """

    name: str
    classes: tuple[AlertClass, ...] = ()
    areas: tuple[str, ...] = ()
    priorities: tuple[Literal[1, 2, 3, 4], ...] = ()
    silent: bool = False
    steps: tuple[Step, ...] = ()

    def fits(self, alert: Alert) -> bool:
        """Whether it is the chain of that alert, if none before it is."""
        return (
            (not self.classes or alert.alert_class in self.classes)
            and (not self.areas or alert.area in self.areas)
            and (not self.priorities or alert.priority in self.priorities)
            and (self.silent or not alert.silent)
        )


LIFE = Chain(
    name="life",
    classes=(AlertClass.FIRE, AlertClass.GAS, AlertClass.HOLD_UP),
    steps=(
        Step(after_s=30, roles=("fire_control_room", "guard"), present=True, groups=(EVERY,)),
        Step(after_s=120, roles=("leader",)),
        Step(after_s=180, condition="not_on_scene", roles=("guard", "leader")),
    ),
)
PRESSING = Chain(
    name="urgent",
    priorities=(1, 2),
    steps=(
        Step(after_s=60, roles=("guard",), present=True, groups=(EVERY,)),
        Step(after_s=300, roles=("leader",)),
    ),
)
DEFAULTS = (LIFE, PRESSING)
"""Where the site file names no chain."""


def chain_of(alert: Alert, chains: Iterable[Chain]) -> Chain | None:
    """The first that fits."""
    return next((chain for chain in chains if chain.fits(alert)), None)


def wrong(
    chain: Chain, areas: Iterable[str], channels: Mapping[str, Channel]
) -> Iterator[tuple[tuple[str | int, ...], Text]]:
    """Everything that is wrong with a chain: path from its table, and why."""
    for index, area in enumerate(chain.areas):
        if area not in areas:
            yield ("areas", index), Text.of("escalation.no_area", area=area[:64])
    if not 0 < len(chain.steps) <= _MOST_STEPS:
        yield ("steps",), Text.of("escalation.steps", most=_MOST_STEPS)
    before = 0.0
    for index, step in enumerate(chain.steps):
        if not before <= step.after_s <= LONGEST_S:
            yield ("steps", index, "after_s"), Text.of("escalation.order", longest=LONGEST_S)
        before = max(before, step.after_s)
        for name, is_personal in (("channels", True), ("groups", False)):
            for place, channel in enumerate(getattr(step, name)):
                found = channels.get(channel)
                if not (channel == EVERY and not is_personal) and (found is None or found.is_personal != is_personal):
                    yield ("steps", index, name, place), Text.of(f"escalation.no_{name}", channel=channel[:64])
        if not (step.roles or step.people or step.present or step.groups):
            yield ("steps", index), Text.of("escalation.nobody_named")


def groups_of(step: Step, channels: Mapping[str, Channel]) -> list[str]:
    """The channels to groups that it names."""
    own = [each.id for each in channels.values() if not each.is_personal]
    return own if EVERY in step.groups else [name for name in step.groups if name in own]


def ways_of(step: Step, ways: Iterable[Way]) -> list[str]:
    """Of a person's channels those that it uses."""
    return [way.channel for way in ways if not step.channels or way.channel in step.channels]
