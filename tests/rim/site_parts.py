"""What several site files of tests and benchmarks have in common."""

SMOKE_IS_A_FIRE = """\
[[rules]]
kind = "state"
name = "smoke"
alert_class = "fire"
priority = 1
signals = ["smoke"]
procedure = "1. Go and look."
"""
