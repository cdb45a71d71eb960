"""What a phrase of a few words tells of a danger: ``water_leak_alert``, ``Smoke alarm cleared``, ``火警解除``.

The words of events and causes, as makers' published codecs write them. A phrase that is not understood word by word
tells nothing: ``Emergency`` is any event somewhere, and no hold-up.

The heart of a phrase must be a danger's name, the other words must say that it is there or over, or nothing; SOS,
panic and a man down alone are a hold-up. Fields that head a message (``event_type``) tell events only where a phrase
is one, and are noted unless a danger's own field beside them was read. Not any phrase with ``alarm`` in it: a door
that stands open says alarm too; nor ``supervisory`` for every unknown event, a flood of heartbeats. The price: an
unknown event is heard by the technician, not by the control room.
"""

import re
from functools import lru_cache

Said = tuple[tuple[str, bool], ...]

_SUBJECTS: tuple[tuple[str, str], ...] = (
    ("co_alarm", "carbon monoxide|co alarm|co alert|co detected|co leak|co poisoning|co"),
    ("smoke", "smoke|smoke vape|fire|烟雾|烟感|火警|火灾|烟"),
    ("flame", "flame|火焰"),
    ("heat", "heat|over heat|overheat|overheating|overheated|over temperature|overtemperature|high temperature"),
    ("heat", "burning|感温|超温|高温"),
    ("leak", "water leak|water leakage|leak|leakage|flood|flooding|water|wet|critically wet|漏水|水浸|溢水"),
    ("gas_alarm", "gas leak|gas leakage|gas|combustible gas|methane|lpg|ch4|燃气泄漏|燃气|可燃气体|煤气"),
    ("panic", "sos|panic|panic button|man down|mandown|call for help|紧急求助|求救|求助|紧急呼叫"),
    ("duress", "duress|胁迫"),
    ("call_point", "call point|manual call point|manual alarm|mcp|手报|手动报警"),
    ("intrusion", "intrusion|intruder|burglary|burglar|break in|入侵|盗警"),
    ("glass_break", "glass break|glass broken|玻璃破碎"),
    ("tamper", "tamper|tampered|tampering|anti tamper|disassembled|dismantled|device removed|removed|防拆|拆动|防撬"),
    ("fault", "fault|failure|error|trouble|malfunction|abnormal|hardware error|cable break|line break|故障|异常|失效"),
    ("battery_low", "low battery|battery low|low voltage|battery fault|battery critical|低电压|低电量|电池低|欠压"),
    ("supervisory", "alarm|报警|告警|警报"),
)
"""Signal -> what it is called at the heart of a phrase."""

_HEARTS = {name: signal for signal, names in _SUBJECTS for name in names.split("|")}
_IN_CHINESE = sorted((name for name in _HEARTS if not name.isascii()), key=len, reverse=True)
_OVER_IN_CHINESE = re.compile("解除|恢复|正常|消除|结束|取消|复位|无")

_ON = frozenset({
    *("alarm", "alarms", "alarming", "alert", "alerts", "detected", "detect", "detection", "triggered", "trigger"),
    *("activated", "active", "activation", "warning", "start", "started", "begin", "on", "raised", "occurred"),
    *("pressed", "press", "present", "true", "yes", "happened", "appear", "appeared", "high", "occur"),
})  # fmt: skip
_OVER = frozenset({
    *("cleared", "clear", "released", "release", "recovered", "recovery", "recover", "restored", "restore", "normal"),
    *("ended", "end", "stopped", "stop", "off", "over", "resolved", "dismissed", "dismiss", "deactivated", "inactive"),
    *("gone", "disappeared", "deactivation", "no", "not", "non", "without", "none", "ok", "false", "finished", "reset"),
})  # fmt: skip
_SAYS_NOTHING = frozenset({"the", "a", "an", "is", "was", "has", "been", "event", "at", "in", "by", "of", "sensor"}) | {
    *("detector", "device", "local", "remote", "hardware", "button", "key", "now", "short", "long", "double"),
}
_OF_STATE = frozenset({"status", "state", "report", "message", "periodic", "info", "config", "configuration"}) | {
    *("threshold", "enable", "enabled", "command", "downlink", "uplink", "setting", "settings", "data", "type"),
    *("volume", "time", "count", "history"),
}
"""``CO Alarm Status`` names what the message is about, not how that is."""
_BROKEN = frozenset({"fault", "failure", "fail", "failed", "faulty", "error", "malfunction", "broken", "defect"}) | {
    *("failover", "invalid", "trouble", "disconnected"),
}
_TESTED = frozenset({"test", "testing", "selftest", "drill", "tested"})
_HUSHED = frozenset({"hush", "hushed", "silent", "silenced", "silence", "mute", "muted"})
_MAINS = re.compile(r"(?:ac |mains |main |dc |external )?(?:power|mains|ac)(?: supply)? (\w+)")
_MAINS_LOST = frozenset({"off", "down", "lost", "loss", "outage", "failure", "fail", "failed", "cut", "disconnected"})
_MAINS_THERE = frozenset({"on", "up", "restored", "recovered", "back", "normal", "connected", "ok"})
_LONGEST = 200
_MOST_CLAUSES = 10
_MOST_WORDS = 8


@lru_cache(maxsize=2048)
def said_by(phrase: str) -> Said:
    """The signals and values that the phrase tells, several where commas part them; empty if it tells none."""
    said: list[tuple[str, bool]] = []
    for clause in re.split(r"[,;|+&\n]", phrase[:_LONGEST])[:_MOST_CLAUSES]:
        told = _clause(clause)
        if told is not None:
            said.append(told)
    return tuple(dict.fromkeys(said))


def _clause(clause: str) -> tuple[str, bool] | None:
    if not clause.isascii():
        return _chinese(clause)
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", clause)
    spoken = re.findall(r"[a-z0-9]+", spaced.lower())
    if not spoken or len(spoken) > _MOST_WORDS or _OF_STATE.intersection(spoken):
        return None
    told = set(spoken)
    is_over = bool(told & _OVER)
    power = _MAINS.fullmatch(" ".join(spoken))
    if power is not None and power[1] in _MAINS_LOST | _MAINS_THERE:
        return "mains", power[1] in _MAINS_THERE
    if told & _TESTED:
        return "test", not is_over
    if told & _HUSHED:
        return "silenced", not is_over
    heart = " ".join(word for word in spoken if word not in _ON | _OVER | _SAYS_NOTHING)
    if "low" in told and told & {"battery", "batteries", "voltage"}:
        return "battery_low", not is_over
    if told & _BROKEN and "battery" not in told:
        return "fault", not is_over
    if told & {"recover", "recovered", "recovery"} and told & {"sensor", "device", "detector"} and not heart:
        return "fault", False
    signal = _HEARTS.get(heart) or _HEARTS.get(" ".join(spoken))
    if signal is None and not heart:
        signal = "supervisory" if told & {"alarm", "alarms", "alert", "alerts"} else None
    return None if signal is None else (signal, not is_over)


def _chinese(clause: str) -> tuple[str, bool] | None:
    heart = next((name for name in _IN_CHINESE if name in clause), None)
    if heart is None or len(clause) > 3 * _MOST_WORDS:
        return None
    return _HEARTS[heart], _OVER_IN_CHINESE.search(clause) is None
