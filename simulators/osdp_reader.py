"""OSDP card readers on a bus: cards, keys, tamper; what they are told to show and sound is kept.

The device side is libosdp's own, which is somebody else's work than the gateway's. By hand, with a pair of pseudo
terminals in the place of two adapters and a cable::

    socat pty,raw,echo=0,link=/tmp/bus pty,raw,echo=0,link=/tmp/readers
    python -m simulators.osdp_reader --port /tmp/readers --address 1 --key 000102030405060708090a0b0c0d0e0f

The site file has an ``[[osdp]]`` line on ``/tmp/bus``. Then type ``help``.
"""

import argparse
import os
import select
import sys
import termios
import threading
import tty
from collections.abc import Callable, Sequence
from typing import Any, Protocol, Self

import osdp
import osdp_sys

LED, BUZZER, OUTPUT = osdp.Command.LED, osdp.Command.Buzzer, osdp.Command.Output
AMBER, GREEN, RED = osdp.CommandLEDColor.Amber, osdp.CommandLEDColor.Green, osdp.CommandLEDColor.Red
_STEP_S = 0.005
_INPUTS = _OUTPUTS = 2


class Reader:
    """One reader. ``key`` None: it speaks unencrypted. ``is_new``: it has no key yet and takes the first it is given.

    ``has_contacts``: it has two inputs and two outputs, but cannot be asked how they are (its library's binding does
    not let it answer): it says so when one changes.

    ``told`` is what it was told, newest last; ``on_told`` hears each.
    """

    id = 0

    def __init__(
        self,
        address: int,
        key: bytes | None = None,
        *,
        is_new: bool = False,
        has_contacts: bool = False,
        serial: int = 4711,
    ) -> None:
        self.address = address
        self.told: list[dict[str, Any]] = []
        self.on_told: Callable[[dict[str, Any]], None] = lambda command: None
        self._heard = bytearray()
        self._send: Callable[[bytes], None] = lambda data: None
        self._lock = threading.RLock()
        self._tamper = self._is_weak = False
        self._inputs = [False] * _INPUTS
        self._resay = False
        flags = [osdp.LibFlag.InstallMode] if is_new else [osdp.LibFlag.EnforceSecure] if key else []
        identity = osdp.PdId(2, 1, 0x0A0B0C, serial, 0x010203)
        capability = osdp.Capability
        abilities = [
            (capability.CommunicationSecurity, int(key is not None or is_new), 1),
            (capability.LEDControl, 1, 1),
            (capability.AudibleControl, 1, 1),
            *([(capability.OutputControl, 1, _OUTPUTS)] * has_contacts),
            *([(capability.ContactStatusMonitoring, 1, _INPUTS)] * has_contacts),
        ]
        osdp_sys.set_loglevel(osdp.LogLevel.Emergency)
        described = osdp.PDInfo(address, self, scbk=key, flags=flags, id=identity).get()
        self._library = osdp_sys.PeripheralDevice(described, capabilities=osdp.PDCapabilities(abilities).get())
        self._library.set_command_callback(self._command)

    # -- what happens at it --------------------------------------------------------------------------------

    def card(self, bits: str, *, head: int = 0) -> None:
        """Hold up a card of these bits ("0" and "1")."""
        padded = bits + "0" * (-len(bits) % 8)
        data = int(padded, 2).to_bytes(len(padded) // 8, "big")
        said = {"reader_no": head, "format": osdp.CardFormat.Wiegand, "direction": 0, "length": len(bits), "data": data}
        self._say({"event": osdp.Event.CardRead, **said})

    def wiegand_26(self, facility: int, number: int) -> None:
        """Hold up a 26-bit card."""
        first, second = f"{facility:08b}{number >> 12:04b}", f"{number & 0xFFF:012b}"
        self.card(f"{first.count('1') % 2}{first}{second}{1 - second.count('1') % 2}")

    def press(self, keys: str) -> None:
        """Press keys; ``#`` is enter, ``*`` deletes."""
        data = keys.replace("#", "\r").replace("*", "\x7f").encode("ascii")
        self._say({"event": osdp.Event.KeyPress, "reader_no": 0, "data": data})

    def tamper(self, is_open: bool) -> None:
        """Open or close the housing."""
        self._tamper = is_open
        self._say_local()

    def power(self, *, is_weak: bool) -> None:
        """Let its supply fail, or come back."""
        self._is_weak = is_weak
        self._say_local()

    def contact(self, number: int, is_active: bool) -> None:
        """One of its inputs (0 is the first), where it has some."""
        self._inputs[number] = is_active
        self._say(
            {"event": osdp.Event.Status, "type": osdp.StatusReportType.Input, "report": bytes(map(int, self._inputs))}
        )

    @property
    def is_encrypted(self) -> bool:
        return bool(self._library.is_sc_active())

    def _say_local(self) -> None:
        report = bytes((self._tamper, self._is_weak))
        self._say({"event": osdp.Event.Status, "type": osdp.StatusReportType.Local, "report": report})

    def _say(self, event: dict[str, Any]) -> None:
        with self._lock:
            if not self._library.submit_event(event):
                raise RuntimeError("the reader has too much to say: it is not polled")

    # -- the library's side --------------------------------------------------------------------------------

    def _command(self, command: dict[str, Any]) -> tuple[int, None]:
        if command["command"] == osdp.Command.Status:
            # The binding lets nobody fill in the answer: it is all well. What is not is said at the next poll.
            self._resay = command["type"] == osdp.StatusReportType.Local and (self._tamper or self._is_weak)
            return (0 if command["type"] == osdp.StatusReportType.Local else -1), None
        self.told.append(command)
        self.on_told(command)
        return 0, None

    def step(self, heard: bytes, send: Callable[[bytes], None]) -> None:
        """What it does about what came on the bus."""
        self._send = send
        with self._lock:
            self._heard += heard
            self._library.refresh()
            if self._resay:
                self._resay = False
                self._say_local()

    def read(self, most: int) -> bytes:
        taken = bytes(self._heard[:most])
        del self._heard[:most]
        return taken

    def write(self, data: bytes) -> int:
        self._send(data)
        return len(data)

    def flush(self) -> None:
        self._heard.clear()


class Peer(Protocol):
    """Whoever hangs on the wire."""

    def step(self, heard: bytes, send: Callable[[bytes], None]) -> None: ...


class Readers:
    """Several readers on one wire, worked by a thread of their own; ``wire`` is a descriptor that does not block.

    ``cut`` takes a reader off the wire and ``join`` puts it there; the wire stays the caller's.
    """

    def __init__(self, wire: int, readers: Sequence[Peer]) -> None:
        self._wire = wire
        self._readers = list(readers)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="osdp readers", daemon=True)

    def cut(self, reader: Peer) -> None:
        self._readers = [other for other in self._readers if other is not reader]

    def join(self, reader: Peer) -> None:
        self._readers = [*self._readers, reader]

    def _run(self) -> None:
        while not self._stopping.is_set():
            heard = b""
            if select.select([self._wire], [], [], _STEP_S)[0]:
                try:
                    heard = os.read(self._wire, 4096)
                except OSError:  # nobody has opened the other end
                    self._stopping.wait(_STEP_S)
            for reader in self._readers:
                reader.step(heard, self._send)

    def _send(self, data: bytes) -> None:
        try:
            os.write(self._wire, data)
        except BlockingIOError:
            return

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()


# -- by hand ---------------------------------------------------------------------------------------------------

_HELP = """\
card FACILITY NUMBER   hold up a 26-bit card           card 20 22591
bits 0101...           hold up a card of these bits
press KEYS             # is enter, * deletes           press 2580#
tamper on|off          open or close the housing
power on|off           its supply
input N on|off         one of its contacts, from 1
quit"""


def _obey(reader: Reader, line: str) -> None:
    """One line of the person at the keyboard. Raises ValueError, IndexError."""
    word, *rest = line.split() or [""]
    match word:
        case "card":
            reader.wiegand_26(int(rest[0]), int(rest[1]))
        case "bits":
            reader.card(rest[0])
        case "press":
            reader.press(rest[0])
        case "tamper":
            reader.tamper(rest[0] == "on")
        case "power":
            reader.power(is_weak=rest[0] == "off")
        case "input":
            reader.contact(int(rest[0]) - 1, rest[1] == "on")
        case _:
            print(_HELP)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m simulators.osdp_reader", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--port", required=True, metavar="PATH", help="a serial port")
    parser.add_argument("--baud", type=int, default=9600)
    parser.add_argument("--address", type=int, default=1, help="0 to 126")
    parser.add_argument(
        "--key", default="", metavar="HEX", help="32 digits, as under osdp/<line>/<address> in the key file"
    )
    parser.add_argument("--contacts", action="store_true", help="it has two inputs and two outputs")
    parser.add_argument("--new", action="store_true", help="it has no key yet, and takes the first that it is given")
    args = parser.parse_args()
    wire = os.open(args.port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    tty.setraw(wire)
    settings = termios.tcgetattr(wire)
    settings[4] = settings[5] = getattr(termios, f"B{args.baud}")
    termios.tcsetattr(wire, termios.TCSANOW, settings)
    reader = Reader(args.address, bytes.fromhex(args.key) or None, is_new=args.new, has_contacts=args.contacts)
    reader.on_told = lambda command: print(f"told: {command}", flush=True)
    print(_HELP)
    with Readers(wire, [reader]):
        for line in sys.stdin:
            if line.strip() == "quit":
                break
            try:
                _obey(reader, line)
            except (ValueError, IndexError, RuntimeError) as error:
                print(f"{error}; 'help' says what can be typed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
