"""Values that stand beside the chain: the entry holds a commitment to each, value and salt lie in a table of their own.

A commitment is HMAC-SHA-256 with the salt as key over the canonical bytes of the value (docs/ledger.md section 5). It
binds: nobody finds another value and salt that give the same. It hides: a phone number has few enough values to try
them all, but not together with 32 random bytes, which are gone when value and salt are. HMAC, and not a hash of salt
and value side by side, because nobody has to think about where the one ends; each language has it.
"""

import hmac
from collections.abc import Callable
from typing import Literal, TypeAlias

import msgspec

SALT_BYTES = 32

Salt: TypeAlias = Callable[[], bytes]
"""A fresh random salt each time; from the rim, because the ledger has no chance in it."""

Why: TypeAlias = Literal["erased", "retention_ended", "withheld", "missing"]


class Gone(msgspec.Struct, frozen=True):
    """Why a value is not there, and the entry that says so.

    ``withheld``: whoever reads may not see it; ``missing``: nothing says why, which is a fault.
    """

    why: Why
    entry: int = 0


def commitment(written: bytes, salt: bytes) -> str:
    """To the value that is written so, in lower-case hex."""
    return hmac.digest(salt, written, "sha256").hex()
