"""Fields of a general name: an alarm, a siren, a fault, a test. What they mean, the device's definition says."""

from typing import Any

from devices.codecs.zigbee2mqtt.feature import Feature, NotYesOrNo, Read, Said
from devices.errors import MalformedMessage
from devices.message import Text
from devices.payloads.boolean_words import plain, truth, words

_SOUNDS = {
    **dict.fromkeys(("on", "alarm", "sound", "light", "soundlight", "alarmsound", "alarmlight", "ring", "beep"), True),
    **dict.fromkeys(("alarmsoundlight", "prealarm", "fire", "burglar", "smoke"), True),
    **dict.fromkeys(("off", "idle", "stop", "normal", "noalarm"), False),
}
_LIMITS = {
    **dict.fromkeys(("loweralarm", "upperalarm", "low", "high", "overtemperature", "belowmintemperature"), True),
    **dict.fromkeys(("overhumidity", "belowminhumdity", "belowminhumidity"), True),
    **dict.fromkeys(("cancel", "canceled", "none", "normal", "off"), False),
}
_CAUSES: dict[str, str] = {
    **dict.fromkeys(("overtemperature", "belowmintemperature"), "supervisory.temperature"),
    **dict.fromkeys(("overhumidity", "belowminhumdity", "belowminhumidity"), "supervisory.humidity"),
    **dict.fromkeys(("hightemperatur", "hightemperature"), "heat"),
    "alarmco2": "supervisory.co2",
    "alarmpm25": "supervisory.pm",
    **dict.fromkeys(("tamper", "tamperalarm"), "tamper"),
    "batteryalarm": "battery_low",
    "error": "fault",
}
"""What a word under a general name may tell instead of that there is an alarm."""


def cause_of(word: Any) -> str:
    """The signal that the word tells under a general name or that of a fault, "" for none of its own."""
    said = plain(word) if isinstance(word, str) else ""
    return _CAUSES.get(said, "fire" if said.startswith("fire") else "")


_NO_ALARM = frozenset({"timer", "unknown", "detecting", "silenced", "mute", "muted"})
_GRADES = {"prealarm": False, "warningalarm": True, "alarmed": True, "criticalalarm": True}
"""Of detectors that warn before they alarm: whether that is the alarm."""
_ALARM = words("ring triggered warning")


def alarm(field: str) -> Read:
    """``alarm``, ``alarm_1``, ``alarm_status`` and the like: true, a word for yes, a grade or a cause.

    What somebody may set is the sounder, and not the alarm, where the device has one.
    """

    def read(value: Any, feature: Feature) -> Said:
        told = feature.said(value)
        word = plain(told) if isinstance(told, str) else ""
        signal = feature.meaning or ("alarm.2" if field.endswith("_2") else "alarm")
        is_siren = signal.startswith("siren")
        if feature.is_setting:
            return _sounding(told, "siren") if is_siren or signal in ("alarm", "fault") else ()
        cause = cause_of(word)
        if cause or feature.causes:
            return tuple({**dict.fromkeys(feature.causes, False), **({cause: True} if cause else {})}.items())
        if is_siren:
            return _sounding(told, signal)
        if signal == "fault":
            return fault(signal)(told, feature)
        if word in _GRADES:
            return ((signal, _GRADES[word]), ("supervisory.pre_alarm", word == "prealarm"))
        if word in _NO_ALARM:
            return ()
        if word in ("alarmsound", "alarmlight", "alarmsoundlight", "noalarm"):
            return (("siren", word != "noalarm"),)
        if isinstance(told, int | float) and not isinstance(told, bool):
            raise NotYesOrNo(signal, told)
        said = truth(told, _ALARM)
        return () if said is None else ((signal, said),)

    return read


def halo(value: Any, feature: Feature) -> Said:
    """What a HALO detector shows: that it warns, or repeats another's alarm. Its own alarms it tells as flags."""
    word = plain(value) if isinstance(value, str) else ""
    return () if word.startswith("interconnect") else (("supervisory.pre_alarm", word == "presmoke"),)


def siren(value: Any, feature: Feature) -> Said:
    """Sirens write true or ON; what others write under that name are causes of their own."""
    return _sounding(feature.said(value), "siren")


def _sounding(told: Any, signal: str) -> Said:
    said = _SOUNDS.get(plain(told)) if isinstance(told, str) else told
    return ((signal, said),) if isinstance(said, bool) else ()


def siren_at_work(value: Any, feature: Feature) -> Said:
    """``siren_and_light_active``, ``idle``: what an outdoor siren does."""
    word = plain(value) if isinstance(value, str) else ""
    return (("siren", "siren" in word),) if word == "idle" or word.endswith(("active", "trigger")) else ()


def siren_of_detector(value: Any, feature: Feature) -> Said:
    """What a detector's own siren was told to sound: ``stop``, ``smoke_siren``, ``co_siren``."""
    word = plain(value) if isinstance(value, str) else ""
    return (("siren", word != "stop"),) if word == "stop" or word.endswith("siren") else ()


def muted(value: Any, feature: Feature) -> Said:
    """``normal``, or how it was muted."""
    return (("silenced", plain(value) != "normal"),) if isinstance(value, str) and plain(value) else ()


def water_valve(value: Any, feature: Feature) -> Said:
    """``water_shortage & water_leakage``: one, both or none of them."""
    word = plain(value) if isinstance(value, str) else ""
    if not word:
        return ()
    return (("leak", "leakage" in word), ("supervisory.water", "shortage" in word))


def limit(signal: str) -> Read:
    """A limit somebody set, passed or not. True and false under such a name are the limit's own switch."""

    def read(value: Any, feature: Feature) -> Said:
        word = plain(value) if isinstance(value, str) else ""
        return ((signal, _LIMITS[word]),) if word in _LIMITS else ()

    return read


_NO_FAULT = words(
    no="none nofault notdetected nofaultdetected noerror noalert noalarm good healthy 0 e0 normalstate nofaults working"
)[1]


def fault(signal: str) -> Read:
    """A flag, a word, or a code: Tuya's is a sum of bits, 0 for none. Every word is a fault but those that say none.

    Of a breaker the fault may be fire: then that is told as well.
    """

    def read(value: Any, feature: Feature) -> Said:
        told = feature.said(value)
        if not isinstance(told, bool | int | float | str):
            raise MalformedMessage(Text.of("zigbee2mqtt.no_alarm"))
        if isinstance(told, str):
            word = plain(told)
            if not word or word in ("null", "undefined", "unknown"):
                return ()
            is_fire = word.startswith("fire")
            beside: Said = (("fire", is_fire),) if is_fire or "fire" in feature.causes else ()
            return ((signal, word not in _NO_FAULT), *beside)
        return ((signal, bool(told)),)

    return read


def overheated(value: Any, feature: Feature) -> Said:
    """A switch or plug that grows too warm: its own fault."""
    told = feature.said(value)
    if isinstance(told, str):
        told = plain(told) not in _NO_FAULT
    return (("fault.overheat", told),) if isinstance(told, bool) else ()


_PASSED: Said = (("test", False), ("fault.self_test", False))
_FAILED: Said = (("test", False), ("fault.self_test", True))
_SELF_TESTS: dict[str, Said] = {
    **dict.fromkeys(("checking", "running", "test"), (("test", True),)),
    **dict.fromkeys(("checksuccess", "success", "ok"), _PASSED),
    **dict.fromkeys(("checkfailure", "failure", "error", "commfault", "radarfault"), _FAILED),
    **dict.fromkeys(("failion", "failphoto", "failco", "failtemperature", "failother"), _FAILED),
    **dict.fromkeys(("idle", "clear"), (("test", False),)),
}


def self_test(value: Any, feature: Feature) -> Said:
    """Running, and how it ended; a detector that fails its own test has a fault."""
    said = feature.said(value)
    if isinstance(said, bool):
        return (("test", said),)
    return _SELF_TESTS.get(plain(said), ()) if isinstance(said, str) else ()
