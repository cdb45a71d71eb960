"""What makers of LoRaWAN devices call our signals in the objects that their payload codecs write, and how to read it.

No standard says it. The names are those of the makers' published codecs (Milesight, Dragino, Netvox, Elsys, SenseCAP,
Sensative, Tektelic, Radio Bridge, MClimate, Adeunis, Nexelec, Watteco and others), of Cayenne LPP as ChirpStack and
The Things Stack write it, and our own signals'. Case and punctuation do not count (``DOOR_OPEN_STATUS``,
``doorOpenStatus``); a number behind a name is a channel; a unit behind it is its unit (``pressure_mbar``,
``Battery(%)``); a place before one of a few words tells two apart (``rope_leak`` is ``leak.rope``).

A word that is not in the tables is told and never guessed. A bare ``alarm`` tells no cause (a door open for too long,
a limit passed), so it is ``supervisory``; the installer, who knows, renames it.

Rules of shape instead of more names: a fifth of what the codecs of some sixty makers say of fire, water, doors,
tamper and batteries was not understood, and a table for each model would always lack the next one. A place before a
word is believed only with true, false or a word. Parts of words are no guess worth making: ``no_smoke``, ``smoke
sensor ok`` and ``smoke test`` are no fire. The price: a sentence that no rule covers waits with a note.
"""

import re
from collections.abc import Callable
from functools import lru_cache

import msgspec

from devices.payloads.boolean_words import (
    CONTACT,
    DOOR,
    FAULT,
    GAS,
    HEAT,
    LEAK,
    LOCK,
    LOW,
    MOTION,
    NO,
    OCCUPANCY,
    POWERED,
    PRESSED,
    SMOKE,
    TAMPER,
    TESTED,
    YES,
    plain,
    words,
)
from devices.payloads.lorawan_makers import (
    HAPPENINGS,
    bare_alarm,
    battery_grade,
    event,
    flood,
    interconnected,
    leak_state,
    level_of_pin,
    magnet,
    moisture,
    on_off,
    own_alarm,
    power_event,
    sentence,
    sht,
    smoke_sensor,
    status,
    temperature_alarm,
    water,
)
from devices.payloads.lorawan_reading import (
    Read,
    alarm,
    battery,
    battery_status,
    broken,
    fault_code,
    flag,
    health,
    how_many,
    in_a_unit,
    in_words,
    kind,
    light,
    measure,
    measured_by,
    occurred,
    octet,
    power,
    pressure,
    shaken,
    text,
    volts,
)
from devices.payloads.signal_aliases import called, normal
from devices.payloads.units import UNITS, plain_unit
from devices.signals import SIGNALS, base_name

_NUMBERED = re.compile(r"(.+?)[_\-. #:]+(?:chn?|channel)?_?(\d{1,3})", re.IGNORECASE)
_NUMBERED_CLOSELY = re.compile(r"(.*\D\D\D)(\d)")
_IN_A_UNIT = re.compile(r"(.+?)(?:\s*[(\[]\s*([^()\[\]]{1,10})[)\]]|[_ .-]([A-Za-z%]{1,10}))")
_DRESSED = re.compile(
    r"(?:is|has|alarm|critically|local|remote|device)?"
    r"(smoke|fire|flame|heat|overheat|carbonmonoxide|coalarm|gas|waterleakage|waterleak|leakage|leak|flood|wet|tamper|fault|sos"
    r"|panic|emergency|intrusion|duress|callpoint|manualcallpoint|glassbreak|waterflow|vibration|motion|occupancy|mandown|lowbattery"
    r"|batterylow|lowbatt|tampered)(\d{0,2})"
    r"(?:alarm|alert|warning|status|state|detected|detection|detect|event|active|triggered|flag|report)*"
)
"""``isSmokeDetected``, ``gas_alarm_status``: the many ways to dress the few words that matter most."""

_TRIPPED = re.compile(r"(?:_(?:alarm|status|state|detected|event|flag))+$")
_LAST_WORD = re.compile(r"[\s(\[_.-]+")
_ALL_UNITS = {unit + end for units in UNITS.values() for unit in units for end in ("", ")", "]")}
_MAY_HAVE_A_PLACE = re.compile(
    "smoke|fire|leak|flood|tamper|cover|door|window|gate|gas|panic|hold|flame|glass|call|pull|mcp|break|reed|contact|flow"
)
"""Asked first of a name that no table holds, because it is quick: a stranger may invent any number of names."""
_BROKEN = re.compile(
    r".*(?:(?<!de)faults?|failure|malfunction|defect)(?:mode|status|state|alarm|flag|detected)*|.*(?:selftest|test)failed"
    r"|.*(?:sensor|chamber|detector|buzzer|hardware|device|humidity|temperature|communication|memory|probe)errors?"
)
_LOST = "(?:off|fail|failure|fault|lost|loss|outage|cut|down)(?:alarm|status|detected)*"
_MAINS_LOST = re.compile(f"(?:ac|mains|main|dc)(?:power)?{_LOST}|power{_LOST}")
_REACHED = re.compile(r".*(?:threshold|limit)\d{0,2}(?:reached|exceeded|crossed|violated)")

_PLACED = {
    **{signal: in_words(signal, said) for signal, said in (("smoke", SMOKE), ("leak", LEAK), ("tamper", TAMPER))},
    **{signal: in_words(signal, said) for signal, said in (("door", DOOR), ("gas_alarm", GAS), ("panic", PRESSED))},
    **{signal: in_words(signal, words()) for signal in ("flame", "glass_break", "call_point", "water_flow")},
}
"""What a place may stand before: ``kitchen_smoke``, ``rope_leak``."""

_NO_PLACES = frozenset({
    *("test", "testing", "demo", "fake", "simulated", "self", "pre", "old", "prior", "ever", "was", "had", "since"),
    *("time", "count", "counts", "number", "days", "hours", "minutes", "seconds", "duration", "age", "times", "level"),
    *("greenhouse", "alarm", "open", "opened", "closed", "close", "sensitivity", "mode", "delay", "id", "type"),
})  # fmt: skip


class Known(msgspec.Struct, frozen=True):
    """How to read a field; its channel as a suffix; the unit that its name tells."""

    read: Read
    channel: str = ""
    unit: str = ""


@lru_cache(maxsize=4096)
def known_field(name: str) -> Known | None:
    """What the name says, None if nothing."""
    name = _SPELLED.get(name.lower(), name)
    return _numbered(name) or _in_a_unit(name) or _placed(name)


def _numbered(name: str) -> Known | None:
    read = _reader(name)
    if read is not None:
        return Known(read)
    within = _DRESSED.fullmatch(plain(name))
    if within is not None and within[2]:  # Netvox: WaterLeak2Alarm
        return Known(_FIELDS[within[1]], channel_suffix(within[2]))
    numbered = _NUMBERED.fullmatch(name) or _NUMBERED_CLOSELY.fullmatch(name)
    read = _reader(numbered[1]) if numbered else None
    return Known(read, channel_suffix(numbered[2])) if numbered and read else None


def _in_a_unit(name: str) -> Known | None:
    """``pressure_mbar``, ``co2 [ppm]``: a measurement's name and a unit that it can have."""
    if plain_unit(_LAST_WORD.split(name)[-1]) not in _ALL_UNITS:
        return None
    found = _IN_A_UNIT.fullmatch(name)
    known = _numbered(found[1]) if found else None
    unit = plain_unit((found[2] or found[3]) if found else "")
    if known is None or unit not in UNITS.get(base_name(measured_by(known.read)), {}):
        return None
    return Known(known.read, known.channel, unit)


def _placed(name: str) -> Known | None:
    if not _MAY_HAVE_A_PLACE.search(name.lower()):
        return None
    undressed = _TRIPPED.sub("", normal(name))
    found = called(undressed, bool)
    if found is not None and undressed != normal(name) and not SIGNALS[found.signal].alarm:
        return None  # an alarm of a door is no open door
    if found is None or not found.upright or not found.rest or _NO_PLACES.intersection(found.rest):
        return None
    read = _PLACED.get(found.signal)
    return Known(read, "." + "_".join(found.rest)[:40]) if read else None


def _reader(name: str) -> Read | None:
    word = plain(name)
    if word in _FIELDS:
        return _FIELDS[word]
    dressed = _DRESSED.fullmatch(word)
    if dressed is not None and not dressed[2]:
        return _FIELDS.get(dressed[1])
    return next((read for pattern, read in _SHAPES if pattern.fullmatch(word)), None)


@lru_cache(maxsize=4096)
def happening(name: str) -> tuple[str, bool] | None:
    """The signal and value that the field's mere presence says."""
    return HAPPENINGS.get(plain(name))


def channel_suffix(number: str) -> str:
    """``.2`` for the second; the first has none."""
    return "" if int(number) == 1 else f".{int(number)}"


_SHAPES: tuple[tuple[re.Pattern[str], Read], ...] = (
    (_MAINS_LOST, flag("mains", words("lost"), invert=True)),
    (re.compile(r"(?:error|fault|failure)(?:code|number|id)?s?"), fault_code),
    (_BROKEN, broken),
    (re.compile(r".*(?:sensor|memory|hardware|probe|detector)(?:status|state|health)"), health),
    (_REACHED, flag("supervisory", words("reached"))),
    (re.compile(r"alarmdueto\w+"), flag("supervisory", words())),
    (re.compile(r"\w*alarm(?:hush|hushed|silenced|muted)(?:status)?"), flag("silenced", words("hushed silenced"))),
)
"""How whole families of names are read: after the tables, before what may have a place."""

_SPELLED = {"pm1_0": "pm1", "pm1.0": "pm1"}
"""Names in which punctuation counts after all: pm10 is another quantity."""

_TABLE: tuple[tuple[Read, str], ...] = (
    (flag("smoke", SMOKE), "smoke smokesensor smokedetector fire 烟雾 烟雾报警 烟感 火警"),
    (flag("heat", HEAT), "heat heatalarm hightempalarm hightemperaturealarm overheat overheatalarm"),
    (temperature_alarm, "temperaturealarm"),
    (event, "event events eventname triggerreason alarmreason alarmcause alertreason alertcause"),
    (occurred, "eventtype alarmtype alerttype eventstatus"),
    (interconnected, "interconnectalarm interconnectedalarm interlinkalarm linkedalarm"),
    (own_alarm, "localalarm prealarm"),
    (leak_state, "leakstate"),
    (level_of_pin, "extipinlevel"),
    (flag("battery_low", LOW), "energystatus"),
    (health, "memorystatus"),
    (flag("flame", SMOKE), "flame"),
    (flag("call_point", PRESSED), "callpoint manualcallpoint mcp manualalarm"),
    (flag("panic", PRESSED), "sos sosbutton panic panicbutton emergency emergencybutton mandown"),
    (kind, "payloadtype messagetype msgtype typeofmessage devicestatus type"),
    (flag("co_alarm", words("co")), "coalarm costatus carbonmonoxidealarm"),
    (
        flag("gas_alarm", GAS),
        "gas gasalarm gasleak methanealarm lpgalarm ch4alarm naturalgasalarm propanealarm 燃气 可燃气体",
    ),
    (octet("leak", LEAK), "leak leakage waterleak waterleakage waterdetected leaking wet 漏水 水浸"),
    (octet("leak", LEAK), "flooding flooded flooddetectionwirestate isleaking"),
    (flood, "flood"),
    (moisture, "moisture"),
    (water, "water waterstatus"),
    (flag("door", DOOR), "door dooropen dooropened dooropenstatus doorstatus doorstate doorreport isopen open 门磁"),
    (flag("door", DOOR), "window windowopen windowstatus doorwindow"),
    (magnet, "magnet magnetstatus magnetstate"),
    (flag("door", DOOR, numbers=False), "contact contactstate contactstatus contactswitch contactsensor windowcontact"),
    (flag("door", DOOR, numbers=False), "reed reedstatus reedswitch reedcontact doorcontact"),
    (octet("door", DOOR, clear=False), "reedstate halleffectstate"),
    (flag("lock", LOCK, numbers=False), "lock lockstate lockstatus"),
    (flag("lock", (YES, NO), invert=True), "locked islocked"),
    (how_many("motion", MOTION), "motion movement ismotion pir pirstatus pirtrigger abm"),
    (octet("motion", MOTION), "motioneventstate"),
    (how_many("occupancy", OCCUPANCY), "occupancy occupied occupy"),
    (how_many("occupancy", OCCUPANCY), "presence presencesensor presencestatus roompresence"),
    (flag("occupancy", OCCUPANCY), "presencedetectedwhensending occu0state"),
    (flag("occupancy.2", OCCUPANCY), "occu1state"),
    (shaken, "vibration shock shockalarm"),
    (flag("glass_break", words("broken break")), "glassbreak glassbroken glassbreakage"),
    (flag("tamper", TAMPER), "tamper tampered antitamper boxtamper 防拆 防拆报警 防拆状态"),
    (flag("tamper", TAMPER), "dismantle disassembled disassembledalarm opencase violationdetection"),
    (flag("tamper", (YES, NO), invert=True), "mounted ismounted install attachedbackplate"),
    (flag("fault", (YES, NO), invert=True), "sensorconnected"),
    (flag("fault", FAULT), "fault malfunction trouble brokensensor fouledsmokechamber 故障 故障状态"),
    (smoke_sensor, "smokesensorstatus"),
    (sentence, "smokealarmhush smokelocalproducttest smokeremoteproducttest"),
    (sentence, "temphumsensorstatus antiteardetectionstatus"),
    (flag("mains", POWERED), "mains mainspower acpower"),
    (power_event, "powerevent powerstate mainsstatus mainsstate acstatus acstate powersupplystatus"),
    (flag("external_power", POWERED), "externalpower externalpowerstatus"),
    (flag("siren", words("sounding warning")), "siren sirenstatus buzzer buzzerstatus warningstatus"),
    (flag("silenced", words("silent silenced muted mute hushed")), "silenced muted hushed"),
    (flag("test", TESTED), "test selftest testalarm testbutton testbuttonpressed smoketest producttest"),
    (flag("switch", CONTACT), "switch digitalin digitalinput digitalinputsensor gpio gpioin gpioinput din di digital"),
    (flag("switch", CONTACT), "di1status"),
    (flag("switch.2", CONTACT), "di2status"),
    (flag("switch.relay", CONTACT), "relay relaystatus relayoutput relayoutputstatus socketstatus switchstatus"),
    (flag("switch.relay", CONTACT), "ro1status"),
    (flag("switch.relay.2", CONTACT), "ro2status"),
    (on_off, "onoff"),
    (flag("switch", CONTACT), "pinstate pinstatus digin"),
    (status, "status state"),
    (flag("switch.a", CONTACT), "channela"),
    (flag("switch.b", CONTACT), "channelb"),
    (flag("switch.c", CONTACT), "channelc"),
    (flag("switch.d", CONTACT), "channeld"),
    (bare_alarm, "alarm"),
    (alarm, "alarmstatus alarms activealarms alert alerts activealerts processalarms 报警 报警状态 告警 告警状态"),
    (text, "press button buttonstatus buttonevent action"),
    (
        measure("temperature"),
        "temperature temp tem tempc temperaturec temperaturesensor airtemperature airtemp tempreport",
    ),
    (measure("temperature"), "ambienttemperature roomtemperature sensortemperature temperaturecelsius tempcds18b20"),
    (measure("temperature"), "averagetemperature ambienttemp tempred tempsensor"),
    (measure("temperature.2"), "tempwhite"),
    (measure("temperature.water"), "watertemp watertemperature"),
    (measure("temperature.3"), "tempblack"),
    (measure("temperature"), "温度"),
    (measure("humidity"), "湿度"),
    (battery, "电量 电池 电池电量"),
    (measure("temperature", "F"), "temperaturef tempf temperaturefahrenheit"),
    (measure("temperature.2"), "tempcds externaltemperature exttemperature probetemperature"),
    (measure("temperature.device"), "devicetemperature boardtemperature chiptemperature internaltemperature temppcb"),
    (sht, "tempcsht tempcsht31 tempcsht41"),
    (measure("humidity"), "humidity hum humi relativehumidity rh humiditysensor airhumidity humsht humsht31 humsht41"),
    (measure("humidity"), "humidityreport hygro hygrometry ambienthumidity rhum"),
    (pressure, "pressure"),
    (measure("pressure", "kPa"), "pressurekpa"),
    (measure("pressure", "hPa"), "atmp barometricpressure barometer airpressure atmosphericpressure pressurehpa"),
    (measure("pressure", "bar"), "pressurebar"),
    (measure("pressure", "MPa"), "pressurempa waterpressurempa"),
    (measure("level", "m"), "levelm waterlevelm"),
    (measure("level", "cm"), "levelcm waterlevelcm waterdeepcm"),
    (measure("level", "mm"), "levelmm waterlevelmm"),
    (measure("co"), "co coppm gasco carbonmonoxide coconcentration"),
    (measure("co2"), "co2 co2ppm carbondioxide co2concentration"),
    (in_a_unit("tvoc"), "tvoc"),
    (measure("tvoc"), "tvocppb"),
    (measure("formaldehyde"), "hcho formaldehyde"),
    (measure("pm"), "pm25 pm2p5"),
    (measure("pm.1"), "pm1"),
    (measure("pm.10"), "pm10"),
    (measure("gas"), "lel gaslel ch4lel"),
    (measure("smoke_density"), "smokedensity"),
    (light, "ambientlight visiblelight"),
    (light, "illuminance illumination lux light lightlux lightintensity luminosity luminositysensor luxreport"),
    (light, "illuminancesensor illlx 光照"),
    (battery, "battery batt bat batterylevel battlevel batlevel batteryreport"),
    (measure("battery"), "batterypercent batterypercentage batterypct batterycapacity batterysoc"),
    (
        measure("battery"),
        "batterylevelinpercentage",
    ),
    (volts, "batv batteryv batteryvolts batteryvoltage batvoltage volt voltage vdd vbat battvoltage supplyvoltage"),
    (volts, "battv batteryvolt"),
    (measure("voltage", "mV"), "batterymv batmv batteryvoltagemv"),
    (flag("battery_low", LOW), "batterylow lowbattery lowbat lowbatt batteryalarm lowsupplyvoltage"),
    (battery_status, "batterystatus batterystate"),
    (battery_grade, "batstatus"),
    (measure("current", "mA"), "currentma"),
    (measure("residual_current"), "leakagecurrent residualcurrentma leakagecurrentma"),
    (power, "power activepower powerw"),
    (measure("count"), "counter pulsecount pulses peoplecount"),
)
"""How to read it, and what makers call it (letters and digits only, lower case)."""

_NOT_BY_OUR_NAME = frozenset({"current", "flow", "level", "rssi", "linkquality"})
"""Makers use these names too, in units of their own, or for something else."""


def _by_our_names() -> dict[str, Read]:
    """A codec may say it in our vocabulary."""
    readers: dict[type, Callable[[str], Read]] = {bool: lambda name: flag(name, words()), float: measure}
    return {
        plain(name): readers[signal.python_type](name)
        for name, signal in SIGNALS.items()
        if signal.python_type in readers and name not in _NOT_BY_OUR_NAME
    }


_FIELDS: dict[str, Read] = _by_our_names() | {name: read for read, names in _TABLE for name in names.split()}
