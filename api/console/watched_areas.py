"""What an area is chosen from where only those with devices make sense."""

from api.console.web_page import Asked


def watched_areas(asked: Asked) -> list[tuple[str, str]]:
    """(id, name) of the areas in which there are devices, in the order of the site file."""
    held = {device.area for device in asked.gateway.devices.devices()}
    areas = asked.gateway.areas
    return [(area.id, areas.area_name(area.id, asked.say.language)) for area in areas.areas() if area.id in held]
