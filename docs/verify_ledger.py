"""Checks an exported keyarea ledger with nothing but Python's standard library: python3 verify_ledger.py FILE

Prints OK and the head, or BROKEN and the first entry that does not fit (exit code 1). Nothing of keyarea is used.
"""

import hashlib
import json
import sys
from pathlib import Path


def verify(path):
    """(0, the head) if every line fits, else (the number of the first entry that does not, why)."""
    with Path(path).open("rb") as lines:
        header = json.loads(lines.readline())
        if (header["format"], header["version"]) != ("keyarea-ledger", 1):
            return 1, "this is another format"
        number, previous = 0, "0" * 64
        for number, line in enumerate(lines, start=1):
            line = line.rstrip(b"\n")
            claimed, content = line[9:73].decode("ascii", "replace"), line[83:-1]
            if line[:9] + line[73:83] + line[-1:] != b'{"hash":"","entry":}':
                return number, "the line has another shape"
            if hashlib.sha256(content).hexdigest() != claimed:
                return number, "its content does not give its hash"
            entry = json.loads(content)
            if (entry["sequence"], entry["previous"], entry["site"]) != (number, previous, header["site"]):
                return number, "it does not follow the entry before it"
            previous = claimed
    head = header["head"]
    if number != head["sequence"]:
        return number + 1, f"the first line speaks of {head['sequence']} entries"
    if previous != head["hash"]:
        return number, "its hash is not the head that the first line names"
    return 0, f"{number}:{previous}"


if __name__ == "__main__":
    broken, said = verify(sys.argv[1])
    print(f"BROKEN entry {broken}: {said}" if broken else f"OK head {said}")
    sys.exit(1 if broken else 0)
