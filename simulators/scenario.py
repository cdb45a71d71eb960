"""A scenario file: what happens in the simulated world, and when."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from simulators.fire import ALPHA_KW_S2, Fire
from simulators.people import Round
from simulators.site import SiteEntry


class ScenarioError(Exception):
    """The file is wrong; the text says which step and what was expected."""


@dataclass(frozen=True)
class Step:
    """One thing that happens at ``at_s`` seconds after the start."""

    at_s: float
    do: str
    with_: dict[str, Any]


@dataclass(frozen=True)
class Scenario:
    """``steps`` in the order of their time; ``ends_s`` None: the world goes on until it is stopped."""

    name: str
    about: str
    steps: tuple[Step, ...]
    ends_s: float | None = None


@dataclass
class Doing:
    """What a step may touch; the runner hands it in."""

    site: SiteEntry
    now: float
    fires: list[Fire] = field(default_factory=list)
    rounds: list[Round] = field(default_factory=list)
    extinguished: list[str] = field(default_factory=list)
    forced: dict[str, dict[str, Any]] = field(default_factory=dict)
    silenced: dict[str, bool] = field(default_factory=dict)
    gas: dict[str, float] = field(default_factory=dict)
    raw: list[tuple[str, bytes]] = field(default_factory=list)


def _fire(doing: Doing, step: dict[str, Any]) -> None:
    doing.fires.append(
        Fire(
            room=step["area"],
            started=doing.now,
            growth=step.get("growth", "medium"),
            smoulder_s=float(step.get("smoulder_s", 0)),
            peak_kw=float(step.get("peak_kw", 500)),
            burns_s=float(step.get("burns_s", 1800)),
        )
    )


def _set(signal: str | None, value: Any) -> Callable[[Doing, dict[str, Any]], None]:
    def act(doing: Doing, step: dict[str, Any]) -> None:
        name = signal or step["signal"]
        doing.forced.setdefault(step["device"], {})[name] = step.get("value", value)

    return act


def _round(doing: Doing, step: dict[str, Any]) -> None:
    doing.rounds.append(
        Round(
            step["device"],
            step["checkpoints"],
            doing.now,
            float(step.get("every_s", 10)),
            frozenset(step.get("skips", ())),
        )
    )


def _card(doing: Doing, step: dict[str, Any]) -> None:
    every_s = float(step.get("every_s", "inf"))
    doing.rounds.append(Round(step["device"], [step["card"]], doing.now, every_s, signal="credential"))


def _plate(doing: Doing, step: dict[str, Any]) -> None:
    every_s = float(step.get("every_s", "inf"))
    doing.rounds.append(Round(step["device"], [step["plate"]], doing.now, every_s, signal="plate"))


STEPS: dict[str, tuple[tuple[str, ...], str, Callable[[Doing, dict[str, Any]], None]]] = {
    "fire": (("area",), "a fire starts; growth slow, medium, fast or ultrafast, smoulder_s, peak_kw, burns_s", _fire),
    "extinguish": (("area",), "the fires of an area go out", lambda d, s: d.extinguished.append(s["area"])),
    "gas_leak": (
        ("area",),
        "gas leaks at lel_per_s %LEL a second (0 stops it)",
        lambda d, s: d.gas.__setitem__(s["area"], float(s.get("lel_per_s", 1))),
    ),
    "press": (("device",), "a call point is pressed", _set("call_point", True)),
    "release": (("device",), "a call point is put back", _set("call_point", False)),
    "open": (("device",), "a door is opened", _set("door", True)),
    "close": (("device",), "a door is closed", _set("door", False)),
    "set": (("device", "signal", "value"), "a signal of a device takes a value", _set(None, None)),
    "round": (
        ("device", "checkpoints"),
        "a guard walks: a checkpoint every every_s seconds, never those of skips",
        _round,
    ),
    "card": (
        ("device", "card"),
        "a card ('facility:number') is held to a reader, again every every_s seconds if that is given",
        _card,
    ),
    "plate": (
        ("device", "plate"),
        "a vehicle passes a plate reader, again every every_s seconds if that is given",
        _plate,
    ),
    "silence": (("device",), "a device falls silent", lambda d, s: d.silenced.__setitem__(s["device"], True)),
    "speak": (("device",), "a silent device speaks again", lambda d, s: d.silenced.__setitem__(s["device"], False)),
    "publish": (
        ("topic", "payload"),
        "any text on any topic, for instance rubbish",
        lambda d, s: d.raw.append((s["topic"], str(s["payload"]).encode())),
    ),
}
"""Name -> (keys it needs, what it does, how)."""


def names() -> list[str]:
    """The scenarios that come with the product."""
    return sorted(
        entry.name.removesuffix(".toml")
        for entry in files("simulators.scenarios").iterdir()
        if entry.name.endswith(".toml")
    )


def known(name: str) -> None:
    """Raises ScenarioError for a name that is no scenario of ours, and for a file that is not there."""
    path = Path(name)
    if path.suffix != ".toml" and name not in names():
        raise ScenarioError(f"there is no scenario {name!r}; there are {', '.join(names())}, or name a .toml file")
    if path.suffix == ".toml" and not path.is_file():
        raise ScenarioError(f"{name}: there is no such file")


def load(name: str, site: SiteEntry) -> Scenario:
    """A scenario by name or path. Raises ScenarioError."""
    known(name)
    path = Path(name)
    if path.suffix != ".toml":
        text = files("simulators.scenarios").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    else:
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise ScenarioError(f"{name}: {error.strerror}") from error
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{name}: {error}") from error
    steps = [_checked(name, number, step, site) for number, step in enumerate(raw.get("steps", ()), 1)]
    ends_s = float(raw["ends_s"]) if "ends_s" in raw else None
    return Scenario(name, str(raw.get("about", "")), tuple(sorted(steps, key=lambda step: step.at_s)), ends_s)


def _checked(name: str, number: int, step: dict[str, Any], site: SiteEntry) -> Step:
    where = f"{name}: step {number}"
    do = step.get("do")
    if do not in STEPS:
        raise ScenarioError(f"{where}: do must be one of {', '.join(STEPS)}; found {do!r}")
    if not isinstance(step.get("at_s"), int | float) or step["at_s"] < 0:
        raise ScenarioError(f"{where}: at_s must be a number of seconds from the start")
    needed, about, _ = STEPS[do]
    for key in needed:
        if key not in step:
            raise ScenarioError(f"{where}: {do} needs {key!r} ({about})")
    if step.get("growth", "medium") not in ALPHA_KW_S2:
        raise ScenarioError(f"{where}: growth must be one of {', '.join(ALPHA_KW_S2)}")
    devices = {device.id for device in site.devices}
    if "device" in step and step["device"] not in devices:
        raise ScenarioError(f"{where}: the site has no device {step['device']!r}")
    if "area" in step and step["area"] not in site.areas:
        raise ScenarioError(f"{where}: the site has no area {step['area']!r}")
    return Step(float(step["at_s"]), do, {key: value for key, value in step.items() if key not in ("at_s", "do")})
