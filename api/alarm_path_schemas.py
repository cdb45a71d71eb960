"""What goes over HTTP of the alarm path: its links as the checks found them, and the way of one alarm."""

from pydantic import Field

from alerts.alarm_path import LINKS, Check, Link, PathState
from api.alarm_way import Step
from api.schemas import MessageOut, Out, Time
from devices.language import Language
from devices.reading import Instant

_MS = 1_000_000


class LinkOut(Out):
    """A link. ``median_ms``, ``p95_ms``: from the begin of a check until it held, of those that are kept."""

    link: str
    state: str = Field(description="ok, broken, doubtful (failed once), unused, or unknown before the first check")
    fault: str
    message: MessageOut | None
    proved: Time | None
    median_ms: int | None
    p95_ms: int | None

    @classmethod
    def of(cls, state: PathState, link: Link, language: Language) -> "LinkOut":
        fault, times = state.faults.get(link), state.times(link)
        return cls(
            link=link,
            state=link_state(state, link),
            fault=language.render(fault) if fault is not None else "",
            message=MessageOut.of(fault) if fault is not None else None,
            proved=state.proved.get(link),
            median_ms=times[0] // _MS if times is not None else None,
            p95_ms=times[1] // _MS if times is not None else None,
        )


class CheckedScreen(Out):
    """A page of the console at the newest check; ``took_ms``: None, it did not show it."""

    account: str
    path: str
    took_ms: int | None
    sound: str


class AlarmPathOut(Out):
    """The alarm path, as the checks of it found it."""

    every_s: float
    checked: Time | None
    failed: int
    links: list[LinkOut]
    screens: list[CheckedScreen]

    @classmethod
    def of(cls, state: PathState, every_s: float, language: Language) -> "AlarmPathOut":
        newest = state.checks[-1] if state.checks else None
        return cls(
            every_s=every_s,
            checked=newest.begun if newest is not None else None,
            failed=state.failed,
            links=[LinkOut.of(state, link, language) for link in LINKS],
            screens=_screens(newest) if newest is not None else [],
        )


class WayStep(Out):
    """One step of the way of an alarm.

    ``who``: the device, rule, account, person or centre; ``path``: the page, or the channel; ``how``: drawn in
    sight, or only listed; ``sound``: tone, silenced, blocked, or none where that page is not to sound.
    """

    stage: str = Field(description="device, received, raised, stored, drawn, message or centre")
    at: Time
    who: str
    path: str
    how: str
    sound: str

    @classmethod
    def of(cls, step: Step) -> "WayStep":
        return cls.model_validate(step, from_attributes=True)


def link_state(state: PathState, link: Link) -> str:
    """How a link stands, in a word."""
    if link in state.faults:
        return "broken"
    if link in state.doubtful:
        return "doubtful"
    if state.checks and not state.checks[-1].uses(link):
        return "unused"
    return "ok" if link in state.proved else "unknown"


def _screens(check: Check) -> list[CheckedScreen]:
    return [
        CheckedScreen(account=each.account, path=each.path, took_ms=_ms(each.shown, check.begun), sound=each.sound)
        for each in check.screens
    ]


def _ms(at: Instant | None, begun: Instant) -> int | None:
    return None if at is None else max(0, at - begun) // _MS
