"""What Zigbee2MQTT calls our signals (the exposes of its 4,500 supported devices), and how to read each.

A field that is not here is understood by its name or is no signal of ours: settings, counters, and figures in units
that nobody can convert (``smoke_concentration`` in ppm, ``voc`` in µg/m³). A word that no table knows is refused, never
guessed.
"""

import re
from functools import lru_cache

from devices.codecs.zigbee2mqtt.alarms import (
    alarm,
    fault,
    halo,
    limit,
    muted,
    overheated,
    self_test,
    siren,
    siren_at_work,
    siren_of_detector,
    water_valve,
)
from devices.codecs.zigbee2mqtt.by_name import reader_by_name
from devices.codecs.zigbee2mqtt.feature import Read
from devices.codecs.zigbee2mqtt.readers import (
    battery_level,
    chosen,
    closed,
    contact,
    flag,
    gas,
    if_flag,
    measure,
    obscuration,
    plain_number,
    pressure,
    state,
    status,
    voltage,
)
from devices.payloads.boolean_words import FAULT, GAS, LEAK, LOW, MOTION, OCCUPANCY, SMOKE, words

_LONGEST_NAME = 60
_STILL_THERE = words("static peaceful stationary small large medium smallmovement largemovement smallmove largemove")
_DOOR_STATES = {"open": True, "errorforcedopen": True, "closed": False, "errorjammed": None, "errorunspecified": None}
_OPENINGS: dict[str, bool | None] = {"open": True, "tilted": True, "closed": False}
_ALARM_OR_NORMAL = {"alarm": True, "normal": False, "none": None, "detecting": None, "unknown": None}
_FALLS: dict[str, bool | None] = {
    **dict.fromkeys(("fall", "fallalarm"), True),
    **dict.fromkeys(("normal", "none", "fallwarning", "maybefall"), False),
    "unknown": None,
}

GENERAL = (
    "alarm",
    "alarm_1",
    "alarm_2",
    "alarm_alarm_1",
    "alarm_alarm_2",
    "alarm_state",
    "alarm_status",
    "alarm_active",
)
"""Fields of a general name: what they mean, the device's definition says (things.py)."""
FAULTS = (
    *("fault", "fault_alarm", "device_fault", "fault_state", "reliability", "malfunction"),
    *("error", "error_code", "sensor_error"),
)

_TABLE: tuple[tuple[Read, str], ...] = (
    (flag("smoke", SMOKE), "smoke fire smoke_alarm"),
    (chosen("smoke", _ALARM_OR_NORMAL), "smoke_state smoke_sensor_state"),
    (obscuration, "smoke_density_dbm"),
    (flag("heat"), "heat heat_alarm"),
    (if_flag("heat"), "high_temperature"),
    (flag("co_alarm", words("co")), "carbon_monoxide carbon_monoxide_alarm co_alarm"),
    (chosen("co_alarm", _ALARM_OR_NORMAL), "co_state"),
    (measure("co", "ppm"), "co co_ppm carbon_monoxide_value"),
    (gas, "gas"),
    (flag("gas_alarm", GAS), "gas_alarm"),
    (chosen("gas_alarm", _ALARM_OR_NORMAL), "gas_sensor_state"),
    (measure("gas"), "gas_value gas_density gas_concentration"),
    (
        flag("leak", LEAK),
        "water_leak water_leak_alarm leak active_water_leak water_sensor water_alarm water_condition_alarm",
    ),
    (flag("leak", LEAK), "water_leak_both_zones"),
    (if_flag("leak"), "water"),
    (flag("leak", words("waterleakageyes", "waterleakageno")), "water_leakage_state"),
    (contact, "contact"),
    (closed, "garage_door_contact"),
    (flag("door", words("open opened", "closed close")), "contact_alarm"),
    (chosen("door", _OPENINGS), "opening_state opening_mode"),
    (chosen("door", {**_DOOR_STATES, "undefined": None}), "door_state"),
    (chosen("lock", {"locked": False, "unlocked": True, "notfullylocked": True, "undefined": None}), "lock_state"),
    (flag("occupancy", OCCUPANCY), "occupancy presence occupancy_alarm"),
    (flag("occupancy", _STILL_THERE), "presence_state"),
    (flag("motion", MOTION), "motion"),
    (if_flag("motion"), "moving"),
    (if_flag("vibration"), "vibration vibration_alarm"),
    (flag("glass_break", words("broken")), "glass_break glass_broken"),
    (flag("tamper", words("tampered")), "tamper tamper_alarm tampered"),
    (flag("panic"), "sos sos_alarm panic emergency"),
    (siren, "siren siren_on"),
    (siren_of_detector, "siren_for_automation_only"),
    *((alarm(name), name) for name in GENERAL),
    (chosen("alarm.fall", _FALLS), "fall_status fall_down_status"),
    (status, "status"),
    (water_valve, "current_device_status valve_abnormal_state abnormal_state"),
    (state, "state"),
    (if_flag("switch.input"), "input"),
    (flag("test"), "test testing test_in_progress self_test_in_progress self_checking"),
    (self_test, "self_test self_test_result checking_result test_alarm_result halo_test_result"),
    (halo, "halo_alert_state"),
    (muted, "muted"),
    (flag("silenced"), "hush hush_active smoke_alarm_silenced temporary_mute"),
    (flag("fault", FAULT), "trouble"),
    *((fault("fault"), name) for name in FAULTS),
    (fault("fault.end_of_life"), "end_of_life endoflife"),
    (overheated, "overheat emergency_overheat device_overheated overheat_mode"),
    (if_flag("fault.overcurrent"), "emergency_overcurrent"),
    (if_flag("fault.voltage"), "emergency_overvoltage emergency_undervoltage"),
    (siren_at_work, "device_state"),
    (if_flag("supervisory.temperature"), "ntc_condition_alarm"),
    (chosen("supervisory.co2", _ALARM_OR_NORMAL), "co2_state"),
    (flag("supervisory.co2"), "co2_alarm"),
    (flag("fault.battery"), "battery_defect"),
    (flag("battery_low", LOW), "battery_low low_battery battery_low_alarm low_battery_alarm"),
    (battery_level, "battery_state battery_level"),
    (flag("mains", invert=True), "ac_status"),
    (if_flag("mains"), "mains_power_connected ac_power ac_connected"),
    (limit("supervisory.temperature"), "temperature_alarm temperature_alarm_status temperature_warning"),
    (limit("supervisory.temperature"), "alarm_temperature probe_temperature_warning ntc_alarm"),
    (limit("supervisory.humidity"), "humidity_alarm humidity_alarm_status humidity_warning alarm_humidity"),
    (measure("temperature", "°C"), "temperature local_temperature current_temperature"),
    (measure("temperature.device", "°C"), "device_temperature cpu_temperature"),
    (measure("temperature.probe", "°C"), "probe_temperature external_temperature"),
    (measure("humidity", "%"), "humidity"),
    (pressure, "pressure"),
    (measure("co2", "ppm"), "co2"),
    (measure("co2.equivalent", "ppm"), "eco2"),
    (measure("tvoc"), "voc"),
    (plain_number("tvoc.index"), "voc_index"),
    (measure("formaldehyde", "mg/m³"), "formaldehyd formaldehyde hcho"),
    (measure("pm", "µg/m³"), "pm25"),
    (measure("pm.10", "µg/m³"), "pm10"),
    (measure("level", "m"), "liquid_depth"),
    (measure("illuminance", "lx"), "illuminance_lux illuminance"),
    (plain_number("linkquality"), "linkquality"),
    (battery_level, "battery"),
    (voltage, "voltage battery_voltage"),
    (measure("voltage.mains", "V"), "mains_voltage"),
    (measure("current", "A"), "current"),
    (measure("residual_current", "mA"), "leakage_current leakage"),
    (measure("power", "W"), "power active_power"),
    (plain_number("count"), "pulse_count"),
)
"""How to read it, and what it is called."""

FIELDS: dict[str, Read] = {name: read for read, names in _TABLE for name in names.split()}

SECOND_TO_SPEAK = frozenset({"state", "illuminance", "presence_state", "battery_state", "battery_level"})
"""What gives way to a better word for the same: a lock's ``lock_state``, ``illuminance_lux``, a flag."""

_ENDPOINT = re.compile(
    r"(?:ep|[lspct]|th|ch|zone_|wire_|in|button_|meter_)?\d{1,2}|phase_[abc]|[abc]|relay|probe|external|floor|usb"
    r"|(?:top|bottom|center|left|right|up|down|in|out)(?:_(?:left|right))?"
)
"""How Zigbee2MQTT ends the field of one of several endpoints: state_left, temperature_2, water_leak_zone_1."""
_FRIENT = "38"
"""The endpoint of frient's thermometers: their only one."""


@lru_cache(maxsize=4096)
def field_of(name: str) -> tuple[Read, str] | None:
    """How to read the field, and its channel, "" for the only or first one."""
    if len(name) > _LONGEST_NAME:
        return None
    if name in FIELDS:
        return FIELDS[name], ""
    stem, _, channel = name.rpartition("_")
    while stem:
        if stem in FIELDS and _ENDPOINT.fullmatch(channel):
            first = channel == _FRIENT or (channel == "1" and stem.endswith("_alarm"))  # of a zone's two alarm bits
            return FIELDS[stem], "" if first else channel.removeprefix("phase_")
        stem, _, last = stem.rpartition("_")
        channel = f"{last}_{channel}"
    by_name = reader_by_name(name)
    return (by_name, "") if by_name is not None else None
