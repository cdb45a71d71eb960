"""What comes from the environment: secrets and the address of the database. Nothing here prints a secret."""

import os
from collections.abc import Mapping

import msgspec


class Secret:
    """A text that does not show itself in logs, errors or a debugger's list of variables."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "Secret(set)" if self._text else "Secret(empty)"


class Settings(msgspec.Struct, frozen=True):
    """KEYAREA_MQTT_USERNAME, KEYAREA_MQTT_PASSWORD, KEYAREA_INFLUX_TOKEN, KEYAREA_DATABASE (an SQLAlchemy address)."""

    mqtt_username: str
    mqtt_password: Secret
    influx_token: Secret
    database_url: Secret

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        return cls(
            mqtt_username=environment.get("KEYAREA_MQTT_USERNAME", ""),
            mqtt_password=Secret(environment.get("KEYAREA_MQTT_PASSWORD", "")),
            influx_token=Secret(environment.get("KEYAREA_INFLUX_TOKEN", "")),
            database_url=Secret(environment.get("KEYAREA_DATABASE", "")),
        )
