"""Which passwords are taken, and how one is set.

References
----------
NIST SP 800-63B, 5.1.1.2: long, no rules about kinds of signs, not among the common ones and nothing
of the person herself; every sign counts in its normal form.
"""

import re
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, col, update

from app import db
from app.access import Actor
from app.accounts import codes, factors, notices, throttling
from app.accounts.refusals import PasswordRefused, WeakPassword
from app.accounts.throttling import PASSWORD
from app.clock import now
from app.passwords import hash_password, normal, verify_password
from app.tables import Account

SHORTEST, LONGEST = 12, 200
LEFT_OVER = 5
"""So many signs must remain when common words, rows of keys and years are taken away."""
WORDS = Path(__file__).parent / "data" / "common_words.txt"
_ROWS = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "qwertzuiopü", "qwertyuiop", "asdfghjklöä",
         "yxcvbnm", "zxcvbnm")  # fmt: skip
_REPEATED = re.compile(r"(.{1,3}?)\1{2,}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SWAPPED = str.maketrans("0134578@$!", "oieastbasi")
"""What people write in place of letters."""


class _Weak(WeakPassword):
    """The sentence for one of the reasons."""


class TooShort(_Weak):
    """Fewer signs than are needed."""

    de = "Bitte nehmen Sie mindestens {shortest} Zeichen, zum Beispiel mehrere Wörter."
    en = "Please use at least {shortest} characters, several words for example."


class TooLong(_Weak):
    """More signs than are taken."""

    de = "Bitte nehmen Sie höchstens {longest} Zeichen."
    en = "Please use at most {longest} characters."


class TooCommon(_Weak):
    """It is made of what everybody tries first."""

    de = "Dieses Passwort ist leicht zu erraten. Bitte nehmen Sie andere oder mehr Wörter."
    en = "This password is easy to guess. Please use other or more words."


class TooClose(_Weak):
    """It is made of the person's own name or address."""

    de = "Bitte nehmen Sie ein Passwort ohne Ihren Namen und Ihre E-Mail-Adresse."
    en = "Please choose a password without your name and your e-mail address."


def check(password: str, account: Account) -> None:
    """Refuse a password that is too short, too common, or close to the person.

    Raises
    ------
    WeakPassword
        With what to do.
    """
    said = normal(password)
    if len(said) < SHORTEST:
        raise TooShort(shortest=SHORTEST)
    if len(said) > LONGEST:
        raise TooLong(longest=LONGEST)
    plain = said.casefold()
    if _remains(plain, ()) < LEFT_OVER:
        raise TooCommon
    if _remains(plain, _own_words(account)) < LEFT_OVER:
        raise TooClose


def _own_words(account: Account) -> tuple[str, ...]:
    said = f"{account.name} {account.email}".casefold()
    return tuple(word for word in re.split(r"[^\w]+", normal(said)) if len(word) >= 3)


def _remains(plain: str, own: tuple[str, ...]) -> int:
    """How much of it nobody would try first; letters in disguise are tried as well."""
    plain = _YEAR.sub(" ", plain)
    return min(_left(text, own) for text in (plain, plain.translate(_SWAPPED)))


def _left(text: str, own: tuple[str, ...]) -> int:
    for word in (*sorted(own, key=len, reverse=True), *_common()):
        text = text.replace(word, " ")
    for row in (*_ROWS, *(row[::-1] for row in _ROWS)):
        text = _without_runs(text, row)
    text = _REPEATED.sub(" ", text)
    return len(set(text) - {" "}) if len(set(text)) <= 3 else len(text.replace(" ", ""))


def _without_runs(text: str, row: str) -> str:
    """Without neighbours of a row: three of them or more."""
    for length in range(len(row), 2, -1):
        for start in range(len(row) - length + 1):
            text = text.replace(row[start : start + length], " ")
    return text


@lru_cache
def _common() -> tuple[str, ...]:
    """Common words, the longest first."""
    words = {line.strip() for line in WORDS.read_text(encoding="utf-8").splitlines()}
    return tuple(sorted(filter(None, words), key=lambda word: (-len(word), word)))


def choose(engine: Engine, session: Session, actor: Actor, new: str, old: str | None) -> None:
    """Set a new password, with the old one or after a fresh proof; everything mailed is void.

    Nothing is held while hashes are computed: the transaction of the request is begun anew.

    Raises
    ------
    WeakPassword, PasswordRefused, ProofNeeded, OldPasswordNeeded, TooManyTries
    """
    account = session.get_one(Account, actor.account_id)
    check(new, account)
    if old is None:
        factors.require_more_than_mail(session, actor)
    account = set_apart(session, account)
    tried = None
    if old is not None:
        tried = check_password(engine, account, old)
    password_hash = hash_password(new)
    db.set_scope(session, db.SYSTEM)
    if tried is not None:
        throttling.was_right(session, tried)
    store(session, account, password_hash)


def set_apart(session: Session, account: Account) -> Account:
    """The account as it was read; the request holds nothing any more while it is looked at."""
    session.expunge(account)
    session.rollback()
    return account


def check_password(engine: Engine, account: Account, password: str) -> throttling.Attempt:
    """Whether it is the password of this account; the try, to be cleared where it is used.

    Raises
    ------
    PasswordRefused, TooManyTries
    """
    tried = throttling.attempt(engine, PASSWORD, account.email)
    if not verify_password(password, account.password_hash):
        raise PasswordRefused
    return tried


def store(session: Session, account: Account, password_hash: str) -> None:
    """Keep a new password; somebody who set one meanwhile is not overwritten."""
    before = col(Account.password_hash)
    same = before.is_(None) if account.password_hash is None else before == account.password_hash
    done = session.exec(
        update(Account)
        .where(col(Account.id) == account.id, same)
        .values(password_hash=password_hash, password_set_at=now())
    )
    if done.rowcount != 1:
        raise PasswordRefused
    codes.void(session, account.id)
    notices.tell(session, account.id, "password")
