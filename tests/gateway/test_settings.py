"""Secrets come from the environment and show themselves nowhere."""

import copy
import logging
import pickle

import pytest

from gateway.settings import VARIABLES, Secret, Settings

WORD = "hunter-two"


def test_the_environment_is_read_once_and_whole() -> None:
    settings = Settings.from_environment(dict.fromkeys(VARIABLES, WORD))
    assert WORD == settings.mqtt_username
    assert [WORD] * 3 == [s.reveal() for s in (settings.mqtt_password, settings.influx_token, settings.database_url)]


def test_an_empty_environment_is_no_error() -> None:
    settings = Settings.from_environment({})
    assert not settings.mqtt_password
    assert "" == settings.mqtt_username


def test_a_secret_is_not_printed(caplog: pytest.LogCaptureFixture) -> None:
    plain = {"KEYAREA_MQTT_USERNAME": "gateway", "KEYAREA_KEYS": "keys.toml", "KEYAREA_WITNESS": "/mnt/witness"}
    settings = Settings.from_environment(dict.fromkeys(VARIABLES, WORD) | plain)
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("keyarea").info("%s %r %s", settings, settings.mqtt_password, {"all": settings})
    shown = f"{settings} {settings!r} {settings.mqtt_password} {settings.mqtt_password!r} {caplog.text}"
    assert WORD not in shown
    assert "Secret(set)" in shown


@pytest.mark.parametrize("write", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_secret_is_not_written_anywhere(write: object) -> None:
    with pytest.raises(TypeError):
        write(Secret(WORD))  # type: ignore[operator]
