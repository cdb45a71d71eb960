"""The red strip on every page of every role, while a danger to life is not acknowledged: what, where, since when."""

from collections.abc import Callable
from urllib.parse import urlencode

from nicegui import ui

from alerts.alert import Alert
from api.console.alert_list import AlertList
from api.console.locale import Say


class UrgentStrip:
    """One line, however many there are: the first in the operator's order, and how many more."""

    def __init__(self, say: Say, screen: AlertList, go: Callable[[str], None] | None) -> None:
        """``go`` chooses an alert on this page; without it the strip leads to the control room."""
        self._say, self._screen, self._go = say, screen, go
        self._alert: Alert | None = None
        with ui.element("a").props('role="alert"').classes("ka-strip w-full") as self._link:
            self._words = ui.label().classes("ka-strip-what")
            self._since = ui.element("span").classes("ka-since ka-plain ka-num").props("aria-hidden=true")
            self._more = ui.label()
            ui.label(say("strip.go")).classes("ka-strip-go")
        if go is not None:
            self._link.on("click.prevent", self._choose)
        self._link.set_visibility(False)

    def update(self) -> None:
        """As things stand now."""
        urgent = self._screen.urgent()
        self._link.set_visibility(bool(urgent))
        self._alert = urgent[0] if urgent else None
        if self._alert is None:
            return
        say, first = self._say, self._alert
        area = self._screen.area_name(first.area, say.language)
        self._words.text = f"{say('class.' + first.alert_class)} · {area}"
        self._since.props["data-since"] = first.newest // 1_000_000
        self._more.text = say("strip.more", count=len(urgent) - 1) if len(urgent) > 1 else ""
        self._more.set_visibility(len(urgent) > 1)
        self._link.props["href"] = f"/?{urlencode({'alert': first.id})}"

    def _choose(self) -> None:
        if self._alert is not None and self._go is not None:
            self._go(self._alert.id)
