"""Words of Sparkplug's metric names that are no sensor's: tables, and nothing else."""

NOT_SENSED = {
    *("node_control", "device_control", "setpoint", "setpoints", "limit", "limits", "threshold", "thresholds"),
    *("config", "configuration", "settings", "parameters", "command", "commands", "node_info", "device_info"),
}
FIRMWARE = {"fw", "fw_version", "firmware", "firmware_version", "software_version", "sw_version"}
LEAVES = {"value", "state", "status", "pv", "reading", "live", "current_value", "measurement", "active"}
"""Last segments that say nothing of their own: ``Smoke/Value`` is smoke."""

TRIPPED = {"alarm", "detected", "active", "activated", "triggered", "tripped", "pressed"}
"""Last words that say of a danger that it is there: ``Smoke Detector/Alarm``. A ``Door/Alarm`` is no open door."""
AMBIGUOUS = {"fire", "flame", "heat", "gas", "co"}
"""Behind other words these are a boiler's business (``Pilot Flame``, ``Call for Heat``), unless they are detected."""
DETECTED = {"detected", "detector", "detection", "sensor"}
NOT_MEASURED = {
    *(
        "delta",
        "design",
        "nominal",
        "rated",
        "reference",
        "raw",
        "deviation",
        "alarm",
        "high",
        "low",
        "hi",
        "lo",
        "since",
    ),
    *("command", "output", "error", "ratio", "trip", "warning", "hh", "ll"),
}
"""Words before a quantity that make it something else than what is measured."""
