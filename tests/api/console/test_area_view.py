"""Tiles of key areas: what is open of each class, which modes are offered to whom, what runs."""

from types import SimpleNamespace
from typing import Any

import pytest

from api.console.area_view import counted, delay, tiles
from api.ports import AreaView
from devices.reading import SECOND
from tests.api.console.of_a_page import asked


def area(**more: Any) -> AreaView:
    own: dict[str, Any] = {"risk": 0, "responsible": "", "mode": "armed", "modes": ("armed", "disarmed")}
    return AreaView(
        **{"id": "store", "name": "Store", "name_zh": "", **own, "devices": 2, "worst": "", "open_alerts": 0, **more}
    )


def alert(alert_class: str, priority: int, **more: Any) -> Any:
    own = {"area": "store", "suppression": None, "acknowledged": None, "id": f"{alert_class}{priority}"}
    return SimpleNamespace(alert_class=alert_class, priority=priority, **{**own, **more})


def drawn(role: str, *alerts: Any, **more: Any) -> Any:
    view = area(**more)
    areas = SimpleNamespace(areas=lambda: [view], area_name=lambda area, language: "Store")
    rules = SimpleNamespace(rules=list)
    who = asked(role, areas=areas, alerts=SimpleNamespace(open_alerts=lambda: list(alerts)), rules=rules)
    (tile,) = tiles(who)
    return tile


def test_the_state_counts_each_class_and_leads_to_the_worst() -> None:
    held = alert("fire", 1, suppression=object(), id="held")
    tile = drawn("admin", held, alert("fire", 1, acknowledged=5), alert("fire", 1), alert("fault", 3), set_aside=1)
    assert "FIRE 2 · Fault 1 · 1 set aside" == tile.state
    assert (1, "A", True, "/?alert=fire1") == (tile.priority, tile.letter, tile.is_new, tile.alert)


def test_a_quiet_area_is_quiet() -> None:
    tile = drawn("admin", alert("fire", 1, area="hall"))
    assert (0, "quiet", "") == (tile.priority, tile.state, tile.alert)
    assert "quiet · 3 set aside" == counted(asked(), (), 3)


@pytest.mark.parametrize(("role", "count"), [("operator", 1), ("admin", 1), ("manager", 0), ("kiosk", 0)])
def test_the_other_modes_are_offered_to_who_may_set_them(role: str, count: int) -> None:
    tile = drawn(role)
    assert [("/areas/store/mode?mode=disarmed", "Switch to disarmed")][:count] == list(tile.switches)
    assert ("" if role == "kiosk" else "/console/devices?area=store") == tile.devices


def test_a_delay_says_until_when() -> None:
    assert " · exit delay until 08:00:09" == delay(asked(), area(exit_until=9 * SECOND))
    assert " · entry delay until 08:00:07" == delay(asked(), area(exit_until=9 * SECOND, entry_until=7 * SECOND))
    assert "" == delay(asked(), area())
