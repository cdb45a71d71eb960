"""The one interface of a page: one file in api/console/pages/ that ends with ``PAGES = (...)``, one template beside it.

A page is one route. What it says stands in a pair of catalogues beside it; who may enter stands on it. It is found by
scan and touches nothing else: the document around it (frame.html) makes its link, its errors, its live parts.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import msgspec
from starlette.requests import Request

from api.auth import Permission, Person
from api.console.locale import Say
from api.device_rank import DeviceBoard
from api.ports import Gateway
from devices.language import local
from devices.reading import Instant

Given: TypeAlias = Mapping[str, list[str]]
"""The fields of a form as a browser sends them."""


class Asked(msgspec.Struct, frozen=True):
    """Who asks for a page, in which language, and the gateway as that person may see it.

    ``board``: how every device stands, which is made once for all pages of that sight.
    """

    request: Request
    person: Person
    gateway: Gateway
    say: Say
    board: DeviceBoard

    @property
    def wanted(self) -> Mapping[str, str]:
        """The parts of the address that the route leaves open."""
        return self.request.path_params

    def moment(self, instant: Instant) -> str:
        """The site's local time."""
        return local(instant, ZoneInfo(self.gateway.site.time_zone()))

    def second(self, instant: Instant) -> str:
        """The same to the second."""
        return local(instant, ZoneInfo(self.gateway.site.time_zone()), "%Y-%m-%d %H:%M:%S")

    def clock(self, instant: Instant, *, day: bool = False) -> str:
        """The time of day alone, or with the day of the year."""
        return local(instant, ZoneInfo(self.gateway.site.time_zone()), "%m-%d %H:%M:%S" if day else "%H:%M:%S")

    @property
    def is_again(self) -> bool:
        """Only for a part of a page that stays up to date (static/fresh.js): what is outside of it may be left out."""
        return "ka-fresh" in self.request.headers

    @property
    def query(self) -> Mapping[str, str]:
        return self.request.query_params


class GoTo(msgspec.Struct, frozen=True):
    """A form was taken: where to go on (303)."""

    address: str


class Again(msgspec.Struct, frozen=True):
    """It was refused: the same page with these values added to those that ``show`` gives (422)."""

    values: Mapping[str, Any]


class Once(msgspec.Struct, frozen=True):
    """It was done: the same page with these values added, which are shown this once and on no other page (200)."""

    values: Mapping[str, Any]


def _nothing(asked: Asked) -> Mapping[str, Any]:
    return {}


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One route and one template.

    ``title``: a key. ``place``: the row of links that it stands in and where there; None: it has no link of its own.
    ``under``: the page whose link is marked while this one is open. ``modules``: scripts of its own in static/.
    ``show`` gives the template's values, in a worker thread; it raises HTTPException 404 for what is not there.
    ``take`` is given a form that was sent to the same address. ``is_control_room``: whoever handles alerts sees silent
    alarms on it while no screen that is named for them is open.
    """

    path: str
    permission: Permission
    title: str
    template: str
    place: tuple[str, int] | None = None
    under: str = ""
    modules: tuple[str, ...] = ()
    show: Callable[[Asked], Mapping[str, Any]] = _nothing
    take: Callable[[Asked, Given], Awaitable[GoTo | Again | Once]] | None = None
    is_control_room: bool = False
