"""Values that only a key opens: what lies in the database or a backup says nothing without it.

The key is `LOTSENWERK_SECRET`, or the one made on first start in `var/secret`. A key that was
changed goes on to open what it sealed while it stands in `LOTSENWERK_OLD_SECRETS`.
"""

import base64
import hashlib
import hmac
import os
import secrets
import tempfile
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from app.settings import Settings, get_settings

MARK = "sealed:"
"""Begins every sealed value, so that one that is not yet sealed is known."""


class NotOurs(RuntimeError):
    """A sealed value was made with a key that is not here: set LOTSENWERK_OLD_SECRETS."""

    def __str__(self) -> str:
        return (
            "A stored value was sealed with another key: set LOTSENWERK_SECRET to that key, or add"
            " it to LOTSENWERK_OLD_SECRETS."
        )


@lru_cache
def master_key() -> bytes:
    """The key from which all others are derived; made when there is none yet."""
    settings = get_settings()
    given = settings.secret.get_secret_value()
    if given:
        return given.encode()
    path = settings.var / "secret"
    if not path.exists():
        _make(path)
    return path.read_text().strip().encode()


def _make(path: Path) -> None:
    """Write a key; of several processes at once one wins, and nobody sees a key by halves."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix="secret-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        # A link fails when there is one already: the first key stays.
        with suppress(FileExistsError):
            os.link(name, path)
    finally:
        os.unlink(name)


def master_keys() -> list[bytes]:
    """The key of today, then those of the past."""
    return [master_key(), *(key.encode() for key in old_secrets(get_settings()))]


def old_secrets(settings: Settings) -> list[str]:
    """The keys of the past: the whole text, which may hold blanks, and each of its words."""
    text = settings.old_secrets.get_secret_value().strip()
    return list(dict.fromkeys([text, *text.split()])) if text else []


def derived(purpose: str, master: bytes | None = None) -> bytes:
    """A key of 32 bytes for one purpose; the same for the same master key, today's by default."""
    return hmac.digest(master or master_key(), f"lotsenwerk {purpose}".encode(), hashlib.sha256)


def _fernet(master: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derived("sealing", master)))


@lru_cache
def _box() -> MultiFernet:
    return MultiFernet([_fernet(key) for key in master_keys()])


def forget_keys() -> None:
    """Read the keys anew at the next need; after they were changed in this process."""
    master_key.cache_clear()
    _box.cache_clear()


def seal(plain: str) -> str:
    """What is stored of a value; the empty one stays empty."""
    return MARK + _box().encrypt(plain.encode()).decode() if plain else ""


def unseal(stored: str) -> str:
    """The value again; one that was stored before there were seals is given as it is.

    Raises
    ------
    NotOurs
        None of the keys opens it.
    """
    if not stored.startswith(MARK):
        return stored
    try:
        return _box().decrypt(stored.removeprefix(MARK)).decode()
    except InvalidToken as error:
        raise NotOurs from error


def renewed(stored: str) -> str:
    """The same value under today's key; raises `NotOurs`."""
    return seal(unseal(stored))


def is_current(stored: str) -> bool:
    """Whether a value is sealed, and with today's key."""
    if not stored:
        return True
    if not stored.startswith(MARK):
        return False
    try:
        _fernet(master_key()).decrypt(stored.removeprefix(MARK))
    except InvalidToken:
        return False
    return True
