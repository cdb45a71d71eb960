"""Everything that is set aside now: shelved, out of service, in test, suppressed by design."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from alerts.alert import Alert
from api.accept_language import CallersLanguage
from api.auth import Permission, Person, may
from api.noun_routes import routes
from api.ports import Gateway
from api.schemas import MessageOut, Out, Time
from api.set_aside import SetAside, set_aside
from devices.language import Language

router = routes("alerts", "/api/set-aside")


class RuleAndKey(Out):
    """An alert by what raises it: ``rule``, and the device or area it is about."""

    rule: str
    key: str


class SetAsideAlert(Out):
    """An open alert that is set aside: evaluated, recorded and counted as any other."""

    id: str
    rule: str
    key: str
    alert_class: str
    state: str
    active: bool
    occurrences: int
    text: str

    @classmethod
    def of(cls, alert: Alert, language: Language) -> "SetAsideAlert":
        names = [name for name in cls.model_fields if name != "text"]
        return cls(text=language.show(alert.text), **{name: getattr(alert, name) for name in names})


class SetAsideOut(Out):
    """``kind`` is shelved, out_of_service, in_test or suppressed; ``title`` says ``reason`` in the caller's language.

    ``source``: the case, line or area that it follows from. ``rules``: the alerts that are shelved; ``devices``: those
    that are out of service or tested; ``alerts``: what is open and set aside by it. ``why_message``: what ``why`` says,
    where the gateway says it. ``until`` null: as long as its reason stands.
    """

    kind: str
    reason: str
    title: str
    source: str
    area: str
    rules: list[RuleAndKey]
    devices: list[str]
    alerts: list[SetAsideAlert]
    why: str
    why_message: MessageOut | None
    by: str
    second: str
    since: Time
    until: Time | None

    @classmethod
    def of(cls, one: SetAside, language: Language) -> "SetAsideOut":
        return cls(
            kind=one.kind,
            reason=one.reason,
            title=language.show(one.title),
            source=one.source,
            area=one.area,
            rules=[RuleAndKey(rule=rule, key=key) for rule, key in one.held],
            devices=list(one.devices),
            alerts=[SetAsideAlert.of(alert, language) for alert in one.alerts],
            why=language.show(one.why),
            why_message=MessageOut.of_said(one.why) if one.why else None,
            by=one.by,
            second=one.second,
            since=one.since,
            until=one.until,
        )


@router.get("", summary="Everything that is set aside now: what, why, by whom, since when, until when")
async def all_set_aside(
    request: Request, language: CallersLanguage, _person: Annotated[Person, Depends(may(Permission.LOOK))]
) -> list[SetAsideOut]:
    gateway: Gateway = request.state.gateway
    found = await run_in_threadpool(set_aside, gateway)
    return [SetAsideOut.of(one, language) for one in found]
