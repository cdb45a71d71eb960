"""What a decoded payload says, in short."""

from typing import Any

from devices.payloads.lorawan_payload import told_in
from devices.reading import Value


def signals_in(payload: Any) -> tuple[dict[str, Value], str]:
    told = told_in(payload)
    return told.values, told.problem
