"""What a technician may do to installed devices while the gateway runs: adopt, amend, replace, retire, reject, import.

The site file says what is installed; a technician's orders stand beside it. A place (an id) keeps its history
whatever hardware hangs there. ``carry_out`` is pure: what is installed and an order in, what is installed then and
the changes out, or Refused with a text that says what to do.
"""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from devices.device import Device, SenderKey
from devices.errors import Refused
from devices.installed import Check, Installed, Place, fitted, hardware_of, key_of
from devices.message import Text
from devices.orders import Adopt, Amend, Change, Import, Order, Readmit, Record, Reject, Replace, Retire, RowFault
from devices.reading import Instant

_MOST_FAULTS = 200
_MOST_NOTE = 500


def carry_out(installed: Installed, order: Order, now: Instant, check: Check) -> tuple[Installed, list[Change]]:
    """What is installed after the order, and the changes. Raises Refused."""
    say_who(order.by, order.note)
    match order:
        case Adopt():
            change = _adopted(installed, order.device, order, now)
            _refuse(_faults(order.device, installed, check))
        case Amend():
            change = _amended(installed, order.device, order, now)
            _refuse(_faults(order.device, installed, check))
        case Replace():
            old = in_service(installed, order.device)
            if key_of(old) == key_of(order.hardware):
                raise Refused(Text.of("registration.same_hardware", id=old.id, hardware=str(hardware_of(old))))
            hardware = order.hardware
            new = fitted(old, hardware if hardware.model else replace(hardware, model=old.model))
            change = _replaced(installed, old, new, order, now)
            _refuse(_faults(new, installed, check))
        case Retire():
            old = in_service(installed, order.device)
            place = Place(old, installed.file_says(old.id), is_retired=True)
            change = Change("retired", order.by, now, order.note, old=old, place=place)
        case Reject():
            change = _rejected(installed, order, now)
        case Readmit():
            if order.sender not in installed.rejected:
                raise Refused(Text.of("registration.not_rejected", sender=str(order.sender)))
            change = Change("readmitted", order.by, now, order.note, sender=order.sender)
        case Record():
            device = in_service(installed, order.device)
            return installed, [Change("commissioned", order.by, now, order.note, new=device, measured=order.measured)]
        case Import():
            return _imported(installed, order, now, check)
    return _after(installed, [change]), [change]


def say_who(by: str, note: str) -> None:
    """Raises Refused for an order without a name, or with too long a note."""
    if not by.strip():
        raise Refused(Text.of("registration.no_name"))
    if len(note) > _MOST_NOTE:
        raise Refused(Text.of("registration.long_note", count=len(note), most=_MOST_NOTE))


def in_service(installed: Installed, device_id: str) -> Device:
    """The device. Raises Refused if there is none of that id."""
    device = installed.device(device_id)
    if device is None:
        place = installed.places.get(device_id)
        why = "retired" if place is not None and place.is_retired else "not_installed"
        raise Refused(Text.of(f"registration.{why}", id=device_id[:64]))
    return device


def _adopted(installed: Installed, device: Device, order: Adopt | Import, now: Instant) -> Change:
    if installed.device(device.id) is not None:
        raise Refused(Text.of("registration.id_in_use", id=device.id))
    former, written = installed.places.get(device.id), installed.file.get(device.id)
    if former is None or not former.is_retired:
        return Change("adopted", order.by, now, order.note, new=device, place=Place(device))
    if former.device.area != device.area:
        raise Refused(Text.of("registration.was_elsewhere", id=device.id, area=former.device.area))
    if written is not None and fitted(written, hardware_of(device)) != device:
        raise Refused(Text.of("registration.file_says_otherwise", id=device.id))
    place = Place(device, installed.file_says(device.id))
    return Change("reinstated", order.by, now, order.note, old=former.device, new=device, place=place)


def _amended(installed: Installed, device: Device, order: Amend | Import, now: Instant) -> Change:
    old = in_service(installed, device.id)
    if device.id in installed.file:
        raise Refused(Text.of("registration.in_the_file", id=device.id))
    if hardware_of(old) != hardware_of(device):
        raise Refused(Text.of("registration.other_hardware", id=device.id))
    return Change("amended", order.by, now, order.note, old=old, new=device, place=Place(device))


def _replaced(installed: Installed, old: Device, new: Device, order: Replace | Import, now: Instant) -> Change:
    place = Place(new, installed.file_says(old.id))
    return Change("replaced", order.by, now, order.note, old=old, new=new, place=place)


def _rejected(installed: Installed, order: Reject, now: Instant) -> Change:
    sender = order.sender
    if sender in installed.rejected:
        raise Refused(Text.of("registration.rejected_already", sender=str(sender)))
    if not sender.family or not sender.address:
        raise Refused(Text.of("registration.no_sender"))
    known = next((device for device in installed.devices() if key_of(device) == sender), None)
    if known is not None:
        raise Refused(Text.of("registration.installed_as", sender=str(sender), id=known.id))
    return Change("rejected", order.by, now, order.note, sender=sender)


# -- a whole list ----------------------------------------------------------------------------------------------


def _imported(installed: Installed, order: Import, now: Instant, check: Check) -> tuple[Installed, list[Change]]:
    rows = order.rows or tuple(range(2, len(order.devices) + 2))
    faults: list[RowFault] = list(order.faults)
    changes: list[Change] = []
    ids: dict[str, int] = {}
    for device, row in zip(order.devices, rows, strict=True):
        if len(faults) > _MOST_FAULTS:
            break
        faults += [RowFault(row, field, problem) for field, problem in check(device)]
        if device.id in ids:
            already = Text.of("registration.row_already", id=device.id, row=ids[device.id])
            faults.append(RowFault(row, "id", already))
            continue
        ids[device.id] = row
        try:
            changes += _listed(installed, device, order, now)
        except Refused as refusal:
            faults.append(RowFault(row, "id", refusal.text))
    after = _after(installed, changes)
    faults += _shared(after, ids)
    if faults:
        faults.sort(key=lambda fault: (fault.row, fault.column))
        rest = len(faults) - _MOST_FAULTS
        more = [Text.of("registration.more_faults", count=rest)] if rest > 0 else []
        told = Text.of(
            "registration.nothing_imported", faults=(*(fault.text for fault in faults[:_MOST_FAULTS]), *more)
        )
        raise Refused(told, [(fault.row, fault.column, fault.problem) for fault in faults])
    return after, changes


def _listed(installed: Installed, device: Device, order: Import, now: Instant) -> list[Change]:
    """What one row of a list asks for; nothing if all is so already."""
    old = installed.device(device.id)
    if old is None:
        return [_adopted(installed, device, order, now)]
    if order.columns:
        device = replace(old, **{column: getattr(device, column) for column in order.columns})
    changes: list[Change] = []
    if hardware_of(old) != hardware_of(device):
        changes.append(_replaced(installed, old, fitted(old, hardware_of(device)), order, now))
        old = fitted(old, hardware_of(device))
    if old != device:
        if device.id in installed.file:
            raise Refused(Text.of("registration.only_hardware", id=device.id))
        changes.append(Change("amended", order.by, now, order.note, old=old, new=device, place=Place(device)))
    return changes


def _shared(after: Installed, ids: Mapping[str, int]) -> list[RowFault]:
    """Addresses that two devices would have; of two in the list, the later one is told."""
    owners: dict[SenderKey, str] = {}
    faults = []
    for device in sorted(after.devices(), key=lambda device: ids.get(device.id, 0)):
        owner = owners.setdefault(key_of(device), device.id)
        if owner != device.id and device.id in ids:
            faults.append(RowFault(ids[device.id], "address", _taken(device, owner)))
    return faults


def _after(installed: Installed, changes: Sequence[Change]) -> Installed:
    places, rejected, left_out = dict(installed.places), set(installed.rejected), set(installed.left_out)
    for change in changes:
        if change.place is not None:
            places[change.place.device.id] = change.place
            left_out.discard(change.place.device.id)
            if not change.place.is_retired:
                rejected.discard(key_of(change.place.device))
        if change.sender is not None and change.action == "rejected":
            rejected.add(change.sender)
        if change.sender is not None and change.action == "readmitted":
            rejected.discard(change.sender)
    return Installed(installed.file, places, frozenset(rejected), frozenset(left_out))


def _faults(device: Device, installed: Installed, check: Check) -> list[tuple[str, Text]]:
    owners = [other.id for other in installed.devices() if other.id != device.id and key_of(other) == key_of(device)]
    return [*check(device), *(("address", _taken(device, owner)) for owner in owners)]


def _refuse(faults: Sequence[tuple[str, Text]]) -> None:
    if faults:
        told = tuple(
            Text.of("registration.field", field=field, problem=problem) if field else problem
            for field, problem in faults
        )
        raise Refused(Text.of("registration.faults", faults=told), [(0, field, problem) for field, problem in faults])


def _taken(device: Device, owner: str) -> Text:
    return Text.of("registration.address_taken", family=device.family, address=device.address, owner=owner)
