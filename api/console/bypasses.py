"""Bypasses: what is out of service for work, why, until when; end one, begin one, consent to one."""

from collections.abc import Sequence
from functools import partial

from nicegui import ui

from alerts.bypass import Bypassed
from alerts.command import Bypass, ConsentBypass, DeclineBypass, EndBypass
from alerts.suppression.consent import lapses_at
from api.auth import Permission
from api.console.dialog import SHEET, ask
from api.console.page import Visit, big_button
from api.console.submit import by, say_to, watched_areas
from devices.people import people
from devices.reading import SECOND

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
            until = visit.gateway.site.now() + int(hours.value) * 3600 * SECOND
            command = Bypass(by(visit), reason.value or "", until, area, tuple(devices))
            why_not = await say_to(visit, command)
            if why_not is not None:
                refused.text = say.said(why_not)
                refused.set_visibility(True)
                return
            dialog.close()
            if any(
                wish.by == by(visit) and set(devices) <= set(wish.devices)
                for wish in visit.gateway.bypasses.bypass_wishes()
            ):
                ui.notify(say("bypass.waits"), type="info", timeout=10_000, close_button=say("verb.ok"))

        reason.on("keydown.enter", begin)
        with ui.row().classes("w-full gap-2"):
            big_button(say("bypass.begin"), begin, main=True)
            big_button(say("verb.cancel"), dialog.close)


class Bypasses:
    """One open page."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self._shown: tuple[list[Bypassed], list[Bypassed]] | None = None

    def build(self) -> None:
        say, visit = self.visit.say, self.visit
        visit.open_page(self.update)
        with ui.column().classes("q-pa-md w-full gap-3 ka-narrow"):
            self._wishes = ui.column().classes("w-full gap-2")
            ui.label(say("bypass.title")).classes("text-h6")
            self._list = ui.column().classes("w-full gap-2")
            if visit.may(Permission.BYPASS):
                ui.label(say("bypass.whole")).classes("text-h6 q-mt-md")
                ui.label(say("bypass.one")).classes("ka-faint")
                with ui.row().classes("w-full gap-2"):
                    for area, name in watched_areas(visit).items():
                        big_button(name, partial(ask_bypass, visit, area=area))

    def update(self) -> None:
        standing, wishes = self.visit.gateway.bypasses.bypasses(), self.visit.gateway.bypasses.bypass_wishes()
        if (standing, wishes) == self._shown:
            return
        self._shown = standing, wishes
        self._wishes.clear()
        with self._wishes:
            if wishes:
                ui.label(self.visit.say("bypass.wishes")).classes("text-h6")
            for wish in wishes:
                self._card(wish)
        self._list.clear()
        with self._list:
            for bypass in standing:
                self._card(bypass)
            if not standing:
                ui.label(self.visit.say("bypass.none")).classes("ka-empty")

    def _card(self, bypass: Bypassed) -> None:
        say, screen = self.visit.say, self.visit.screen
        names = [screen.device_name(device, say.language) for device in bypass.devices]
        with ui.column().classes("ka-card w-full gap-1"):
            area = screen.area_name(bypass.area, say.language)
            ui.label(f"{area} · {say('bypass.count', count=len(names))}").classes("ka-name")
            more = f" +{len(names) - _NAMED}" if len(names) > _NAMED else ""
            ui.label(", ".join(names[:_NAMED]) + more).classes("ka-wrap")
            ui.label(say.said(bypass.reason)).classes("ka-wrap text-weight-bold")
            who = f"{bypass.by} + {bypass.consented_by}" if bypass.consented_by else bypass.by
            ends, until = ("bypass.lapses", lapses_at(bypass)) if bypass.is_wish else ("bypass.left", bypass.until)
            with ui.row().classes("gap-1 items-baseline"):
                ui.label(f"{who} · {screen.clock(bypass.since, day=True)} · {say(ends)}").classes("ka-faint")
                left = ui.element("span").classes("ka-until ka-num text-weight-bold")
                left.props["data-until"] = until // 1_000_000
            if bypass.is_wish:
                self._decide(bypass)
            elif self.visit.may(Permission.BYPASS):
                big_button(say("bypass.end"), partial(self._ask_end, bypass))

    def _decide(self, wish: Bypassed) -> None:
        """Consent and decline; whoever asked may only take it back."""
        say, visit = self.visit.say, self.visit
        if not wish.order:
            ui.label(f"{say('bypass.until')} {visit.screen.clock(wish.until, day=True)}")
        if not visit.may(Permission.CONSENT):
            return
        is_own = bool(people(by(visit)) & people(wish.by))
        with ui.row().classes("w-full gap-2"):
            if is_own:
                ui.label(say("bypass.own")).classes("ka-wrap")
            else:
                words = "bypass.consent_order" if wish.order else "bypass.consent"
                big_button(say(words), partial(self._ask_consent, wish), main=True)
            big_button(say("bypass.withdraw" if is_own else "bypass.decline"), partial(self._ask_decline, wish))

    def _ask_consent(self, wish: Bypassed) -> None:
        say = self.visit.say

        async def consent(note: str) -> Exception | None:
            return await say_to(self.visit, ConsentBypass(wish.id, by(self.visit), note))

        words = "bypass.consent_order" if wish.order else "bypass.consent"
        ask(self.visit, say(words), say(f"{words}_means"), say(words), consent)

    def _ask_decline(self, wish: Bypassed) -> None:
        say = self.visit.say

        async def decline(note: str) -> Exception | None:
            return await say_to(self.visit, DeclineBypass(wish.id, by(self.visit), note))

        ask(self.visit, say("bypass.decline"), say("bypass.decline_means"), say("bypass.decline"), decline)

    def _ask_end(self, bypass: Bypassed) -> None:
        say = self.visit.say

        async def end(note: str) -> Exception | None:
            return await say_to(self.visit, EndBypass(bypass.id, by(self.visit), note=note))

        ask(self.visit, say("bypass.end"), say("bypass.end_means"), say("bypass.end"), end)
