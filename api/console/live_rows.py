"""Lists whose rows keep their places in the page while they change: no click and no focus is lost to an update.

A slot's template of a NiceGUI table is built anew with every update; these are components of our own, patched in place.

A press of 100 ms loses its button when its row is built anew, and a sender that speaks all the time keeps its place, so
that a finger hits what it aims at. A technician holds a phone in one hand: each step has a page with an address
(dialogs would lose the form with the connection), buttons are 48 px high, lists turn into cards below 700 px, and ages
are counted by the browser.
"""

from typing import Any

from nicegui.element import Element


class LiveRows(Element):
    """Rows are dicts of texts and numbers with an ``id``; nothing in them is markup."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[dict[str, Any]] = []
        self._props["rows"] = self.rows
        self.classes("w-full")

    def show(self, rows: list[dict[str, Any]]) -> None:
        """Send them if they are not those that are shown."""
        if rows != self.rows:
            self.rows = rows
            self._props["rows"] = rows
            self.update()
        self.set_visibility(bool(rows))


class WaitingCards(LiveRows, component="static/waiting_cards.js"):
    """Unknown senders; emits ``reject`` with a row's id."""
