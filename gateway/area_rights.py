"""Whether an account may act where it asks to: looked up anew for every order, whatever door it came through."""

from collections.abc import Callable, Iterable
from typing import Any

from devices.errors import NotAllowed
from devices.message import Text
from devices.people import people


class AreaRights:
    """``limits(account)``: its areas, none: everywhere. ``device_area``, ``alert_area``, ``case_area``: "" for none.

    ``alert_areas``: of the open alerts of an incident, which may lie in several.
    """

    def __init__(
        self,
        limits: Callable[[str], tuple[str, ...]],
        device_area: Callable[[str], str],
        alert_area: Callable[[str], str],
        case_area: Callable[[str], str],
        alert_areas: Callable[[str], Iterable[str]] = lambda _incident: (),
    ) -> None:
        self._limits, self._device, self._alert, self._case = limits, device_area, alert_area, case_area
        self._alerts_of = alert_areas

    def check(self, by: str, order: Any) -> None:
        """Raises NotAllowed for what lies in an area that an account behind the signature is not limited to.

        What belongs to no area may be asked by everybody whose role lets them.
        """
        for account in people(by):
            areas = self._limits(account)
            strange = sorted({place for place in self._places(order) if place not in areas}) if areas else ()
            if strange:
                raise NotAllowed(Text.of("area_rights.not_there", account=account, areas=areas, asked=tuple(strange)))

    def areas_of(self, by: str) -> tuple[str, ...]:
        """Where the accounts behind the signature may all act; none: everywhere."""
        limits = [areas for account in people(by) if (areas := self._limits(account))]
        return tuple(area for area in limits[0] if all(area in areas for areas in limits)) if limits else ()

    def _places(self, order: Any) -> Iterable[str]:
        """The areas that it is about."""
        places = [getattr(order, "area", ""), *(getattr(order, "areas", None) or ())]
        devices = [getattr(order, "device", ""), *(getattr(order, "devices", None) or ())]
        places += [each.area if hasattr(each, "area") else self._device(each) for each in devices if each]
        places += [self._alert(order.alert)] if getattr(order, "alert", "") else []
        for case in filter(None, (getattr(order, "case", ""), getattr(order, "other", ""))):
            places += [self._case(case), *self._alerts_of(case)]
        return (place for place in places if place)
