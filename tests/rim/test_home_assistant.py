"""A device announces itself on a real broker and is heard: also with what it said while the gateway was away."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from simulators.home_assistant_device import Detector, Said
from tests.rim.conftest import Running, site
from tests.rim.processes import GatewayProcess, Mosquitto, free_port, wait_until


def publish(running: Running, said: Iterable[Said]) -> None:
    for topic, payload, keep in said:
        running.publish(topic, payload, retain=keep)


def waiting(running: Running) -> dict[str, dict[str, Any]]:
    """The unknown devices of Home Assistant discovery by their addresses."""
    senders = running.client("tom").get("/api/quarantine")
    return {sender["address"]: sender for sender in senders if sender["family"] == "home_assistant"}


def proposal(running: Running, address: str, signals: set[str]) -> dict[str, Any] | None:
    """What the technician is offered, as soon as it has these signals and is listened to: its status was heard."""
    sender = waiting(running).get(address)
    is_whole = sender is not None and signals <= {*sender["proposed"]["signals"]} and "online" in sender["signals"]
    return sender["proposed"] if sender is not None and is_whole else None


def latest(running: Running, device: str) -> dict[str, Any]:
    return {one["signal"]: one["value"] for one in running.client("olga").get(f"/api/devices/{device}")["latest"]}


def smoke_alert(running: Running, device: str) -> dict[str, Any] | None:
    alerts = running.client("olga").get("/api/alerts?open=true")["alerts"]
    return next((alert for alert in alerts if (alert["key"], alert["rule"]) == (device, "smoke")), None)


@pytest.mark.parametrize(
    "detector",
    [Detector("announced-1"), Detector("announced-2", at_once=True, short=True)],
    ids=["part by part", "all at once"],
)
def test_a_device_that_announces_itself_is_listened_to_adopted_and_heard(
    running_gateway: Running, detector: Detector
) -> None:
    """Announced, subscribed to, in quarantine with what it is, adopted, and its smoke is a fire alert."""
    running = running_gateway
    publish(running, [*detector.announcements(), detector.online()])
    announced = {"smoke", "temperature", "battery", "online"}
    proposed = wait_until(lambda: proposal(running, detector.name, announced), "it waits in quarantine")
    assert ("home_assistant", "smoke_detector", "Simulated SD-1") == tuple(
        proposed[key] for key in ("family", "kind", "model")
    )
    wanted = ("id", "family", "address", "line", "name", "name_zh", "kind", "model", "signals")
    body = {**{key: proposed[key] for key in wanted}, "area": "store"}
    assert running.client("tom").post("/api/devices", body)["done"]

    def heard() -> bool:
        publish(running, [detector.state()])  # what comes before the gateway has asked for the topic, nobody hears
        return latest(running, proposed["id"]).get("smoke") is False

    wait_until(heard, "it is heard")
    publish(running, [detector.state(smoke=True, celsius=68)])
    alert = wait_until(lambda: smoke_alert(running, proposed["id"]), "an alert")
    assert ("fire", "store") == (alert["alert_class"], alert["area"])
    assert {"smoke": True, "temperature": 68.0, "battery": 90.0}.items() <= latest(running, proposed["id"]).items()
    publish(running, [detector.online(is_there=False)])
    wait_until(lambda: latest(running, proposed["id"]).get("online") is False, "its will")
    publish(running, detector.goodbye())


@pytest.fixture
def announced(broker: Mosquitto, tmp_path: Path) -> Iterator[tuple[Running, Detector]]:
    """A gateway of its own, with an installed device that is known only by what it announces."""
    web, base = free_port(), tmp_path.name
    detector = Detector(f"{base}-detector", prefix=f"{base}-ha")
    families = f'[mqtt.families]\nkeyarea = "{base}"\nhome_assistant = "{detector.prefix}"\n\n[web]'
    text = site(broker.port, web, smokes=1).replace("[web]", f'client_id = "{base}"\n{families}')
    text = text.replace('family = "zigbee2mqtt"\naddress = "office/door 1"', 'family = "keyarea"\naddress = "door-1"')
    text = text.replace(
        "[[rules]]",
        f'[[devices]]\nid = "detector"\nfamily = "home_assistant"\naddress = "{detector.name}"\narea = "store"\n\n'
        "[[rules]]",
        1,
    )
    gateway = GatewayProcess(tmp_path, text, web_port=web)
    gateway.add_users()
    with gateway:
        running = Running(gateway, broker, base)
        yield running, detector
        publish(running, detector.goodbye())
        running.close()


def test_smoke_while_the_gateway_was_away_is_an_alert_although_its_announcement_comes_later(
    announced: tuple[Running, Detector],
) -> None:
    """The broker sends what it kept for the session first, and only then the announcement that says what it means."""
    running, detector = announced
    publish(running, detector.announcements())

    def heard() -> bool:
        publish(running, [detector.state()])  # what comes before the gateway has asked for the topic, nobody hears
        return latest(running, "detector").get("smoke") is False

    wait_until(heard, "it is heard")
    running.gateway.kill()
    publish(running, [detector.state(smoke=True)])
    running.gateway.start()
    wait_until(lambda: smoke_alert(running, "detector"), "what came meanwhile")


def test_a_stranger_that_announces_an_installed_detectors_topic_silences_nothing(
    announced: tuple[Running, Detector],
) -> None:
    running, _ = announced
    liar = Detector(f"{running.base}-liar", prefix=f"{running.base}-ha")
    topic = f"{running.base}/smoke-0/readings"
    true, false = f"{liar.name}/state".encode(), topic.encode()
    lies = [(place, told.replace(true, false), keep) for place, told, keep in liar.announcements()]
    publish(running, lies)
    running.readings("smoke-0", smoke=False, temperature=21.5)
    running.readings("smoke-0", smoke=True, temperature=21.5)
    wait_until(lambda: smoke_alert(running, "smoke-0"), "its alert")
    assert liar.name not in waiting(running)
    publish(running, liar.goodbye())


def test_a_detector_that_the_broker_has_forgotten_is_heard_after_a_crash(announced: tuple[Running, Detector]) -> None:
    """It announced itself without asking the broker to keep that, or somebody took the announcement from there."""
    running, detector = announced
    once = [(topic, payload, False) for topic, payload, _ in detector.announcements()]

    def heard() -> bool:
        publish(running, [*once, detector.state()])
        return latest(running, "detector").get("smoke") is False

    wait_until(heard, "it is heard")
    publish(running, detector.goodbye())
    running.gateway.kill()
    publish(running, [detector.state(smoke=True)])
    running.gateway.start()
    wait_until(lambda: smoke_alert(running, "detector"), "what came meanwhile")
