"""The register maps: those that are shipped, and those in a folder of the site's own, each with all its faults."""

import tomllib
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec

from api.catalogue import language
from devices.errors import ConfigError
from devices.modbus_map import RegisterMap
from devices.modbus_map_faults import faults
from gateway.site.fault import in_english
from gateway.site.lines import line_of, positions
from gateway.site.shape import table_faults

_LARGEST_FILE = 64 * 1024
_MOST_FILES = 1_000


def load_maps(folder: Path | None = None) -> tuple[dict[str, RegisterMap], list[ConfigError]]:
    """Every map by its model, and every fault with its file and line. A site's own map takes a shipped one's place."""
    maps, wrong = _read_folder(resources.files("devices") / "modbus_maps")
    if folder is not None:
        own, faulty = _read_folder(folder)
        maps |= own
        wrong += faulty
    return maps, wrong


def _read_folder(folder: Traversable) -> tuple[dict[str, RegisterMap], list[ConfigError]]:
    maps: dict[str, RegisterMap] = {}
    wrong: list[ConfigError] = []
    try:
        files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    except OSError as error:
        return {}, [ConfigError(f"the folder of register maps cannot be read: {error.strerror}", file=str(folder))]
    if len(files) > _MOST_FILES:
        wrong.append(ConfigError(f"holds {len(files)} register maps; at most {_MOST_FILES} are read", file=str(folder)))
    for file in files[:_MOST_FILES]:
        found = _read(file)
        if not isinstance(found, RegisterMap):
            wrong += found
        elif found.model in maps:
            wrong.append(ConfigError(f"another file has a map for {found.model!r} already", file=str(file)))
        else:
            maps[found.model] = found
    return maps, wrong


def _read(file: Traversable) -> RegisterMap | list[ConfigError]:
    name = str(file)
    try:
        with file.open("rb") as stream:
            content = stream.read(_LARGEST_FILE + 1)
        if len(content) > _LARGEST_FILE:
            return [ConfigError(f"is larger than {_LARGEST_FILE >> 10} KiB; is this a register map?", file=name)]
        text = content.decode("utf-8-sig")
        raw = tomllib.loads(text)
    except OSError as error:
        return [ConfigError(f"cannot be read: {error.strerror or error}", file=name)]
    except UnicodeDecodeError:
        return [ConfigError("is not UTF-8 text; save the file as UTF-8", file=name)]
    except (ValueError, RecursionError) as error:
        return [ConfigError(f"is not TOML: {error}", file=name)]
    misfits = list(table_faults(raw, RegisterMap, ()))
    if misfits:
        places = positions(text)
        return [ConfigError(in_english(misfit), file=name, line=line_of(places, misfit.path)) for misfit in misfits]
    known = msgspec.convert(raw, RegisterMap)
    problems = faults(known)
    return [ConfigError(language("en").render(problem), file=name) for problem in problems] or known
