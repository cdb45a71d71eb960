"""The vocabulary of signals: name, type, unit, meaning, Chinese label."""


def base_name(signal: str) -> str:
    """The quantity of a signal: ``temperature`` for ``temperature.2``."""
    return signal.partition(".")[0]


def counts_in_snapshot(signal: str) -> bool:
    """Whether the signal, found active at a start, is an alarm by itself (smoke is; an open door is not)."""
    return base_name(signal) in {"smoke", "heat", "flame", "call_point", "gas_alarm", "panic", "duress", "leak"}
