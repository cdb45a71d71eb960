"""Device lists: one out as CSV, one in; what it would change is shown first, and every fault by row and column."""

from collections import Counter
from functools import partial

from nicegui import events, run, ui

from api.console.page import Visit, big_button
from api.console.submit import by, hand_in, tell
from api.console.table import table
from devices import device_list
from devices.errors import Refused, StoreUnavailable
from devices.orders import Change, Import

_FAULTS_SHOWN, _CHANGES_SHOWN = 200, 200


class DeviceImport:
    """One open page."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit

    def build(self) -> None:
        say = self.visit.say
        self.visit.open_page(lambda: None)
        with ui.column().classes("q-pa-md w-full gap-3"):
            ui.label(say("import.title")).classes("text-h6")
            ui.label(say("import.how"))
            with ui.row().classes("w-full gap-2 items-center"):
                big_button(say("import.export"), href="/api/device-list")
            self._upload = ui.upload(
                label=say("import.choose"),
                auto_upload=True,
                max_files=1,
                max_file_size=device_list.LARGEST_LIST,
                on_upload=self._read,
                on_rejected=lambda: ui.notify(say("import.too_large"), type="warning"),
            )
            self._upload.props('accept=".csv,text/csv" flat bordered').classes("ka-upload")
            self._result = ui.column().classes("w-full gap-3")

    async def _read(self, event: events.UploadEventArguments) -> None:
        if event.file.size() > device_list.LARGEST_LIST:
            ui.notify(self.visit.say("import.too_large"), type="warning")
            return
        content = await event.file.read()
        self._upload.reset()
        try:
            order, changes = await run.io_bound(self._looked_through, content) or (None, [])
        except Refused as refused:
            self._show_faults(event.file.name, refused)
        except StoreUnavailable as error:
            tell(self.visit, error)
        else:
            if order is not None:
                self._show_changes(event.file.name, order, changes)

    def _looked_through(self, content: bytes) -> tuple[Import, list[Change]]:
        """In a worker thread: what it would change. Raises Refused with every fault."""
        order = device_list.read(content, by(self.visit))
        return order, self.visit.gateway.registration.rehearse(order)

    def _show_faults(self, name: str, refused: Refused) -> None:
        say = self.visit.say
        faults = refused.faults or ((0, "", refused.text),)
        self._result.clear()
        with self._result:
            ui.label(say("import.faults", name=name, count=len(faults))).classes("ka-refused").props('role="alert"')
            shown = table(
                self.visit,
                [("row", "import.row"), ("column", "import.column"), ("problem", "import.problem")],
            )
            shown.classes("ka-whole")
            shown.rows = [
                {"id": number, "row": row or "–", "column": column or "–", "problem": say.said(problem)}
                for number, (row, column, problem) in enumerate(faults[:_FAULTS_SHOWN])
            ]

    def _show_changes(self, name: str, order: Import, changes: list[Change]) -> None:
        say = self.visit.say
        counts = Counter(change.action for change in changes)
        self._result.clear()
        with self._result:
            what = " · ".join(f"{say('change.' + action)}: {count}" for action, count in counts.items())
            ui.label(f"{name}: {what or say('import.nothing')}").classes("text-subtitle1 text-weight-bold")
            if not changes:
                return
            shown = table(
                self.visit, [("action", "import.change"), ("device", "column.device"), ("area", "column.area")]
            )
            shown.rows = [self._row(number, change) for number, change in enumerate(changes[:_CHANGES_SHOWN])]
            if len(changes) > _CHANGES_SHOWN:
                ui.label(say("waiting.more", count=len(changes) - _CHANGES_SHOWN)).classes("ka-faint")
            note = ui.input(say("verb.note")).props("outlined maxlength=500").classes("w-full ka-narrow")
            big_button(say("import.go", count=len(changes)), partial(self._import, order, note), main=True)

    def _row(self, number: int, change: Change) -> dict[str, object]:
        device = change.new
        return {
            "id": number,
            "action": self.visit.say("change." + change.action),
            "device": f"{device.name or device.id} ({device.id})" if device is not None else change.device,
            "area": self.visit.screen.area_name(change.area, self.visit.say.language),
        }

    async def _import(self, order: Import, note: ui.input) -> None:
        say = self.visit.say
        whole = Import(order.devices, by(self.visit), order.rows, order.faults, order.columns, note.value or "")
        refused = await hand_in(self.visit, whole)
        if refused is not None:
            tell(self.visit, refused)
            return
        self._result.clear()
        with self._result:
            ui.label(say("import.done")).classes("text-subtitle1 text-weight-bold")
            ui.link(say("device.list"), "/console/devices").classes("text-h6")
