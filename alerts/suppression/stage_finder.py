"""Finds every reason not to shout: a module in alerts/suppression/stages that ends with ``STAGE = ...``."""

import importlib
import pkgutil
from functools import cache

from alerts.suppression import stages as package
from alerts.suppression.in_force import Stage


@cache
def stages() -> tuple[Stage, ...]:
    """In the order in which they are asked. ValueError for two that ask to be asked at one place."""
    found: dict[int, Stage] = {}
    for module_info in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        stage: Stage = importlib.import_module(module_info.name).STAGE
        if stage.place in found:
            raise ValueError(f"{module_info.name} stands at place {stage.place}, as another stage does; move one")
        found[stage.place] = stage
    return tuple(found[place] for place in sorted(found))
