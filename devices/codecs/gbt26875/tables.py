"""Code tables of GB/T 26875.3-2011: what each number on the wire is called, and which signal it comes to."""

SYSTEM_TYPES: dict[int, str] = {
    0: "general system",
    1: "fire alarm system",
    10: "fire linkage controller",
    11: "hydrant system",
    12: "sprinkler system",
    13: "gas extinguishing system",
    14: "water spray system, pump",
    15: "water spray system, pressure vessel",
    16: "foam system",
    17: "dry powder system",
    18: "smoke control system",
    19: "fire doors and shutters",
    20: "fire lift",
    21: "emergency broadcast",
    22: "emergency lighting and evacuation signs",
    23: "fire power supply",
    24: "fire telephone",
}
"""Table 4."""

COMPONENT_TYPES: dict[int, str] = {
    0: "component",
    1: "fire alarm control unit",
    10: "combustible gas detector",
    11: "point gas detector",
    12: "stand-alone gas detector",
    13: "line gas detector",
    16: "electrical fire monitor",
    17: "residual-current detector",
    18: "temperature detector of an electrical fire monitor",
    21: "detection loop",
    22: "fire display panel",
    23: "manual call point",
    24: "hydrant button",
    25: "fire detector",
    30: "heat detector",
    31: "point heat detector",
    32: "point heat detector, S",
    33: "point heat detector, R",
    34: "line heat detector",
    35: "line heat detector, S",
    36: "line heat detector, R",
    37: "fibre heat detector",
    40: "smoke detector",
    41: "point ionisation smoke detector",
    42: "point photoelectric smoke detector",
    43: "beam smoke detector",
    44: "aspirating smoke detector",
    50: "combined detector",
    51: "smoke and heat detector",
    52: "flame and heat detector",
    53: "flame and smoke detector",
    61: "ultraviolet flame detector",
    62: "infrared flame detector",
    69: "flame detector",
    74: "gas detector",
    78: "video fire detector",
    79: "acoustic fire detector",
    81: "gas extinguishing controller",
    82: "fire electrical control device",
    83: "control-room graphic display",
    84: "module",
    85: "input module",
    86: "output module",
    87: "input and output module",
    88: "repeater module",
    91: "fire pump",
    92: "fire water tank",
    95: "sprinkler pump",
    96: "flow indicator",
    97: "signal valve",
    98: "alarm valve",
    99: "pressure switch",
    101: "valve actuator",
    102: "fire door",
    103: "fire damper",
    104: "ventilation and air conditioning",
    105: "foam pump",
    106: "pipe solenoid valve",
    111: "smoke control fan",
    113: "smoke exhaust damper",
    114: "normally closed air inlet",
    115: "smoke vent",
    116: "electric smoke curtain",
    117: "shutter controller",
    118: "fire door monitor",
    121: "warning device",
}
"""Table 5."""

ALARM_OF_COMPONENT: dict[int, str] = {
    **dict.fromkeys((10, 11, 12, 13, 74), "gas_alarm"),
    **dict.fromkeys((16, 17, 18), "supervisory.electrical"),
    **dict.fromkeys((23, 24), "call_point"),
    **dict.fromkeys((30, 31, 32, 33, 34, 35, 36, 37), "heat"),
    **dict.fromkeys((40, 41, 42, 43, 44), "smoke"),
    **dict.fromkeys((61, 62, 69, 78), "flame"),
    **dict.fromkeys((96, 98, 99), "water_flow"),
}
"""What bit 1 ("fire") of a component's state means by its type; of any other, and of combined detectors that do not
say by what, plainly ``fire``. An electrical fire monitor warns of leakage current or heat: no fire yet."""

WATER_FLOW = frozenset((96, 98, 99))
"""Bit 6 (feedback) of these says that water flows, as bit 1 does: most are wired to an input module."""

SYSTEM_BITS: dict[int, tuple[str, bool]] = {
    1: ("fire", True),
    2: ("fault", True),
    3: ("disabled", True),
    4: ("supervisory", True),
    5: ("started", True),
    6: ("feedback", True),
    7: ("delaying", True),
    8: ("mains", False),
    9: ("fault.battery", True),
    10: ("fault.bus", True),
    11: ("manual_mode", True),
}
"""Figure 6, bit: (signal, its value while the bit is set). Bit 0 is ``test`` (set: in operation), see meaning.py."""

SYSTEM_MOMENTS: dict[int, str] = {12: "configuration_changed", 13: "reset"}
"""Bits of figure 6 that tell of a moment and not of a state."""

COMPONENT_BITS: dict[int, tuple[str, bool]] = {
    2: ("fault", True),
    3: ("disabled", True),
    4: ("supervisory", True),
    5: ("started", True),
    6: ("feedback", True),
    7: ("delaying", True),
    8: ("fault.power", True),
}
"""Figure 7; bit 1 is in ALARM_OF_COMPONENT. A component hangs on its loop: bit 8 is its supply, not the mains."""

DEVICE_BITS: dict[int, tuple[str, bool]] = {
    1: ("fire", True),
    2: ("fault", True),
    3: ("mains", False),
    4: ("fault.battery", True),
    5: ("fault.channel", True),
    6: ("fault.line", True),
}
"""Figure 13, the transmission device itself: 5 is its way to the centre, 6 the line to the panel that it watches."""

OPERATIONS: dict[int, str] = {
    0: "reset",
    1: "silence",
    2: "manual_alarm",
    3: "alarm_cleared",
    4: "self_test",
    5: "confirm",
    6: "test",
}
"""Figure 9, bit: what somebody did at the system."""

DEVICE_OPERATIONS: dict[int, str] = {**OPERATIONS, 5: "duty_check_reply"}
"""Figure 14: the same at the transmission device, but for bit 5."""

ANALOGUES: dict[int, tuple[str, int, int, int, int]] = {
    1: ("count", 1, 1, 0, 32_000),
    2: ("level", 1, 100, 0, 32_000),
    3: ("temperature", 1, 10, -2_730, 32_000),
    4: ("pressure", 100, 1, 0, 32_000),
    5: ("pressure", 1, 10, 0, 32_000),
    6: ("gas", 1, 10, 0, 1_000),
    7: ("duration", 1, 1, 0, 32_000),
    8: ("voltage", 1, 10, 0, 32_000),
    9: ("current", 1, 10, 0, 32_000),
    10: ("flow", 1, 10, 0, 32_000),
    11: ("air_flow", 1, 10, 0, 32_000),
    12: ("air_speed", 1, 1, 0, 20),
}
"""Table 6, code: (signal, numerator, denominator, lowest count, highest count); one count of code 4 is 0.1 MPa."""
