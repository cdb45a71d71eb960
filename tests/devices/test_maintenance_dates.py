"""When a device is due for its test, its calibration, its battery."""

from datetime import date

import pytest

from devices.device import Device
from devices.maintenance_dates import What, due_dates

PUT_UP = date(2026, 1, 10)


def device(**fields: object) -> Device:
    return Device(id="a", family="keyarea", address="a", area="store", **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "done", "expected"),
    [
        pytest.param({}, {}, {}, id="for nothing"),
        pytest.param({"installed": PUT_UP}, {}, {}, id="put up, and that is all"),
        pytest.param(
            {"installed": PUT_UP, "test_every_days": 365}, {}, {"test": date(2027, 1, 10)}, id="since it was put up"
        ),
        pytest.param(
            {"installed": PUT_UP, "test_every_days": 30, "calibrate_every_days": 90},
            {("a", "test"): date(2026, 3, 1), ("b", "calibration"): date(2026, 3, 1)},
            {"test": date(2026, 3, 31), "calibration": date(2026, 4, 10)},
            id="since it was done last, it and no other",
        ),
        pytest.param(
            {"installed": PUT_UP, "test_every_days": 30},
            {("a", "test"): date(2025, 3, 1)},
            {"test": date(2026, 2, 9)},
            id="what was done to the thing before it does not count",
        ),
    ],
)
def test_when_a_device_is_due(
    fields: dict[str, object], done: dict[tuple[str, What], date], expected: dict[What, date]
) -> None:
    assert expected == due_dates(device(**fields), done)
    assert {**expected, "battery": PUT_UP} == due_dates(device(**fields), done, PUT_UP)
