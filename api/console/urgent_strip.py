"""The red strip on every page of every role, while a danger to life is not acknowledged: what, where, since when."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from nicegui import ui

from alerts.alert import Alert

if TYPE_CHECKING:
    from api.console.frame import Visit


class UrgentStrip:
    """One line, however many there are: the first in the operator's order, and how many more."""

    def __init__(self, visit: "Visit") -> None:
        self._visit = visit
        self._alert: Alert | None = None
        with ui.element("a").props('role="alert"').classes("ka-strip w-full") as self._link:
            self._what = ui.element("span").classes("ka-strip-what")
            with self._what:
                self._words = ui.label()
            self._since = ui.element("span").classes("ka-since ka-plain ka-num").props("aria-hidden=true")
            self._more = ui.label()
            ui.label(visit.say("strip.go")).classes("ka-strip-go")
        if visit.on_go_there is not None:
            self._link.on("click.prevent", self._go)
        self._link.set_visibility(False)

    def update(self) -> None:
        """As things stand now."""
        visit, urgent = self._visit, self._visit.screen.urgent()
        self._link.set_visibility(bool(urgent))
        self._alert = urgent[0] if urgent else None
        if self._alert is None:
            return
        say, screen, first = visit.say, visit.screen, self._alert
        self._words.text = f"{say('class.' + first.alert_class)} · {screen.area_name(first.area, say.language)}"
        self._since.props["data-since"] = first.raised // 1_000_000
        self._more.text = say("strip.more", count=len(urgent) - 1) if len(urgent) > 1 else ""
        self._more.set_visibility(len(urgent) > 1)
        self._link.props["href"] = f"/?{urlencode({'alert': first.id})}"

    def _go(self) -> None:
        if self._alert is not None and self._visit.on_go_there is not None:
            self._visit.on_go_there(self._alert.id)
