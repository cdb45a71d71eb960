"""Unknown devices: who has just spoken on top, what each probably is, adopt or reject; and those turned away."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from msgspec.structs import asdict
from nicegui import ui

from api.console.dialog import ask
from api.console.kinds import kind_name
from api.console.live_rows import WaitingCards
from api.console.page import Visit, big_button
from api.console.signals import signal_label, value_label
from api.console.submit import give, give_or_tell
from api.ports import QuarantinedSender
from devices.device import SenderKey

_SHOWN = 60
_SIGNALS_SHOWN = 8


class Waiting:
    """One open page."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self._keys: dict[str, SenderKey] = {}
        self._rejected: dict[SenderKey, ui.label] = {}

    def build(self) -> None:
        say = self.visit.say
        self.visit.open_page(self.update)
        with ui.column().classes("q-pa-md w-full gap-3"):
            with ui.row().classes("w-full items-center gap-3"):
                ui.label(say("waiting.title")).classes("text-h6")
                self._filter = ui.input(placeholder=say("device.filter")).props("dense outlined clearable")
                self._filter.classes("ka-filter").on_value_change(self.update)
            self._none = ui.column().classes("ka-empty gap-1")
            with self._none:
                ui.label(say("waiting.none")).classes("text-h6")
                ui.label(say("waiting.how"))
            self._cards = WaitingCards()
            self._cards.on("reject", lambda event: self._ask_reject(str(event.args)))
            self._more = ui.label().classes("ka-faint")
            self._away = ui.expansion(say("waiting.rejected")).classes("w-full").props("dense")
            with self._away:
                self._away_rows = ui.column().classes("w-full gap-2 q-pt-sm")

    def update(self) -> None:
        say, needle = self.visit.say, (self._filter.value or "").casefold()
        senders = self.visit.screen.board.waiting()
        found = [sender for sender in senders if not needle or needle in self._words(sender).casefold()]
        rows = [self._row(sender) for sender in found[:_SHOWN]]
        self._cards.show(rows)
        self._none.set_visibility(not senders)
        hidden = len(senders) - len(rows)
        self._more.set_visibility(hidden > 0)
        self._more.text = say("waiting.more", count=hidden)
        self._show_rejected()

    def _words(self, sender: QuarantinedSender) -> str:
        kind = kind_name(sender.guess_kind, self.visit.say)
        return f"{sender.family} {sender.address} {sender.line} {kind} {sender.guess_model}"

    def _row(self, sender: QuarantinedSender) -> dict[str, Any]:
        say = self.visit.say
        where = {"line": sender.line, "family": sender.family, "address": sender.address}
        key = urlencode(where)
        self._keys[key] = SenderKey(**where)
        rhythm = say("waiting.messages", count=sender.messages)
        if sender.heartbeat_s is not None:
            rhythm += say("waiting.heartbeat", age=say.age(sender.heartbeat_s))
        elif not sender.live:
            rhythm += say("waiting.kept")
        said = sorted(sender.signals.items(), key=lambda one: one[0] not in sender.dangers)
        more = [f"+{len(said) - _SIGNALS_SHOWN}"] if len(said) > _SIGNALS_SHOWN else []
        return {
            "id": key,
            "danger": say("waiting.danger") if sender.dangers else "",
            "just": say("waiting.just"),
            "once": say("waiting.spoke"),
            "heard": sender.last_heard // 1_000_000,
            "guess": " · ".join(
                part
                for part in (kind_name(sender.guess_kind, say) or say("waiting.unknown"), sender.guess_model)
                if part
            ),
            "address": " · ".join(part for part in (sender.family, sender.line, sender.address) if part),
            "said": [
                f"{signal_label(name, say)} {value_label(name, value, say)}" for name, value in said[:_SIGNALS_SHOWN]
            ]
            + more,
            "rhythm": rhythm,
            "adopt": f"/console/adopt?{key}",
            "adopts": say("waiting.adopt"),
            "rejects": say("waiting.reject"),
        }

    def _ask_reject(self, row: str) -> None:
        key, say = self._keys.get(row), self.visit.say
        if key is None:
            return

        async def reject(note: str) -> Exception | None:
            refused = await give(self.visit, "quarantine/reject", **asdict(key), note=note)
            self.update()
            return refused

        ask(
            self.visit,
            say("waiting.reject_title"),
            f"{key}\n{say('waiting.reject_means')}",
            say("waiting.reject"),
            reject,
        )

    def _show_rejected(self) -> None:
        say = self.visit.say
        rejected = {
            SenderKey(one.line, one.family, one.address): one.messages for one in self.visit.gateway.senders.rejected()
        }
        self._away.set_visibility(bool(rejected))
        self._away.text = f"{say('waiting.rejected')} ({len(rejected)})"
        shown = list(rejected)[:_SHOWN]
        if shown != list(self._rejected):
            self._away_rows.clear()
            with self._away_rows:
                self._rejected = {key: self._rejected_row(key) for key in shown}
                if len(rejected) > _SHOWN:
                    ui.label(say("waiting.more", count=len(rejected) - _SHOWN)).classes("ka-faint")
        for key, label in self._rejected.items():
            label.text = say("waiting.messages", count=rejected[key])

    def _rejected_row(self, key: SenderKey) -> ui.label:
        with ui.row().classes("w-full items-center gap-3 no-wrap"):
            ui.label(str(key)).classes("col ka-wrap")
            messages = ui.label().classes("ka-faint ka-num")
            big_button(self.visit.say("waiting.readmit"), partial(self._readmit, key))
        return messages

    async def _readmit(self, key: SenderKey) -> None:
        if await give_or_tell(self.visit, "quarantine/readmit", **asdict(key)):
            self.update()
