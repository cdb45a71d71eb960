"""What the devices of a Modbus bus must hold: a register map for each model, and maps that can be read."""

from collections.abc import Callable, Iterator
from pathlib import Path as FilePath

from devices.device import Device
from devices.errors import ConfigError
from devices.message import Text
from devices.modbus_map import channels
from gateway.site.fault import Fault, Path, some_of
from gateway.site.line_checks import unknown
from gateway.site.modbus_maps import load_maps
from gateway.site.model import Site


def map_faults(site: Site) -> list[ConfigError]:
    """What is wrong in the folders of maps that the buses name, with file and line."""
    folders = sorted({bus.maps for bus in site.modbus if bus.maps})
    return [fault for folder in folders for fault in load_maps(FilePath(folder))[1]]


def model_faults_of(site: Site) -> Callable[[Device, Path], Iterator[Fault]]:
    """The check that a device of a bus is of a model whose registers are known there."""
    maps = {bus.name: load_maps(FilePath(bus.maps) if bus.maps else None)[0] for bus in site.modbus}

    def faults(device: Device, path: Path) -> Iterator[Fault]:
        known = maps.get(device.line)
        if known is None:
            return
        if device.model in known:
            part = device.address.partition("/")[2]
            known_parts = sorted({channel for channel, _ in channels(known[device.model]).values()})
            if part and part not in known_parts:
                yield unknown("channel", part, known_parts, (*path, "address"), model=device.model)
        elif device.model:
            yield unknown("register_map", device.model, known, (*path, "model"))
        else:
            yield Fault((*path, "model"), Text.of("device_checks.which_map", known=some_of(known)))

    return faults
