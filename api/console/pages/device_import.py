"""Device lists: one out as CSV, one in; what it would change is shown first, and every fault by row and column.

The list goes to and fro with the form, so that nothing of it is kept here between the look and the import.
"""

import binascii
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi.concurrency import run_in_threadpool

from api.auth import Permission
from api.console.web_page import Again, Asked, Given, GoTo, Once, Page
from devices import device_list
from devices.errors import NotAllowed, Refused, StoreUnavailable
from devices.message import Text
from devices.orders import Change, Import

_AT = "/console/import"
_SHOWN, _LONGEST_NAME = 200, 200


class _Looked(msgspec.Struct, frozen=True):
    """What came of a list, ready to draw: its faults, or what it would change."""

    heading: str
    faults: list[tuple[str, str, str]] = []
    changes: list[tuple[str, str, str]] = []
    count: int = 0
    more: int = 0
    refused: str = ""


def _show(asked: Asked) -> Mapping[str, Any]:
    return {
        "most": device_list.LARGEST_LIST,
        "done": "done" in asked.query,
        "looked": None,
        "sent": {"content": "", "file": "", "note": ""},
    }


async def _take(asked: Asked, given: Given) -> GoTo | Again | Once:
    sent = {name: given.get(name, [""])[0] for name in ("content", "file", "note")}
    name = sent["file"][:_LONGEST_NAME]
    try:
        order, changes = await run_in_threadpool(_read, asked, sent["content"], sent["note"])
        if changes and "take" in given:
            await asked.gateway.registration.import_list(order)
            asked.board.forget()
            return GoTo(f"{_AT}?done=1")
    except Refused as refused:
        return Again({"looked": _faults(asked, name, refused)})
    except (NotAllowed, StoreUnavailable) as error:
        return Again({"looked": _Looked(name, refused=asked.say.said(error)), "sent": sent})
    return Once({"looked": await run_in_threadpool(_changes, asked, name, changes), "sent": sent})


def _read(asked: Asked, content: str, note: str) -> tuple[Import, list[Change]]:
    """What it would change. Raises Refused with every fault."""
    try:
        plain = urlsafe_b64decode(content)
    except (binascii.Error, ValueError):
        raise Refused(Text.of("device_list.no_csv")) from None
    order = device_list.read(plain, asked.person.name, note.strip())
    return order, asked.gateway.registration.rehearse(order)


def _faults(asked: Asked, name: str, refused: Refused) -> _Looked:
    faults = refused.faults or ((0, "", refused.text),)
    return _Looked(
        asked.say("import.faults", name=name, count=len(faults)),
        faults=[(str(row or "–"), column or "–", asked.say.said(why)) for row, column, why in faults[:_SHOWN]],
        more=max(0, len(faults) - _SHOWN),
    )


def _changes(asked: Asked, name: str, changes: list[Change]) -> _Looked:
    say = asked.say
    counts = Counter(change.action for change in changes)
    what = " · ".join(f"{say('change.' + action)}{say.colon}{count}" for action, count in counts.items())
    return _Looked(
        f"{name}{say.colon}{what or say('import.nothing')}",
        changes=[_row(asked, change) for change in changes[:_SHOWN]],
        count=len(changes),
        more=max(0, len(changes) - _SHOWN),
    )


def _row(asked: Asked, change: Change) -> tuple[str, str, str]:
    device, say = change.new, asked.say
    called = f"{device.name or device.id} ({device.id})" if device is not None else change.device
    return say("change." + change.action), called, asked.gateway.areas.area_name(change.area, say.language)


PAGES = (
    Page(
        path=_AT,
        permission=Permission.SERVE_DEVICES,
        title="console.device_list",
        template="device_import.html",
        under="/console/devices",
        modules=("list_file.js",),
        show=_show,
        take=_take,
    ),
)
