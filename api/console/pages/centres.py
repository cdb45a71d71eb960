"""Receiving centres: whether each is reached, by which way, and what it has not confirmed yet."""

from collections.abc import Mapping
from typing import Any

import msgspec

from api.auth import Permission
from api.console.web_page import Asked, Page
from api.ports.centres import CentreView, WayView

_AT = "/console/centres"


class _Way(msgspec.Struct, frozen=True):
    """One path, ready to draw."""

    address: str
    said: str
    is_lost: bool


class _Row(msgspec.Struct, frozen=True):
    """One centre, ready to draw; ``why``: what is wrong with the whole of it."""

    name: str
    family: str
    ways: list[_Way]
    confirmed: str
    waiting: int
    failed: int
    kept: int
    why: str


def _show(asked: Asked) -> Mapping[str, Any]:
    return {"centres": [_row(asked, centre) for centre in asked.gateway.centres.centres()]}


def _row(asked: Asked, centre: CentreView) -> _Row:
    say = asked.say
    return _Row(
        name=centre.name,
        family=say.any(f"centres_page.{centre.family}") if centre.family else say.any("centres_page.no_more"),
        ways=[_way(asked, way) for way in centre.ways],
        confirmed=asked.second(centre.confirmed_at) if centre.confirmed_at else say.any("centres_page.never"),
        waiting=centre.waiting,
        failed=centre.failed,
        kept=centre.kept,
        why=say.said(centre.why) if centre.why is not None else "",
    )


def _way(asked: Asked, way: WayView) -> _Way:
    said = asked.say.any(f"centres_page.{way.state}")
    if way.heard_at is not None:
        said += f" · {asked.say.any('centres_page.heard', at=asked.clock(way.heard_at, day=True))}"
    if way.why is not None:
        said += f" · {asked.say.said(way.why)}"
    return _Way(way.address, said, way.state == "lost")


PAGES = (
    Page(
        path=_AT,
        permission=Permission.LOOK,
        title="centres_page.title",
        template="centres.html",
        place=("review", 48),
        under="/manager",
        modules=("fresh.js",),
        show=_show,
    ),
)
