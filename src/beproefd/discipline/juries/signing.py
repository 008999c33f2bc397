# SPDX-License-Identifier: EUPL-1.2
"""The seal under a decision: Ed25519 (RFC 8032) with a key that stays in the data folder of the municipality."""

import base64
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings


def sign(text: str) -> tuple[str, str]:
    """Signature and public key, both in base64."""
    key = _private_key(Path(settings.SIGNING_KEY_FILE))
    return base64.b64encode(key.sign(text.encode())).decode(), _public(key)


def is_signed(text: str, signature: str, public_key: str) -> bool:
    """Whether this text was signed with the key that belongs to this public key."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        key.verify(base64.b64decode(signature, validate=True), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def is_own_key(public_key: str) -> bool:
    """Whether this is the public side of the key in this installation's data folder."""
    path = Path(settings.SIGNING_KEY_FILE)
    return path.exists() and _public(_private_key(path)) == public_key


def _public(key: Ed25519PrivateKey) -> str:
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return base64.b64encode(raw).decode()


def _private_key(path: Path) -> Ed25519PrivateKey:
    """The municipality's key; made once, readable by its owner only. Back it up with the data."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        # Written whole under another name first: no one ever reads half a key, and of two makers one wins.
        with tempfile.NamedTemporaryFile(dir=path.parent) as file:
            file.write(made)
            file.flush()
            with suppress(FileExistsError):
                os.link(file.name, path)
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{path} holds another kind of key than Ed25519.")
    return key
