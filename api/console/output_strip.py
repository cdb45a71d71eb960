"""What alerts have switched on, above their list: which siren sounds, which does not obey, and the button for silence.

Silence is no reset (EN 54-2): no alert changes, and a new one sounds again.
"""

from collections.abc import Sequence

from nicegui import ui

from alerts.output_event import SilenceOutputs
from alerts.output_rule import OutputState
from api.auth import Permission
from api.console.page import Visit, button
from api.console.submit import admit, tell
from devices.errors import Refused, StoreUnavailable
from devices.message import Name, Text
from devices.output_orders import AUDIBLE

_MOST_NAMED = 5


class OutputStrip:
    """One line of a page; there only while something is on, does not obey, or was silenced."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._row = ui.row().classes("w-full items-center gap-3").props('role="status"')
        with self._row:
            self._words = ui.label().classes("text-weight-bold ka-wrap")
            self._silence = button(visit.say.said(Text.of("output_strip.silence")), self._quiet).props("color=primary")

    def update(self) -> None:
        """As outputs stand now."""
        visit = self._visit
        shown = [state for state in visit.gateway.outputs.outputs() if _is_shown(state)]
        self._row.set_visibility(bool(shown))
        if shown:
            said = [self._said(state) for state in shown[:_MOST_NAMED]]
            more = [Text.of("output_strip.more", count=len(shown) - _MOST_NAMED)] if len(shown) > _MOST_NAMED else []
            self._words.text = visit.say.said(Text.of("output_strip.all", parts=(*said, *more)))
        self._silence.set_visibility(visit.may(Permission.HANDLE_ALERTS) and _sounds(shown))

    def _said(self, state: OutputState) -> Text:
        screen = self._visit.screen
        name = Name(screen.device_name(state.device, "en"), screen.device_name(state.device, "zh"))
        ordered = state.ordered
        is_on = ordered is not None and ordered.order.value == state.output.value
        how = "silenced" if state.is_silenced else "failed" if ordered is not None and ordered.state == "failed" else ""
        return Text.of(f"output_strip.{how or ('on' if is_on else 'off')}", device=name)

    async def _quiet(self) -> None:
        try:
            person = await admit(self._visit, Permission.HANDLE_ALERTS)
            await self._visit.gateway.commands.submit(SilenceOutputs(person.name))
        except (Refused, StoreUnavailable) as error:
            tell(self._visit, error)
            return
        self.update()


def _is_shown(state: OutputState) -> bool:
    ordered = state.ordered
    if ordered is None:
        return False
    return state.is_silenced or ordered.state == "failed" or ordered.order.value == state.output.value


def _sounds(states: Sequence[OutputState]) -> bool:
    return any(
        state.output.what in AUDIBLE and not state.is_silenced and state.ordered is not None
        and state.ordered.order.value == state.output.value
        for state in states
    )  # fmt: skip
