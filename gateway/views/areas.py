"""The key areas: what stands in the site file, and how they are."""

from alerts.alert import Alert
from alerts.area_mode import DELAYS
from api.live import Live
from api.ports import AreaView
from gateway.running import Running
from gateway.site.plans import is_picture, picture


class AreasView:
    """Implements api.ports.areas."""

    def __init__(self, running: Running, live: Live) -> None:
        self._running, self._live = running, live
        self._areas = {area.id: area for area in running.areas}
        self._planned = {area.id for area in running.areas if is_picture(area.plan)}

    def areas(self) -> list[AreaView]:
        open_by_area: dict[str, list[Alert]] = {}
        for alert in [alert for alert in self._live.open_alerts() if alert.origin == "real"]:
            open_by_area.setdefault(alert.area, []).append(alert)
        devices_by_area: dict[str, int] = {}
        for device in self._running.devices():
            devices_by_area[device.area] = devices_by_area.get(device.area, 0) + 1
        modes = self._live.modes()
        delays = {case.id: case.case for case in self._live.cases(DELAYS)}
        views = []
        for area in self._areas.values():
            here = open_by_area.get(area.id, [])
            delay = delays.get(area.id, {})
            open_here = [alert for alert in here if alert.suppression is None]
            views.append(
                AreaView(
                    id=area.id,
                    name=area.name,
                    name_zh=area.name_zh,
                    risk=area.risk,
                    responsible=area.responsible,
                    mode=modes.get(area.id, area.mode),
                    modes=area.modes,
                    devices=devices_by_area.get(area.id, 0),
                    worst=open_here[0].alert_class if open_here else "",
                    open_alerts=len(open_here),
                    set_aside=len(here) - len(open_here),
                    has_plan=area.id in self._planned,
                    exit_until=delay.get("exit_until"),
                    entry_until=delay.get("entry_until"),
                )
            )
        return views

    def area_name(self, area: str, language: str) -> str:
        found = self._areas.get(area)
        if found is None:
            return area
        return found.name_zh or found.name if language == "zh" else found.name

    def plan(self, area: str) -> tuple[bytes, str] | None:
        found = self._areas.get(area)
        return picture(found.plan) if found is not None else None
