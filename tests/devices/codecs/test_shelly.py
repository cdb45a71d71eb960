"""Shelly: which words tell how things stand, and which that something happened. What they mean is in the recordings."""

import json

import pytest

from devices.codec import Message
from devices.codecs.shelly import CODEC
from tests.devices.codecs.test_recordings import NOW


@pytest.mark.parametrize(
    ("topic", "method", "ts", "is_snapshot"),
    [
        ("events/rpc", "NotifyFullStatus", 1_795_480_215, True),
        ("events/rpc", "NotifyFullStatus", 2.46, True),
        ("events/rpc", "NotifyStatus", 1_795_480_215, False),
        ("events/rpc", "NotifyStatus", 2.46, False),
        ("status/smoke:0", "", 0, False),
    ],
)
def test_a_full_status_is_a_snapshot_whatever_the_clock(topic: str, method: str, ts: float, is_snapshot: bool) -> None:
    """A detector that wakes tells all that it knows before it has asked anybody for the time."""
    status = {"id": 0, "alarm": True, "mute": False}
    said = {"method": method, "params": {"ts": ts, "smoke:0": status}} if method else status
    message = Message("mqtt", f"shellyplussmoke-80/{topic}", json.dumps(said).encode(), NOW)
    assert [is_snapshot] == [report.snapshot for report in CODEC.open("").decode(message).reports]
