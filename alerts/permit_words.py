"""What a permit says: the fact of each step, and the messages to everybody there when work has to stop."""

from collections.abc import Mapping
from typing import Any

from alerts.ask import Ask
from alerts.contact import ways_to, who_is
from alerts.facts import PERMIT, Fact, FieldValue
from alerts.moves import Notification
from alerts.permit import Beside
from alerts.permit_asks import GradedPermit
from alerts.permit_gas import GasTest
from alerts.permit_gas import said as value_of
from alerts.permit_people import everybody
from alerts.workflow import World
from devices.message import At, Text
from devices.reading import SECOND, Instant

_PERSONAL = ("lead", "workers", "watcher", "certificates", "persons", "person")


def fact_of(
    workflow: str,
    permit: GradedPermit,
    step: str,
    now: Instant,
    ask: Ask | None = None,
    *,
    fields: Mapping[str, FieldValue] = {},
    more: Mapping[str, Any] = {},
) -> Fact:
    """``fields`` of it besides; ``more``: what its text says besides. No name of a person is in the text."""
    is_first = step == "applied"
    told: dict[str, FieldValue | Text] = {
        "number": permit.number,
        "kind": permit.kind,
        "level": permit.level,
        "place": permit.place,
        "space": permit.space,
        "work": permit.work,
        "unit": permit.unit,
        "size": permit.size,
        "lead": permit.lead,
        "workers": permit.workers,
        "watcher": permit.watcher,
        "certificates": permit.certificates if is_first else (),
        "dangers": permit.dangers if is_first else "",
        "gear": permit.gear if is_first else "",
        "until": permit.valid_until or None,
        "note": ask.note if ask is not None else "",
        **fields,
    }
    return Fact(
        workflow=workflow,
        case=permit.id,
        step=step,
        at=now,
        by=ask.by if ask is not None else "",
        second=ask.second if ask is not None else "",
        area=permit.area,
        text=said(workflow, permit, step, **more),
        fields={name: value for name, value in told.items() if value not in ("", (), None)},
        personal=tuple(name for name in _PERSONAL if told.get(name)),
        topics=(PERMIT,),
    )


def said(workflow: str, permit: GradedPermit, step: str, **more: Any) -> Text:
    """What it is called stands in the catalogue of its workflow."""
    kind = Text.of(f"{workflow}_kind.{permit.kind}")
    until = At(permit.valid_until or permit.until or permit.opened)
    params = {"kind": kind, "number": permit.number, "place": permit.place, "work": permit.work, "until": until}
    return Text.of(f"permit.{step}", **{**params, **more})


def messages(workflow: str, permit: GradedPermit, why: Text, world: World, now: Instant) -> tuple[Notification, ...]:
    """Everybody there who can be reached: each on each of their own ways."""
    text, found = said(workflow, permit, "message_stop", why=why), []
    for name in everybody(permit):
        person = who_is(world, name)
        for way in ways_to(world, name) if person is not None else ():
            told = Notification(
                id=f"stop.{permit.id}.{now // SECOND}.{way.channel}.{name}",
                to=(name,),
                text=text,
                case=permit.id,
                area=permit.area,
                channel=way.channel,
                is_urgent=True,
                priority=1,
                language=person.language if person is not None else "",
            )
            found.append(told)
    return tuple(found)


def shown(permit: GradedPermit) -> dict[str, Any]:
    """What people read of it where its fields are rows."""
    return {
        "gas": tuple(map(shown_test, permit.gas[-12:])),
        "measures": tuple(
            Text.of(
                "permit.shown_measure" if each.applies else "permit.shown_not_needed",
                measure=Text.of(f"measures.{each.measure}"),
                by=each.by,
                at=At(each.at),
            )
            for each in permit.measures
        ),
        "briefed": tuple(dict.fromkeys(name for each in permit.briefed for name in each.persons)),
        "beside": tuple(map(shown_beside, permit.beside)),
    }


def shown_test(test: GasTest) -> Text:
    return Text.of("permit.shown_test", at=At(test.at), point=test.point, value=value_of(test))


def shown_beside(other: Beside) -> Text:
    stage = Text.of(f"{other.workflow}_stage.{other.stage}")
    return Text.of("permit.shown_beside", title=Text.of(f"{other.workflow}.title"), work=other.work, stage=stage)
