"""Finds every rule kind and unites them, so that the site file decodes straight into rule objects."""

import importlib
import pkgutil
from functools import cache
from typing import Any

from alerts import rules
from alerts.rule import Rule


@cache
def kinds() -> dict[str, type[Rule[Any]]]:
    """Every rule kind by its name, as written in the site file's ``kind``."""
    found: dict[str, type[Rule[Any]]] = {}
    for module_info in pkgutil.iter_modules(rules.__path__, "alerts.rules."):
        kind: type[Rule[Any]] = importlib.import_module(module_info.name).KIND
        tag = str(kind.__struct_config__.tag)
        if tag in found:
            raise ValueError(f"two rule kinds are called {tag!r}; rename one of them")
        found[tag] = kind
    return found
