"""Bypasses: what is out of service for work, why, until when; end one, begin one, consent to one."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from nicegui import ui

from alerts.kernel import consent
from api.auth import Permission
from api.console.dialog import SHEET, ask
from api.console.page import Visit, big_button
from api.console.submit import ask_for, ask_kind, by, may_ask, watched_areas, why_not
from api.held_devices import out_of_service
from devices.errors import Refused
from devices.message import Text
from devices.people import people
from devices.reading import Instant

Decision = Callable[[str], Awaitable[Exception | None]]
_HOURS = (1, 2, 4, 8, 24)
_NAMED = 12


def ask_bypass(visit: Visit, *, area: str = "", devices: Sequence[str] = ()) -> None:
    """Ask for reason and end, and take these devices, or all of an area that may be, out of service."""
    say = visit.say
    with ui.dialog(value=True).props(SHEET) as dialog, ui.card().classes("gap-3 ka-dialog"):
        names = [visit.screen.device_name(device, say.language) for device in devices]
        title = ", ".join(names[:_NAMED]) or visit.screen.area_name(area, say.language)
        ui.label(f"{say('bypass.begin')}: {title}").classes("text-h6 ka-wrap")
        ui.label(say("bypass.means"))
        reason = ui.input(say("bypass.reason")).props("outlined maxlength=500 autofocus").classes("w-full")
        ui.label(say("bypass.for"))
        hours = ui.toggle({hour: say("walk.hours", hours=hour) for hour in _HOURS}, value=2)
        hours.props("no-caps spread").classes("w-full")
        refused = ui.label().classes("ka-refused").props('role="alert"')
        refused.set_visibility(False)

        async def begin() -> None:
            what = {"area": area, "devices": tuple(devices), "for_s": int(hours.value) * 3_600}
            try:
                answer = await ask_for(visit, "bypasses", reason=reason.value or "", **what)
            except Refused as why:
                refused.text = say.said(why)
                refused.set_visibility(True)
                return
            dialog.close()
            if answer.waits:
                ui.notify(say("bypass.waits"), type="info", timeout=10_000, close_button=say("verb.ok"))

        reason.on("keydown.enter", begin)
        with ui.row().classes("w-full gap-2"):
            big_button(say("bypass.begin"), begin, main=True)
            big_button(say("verb.cancel"), dialog.close)


class Bypasses:
    """One open page."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self._shown: tuple[list[Any], list[Any]] | None = None

    def build(self) -> None:
        say, visit = self.visit.say, self.visit
        visit.open_page(self.update)
        with ui.column().classes("q-pa-md w-full gap-3 ka-narrow"):
            self._wishes = ui.column().classes("w-full gap-2")
            ui.label(say("bypass.title")).classes("text-h6")
            self._list = ui.column().classes("w-full gap-2")
            if may_ask(visit, "bypasses"):
                ui.label(say("bypass.whole")).classes("text-h6 q-mt-md")
                ui.label(say("bypass.one")).classes("ka-faint")
                with ui.row().classes("w-full gap-2"):
                    for area, name in watched_areas(visit).items():
                        big_button(name, partial(ask_bypass, visit, area=area))

    def update(self) -> None:
        gateway = self.visit.gateway
        standing, waiting = out_of_service(gateway), list[Any](gateway.workflows.cases(consent.NAME))
        if (standing, waiting) == self._shown:
            return
        self._shown = standing, waiting
        self._wishes.clear()
        with self._wishes:
            if waiting:
                ui.label(self.visit.say("bypass.wishes")).classes("text-h6")
            for wish in waiting:
                self._waiting_card(wish)
        self._list.clear()
        with self._list:
            for bypass in standing:
                self._card(bypass)
            if not standing:
                ui.label(self.visit.say("bypass.none")).classes("ka-empty")

    def _card(self, bypass: Any) -> None:
        who = f"{bypass.by} + {bypass.second}" if bypass.second else bypass.by
        with ui.column().classes("ka-card w-full gap-1"):
            self._head(bypass, bypass.reason)
            self._clock(who, bypass.opened, "bypass.left", bypass.until)
            if may_ask(self.visit, "bypasses/{case}/end"):
                big_button(self.visit.say("bypass.end"), partial(self._ask_end, bypass))

    def _waiting_card(self, wish: Any) -> None:
        """An ask of whichever workflow; one that gives a reason is about devices out of service for a time."""
        say, reason, until = self.visit.say, wish.ask.get("reason"), wish.ask.get("until")
        title = Text.of(f"{wish.workflow}.ask_{wish.tag}")
        with ui.column().classes("ka-card w-full gap-1"):
            self._head(wish, reason or wish.what or title)
            self._clock(wish.by, wish.opened, "bypass.lapses", wish.until)
            if until:
                ui.label(f"{say('bypass.until')} {self.visit.screen.clock(until, day=True)}")
            consents = partial(ask_kind, self.visit, consent.Give, case=wish.id)
            declines = partial(ask_kind, self.visit, consent.Decline, case=wish.id)
            self._decide(
                wish.by,
                "bypass.consent" if reason else "bypass.consent_order",
                lambda note: why_not(consents(note=note)),
                lambda note: why_not(declines(note=note)),
            )

    def _head(self, of: Any, reason: str | Text) -> None:
        say, screen = self.visit.say, self.visit.screen
        names = [screen.device_name(device, say.language) for device in of.devices]
        area = screen.area_name(of.area, say.language)
        ui.label(f"{area} · {say('bypass.count', count=len(names))}").classes("ka-name")
        more = f" +{len(names) - _NAMED}" if len(names) > _NAMED else ""
        ui.label(", ".join(names[:_NAMED]) + more).classes("ka-wrap")
        ui.label(say.said(reason)).classes("ka-wrap text-weight-bold")

    def _clock(self, who: str, since: Instant, ends: str, until: Instant) -> None:
        say, screen = self.visit.say, self.visit.screen
        with ui.row().classes("gap-1 items-baseline"):
            ui.label(f"{who} · {screen.clock(since, day=True)} · {say(ends)}").classes("ka-faint")
            left = ui.element("span").classes("ka-until ka-num text-weight-bold")
            left.props["data-until"] = until // 1_000_000

    def _decide(self, asked_by: str, words: str, consents: Decision, declines: Decision) -> None:
        """Consent and decline; whoever asked may only take it back."""
        say, visit = self.visit.say, self.visit
        if not visit.may(Permission.CONSENT):
            return
        is_own = bool(people(by(visit)) & people(asked_by))
        with ui.row().classes("w-full gap-2"):
            if is_own:
                ui.label(say("bypass.own")).classes("ka-wrap")
            else:
                agree = partial(ask, visit, say(words), say(f"{words}_means"), say(words), consents)
                big_button(say(words), agree, main=True)
            decline = say("bypass.decline")
            refuse = partial(ask, visit, decline, say("bypass.decline_means"), decline, declines)
            big_button(say("bypass.withdraw" if is_own else "bypass.decline"), refuse)

    def _ask_end(self, bypass: Any) -> None:
        say = self.visit.say

        async def end(note: str) -> Exception | None:
            return await why_not(ask_for(self.visit, "bypasses/{case}/end", case=bypass.id, note=note))

        ask(self.visit, say("bypass.end"), say("bypass.end_means"), say("bypass.end"), end)
