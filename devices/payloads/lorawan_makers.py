"""What one maker's LoRaWAN codec alone writes: events in its own words, bare numbers, flags that mean the contrary."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from devices.errors import MalformedMessage
from devices.message import Text
from devices.payloads.boolean_words import CONTACT, DOOR, HEAT, LEAK, LOW, NO, SMOKE, YES, plain, words
from devices.payloads.lorawan_reading import Said, alarm, flag, measure, occurred, octet
from devices.reading import Value

_MOST_BESIDE = 50


def temperature_alarm(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
    """A limit somebody set, high or low; but Milesight's ``burning alarm`` is heat."""
    if isinstance(value, str) and plain(value).startswith("burning"):
        return flag("heat", HEAT)(value, unit, around)
    return flag(
        "supervisory.temperature", words("thresholdalarm thresholdalarmtrigger mutationalarm mutationalarmtrigger")
    )(value, unit, around)


_DETECTOR_EVENTS: dict[str, tuple[tuple[str, Value], ...]] = {
    "alarm": (("smoke", True),),
    "silent": (("silenced", True),),
    "normal": (("smoke", False), ("silenced", False), ("fault", False), ("test", False)),
    "lowbattery": (("battery_low", True),),
    "failover": (("fault", True),),
    "removed": (("tamper", True),),
    "installed": (("tamper", False),),
    "testingalarmwithnormalbattery": (("test", True), ("battery_low", False)),
    "testingalarmwithlowbattery": (("test", True), ("battery_low", True)),
}
"""Milesight GS524N: its messages are events of a smoke detector; a silenced alarm is not over."""


def event(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
    """Milesight's smoke detector; others' events are phrases."""
    if around.get("type") != "smoke sensor":
        return occurred(value, unit, around)
    if not isinstance(value, str) or plain(value) not in _DETECTOR_EVENTS:
        raise MalformedMessage(Text.of("lorawan.no_event", event=repr(str(value)[:40])))
    return _DETECTOR_EVENTS[plain(value)]


_SENTENCES: dict[str, tuple[str, Value]] = {
    "smokealarmstoppedbecausenosmokeanymore": ("silenced", False),
    "alarmstoppedbecausenosmokeanymore": ("silenced", False),
    "alarmstoppedfollowingcentralbuttonpress": ("silenced", True),
    "alarmstoppedfollowingaremotesilence": ("silenced", True),
    "smokealarmstoppedfollowingcentralbuttonpress": ("silenced", True),
    "smokealarmstoppedfollowingaremotesilence": ("silenced", True),
    "smoketestoff": ("test", False),
    "localsmoketestwasdone": ("test", True),
    "remotesmoketestwasdone": ("test", True),
    "smokesensorok": ("fault", False),
    "smokesensorfault": ("fault", True),
    "thumiditysensorok": ("fault", False),
    "thumiditysensorfault": ("fault", True),
    "magneticbasedetected": ("tamper", False),
    "magneticbasenotdetected": ("tamper", True),
    "productremovedfromitsbasedjustnow": ("tamper", True),
    "productinstalledonitsbasejustnow": ("tamper", False),
}
"""Nexelec's smoke detectors (Origin, Guard) tell their state in sentences."""


def sentence(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
    """Nexelec."""
    said = _SENTENCES.get(plain(value)) if isinstance(value, str) else None
    if said is None and isinstance(value, str):
        return [told for told in occurred(value, unit, around) if told[0] in ("silenced", "test", "fault", "tamper")]
    return (said,) if said else ()


def smoke_sensor(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
    """Nexelec tells how its smoke sensor is; others what it senses."""
    return sentence(value, unit, around) or flag("smoke", SMOKE)(value, unit, around)


def sht(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
    """Dragino's LSN50 tells a probe (TempC1) and the built-in SHT sensor; its other models the SHT sensor alone."""
    return measure("temperature.sht" if "TempC1" in around else "temperature")(value, unit, around)


def water(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
    """A bare number is a meter's; but MerryIoT's leak detector tells its button and its cover beside it."""
    is_detector = {"button", "tamper"} <= around.keys()
    return flag("leak", LEAK, numbers=is_detector or isinstance(value, bool))(value, unit, around)


def leak_state(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
    """Quandify's water meter grades what it suspects: 3 a medium leak, 4 a large one, below that none."""
    if "totalVolume" in around and isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 4:
        return (("leak", value >= 3),)
    return octet("leak", LEAK)(value, unit, around)


def level_of_pin(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
    """Dragino's LHT65N with a PIR on its pin."""
    word = plain(value) if isinstance(value, str) else ""
    if word in ("activity", "noactivity"):
        return (("motion", word == "activity"),)
    return flag("switch", CONTACT)(value, unit, around) if word in ("high", "low") else ()


_OWN = ("smoke", "heat", "gas", "leak")


def own_alarm(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
    """``localAlarm``: of what the fields beside it speak of; Nexelec's CO detectors name the gas there."""
    beside = [plain(name) for name in islice(around, _MOST_BESIDE)]
    of = next((of for of in _OWN if any(name.startswith(of) for name in beside)), "")
    if not of and any(name.startswith(("coconcentration", "coalarm", "cosensor")) for name in beside):
        of = "co_alarm"
    signal = "gas_alarm" if of == "gas" else of or "supervisory"
    return flag(signal, words())(value, unit, around)


def interconnected(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
    """A detector that is linked to this one raised its alarm, and this one sounds with it."""
    is_smoke = any(plain(name).startswith("smoke") for name in islice(around, _MOST_BESIDE))
    return flag("smoke.interconnect" if is_smoke else "alarm.interconnect", words())(value, unit, around)


def flood(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
    """Sensative's Strips tell in percent how wet they are, and the alarm apart (``floodAlarm``)."""
    is_percent = "prevHistSeqNr" in around and not isinstance(value, bool)
    return () if is_percent else octet("leak", LEAK)(value, unit, around)


def moisture(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
    """A flag of Tektelic's is of a leak; a number is of the soil."""
    return (("leak", value is True or value == 255),) if isinstance(value, bool) or value == 255 else ()


def magnet(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
    """Milesight tells whether the magnet is away; a bare true (MClimate's valves) is a magnet that is held there."""
    return () if isinstance(value, bool) else flag("door", DOOR)(value, unit, around)


_DOOR_CONTACTS = frozenset({"R311A", "R718F", "R730F"})


def on_off(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
    """Netvox's door contacts say 1 when the magnet is away; its other models switch something."""
    return flag("door" if around.get("Device") in _DOOR_CONTACTS else "switch", (YES, NO))(value, unit, around)


def battery_grade(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
    """Dragino: 0 and 1 are low, 2 and 3 good; or a word."""
    if not isinstance(value, bool) and value in (0, 1, 2, 3):
        return (("battery_low", value < 2),)
    return flag("battery_low", LOW)(value, unit, around)


_SHAKEN = frozenset({"R718DA", "R718DB", "R718MBA", "R730DA", "R730DB", "R730MBA", "R311DA", "R311DB", "R311FA"})
_CLOSED = frozenset({"R718J", "R718LB", "R730LB"})


def status(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
    """Netvox's vibration sensors and dry contacts; others' status may be anything, a danger in words too."""
    device = around.get("Device")
    if isinstance(value, str):
        return occurred(value, unit, around)
    if isinstance(value, bool) or value not in (0, 1) or not isinstance(device, str):
        return ()
    signal = "vibration" if device in _SHAKEN else "switch" if device in _CLOSED else ""
    return ((signal, value == 1),) if signal else ()


def power_event(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
    """``AC Power Off``. Who names only what feeds it (``battery``) may have no mains to lose."""
    return [told for told in occurred(value, unit, around) if told[0] == "mains"]


_BROWAN = frozenset({"status", "time", "count"})
_BY_PORT: dict[int, str] = {100: "door", 102: "occupancy"}


def by_port(payload: Any, port: Any) -> Said:
    """Browan's contact and motion sensors write one ``status`` (``Status``); which it is only the port tells."""
    signal = _BY_PORT.get(port) if isinstance(port, int) else None
    if signal is None or not isinstance(payload, dict):
        return ()
    told = {name.lower(): said for name, said in islice(payload.items(), _MOST_BESIDE)}
    return ((signal, told["status"] == 1),) if told.keys() >= _BROWAN and told["status"] in (0, 1) else ()


def bare_alarm(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
    """An alarm without its cause. Dragino's panic button (PB01) tells how loud its keys are beside it."""
    if {"Sound_key", "Sound_ACK"} <= around.keys():
        return flag("panic", words())(value, unit, around)
    return alarm(value, unit, around)


HAPPENINGS = {"burningalarmtrigger": ("heat", True), "burningalarmdeactivation": ("heat", False)}
"""Milesight GS601: an object, empty, in ``temperature_alarm``."""

MEASUREMENTS: dict[str, tuple[str, str]] = {
    "3000": ("battery", ""),
    "4097": ("air temperature", ""),
    "4098": ("air humidity", ""),
    "4099": ("light intensity", ""),
    "4100": ("CO2", ""),
    "4101": ("barometric pressure", "Pa"),
    "4200": ("event status", ""),
}
"""SenseCAP numbers its measurements: number -> (name, unit)."""
