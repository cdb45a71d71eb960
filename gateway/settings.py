"""What comes from the environment: secrets and the address of the database. Nothing here prints a secret."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import msgspec

MQTT_USERNAME = "KEYAREA_MQTT_USERNAME"
MQTT_PASSWORD = "KEYAREA_MQTT_PASSWORD"  # noqa: S105 - the name of a variable
INFLUX_TOKEN = "KEYAREA_INFLUX_TOKEN"  # noqa: S105
METRICS_TOKEN = "KEYAREA_METRICS_TOKEN"  # noqa: S105
DATABASE = "KEYAREA_DATABASE"
KEYS = "KEYAREA_KEYS"
WITNESS = "KEYAREA_WITNESS"
HEARTBEAT = "KEYAREA_HEARTBEAT"

DATA_HELP = "option_words.data"
"""How commands that work without a gateway say where the records are."""

VARIABLES = {
    MQTT_USERNAME: "who the gateway is to the broker",
    MQTT_PASSWORD: "its password there",
    INFLUX_TOKEN: "the token for the InfluxDB server of [storage.influx]",
    METRICS_TOKEN: "what Prometheus shows to read /metrics; without it only people who are signed in may",
    DATABASE: "an SQLAlchemy address of the relational store; without it, SQLite in the data folder",
    KEYS: "the key file: what readers and panels encrypt with; only the gateway's user may read it",
    WITNESS: "the file that witnesses how far the ledger has come; without it, ledger.witness in the data folder",
    HEARTBEAT: "where the heartbeat goes, if that address holds a secret; instead of url of [heartbeat]",
}
"""Every variable that the gateway reads, and what it is for."""


class Secret:
    """A text that does not show itself in logs, errors, a debugger's list of variables or a pickle."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself: call it where it is handed over, and nowhere else."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __repr__(self) -> str:
        return "Secret(set)" if self._text else "Secret(empty)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written anywhere")


class Settings(msgspec.Struct, frozen=True):
    """The environment, read once at the start. Passwords have no place in the site file or on a command line."""

    mqtt_username: str
    mqtt_password: Secret
    influx_token: Secret
    database_url: Secret
    key_file: str = ""
    metrics_token: Secret = Secret("")
    witness: str = ""
    heartbeat_url: Secret = Secret("")
    runtime_folder: Path | None = None
    """What a restart of the gateway leaves alone and that is no disk: systemd says which."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """The settings of this process."""
        return cls(
            mqtt_username=environment.get(MQTT_USERNAME, ""),
            mqtt_password=Secret(environment.get(MQTT_PASSWORD, "")),
            influx_token=Secret(environment.get(INFLUX_TOKEN, "")),
            database_url=Secret(environment.get(DATABASE, "")),
            key_file=environment.get(KEYS, ""),
            metrics_token=Secret(environment.get(METRICS_TOKEN, "")),
            witness=environment.get(WITNESS, ""),
            heartbeat_url=Secret(environment.get(HEARTBEAT, "")),
            runtime_folder=Path(environment.get("RUNTIME_DIRECTORY", "").split(":")[0] or tempfile.gettempdir()),
        )
