"""AES as DC-09 uses it: CBC with an initial vector of zeros; what makes two messages differ is their random beginning.

The one place of the pure packages that imports a library of ciphers (docs/adr/0096). It computes and nothing else.
"""

import re
from hashlib import blake2s

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from devices.errors import MalformedMessage
from devices.message import Text

_BLOCK = 16
_NO_VECTOR = CBC(bytes(_BLOCK))
_PAD = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+-"


def opened(content: bytes, key: bytes, account: str) -> bytes:
    """The text inside an encrypted message, from its data on. Raises MalformedMessage: no cipher text, another key.

    It begins with random bytes up to the first ``|``; a message without data may leave that out, too. The account
    behind that finds the data even where the random bytes hold what they must not.
    """
    try:
        secret = bytes.fromhex(content.decode("ascii"))
    except ValueError:
        raise MalformedMessage(Text.of("sia_dc09.no_hexadecimal")) from None
    if not secret or len(secret) % _BLOCK:
        raise MalformedMessage(Text.of("sia_dc09.no_multiple", length=len(secret), block=_BLOCK))
    decryptor = _cipher(key).decryptor()
    text = decryptor.update(secret) + decryptor.finalize()
    named = re.search(rb"\|?#0*" + account.lstrip("0").encode() + rb"\|", text, re.IGNORECASE)
    if named is not None:
        return text[named.start() :].removeprefix(b"|")
    pad, bar, rest = text.partition(b"|")
    if bar and b"]" not in pad:
        return rest
    if b"]" in text:
        return text[text.index(b"]") :]
    raise MalformedMessage(Text.of("sia_dc09.other_key"))


def sealed(text: bytes, key: bytes, unlike: bytes) -> bytes:
    """The content of an encrypted message, in capitals.

    ``unlike`` is what no other message has (what it answers, and when): with the key it yields the random beginning,
    which nobody without the key can foretell.
    """
    count = _BLOCK + -len(text) % _BLOCK
    pad = bytes(_PAD[byte % len(_PAD)] for byte in blake2s(unlike, key=key).digest()[:count])
    encryptor = _cipher(key).encryptor()
    return (encryptor.update(pad + text) + encryptor.finalize()).hex().upper().encode()


def _cipher(key: bytes) -> Cipher[CBC]:
    try:
        return Cipher(AES(key), _NO_VECTOR)
    except (ValueError, InvalidKey):
        raise MalformedMessage(Text.of("sia_dc09.no_aes_key", length=len(key))) from None
