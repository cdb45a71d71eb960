"""Finds every codec: a module in devices/codecs that ends with ``CODEC = ...``; refuses two of one name."""

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache

from devices import codecs
from devices.centre import Centre
from devices.codec import BusCodec, LineCodec, MqttCodec
from devices.output_orders import usual_feedback


@cache
def families() -> dict[str, MqttCodec | LineCodec | BusCodec]:
    """Every family by its name."""
    found: dict[str, MqttCodec | LineCodec | BusCodec] = {}
    for module_info in pkgutil.iter_modules(codecs.__path__, "devices.codecs."):
        codec: MqttCodec | LineCodec | BusCodec = importlib.import_module(module_info.name).CODEC
        if codec.family in found:
            raise ValueError(f"two codecs are called {codec.family!r}; rename one of them")
        found[codec.family] = codec
    return found


def mqtt_families() -> dict[str, MqttCodec]:
    """The families that speak over MQTT."""
    return {name: codec for name, codec in families().items() if hasattr(codec, "topics")}  # type: ignore[misc]


def line_families() -> dict[str, LineCodec]:
    """The families that speak over a serial or socket line."""
    return {name: codec for name, codec in families().items() if hasattr(codec, "open_line")}  # type: ignore[misc]


def bus_families() -> dict[str, BusCodec]:
    """The families whose bus the gateway works itself."""
    return {name: codec for name, codec in families().items() if hasattr(codec, "open_bus")}  # type: ignore[misc]


def families_that_obey() -> frozenset[str]:
    """Those whose devices take orders to their outputs (devices/output_orders.py)."""
    return frozenset(name for name, codec in families().items() if getattr(codec, "takes_orders", False))


def feedback_of(family: str, what: str, channel: str) -> str:
    """The signal by which a device of that family says how an output stands; "" where none does."""
    own: Callable[[str, str], str] = getattr(families().get(family), "feedback", usual_feedback)
    return own(what, channel)


def families_of_one_caller() -> frozenset[str]:
    """Those whose panels prove nothing, and call from one address: it is learnt."""
    return frozenset(name for name, codec in families().items() if getattr(codec, "one_caller", False))


def families_of_panels() -> frozenset[str]:
    """Those whose panels answer for the components and zones behind them."""
    return frozenset(name for name, codec in families().items() if getattr(codec, "answers_for_parts", False))


def centre_families() -> dict[str, Centre]:
    """What can be spoken to a receiving centre, by the family that speaks it."""
    return {name: codec.centre for name, codec in families().items() if hasattr(codec, "centre")}
