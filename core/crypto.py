"""Encryption of single fields, and keyed hashes to look encrypted values up by.

A value is stored as ``enc:<cipher>:<key>:<base64 of nonce and text>``: AES-256-GCM, or SM4-GCM
where ``CRYPTO_PROFILE`` is "sm". Cipher and key stand in the value, so profiles and keys can be
changed at any time: old values stay readable as long as their key is listed, ``rotated`` writes
them anew. ``FIELD_KEYS`` is "id:base64,id:base64", the first one writes; without it the key is
derived from SECRET_KEY. No derived key serves two purposes.
"""

from __future__ import annotations

import base64
import hmac
import os
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

PREFIX = "enc:"
NONCE, TAG = 12, 16
# cipher → length of its key in bytes
CIPHERS = {"aes": 32, "sm4": 16}
PROFILES = {"international": ("aes", "sha256"), "sm": ("sm4", "sm3")}
OWN_KEY = "s"  # the key that is derived from SECRET_KEY


class Unreadable(ValueError):
    """The value was changed, or belongs elsewhere, or its key is not listed any more."""


class Rotated(NamedTuple):
    """What came of writing values under today's key: as long as some are unreadable, an old key
    may be missing, or they are damaged."""

    written: int
    unreadable: int = 0

    def __str__(self) -> str:
        return f"{self.written}" + (f", unreadable: {self.unreadable}" if self.unreadable else "")


def encrypt(text: str, *, context: str = "") -> str:
    """The stored form of a text. ``context`` (which field) is bound in: a value that is moved to
    another field cannot be read there."""
    cipher, key = writing()
    nonce = os.urandom(NONCE)
    if cipher == "aes":
        # The same as below in one call: content and tag behind the nonce.
        sealed = _aes(_derived(key, cipher)).encrypt(nonce, text.encode(), context.encode())
        return f"{PREFIX}{cipher}:{key}:{base64.b64encode(nonce + sealed).decode()}"
    box = engine(cipher, _derived(key, cipher), nonce).encryptor()
    box.authenticate_additional_data(context.encode())
    content = box.update(text.encode()) + box.finalize()
    packed = base64.b64encode(nonce + content + box.tag).decode()
    return f"{PREFIX}{cipher}:{key}:{packed}"


def sealer(context: str) -> Callable[[str], str]:
    """``encrypt`` for very many texts of one field: cipher and key are looked up once."""
    cipher, key = writing()
    if cipher != "aes":
        return lambda text: encrypt(text, context=context)
    box, bound = _aes(_derived(key, cipher)), context.encode()
    prefix = f"{PREFIX}{cipher}:{key}:"

    def seal(text: str) -> str:
        nonce = os.urandom(NONCE)
        sealed = nonce + box.encrypt(nonce, text.encode(), bound)
        return prefix + base64.b64encode(sealed).decode()

    return seal


@lru_cache(maxsize=32)
def _aes(key: bytes) -> AESGCM:
    return AESGCM(key)


def decrypt(value: str, *, context: str = "") -> str:
    """The text of a stored value. Raises ``Unreadable``."""
    try:
        prefix, cipher, key, packed = value.split(":", 3)
        content = base64.b64decode(packed, validate=True)
    except ValueError:
        raise Unreadable("not an encrypted value") from None
    if f"{prefix}:" != PREFIX or cipher not in CIPHERS or len(content) < NONCE + TAG:
        raise Unreadable("not an encrypted value")
    if key not in _materials():
        raise Unreadable(f"key {key!r} is not listed")
    nonce, text, tag = content[:NONCE], content[NONCE:-TAG], content[-TAG:]
    box = engine(cipher, _derived(key, cipher), nonce, tag).decryptor()
    box.authenticate_additional_data(context.encode())
    try:
        return (box.update(text) + box.finalize()).decode()
    except InvalidTag:
        raise Unreadable("changed, or of another field") from None


def is_current(value: str) -> bool:
    """Whether a stored value has the cipher and the key that would be used today."""
    return value.startswith(f"{PREFIX}{_profile()[0]}:{next(iter(_materials()))}:")


def rotated(value: str, *, context: str = "") -> str:
    """The stored value under today's key and cipher. Raises ``Unreadable``."""
    if is_current(value):
        return value
    return encrypt(decrypt(value, context=context), context=context)


def blind_index(value: str, *, context: str = "") -> str:
    """A keyed hash (HMAC-SHA-256, or HMAC-SM3 in the profile "sm") to find equal values by.

    Blanks, hyphens, width and case make no difference. Its key is of its own and not rotated with
    the field keys; empty gives empty.
    """
    plain = value if value.isascii() else unicodedata.normalize("NFKC", value)
    plain = "".join(plain.casefold().split()).replace("-", "")
    if not plain:
        return ""
    key = _index_key(settings.INDEX_KEY or settings.SECRET_KEY)
    return hmac.digest(key, f"{context}\0{plain}".encode(), _profile()[1]).hex()


@lru_cache(maxsize=4)
def _index_key(secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"portal blind index", "sha256")


def _profile() -> tuple[str, str]:
    try:
        return PROFILES[settings.CRYPTO_PROFILE]
    except KeyError:
        raise ImproperlyConfigured("CRYPTO_PROFILE must be international or sm") from None


def _materials() -> dict[str, bytes]:
    return _parsed(settings.FIELD_KEYS, settings.SECRET_KEY)


@lru_cache(maxsize=8)
def _parsed(field_keys: str, secret_key: str) -> dict[str, bytes]:
    """Key material by its id, the writing one first."""
    found: dict[str, bytes] = {}
    for entry in filter(None, (part.strip() for part in field_keys.split(","))):
        name, colon, packed = entry.partition(":")
        try:
            material = base64.b64decode(packed, validate=True)
        except ValueError:
            material = b""
        if not colon or not name.isalnum() or len(material) < 32 or name in {OWN_KEY, *found}:
            raise ImproperlyConfigured(
                "FIELD_KEYS must be id:base64,… with ids of letters and digits, other than "
                f"{OWN_KEY!r}, each once, and at least 32 bytes per key"
            )
        found[name] = material
    return {**found, OWN_KEY: secret_key.encode()}


def _derived(name: str, cipher: str) -> bytes:
    return _stretched(_materials()[name], cipher)


@lru_cache(maxsize=32)
def _stretched(material: bytes, cipher: str) -> bytes:
    info = b"portal field " + cipher.encode()
    return HKDF(hashes.SHA256(), CIPHERS[cipher], salt=None, info=info).derive(material)


def writing() -> tuple[str, str]:
    """Cipher and id of the key with which something is encrypted today."""
    return _profile()[0], next(iter(_materials()))


def file_key(name: str, cipher: str, salt: bytes, *, purpose: str) -> bytes:
    """A key for one file, from a listed key and the file's own salt. Raises ``Unreadable``."""
    if name not in _materials():
        raise Unreadable(f"key {name!r} is not listed")
    info = f"portal file {purpose} {cipher}".encode()
    size = CIPHERS[cipher] if purpose == "content" else 32
    return HKDF(hashes.SHA256(), size, salt=salt, info=info).derive(_materials()[name])


def engine(cipher: str, key: bytes, nonce: bytes, tag: bytes | None = None) -> Cipher[modes.GCM]:
    """The cipher itself. A nonce must never serve a key twice."""
    algorithm = algorithms.SM4(key) if cipher == "sm4" else algorithms.AES(key)
    return Cipher(algorithm, modes.GCM(nonce, tag))
