"""Checks an exported keyarea ledger with nothing but Python's standard library: python3 verify_ledger.py FILE

Prints OK, the head, and what became of each value that stands beside its entry; or BROKEN and the first entry that does
not fit (exit code 1). Reads both versions of the file, and entries of both formats. Nothing of keyarea is used.
"""

import hashlib
import hmac
import json
import re
import sys
from pathlib import Path


def verify(path):
    """(0, the head, the Values) if every line fits, else (the number of the first entry that does not, why, None)."""
    with Path(path).open("rb") as lines:
        header = json.loads(lines.readline())
        if (header["format"], header["version"]) not in (("keyarea-ledger", 1), ("keyarea-ledger", 2)):
            return 1, "this is another format", None
        number, previous, values = 0, "0" * 64, Values()
        for line in lines:
            line = line.rstrip(b"\n")
            if number and line.startswith(b'{"commitment":"'):
                if wrong := values.wrong_with(line):
                    return number, wrong, None
                continue
            number += 1
            claimed, content = line[9:73].decode("ascii", "replace"), line[83:-1]
            if line[:9] + line[73:83] + line[-1:] != b'{"hash":"","entry":}':
                return number, "the line has another shape", None
            if hashlib.sha256(content).hexdigest() != claimed:
                return number, "its content does not give its hash", None
            entry = json.loads(content)
            if (entry["sequence"], entry["previous"], entry["site"]) != (number, previous, header["site"]):
                return number, "it does not follow the entry before it", None
            values.begin(entry)
            previous = claimed
    head = header["head"]
    if number != head["sequence"]:
        return number + 1, f"the first line speaks of {head['sequence']} entries", None
    if previous != head["hash"]:
        return number, "its hash is not the head that the first line names", None
    return 0, f"{number}:{previous}", values


class Values:
    """The values beside: each that is in the file gives its commitment; ``gone`` says why another is not."""

    def __init__(self):
        self.there = 0
        self._absent = {}  # (entry, field): nothing said so far
        self._reasons = {}
        self._expected = {}

    def begin(self, entry):
        self._expected = {
            committed: (entry["sequence"], name) for name, committed in entry.get("commitments", {}).items()
        }
        self._absent.update(dict.fromkeys(self._expected.values()))
        if entry["book"] == "erasures" and entry.get("format") == 2:
            why = {"erased": "erased", "retention_ended": "retention ended"}.get(entry["fields"].get("action"))
            for row in entry["fields"].get("values", ()) if why else ():
                if row["entry"] < entry["sequence"]:
                    self._reasons.setdefault((row["entry"], row["field"]), f"{why}, says entry {entry['sequence']}")

    def wrong_with(self, line):
        committed, salt, value = line[15:79].decode("ascii", "replace"), line[89:153], line[163:-1]
        if line[:15] + line[79:89] + line[153:163] + line[-1:] != b'{"commitment":"","salt":"","value":}':
            return "a line after it has another shape"
        if not re.fullmatch(rb"[0-9a-f]{64}", salt):
            return "a salt beside it is none"
        key = bytes.fromhex(salt.decode("ascii"))
        if hmac.new(key, value, "sha256").hexdigest() != committed or committed not in self._expected:
            return "a value beside it does not give its commitment"
        del self._absent[self._expected.pop(committed)]
        self.there += 1
        return None

    def gone(self):
        """((entry, field), why) of each value that is not in the file."""
        return [(place, self._reasons.get(place, "not in this file")) for place in self._absent]


if __name__ == "__main__":
    broken, said, values = verify(sys.argv[1])
    print(f"BROKEN entry {broken}: {said}" if broken else f"OK head {said}")
    if values is not None and (values.there or values.gone()):
        print(f"{values.there} values beside the chain give their commitments, {len(values.gone())} are gone")
        for (number, name), why in values.gone():
            print(f"  entry {number}, {name}: {why}")
    sys.exit(1 if broken else 0)
