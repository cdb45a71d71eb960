"""A field of an ask as it is checked in a request: its type with its bounds, and no text without end."""

import types
from functools import reduce
from operator import or_
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
from pydantic import Field, StringConstraints

_MOST_TEXT = 2_000
_BOUNDS = ("min_length", "max_length", "ge", "gt", "le", "lt")


def shape_of(kind: Any) -> Any:
    """The type for pydantic; what may be left out is the type of what is not."""
    if kind is str:
        return Annotated[str, StringConstraints(max_length=_MOST_TEXT)]
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        inner = str if parts[0] is str else shape_of(parts[0])
        bounds = {name: getattr(meta, name) for meta in parts[1:] for name in _BOUNDS}
        return Annotated[inner, Field(**{name: bound for name, bound in bounds.items() if bound is not None})]
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return dict[str, Any]
    if origin in (Union, types.UnionType):
        return reduce(or_, (shape_of(part) for part in parts if part is not msgspec.UnsetType))
    if origin in (tuple, list, dict):
        return origin[tuple(part if part is ... else shape_of(part) for part in parts)]
    return kind
