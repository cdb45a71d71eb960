"""A certificate for HTTPS where nobody else gives one: an authority of the site's own, and what it signs.

A phone trusts the authority once, and from then on each certificate that it signs. It may sign for the hosts that it
was made for and for no others (name constraints, RFC 5280 4.2.1.10), so that whoever steals its key opens no bank.
Signed is for 820 days: phones refuse more than 825 (Apple, HT210176).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from devices.errors import Refused
from devices.message import Text

AUTHORITY, AUTHORITY_KEY, WEB, WEB_KEY = "authority.crt", "authority.key", "web.crt", "web.key"
_SIGNED_DAYS, _AUTHORITY_DAYS = 820, 3_650


class _Signer(msgspec.Struct, frozen=True):
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def make(folder: Path, hosts: Sequence[str], now: datetime) -> list[Path]:
    """The files that were written. An authority that is there signs again, for the same hosts.

    Raises Refused for a host that is none, or that the authority may not sign for; OSError.
    """
    names = [_name(host) for host in hosts]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = []
    signer = _read(folder)
    if signer is None:
        signer = _authority(names, now)
        written += [_write(folder / AUTHORITY_KEY, _key_bytes(signer.key), 0o600)]
        written += [_write(folder / AUTHORITY, _pem(signer.certificate), 0o644)]
    elif _permitted(signer.certificate) != {_as_constraint(name) for name in names}:
        raise Refused(Text.of("certificate_word.other_hosts", folder=str(folder)))
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _signed(signer, key, names, now)
    written += [_write(folder / WEB_KEY, _key_bytes(key), 0o600)]
    return [*written, _write(folder / WEB, _pem(certificate) + _pem(signer.certificate), 0o644)]


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        pass
    if not host.isascii() or not host.replace("-", "").replace(".", "").isalnum() or len(host) > 253:
        raise Refused(Text.of("certificate_word.no_host", host=host[:100]))
    return x509.DNSName(host.lower())


def _as_constraint(name: x509.GeneralName) -> x509.GeneralName:
    return x509.IPAddress(ip_network(name.value)) if isinstance(name, x509.IPAddress) else name


def _permitted(certificate: x509.Certificate) -> set[x509.GeneralName]:
    constraints = certificate.extensions.get_extension_for_class(x509.NameConstraints)
    return set(constraints.value.permitted_subtrees or ())


def _authority(names: Sequence[x509.GeneralName], now: datetime) -> _Signer:
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"keyarea authority {now:%Y-%m-%d}")])
    usage = _usage(signs=True)
    certificate = (
        _builder(called, called, key, now, _AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.NameConstraints([*map(_as_constraint, names)], None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return _Signer(certificate, key)


def _signed(
    signer: _Signer, key: ec.EllipticCurvePrivateKey, names: Sequence[x509.GeneralName], now: datetime
) -> x509.Certificate:
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, str(names[0].value)[:64])])
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.key.public_key())
    return (
        _builder(called, signer.certificate.subject, key, now, _SIGNED_DAYS)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(issuer_key, critical=False)
        .sign(signer.key, hashes.SHA256())
    )


def _builder(
    called: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))  # a phone whose clock is a little behind trusts it, too
        .not_valid_after(now + timedelta(days=days))
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _read(folder: Path) -> _Signer | None:
    if not (folder / AUTHORITY_KEY).exists():
        return None
    try:
        key = serialization.load_pem_private_key((folder / AUTHORITY_KEY).read_bytes(), None)
        certificate = x509.load_pem_x509_certificate((folder / AUTHORITY).read_bytes())
    except ValueError as error:
        raise Refused(Text.of("certificate_word.unreadable", folder=str(folder))) from error
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return _Signer(certificate, key)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)


def _write(file: Path, content: bytes, mode: int) -> Path:
    file.touch(mode)
    file.chmod(mode)
    file.write_bytes(content)
    return file
