"""What people can ask of workflows: which asks there are, the form of each, and the ask of a person made of it."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Annotated, Any

import msgspec
from pydantic import BaseModel, ConfigDict, Field, create_model

from alerts.ask import Ask
from api import workflow_finder
from api.ask_shapes import shape_of
from api.auth import Person
from devices.errors import NotAllowed, Refused
from devices.message import Text
from devices.reading import SECOND, Instant

_OF_THE_DOOR = ("by", "role", "proof", "origin", "second", "only_check", "up", "trial")
_FOR = "for_s"
_LONGEST_S = 10 * 366 * 86_400
_INSTANTS = ("until", "done_at", "start_at")
_MEANINGS = {
    "id": "asked twice under one id it is one ask",
    "case": "which case it is about; empty to open one",
    "done_at": "when it was done, if it is handed in later",
    "seen": "the revision of the case that you looked at",
    _FOR: "how long from now, in seconds, instead of `until`",
}
_IN_BRACES = re.compile(r"{(\w+)}", re.ASCII)


every_workflow = workflow_finder.every_workflow
"""Those of files, and the services of the kernel that people use."""


@cache
def _by_address() -> dict[str, type[Ask]]:
    found: dict[str, type[Ask]] = {}
    for kind in every_workflow().values():
        for ask in kind.asks:
            if ask.ADDRESS and found.setdefault(ask.ADDRESS, ask) is not ask:
                raise ValueError(f"two asks have the address {ask.ADDRESS!r}; give one of them another")
    return found


def ask_at(address: str) -> type[Ask] | None:
    """The ask of that address (``areas/{area}/mode``): so a page knows no workflow by its name. None: there is none."""
    return _by_address().get(address)


def fields_in(address: str) -> tuple[str, ...]:
    """The fields of an ask that stand in its address."""
    return tuple(_IN_BRACES.findall(address))


def given_at(kind: type[Ask], body: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent to the address of an ask, by the names of its fields."""
    return {kind.CALLED.get(name, name): value for name, value in body.items()}


def ask_of(
    kind: type[Ask], given: Mapping[str, Any], person: Person, *, only_check: bool = False, now: Instant = 0
) -> Ask:
    """The ask of that person; ``now``: from when `for_s` counts.

    Raises NotAllowed for a role that may not, Refused for values that it does not take.
    """
    if person.role not in kind.ROLES:
        raise NotAllowed(Text.of("workflow.not_your_role", role=person.role))
    plain: dict[str, Any] = {
        **given,
        "only_check": only_check,
        "ask": kind.__struct_config__.tag,
        "by": person.name,
        "role": person.role,
    }
    try:
        if (for_s := plain.pop(_FOR, None)) is not None:
            plain["until"] = now + for_s * SECOND
        for name in _INSTANTS:
            if isinstance(plain.get(name), datetime):
                plain[name] = int(plain[name].timestamp()) * SECOND
        return msgspec.convert(plain, kind)
    except (msgspec.ValidationError, OverflowError) as error:
        raise Refused(Text.of("workflow.wrong_value", reason=str(error)[:200])) from error


def form_of(name: str, tag: str, kind: type[Ask], address: str = "") -> type[BaseModel]:
    """The body of a request: the fields of an ask but for those that the door sets, or that stand in its address.

    Where its body there calls a field as every ask has one, that field is asked for at the made address only.
    """
    called = {field: theirs for theirs, field in kind.CALLED.items()} if address else {}
    without = {*_OF_THE_DOOR, *fields_in(address), *called.values()}
    fields: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        if field.name in without:
            continue
        shape = datetime | None if field.name in _INSTANTS else shape_of(field.type)
        default = ... if field.required else None if field.default is msgspec.UNSET else field.default
        if field.default_factory is not msgspec.NODEFAULT:
            default = field.default_factory()
        name_there = called.get(field.name, field.name)
        fields[name_there] = (shape, Field(default, description=_MEANINGS.get(name_there)))
    fields[_FOR] = (Annotated[int | None, Field(ge=1, le=_LONGEST_S)], Field(None, description=_MEANINGS[_FOR]))
    title = "".join(part.title() for part in f"{name}_{tag}{'_at' if address else ''}".split("_"))
    made_of: type[BaseModel] = create_model(f"{title}In", __config__=ConfigDict(extra="forbid"), **fields)
    return made_of
