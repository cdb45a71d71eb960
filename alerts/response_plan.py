"""Procedures 处置程序: which steps an alarm of a class and area asks for, and by when, from the first second.

Standards: for fire GB 25506-2010 4.2.2 and GB 25201-2010 5.3 (confirm in the fastest way; if real, linkage to
automatic, call 119, start the plan, report; if false, find and log the cause): they give the steps and no seconds. On
the scene within 1 min and the response team in place within 3 min are Beijing's *four quick* (四快). All other seconds,
and the procedures for gas, hold-up and intrusion, are house practice built the same way; a site writes its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from typing import Literal, TypeAlias

import msgspec

from alerts.alert import AlertClass
from alerts.output import Output
from devices.message import Name, Text

StepKind: TypeAlias = Literal["", "scene", "confirm", "call", "cause"]
Verdict: TypeAlias = Literal["", "real", "false"]
LONGEST_S = 24 * 3_600
_MOST_STEPS, _LONGEST_ID, _MOST_DIGITS = 20, 32, 20
_DUTY_LEADER = ("leader",)


class Switch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One output.

    ``device``: the device that it is on
    ``output``: which of them, where it has several (``relay:2``)
    """

    device: str
    output: str = ""


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One step.

    ``id``: one word; those of docs/response.md have their names already
    ``name``: for people
    ``name_zh``: the name on the Chinese console
    ``kind``: ``"scene"``: somebody is there, also said by a scan; ``"confirm"``: real or false; ``"call"``: with the
    script for a call; ``"cause"``: wants a note
    ``within_s``: seconds until it is late
    ``counts_from``: ``"alarm"``: the first second; ``"confirmed"``: when it was found to be real, or false
    ``only``: wanted only if it is ``"real"``, or ``"false"``; empty: always
    ``roles``: who does it, by the role of a post or its id
    ``escalate_to``: who is told when it is late: whoever is on duty in these roles
    ``number``: what is dialled for a ``"call"``
    ``switches``: outputs that an operator switches on by ticking it; they go off with the response, or when the tick is
    taken back, unless something else wants them on
    """

    id: str
    name: str = ""
    name_zh: str = ""
    kind: StepKind = ""
    within_s: float = 60
    counts_from: Literal["alarm", "confirmed"] = "alarm"
    only: Verdict = ""
    roles: tuple[str, ...] = ()
    escalate_to: tuple[str, ...] = _DUTY_LEADER
    number: str = "119"
    switches: tuple[Switch, ...] = ()

    @property
    def title(self) -> Text:
        """What it is called: by the site, else as the standard step of that id; and what it switches on."""
        called = Text.of(f"response.step_{self.id}")
        if self.name:
            called = Text.of("response.named", name=Name(self.name, self.name_zh))
        if not self.switches:
            return called
        outputs = tuple(f"{each.device} {each.output}".strip() for each in self.switches)
        return Text.of("response.switching", title=called, outputs=outputs)


class Procedure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The steps that alarms of some classes and areas ask for; the first that fits is taken.

    ``name``: for people
    ``name_zh``: the name on the Chinese console
    ``classes``: of alerts
    ``areas``: key areas; empty: all
    ``steps``: in the order in which they are shown; none: these alarms open no checklist
    """

    name: str
    name_zh: str = ""
    classes: tuple[AlertClass, ...]
    areas: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()

    def fits(self, alert_class: AlertClass, area: str) -> bool:
        return alert_class in self.classes and (not self.areas or area in self.areas)


_AFTER: Literal["confirmed"] = "confirmed"
_GUARD, _ROOM = ("guard",), ("fire_control_room",)


def _both(call: Step) -> tuple[Step, ...]:
    """What follows if it is real, for every class alike."""
    return (call, Step(id="report", within_s=300, counts_from=_AFTER, only="real", roles=_ROOM))


_CAUSE = Step(id="cause", kind="cause", within_s=1_800, counts_from=_AFTER, only="false", roles=_ROOM)
_CALL_FIRE = Step(id="call_119", kind="call", within_s=60, counts_from=_AFTER, only="real", roles=_ROOM)
_EVACUATE = Step(id="evacuate", within_s=60, counts_from=_AFTER, only="real", roles=_ROOM)
_TEAM = Step(id="team", within_s=180, only="real", roles=_GUARD)
_CONFIRM = Step(id="confirm", kind="confirm", within_s=90, roles=_ROOM)

DEFAULTS = (
    Procedure(
        name="fire",
        classes=(AlertClass.FIRE,),
        steps=(
            Step(id="scene", kind="scene", within_s=60, roles=_GUARD),
            _CONFIRM,
            Step(id="linkage", within_s=30, counts_from=_AFTER, only="real", roles=_ROOM),
            *_both(_CALL_FIRE),
            _EVACUATE,
            _TEAM,
            _CAUSE,
        ),
    ),
    Procedure(
        name="gas",
        classes=(AlertClass.GAS,),
        steps=(
            Step(id="gas_scene", kind="scene", within_s=120, roles=_GUARD),
            _CONFIRM,
            Step(id="gas_shut_off", within_s=60, counts_from=_AFTER, only="real", roles=_GUARD),
            _EVACUATE,
            *_both(_CALL_FIRE),
            Step(id="gas_air", within_s=300, counts_from=_AFTER, only="real", roles=_GUARD),
            _TEAM,
            _CAUSE,
        ),
    ),
    Procedure(
        name="hold_up",
        classes=(AlertClass.HOLD_UP,),
        steps=(
            Step(id="hold_up_look", kind="confirm", within_s=60, roles=_ROOM),
            Step(id="hold_up_call_110", kind="call", within_s=60, only="real", number="110", roles=_ROOM),
            Step(id="hold_up_keep_away", within_s=120, only="real", roles=_GUARD),
            Step(id="report", within_s=300, counts_from=_AFTER, only="real", roles=_ROOM),
            _CAUSE,
        ),
    ),
    Procedure(
        name="intrusion",
        classes=(AlertClass.INTRUSION,),
        steps=(
            Step(id="intrusion_scene", kind="scene", within_s=180, roles=_GUARD),
            Step(id="confirm", kind="confirm", within_s=300, roles=_ROOM),
            *_both(
                Step(
                    id="intrusion_call_110",
                    kind="call",
                    within_s=60,
                    counts_from=_AFTER,
                    only="real",
                    number="110",
                    roles=_ROOM,
                )
            ),
            Step(id="intrusion_exits", within_s=180, counts_from=_AFTER, only="real", roles=_GUARD),
            _CAUSE,
        ),
    ),
)
"""Where the site file names none for a class."""
STANDARD = {step.id: step for procedure in DEFAULTS for step in procedure.steps}
"""Steps that have a name of their own."""


def procedure_of(alert_class: AlertClass, area: str, own: Iterable[Procedure]) -> Procedure | None:
    """The first that fits, the site's own before those that stand; None: none, or one without steps."""
    found = next((each for each in (*own, *DEFAULTS) if each.fits(alert_class, area)), None)
    return found if found is not None and found.steps else None


def title_of(procedure: Procedure) -> Text:
    """What people call it."""
    if procedure in DEFAULTS:
        return Text.of(f"response.procedure_{procedure.name}")
    return Text.of("response.named", name=Name(procedure.name, procedure.name_zh))


def tables_of(switch: Switch, outputs: Iterable[Output]) -> tuple[Output, ...]:
    """All tables of the site file that bind it; of a device with several outputs none, if it names none."""
    found = tuple(each for each in outputs if each.device == switch.device and switch.output in ("", each.key))
    return found if len({each.key for each in found}) == 1 else ()


def wrong(
    procedure: Procedure, areas: Iterable[str], outputs: Sequence[Output] = ()
) -> Iterator[tuple[tuple[str | int, ...], Text]]:
    """Everything that is wrong with one of the site file: path from its table, and why."""
    if not procedure.classes:
        yield ("classes",), Text.of("response.no_classes")
    for index, area in enumerate(procedure.areas):
        if area not in areas:
            yield ("areas", index), Text.of("response.no_area", area=area[:64])
    if len(procedure.steps) > _MOST_STEPS:
        yield ("steps",), Text.of("response.most_steps", most=_MOST_STEPS)
    confirms = sum(step.kind == "confirm" for step in procedure.steps)
    ids = set[str]()
    for index, step in enumerate(procedure.steps):
        at: tuple[str | int, ...] = ("steps", index)
        if not (0 < len(step.id) <= _LONGEST_ID and step.id.isidentifier()) or step.id in ids:
            yield (*at, "id"), Text.of("response.bad_id", id=step.id[:64])
        ids.add(step.id)
        if not step.name and step.id not in STANDARD:
            yield (*at, "name"), Text.of("response.no_name", id=step.id[:64])
        if not (isfinite(step.within_s) and 1 <= step.within_s <= LONGEST_S):
            yield (*at, "within_s"), Text.of("response.seconds", longest=LONGEST_S)
        if step.kind == "call" and not (step.number.isdecimal() and len(step.number) <= _MOST_DIGITS):
            yield (*at, "number"), Text.of("response.no_number")
        for place, switch in enumerate(step.switches):
            if not tables_of(switch, outputs):
                known = tuple(dict.fromkeys(f"{each.device} {each.key}" for each in outputs))
                asked = f"{switch.device} {switch.output}".strip()[:64]
                yield (*at, "switches", place, "device"), Text.of("response.no_output", output=asked, known=known[:20])
        if step.kind == "confirm" and step.switches:
            yield (*at, "switches"), Text.of("response.confirm_switches")
        if step.kind == "confirm" and confirms > 1:
            yield (*at, "kind"), Text.of("response.one_confirm")
        if not confirms and (step.only or step.counts_from == "confirmed"):
            yield (*at, "only"), Text.of("response.never_confirmed")
