"""What is installed: what the site file says, and beside it what technicians have settled while the gateway ran."""

from collections.abc import Callable, Mapping, Sequence

import msgspec
from msgspec.structs import asdict, replace

from devices.device import Device, SenderKey
from devices.message import Text

Check = Callable[[Device], Sequence[tuple[str, Text]]]
"""What is wrong with a device at this site, as (field, what to do instead)."""


class Hardware(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What can be exchanged: how the thing on the wall speaks and what it calls itself."""

    family: str
    address: str
    line: str = ""
    model: str = ""

    def __str__(self) -> str:
        on = f"on {self.line}" if self.line else ""
        return " ".join(part for part in (self.family, self.address, on, self.model) if part)


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a technician has settled about one place.

    ``file`` is what the site file said of its hardware then, None if the place is not in the file. When the file
    says something else later, the file counts: it was edited after the technician's word.
    """

    device: Device
    file: Hardware | None = None
    is_retired: bool = False


class Installed(msgspec.Struct, frozen=True):
    """Everything that is installed and who was turned away.

    ``left_out`` are places that the site file has no room for any more: kept, but not in service.
    """

    file: Mapping[str, Device]
    places: Mapping[str, Place] = {}
    rejected: frozenset[SenderKey] = frozenset()
    left_out: frozenset[str] = frozenset()

    def devices(self) -> tuple[Device, ...]:
        """What is in service now: the file's devices with what a technician changed, then those adopted."""
        ids = (*self.file, *(place for place in self.places if place not in self.file))
        found = [self.device(device_id) for device_id in ids if device_id not in self.left_out]
        return tuple(device for device in found if device is not None)

    def device(self, device_id: str) -> Device | None:
        """The device under that id, None if there is none or it was retired."""
        place, written = self.places.get(device_id), self.file.get(device_id)
        if written is None:
            return place.device if place is not None and place.file is None and not place.is_retired else None
        if place is None or place.file != hardware_of(written):
            return written
        return None if place.is_retired else fitted(written, hardware_of(place.device))

    def file_says(self, device_id: str) -> Hardware | None:
        """The hardware that the site file names for this place."""
        written = self.file.get(device_id)
        return hardware_of(written) if written is not None else None

    def checked(self, check: Check) -> tuple["Installed", list[Text]]:
        """With those left out that do not fit the site file, and what is wrong with each.

        The file may have been edited meanwhile: an area is gone, or an address was given to another device.
        """
        places = {place: device for place in self.places if (device := self.device(place)) is not None}
        changed = {place: device for place, device in places.items() if device != self.file.get(place)}
        owners = {key_of(device): device.id for device in self.file.values() if device.id not in self.places}
        left_out: set[str] = set()
        said: list[Text] = []
        for place, device in changed.items():
            faults = [Text.of("registration.field", field=field, problem=problem) for field, problem in check(device)]
            owner = owners.setdefault(key_of(device), place)
            if owner != place:
                faults.append(Text.of("installed.address_in_file", address=device.address, owner=owner))
            if faults:
                left_out.add(place)
                said.append(Text.of("installed.left_out", id=place, faults=tuple(faults)))
        return replace(self, left_out=frozenset(left_out)), said


def hardware_of(device: Device) -> Hardware:
    """What hangs there."""
    return Hardware(device.family, device.address, device.line, device.model)


def fitted(device: Device, hardware: Hardware) -> Device:
    """The same place with that hardware."""
    return replace(device, **asdict(hardware))


def key_of(device: Device | Hardware) -> SenderKey:
    """As whom it speaks."""
    return SenderKey(device.line, device.family, device.address)
