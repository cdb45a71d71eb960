"""How much memory an object holds: all that can be reached from it, as far as it is values or the product's own."""

import gc
import sys
from types import BuiltinFunctionType, CodeType, FrameType, FunctionType, MethodType, ModuleType
from typing import Any

_NOT_FOLLOWED = (type, ModuleType, FunctionType, BuiltinFunctionType, MethodType, CodeType, FrameType)


def held(root: object) -> int:
    """Bytes. What lies behind functions and classes is not counted: it is there once."""
    seen: set[int] = set()
    waiting: list[Any] = [root]
    total = 0
    while waiting:
        item = waiting.pop()
        if id(item) in seen or isinstance(item, _NOT_FOLLOWED):
            continue
        seen.add(id(item))
        total += sys.getsizeof(item)
        waiting += gc.get_referents(item)
    return total
