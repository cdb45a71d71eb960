"""What a technician may do to installed devices, and what is refused with words that help."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from msgspec.structs import replace

from devices.device import Device, SenderKey
from devices.device_orders import carry_out
from devices.device_service import DeviceService
from devices.errors import Refused
from devices.installed import Hardware, Installed, hardware_of, key_of
from devices.message import Text, plain
from devices.orders import Adopt, Amend, Change, Import, Order, Readmit, Record, Reject, Replace, Retire
from tests.words import refused, words

FILE = {device.id: device for device in [Device("f1", "keyarea", "f1", "store"), Device("f2", "tasmota", "x", "gate")]}
NEW = Device("n1", "zigbee2mqtt", "0x1", "store", name="North", kind="smoke_detector", model="HS1SA")


def check(device: Device) -> Sequence[tuple[str, Text]]:
    """A site with two areas."""
    return () if device.area in ("store", "gate") else (("area", plain(f"there is no area {device.area!r}")),)


def after(*orders: Order, installed: Installed | None = None) -> Installed:
    """What is installed after these orders."""
    stands = installed or Installed(FILE)
    for order in orders:
        stands, _ = carry_out(stands, order, 1, check)  # type: ignore[arg-type]
    return stands


def changes(order: Order, installed: Installed) -> list[Change]:
    return carry_out(installed, order, 7, check)[1]  # type: ignore[arg-type]


def test_an_adopted_device_stands_beside_those_of_the_file() -> None:
    stands = after(Adopt(NEW, "tom"))
    assert (*FILE.values(), NEW) == stands.devices()
    (change,) = changes(Adopt(NEW, "tom", "spare part"), Installed(FILE))
    assert ("adopted", "tom", 7, "n1", "store") == (change.action, change.by, change.at, change.device, change.area)
    assert (None, NEW, "spare part") == (change.old, change.new, change.note)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (Adopt(replace(NEW, area="cellar"), "tom"), "area: there is no area 'cellar'"),
        (Adopt(replace(NEW, id="f1"), "tom"), "'f1' already; choose another id, or exchange its hardware"),
        (Adopt(Device("n2", "tasmota", "x", "gate"), "tom"), "address: tasmota x is f2 already; retire that one"),
        (Adopt(NEW, " "), "say who does it"),
        (Adopt(NEW, "tom", "x" * 501), "at most 500"),
        (Amend(NEW, "tom"), "'n1' is not installed; `keyarea device list`"),
        (Amend(replace(FILE["f1"], name="x"), "tom"), "stands in the site file: change it there"),
        (Replace("none", Hardware("tasmota", "y"), "tom"), "'none' is not installed"),
        (Replace("f1", Hardware("tasmota", "x"), "tom"), "address: tasmota x is f2 already"),
        (Replace("f1", Hardware("keyarea", "f1"), "tom"), "f1 is keyarea f1 already"),
        (Retire("none", "tom"), "'none' is not installed"),
        (Reject(SenderKey("", "tasmota", "x"), "tom"), "tasmota x is installed as f2; retire it instead"),
        (Reject(SenderKey("", "tasmota", ""), "tom"), "name family and address"),
        (Readmit(SenderKey("com1", "tasmota", "q"), "tom"), "tasmota q on com1 was not rejected"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(order: Order, expected: str) -> None:
    with refused(expected.replace("(", r"\(").replace("?", r"\?")):
        after(order)


def test_a_place_keeps_its_history_when_the_hardware_changes() -> None:
    """Same id, area and name; the former hardware is in the change. The model stays unless another is named."""
    stands = after(Adopt(NEW, "tom"))
    (change,) = changes(Replace("n1", Hardware("tasmota", "t9", model="T1"), "li", "broken"), stands)
    assert (NEW, "t9", "North", "T1") == (change.old, change.new.address, change.new.name, change.new.model)
    kept = after(Replace("n1", Hardware("tasmota", "t9"), "li"), installed=stands).device("n1")
    assert replace(NEW, family="tasmota", address="t9") == kept


def test_the_files_hardware_counts_again_when_the_file_is_edited() -> None:
    """A technician's word stands against the text that it was given for, not against a later one."""
    stands = after(Replace("f1", Hardware("tasmota", "t1"), "li"), Retire("f2", "li"))
    assert ["t1"] == [device.address for device in stands.devices()]
    renamed = {**FILE, "f1": replace(FILE["f1"], name="North")}
    assert ("t1", "North") == (
        replace(stands, file=renamed).device("f1").address,
        replace(stands, file=renamed).device("f1").name,
    )
    edited = {"f1": replace(FILE["f1"], address="f1b"), "f2": replace(FILE["f2"], address="y")}
    assert tuple(edited.values()) == replace(stands, file=edited).devices()
    assert () == replace(stands, file={}).devices(), "what was in the file only goes with the file"


def test_a_retired_device_leaves_its_id_to_its_place() -> None:
    """Not to another area; its address is free at once; nothing else can be done to it."""
    stands = after(Adopt(NEW, "tom"), Retire("n1", "tom"))
    assert None is stands.device("n1")
    assert after(Adopt(replace(NEW, id="n2"), "tom"), installed=stands).device("n2") is not None
    with refused("its history belongs there; choose another id"):
        after(Adopt(replace(NEW, area="gate"), "tom"), installed=stands)
    with refused("'n1' was retired"):
        after(Retire("n1", "tom"), installed=stands)
    (back,) = changes(Adopt(replace(NEW, address="0x2"), "tom"), stands)
    assert ("reinstated", "0x1", "0x2") == (back.action, back.old.address, back.new.address)


def test_a_retired_device_of_the_file_comes_back_as_the_file_describes_it() -> None:
    stands = after(Retire("f1", "tom"))
    with refused("described otherwise there"):
        after(Adopt(replace(FILE["f1"], name="mine"), "tom"), installed=stands)
    assert FILE["f1"] == after(Adopt(FILE["f1"], "tom"), installed=stands).device("f1")
    moved = after(Adopt(replace(FILE["f1"], address="f9"), "tom"), installed=stands)
    assert "f9" == moved.device("f1").address


def test_a_rejected_sender_may_be_let_in_or_adopted() -> None:
    sender = key_of(NEW)
    stands = after(Reject(sender, "tom"))
    assert {sender} == stands.rejected
    with refused("rejected already"):
        after(Reject(sender, "tom"), installed=stands)
    assert set() == after(Readmit(sender, "tom"), installed=stands).rejected
    assert set() == after(Adopt(NEW, "tom"), installed=stands).rejected


def test_what_the_edited_file_contradicts_is_left_out_and_named_until_it_is_mended() -> None:
    """Never silently: a sensor that hangs on the wall and is not watched must be said."""
    stands = after(Adopt(NEW, "tom"), Adopt(Device("n2", "shelly", "s", "gate"), "tom"))
    file = {"f3": Device("f3", "shelly", "s", "gate")}
    checked, said = replace(stands, file=file).checked(
        lambda d: (("area", plain("gone")),) if d.area == "store" else ()
    )
    assert ({"n1", "n2"}, ("f3",)) == (checked.left_out, tuple(device.id for device in checked.devices()))
    assert ["device n1 is not in service (area: gone)", "device n2 is not in service (address: s is f3 in the"] == [
        text.partition(" site")[0].partition(":" + " retire")[0] for text in words(said)
    ]
    mended = after(Amend(replace(NEW, area="gate"), "tom"), Retire("n2", "tom"), installed=checked)
    assert ({"f3", "n1"}, set()) == ({device.id for device in mended.devices()}, mended.left_out)


def test_a_list_is_imported_whole() -> None:
    """New ones are adopted, others amended or given new hardware; two may exchange their addresses."""
    stands = after(Adopt(NEW, "tom"), Adopt(Device("n2", "shelly", "s", "gate"), "tom"))
    listed = (
        FILE["f1"],
        replace(NEW, family="shelly", address="s", name="South"),
        Device("n2", "zigbee2mqtt", "0x1", "gate"),
        Device("n3", "keyarea", "n3", "gate"),
    )
    done = changes(Import(listed, "tom"), stands)
    assert [("n1", "replaced"), ("n1", "amended"), ("n2", "replaced"), ("n3", "adopted")] == [
        (change.device, change.action) for change in done
    ]
    assert (*FILE.values(), *listed[1:]) == after(Import(listed, "tom"), installed=stands).devices()


def test_what_has_no_column_stays_as_it_is() -> None:
    """A list of ids and areas does not wipe the names."""
    stands = after(Adopt(NEW, "tom"))
    listed = Device("n1", NEW.family, NEW.address, "gate")
    moved = after(Import((listed,), "tom", columns=("id", "family", "address", "area")), installed=stands)
    assert replace(NEW, area="gate") == moved.device("n1")


def test_every_fault_of_a_list_is_named_and_nothing_is_imported() -> None:
    listed = (
        Device("a", "keyarea", "a", "cellar"),
        Device("b", "keyarea", "f1", "gate"),
        Device("c", "keyarea", "c", "gate"),
        Device("c", "keyarea", "d", "gate"),
        Device("e", "keyarea", "c", "gate"),
        replace(FILE["f2"], name="mine"),
    )
    with refused() as refusal:
        after(Import(listed, "tom", (2, 3, 4, 5, 7, 8)))
    assert [
        "row 2, column area: there is no area 'cellar'",
        "row 3, column address: keyarea f1 is f1 already; retire that one first, or name another address",
        "row 5, column id: 'c' stands in row 4 already",
        "row 7, column address: keyarea c is c already; retire that one first, or name another address",
        "row 8, column id: 'f2' stands in the site file: describe it there; only its hardware changes here",
        "nothing was imported",
    ] == words(refusal.value).splitlines()


def test_a_list_of_nothing_but_faults_is_answered_briefly() -> None:
    listed = tuple(Device(f"d{n}", "keyarea", f"d{n}", "cellar") for n in range(5000))
    with refused() as refusal:
        after(Import(listed, "tom"))
    assert 202 == len(words(refusal.value).splitlines())


def test_characters_that_are_none_are_refused() -> None:
    """They could be written neither into the ledger nor into a database."""
    with refused("characters"):
        DeviceService(Installed(FILE), check).carry_out([Reject(SenderKey("", "tasmota", "\ud800"), "tom")], 1)


def test_a_record_is_written_of_what_is_in_service() -> None:
    """And nothing else is changed by it."""
    registrar = DeviceService(Installed(FILE), check)
    before = registrar.installed
    (change,) = registrar.carry_out([Record("f1", "tom", {"messages": 3}, "good")], 5)
    assert ("commissioned", "good", {"messages": 3}) == (change.action, change.note, change.measured)
    assert before is registrar.installed
    with refused("'nobody' is not installed"):
        registrar.carry_out([Record("nobody", "tom", {})], 5)


def test_several_orders_are_done_whole_or_not_at_all() -> None:
    registrar = DeviceService(Installed(FILE), check)
    before = registrar.installed
    with refused("retired"):
        registrar.carry_out([Retire("f1", "tom"), Retire("f1", "tom")], 1)
    assert before is registrar.installed


names = st.sampled_from(["a", "b", "c", "f1", "f2"])
devices = st.builds(Device, names, st.sampled_from(["keyarea", "tasmota"]), names, st.sampled_from(["store", "cellar"]))
orders = st.one_of(
    st.builds(Adopt, devices, st.just("tom")),
    st.builds(Amend, devices, st.just("tom")),
    st.builds(Replace, names, st.builds(Hardware, st.sampled_from(["keyarea", "tasmota"]), names), st.just("tom")),
    st.builds(Retire, names, st.just("tom")),
    st.builds(Reject, st.builds(SenderKey, st.just(""), st.just("keyarea"), names), st.just("tom")),
    st.builds(Readmit, st.builds(SenderKey, st.just(""), st.just("keyarea"), names), st.just("tom")),
    st.builds(Import, st.lists(devices, max_size=3).map(tuple), st.just("tom")),
)


class Technicians(RuleBasedStateMachine):
    """Whatever is ordered, in whatever order."""

    def __init__(self) -> None:
        super().__init__()
        self.stands = Installed(FILE)

    @rule(order=orders)
    def order(self, order: Order) -> None:
        before = self.stands
        try:
            self.stands, done = carry_out(before, order, 1, check)  # type: ignore[arg-type]
        except Refused:
            return
        for change in done:
            assert change.by
            assert change.device or change.sender

    @invariant()
    def no_two_devices_share_an_id_or_an_address(self) -> None:
        found = self.stands.devices()
        assert len(found) == len({device.id for device in found}) == len({key_of(device) for device in found})

    @invariant()
    def every_device_fits_the_site(self) -> None:
        assert not [device for device in self.stands.devices() if check(device)]

    @invariant()
    def no_device_in_service_is_rejected(self) -> None:
        assert not self.stands.rejected & {key_of(device) for device in self.stands.devices()}

    @invariant()
    def what_is_kept_gives_the_same_again(self) -> None:
        """A restart on an unchanged site file finds what was there, and has nothing to say."""
        again, said = Installed(FILE, self.stands.places, self.stands.rejected).checked(check)
        assert (self.stands.devices(), []) == (again.devices(), said)


TestTechnicians = pytest.mark.slow(Technicians.TestCase)


@given(devices)
def test_a_replacement_is_all_of_the_hardware_and_nothing_else(device: Device) -> None:
    stands = Installed({device.id: device})
    other = Hardware("shelly", "other", "com1", "M")
    swapped = after(Replace(device.id, other, "tom"), installed=stands).device(device.id) if not check(device) else None
    if swapped is not None:
        assert (other, device.area) == (hardware_of(swapped), swapped.area)


def test_a_rehearsal_says_what_would_follow_and_does_nothing() -> None:
    registrar = DeviceService(Installed(FILE), check)
    assert changes(Adopt(NEW, "tom"), Installed(FILE)) == list(registrar.rehearse(Adopt(NEW, "tom"), 7))
    assert tuple(FILE.values()) == registrar.devices()
    with refused() as caught:
        registrar.rehearse(Import((NEW, replace(NEW, id="n2", area="cellar")), "tom"), 7)
    assert [(3, "address"), (3, "area")] == [fault[:2] for fault in caught.value.faults]
