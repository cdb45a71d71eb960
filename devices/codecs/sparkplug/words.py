"""Words of Sparkplug's metric names that are no sensor's: tables, and nothing else."""

NOT_SENSED = {
    *("node_control", "device_control", "setpoint", "setpoints", "limit", "limits", "threshold", "thresholds"),
    *("config", "configuration", "settings", "parameters", "command", "commands", "node_info", "device_info"),
}
LEAVES = {"value", "state", "status", "pv", "reading", "live", "current_value", "measurement", "active"}
"""Last segments that say nothing of their own: ``Smoke/Value`` is smoke."""
