"""What the API says of an alert is that alert again in another process, and frames come in any pieces."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.alert import Alert, AlertClass, AlertEvent, Disposition, State
from alerts.effects import CaseChanged, ModeChanged
from alerts.suppression_reason import Suppression, SuppressionReason
from api import remote_events
from api.alert_schemas import AlertOut
from api.case_schemas import CaseChangedOut
from api.catalogue import language
from api.client.frames import Frames
from api.live_schemas import LiveOut
from api.ports import Position, Published
from api.stream import as_shown, frame
from devices.errors import MalformedMessage, NotAllowed, Refused
from devices.message import Name, Text, plain
from devices.reading import SECOND, Quality, Reading

ENGLISH = language("en")
NOON = 1_800_000_000 * SECOND
ALERT = Alert(
    id="a1", rule="smoke", rule_version="v1", area="store", key="sd-1", alert_class=AlertClass.FIRE, priority=1,
    text=Text.of("alert.titled", title=Name("Smoke", "烟"), text=Text.of("supervision.silent", seconds=15)),
    state=State.RETURNED, raised=NOON, changed=NOON + SECOND, again=NOON + 2 * SECOND, occurrences=3, latched=True,
    causes=(Reading("sd-1", "smoke", True, NOON, NOON, int(Quality.SNAPSHOT | Quality.STORED)),),
    procedure=plain("Go and look."), acknowledged_by="li", acknowledged=NOON, note="n", origin="drill",
    disposition=Disposition.TEST, closed=NOON, closed_by="wu",
    suppression=Suppression(SuppressionReason.BYPASS, "b1", NOON, "li", NOON + 60 * SECOND, "welding"),
)  # fmt: skip
EVENTS = [
    Published(7, "alert", AlertEvent(ALERT, "raised", NOON, "li")),
    Published(8, "mode", ModeChanged("store", "armed", "li", NOON)),
    Published(9, "case", CaseChanged("toy", "c1", is_open=True, case={"revision": 4})),
    Published(12, "recorded", None),
]


def stream() -> bytes:
    beat = frame("beat", {"epoch": "e1"})
    return beat + b"".join(frame(event.kind, as_shown(event, ENGLISH), event.id) for event in EVENTS)


def test_a_snapshot_is_what_it_was() -> None:
    case = CaseChangedOut.of(EVENTS[2].event)
    told = LiveOut(
        epoch="e1", at=6, now=NOON, alerts=[AlertOut.of(ALERT, ENGLISH)], modes={"store": "armed"}, cases=[case]
    )
    snapshot = remote_events.snapshot(told.model_dump_json().encode())
    assert (Position("e1", 6), [ALERT]) == (snapshot.position, snapshot.alerts)
    assert ({"store": "armed"}, [EVENTS[2].event]) == (snapshot.modes, snapshot.cases)


@given(st.integers(1, 400))
def test_a_stream_in_any_pieces_is_what_it_was(size: int) -> None:
    frames, whole = Frames(), stream()
    told = [remote_events.told(frames.of(whole[at : at + size])) for at in range(0, len(whole), size)]
    assert EVENTS == [event for piece in told for event in piece.events]
    assert ["e1"] == [epoch for piece in told for epoch in piece.epochs]


def test_what_waits_for_the_store_is_the_owners_business() -> None:
    waiting = frame("alert", as_shown(msgspec.structs.replace(EVENTS[0], id=None), ENGLISH), None)
    assert [] == remote_events.told(Frames().of(waiting)).events


@pytest.mark.parametrize(
    ("piece", "kind"),
    [
        (frame("reset", {"reason": "too far"}), Refused),
        (frame("signed_out", {}), NotAllowed),
        (b"id: 3\nevent: alert\ndata: {}\n\n", MalformedMessage),
        (b"id: 3\nevent: mode\ndata: [\n\n", MalformedMessage),
        (b"event: beat\ndata: \xff\n\n", MalformedMessage),
        (b"x" * (16 * 1024 * 1024 + 1), OSError),
    ],
)
def test_what_is_no_stream_is_said(piece: bytes, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        remote_events.told(Frames().of(piece))
