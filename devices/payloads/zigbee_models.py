"""What the alarm of a Zigbee device's zone (IAS) is, by the name that its maker gave the model.

The zone's type would say it, but bridges that do not know a device seldom hand that on.
"""

_LONGEST = 100

_PARTS: dict[str, str] = {
    **dict.fromkeys(("wleak", "leak", "ts0207", "watersensor", "flszb", "badring", "snzb-05", "3rws18bz"), "leak"),
    **dict.fromkeys(("smoke", "smok_", "ts0205", "smszb"), "smoke"),
    **dict.fromkeys(("heszb", "heatsensor"), "heat"),
    **dict.fromkeys(("gassensor", "natgas", "gas_", "ts0204"), "gas_alarm"),
    "cosensor": "co_alarm",
    **dict.fromkeys(("magnet", "doorsensor", "ts0203", "wiszb", "snzb-04", "parasoll"), "door"),
    **dict.fromkeys(("pirsensor", "ts0202", "moszb", "snzb-03", "vallhorn"), "motion"),
    **dict.fromkeys(("vibrationsensor", "ts0210"), "vibration"),
    "sos-e": "panic",
}
"""Part of a model's name, in lower case -> signal: ``lumi.sensor_wleak.aq1``; Tuya's ``TS02xx`` tell it by number."""


def zone_alarm_of(model: str) -> str:
    """The signal, "" for a name that says nothing."""
    name = model[:_LONGEST].lower()
    return next((signal for part, signal in _PARTS.items() if part in name), "")
