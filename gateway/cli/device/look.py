"""The verbs that only look: list, show, waiting."""

import argparse

import msgspec

from api.client.devices import Described, Device, DeviceDetail, Upkeep
from api.client.registration import WaitingSender
from devices.reading import Instant
from gateway import clock
from gateway.cli_client import client_of
from gateway.cli_output import Verbs, add_verb, ago, instant, local, print_json, print_table, shown
from gateway.terminal import told

_MOST_VALUES = 4


def add_verbs(verbs: Verbs) -> None:
    parser = add_verb(verbs, "list", "device_word.list", _list)
    parser.add_argument("--area", help=told("option_words.only_area"))
    parser.add_argument("--silent", type=float, metavar="SECONDS", help=told("option_words.only_silent"))
    parser = add_verb(verbs, "show", "device_word.show", _show)
    parser.add_argument("id")
    parser = add_verb(
        verbs,
        "waiting",
        "device_word.waiting",
        _waiting,
        "option_words.waiting_epilog",
    )
    parser.add_argument("--rejected", action="store_true", help=told("option_words.rejected"))
    add_verb(
        verbs,
        "malformed",
        "device_word.malformed",
        _malformed,
        "option_words.malformed_epilog",
    )


def _list(args: argparse.Namespace) -> int:
    devices, now = client_of(args).devices.all(), clock.now()
    chosen = [
        device
        for device in devices
        if args.area in (None, device.area)
        and (args.silent is None or device.last_heard is None or now - instant(device.last_heard) > args.silent * 1e9)
    ]
    if args.json:
        print_json([_state(device, now) for device in chosen])
        return 0
    rows = [
        (
            *(device.id, device.area, device.name or device.name_zh, device.kind),
            *(_hardware(device), ago(device.last_heard, now)),
        )
        for device in chosen
    ]
    print_table(("ID", "AREA", "NAME", "KIND", "HARDWARE", "LAST HEARD"), rows)
    return 0


def _malformed(args: argparse.Namespace) -> int:
    samples = client_of(args).health.malformed()
    if args.json:
        print_json(samples)
        return 0
    rows = [
        (
            local(sample.at),
            sample.source,
            sample.address,
            sample.reason,
            bytes.fromhex(sample.payload_hex).decode("utf-8", "replace"),
        )
        for sample in samples
    ]
    print_table(("WHEN", "LINE", "FROM", "WHY", "WHAT"), rows)
    return 0


def _show(args: argparse.Namespace) -> int:
    client, now = client_of(args), clock.now()
    device, history = client.devices.show(args.id), client.devices.history(args.id)
    if args.json:
        print_json({"state": _state(device, now), "history": history})
        return 0
    said = {
        "area": device.area,
        "name": " ".join(name for name in (device.name, device.name_zh) if name),
        "kind": device.kind,
        "hardware": _hardware(device),
        "signals": ", ".join(device.signals),
        "position": "{:g}, {:g}".format(*device.position) if device.position is not None else "",
        "tags": ", ".join(device.tags),
        "last heard": ago(device.last_heard, now),
        **_kept_up(device.upkeep, device.interval_s),
    }
    print(shown(device.id))
    for title, text in said.items():
        if text:
            print(f"  {title:<17}  {shown(text)}")
    for reading in device.latest:
        print(f"  {shown(reading.signal):<17}  {shown(reading.value)}  ({ago(reading.time, now)})")
    for change in history:
        note = f": {shown(change.note)}" if change.note else ""
        figures = ", ".join(f"{name} {value}" for name, value in change.measured.items())
        print(f"  {local(change.at)}  {change.action} by {shown(change.by)}{note}")
        if figures:
            print(f"  {'':<19}  {shown(figures)}")
    return 0


def _waiting(args: argparse.Namespace) -> int:
    if args.rejected:
        rejected = client_of(args).registration.rejected()
        if args.json:
            print_json(rejected)
        else:
            rows = [(sender.address, sender.family, sender.line, sender.messages) for sender in rejected]
            print_table(("ADDRESS", "FAMILY", "LINE", "MESSAGES"), rows)
        return 0
    senders = client_of(args).registration.waiting()
    if args.json:
        print_json(senders)
        return 0
    if not senders:
        print("nobody unknown has spoken; trigger the device, or press its button, and ask again")
        return 0
    now = clock.now()
    print_table(
        ("SPOKE", "ADDRESS", "FAMILY", "LINE", "PROBABLY", "EVERY", "IT SAID"),
        [
            (
                ago(sender.last_heard, now) if sender.live else "not itself yet",
                sender.address,
                sender.family,
                sender.line,
                " ".join(word for word in (sender.guess_kind, sender.guess_model) if word) or "?",
                f"{sender.heartbeat_s:.0f} s" if sender.heartbeat_s is not None else "",
                ", ".join(f"{name} {value}" for name, value in _dangers_first(sender)[:_MOST_VALUES]),
            )
            for sender in senders
        ],
    )
    return 0


def _dangers_first(sender: WaitingSender) -> list[tuple[str, object]]:
    return sorted(sender.signals.items(), key=lambda said: said[0] not in sender.dangers)


def _kept_up(upkeep: Upkeep, own_s: float | None) -> dict[str, str]:
    """What a technician wants to know before the device fails; empty where there is nothing to say."""
    silence = f"{own_s:g} s, but no supervision rule waits for it" if own_s is not None else ""
    if upkeep.interval_s is not None:
        silence = f"{upkeep.interval_s:g} s ({upkeep.interval_from})"
    battery = f"{upkeep.battery:g} %" if upkeep.battery is not None else ""
    if upkeep.battery_days_left is not None:
        battery += f", about {upkeep.battery_days_left} days left"
    link = f"{upkeep.link_signal} {upkeep.link_min:g} at worst" if upkeep.link_min is not None else ""
    return {
        "may be silent for": silence,
        "battery": battery,
        "radio": link + (", weak" if upkeep.is_link_weak else ""),
        "firmware": upkeep.firmware,
        "speaks through": upkeep.via,
        "note": "; ".join(upkeep.remarks),
        "due": ", ".join(f"{due.what} on {due.on} ({due.left_days} days)" for due in upkeep.due),
    }


def _hardware(device: Described) -> str:
    return " ".join(word for word in (device.family, device.address, device.line, device.model) if word)


def _state(device: Device, now: Instant) -> dict[str, object]:
    """A device apart from how it stands."""
    described = {name: getattr(device, name) for name in Described.__struct_fields__}
    latest = device.latest if isinstance(device, DeviceDetail) else ()
    state = {"now": now, "last_heard": device.last_heard, "latest": latest, "upkeep": device.upkeep}
    return {"device": msgspec.to_builtins(described), **state}
