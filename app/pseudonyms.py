"""Client cases without names: an HMAC that only the sponsor's key can make again.

Each sponsor has keys of its own, one version after another. The newest makes new cases; older ones
only find what they made, until they are destroyed: then nobody can match a case to its number.
Version 0 is the key of before there were such keys, derived from the service's own.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Table, bindparam, tuple_
from sqlalchemy import update as table_update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from app.clock import now
from app.errors import Conflict, NotFound
from app.prepared import settled
from app.sealing import master_keys
from app.tables import ClientCase, Sponsor, SponsorKey

LEGACY = 0
"""The version of the key that is derived from the service's own."""
KEY_BYTES = 32
_CASES: Table = ClientCase.__table__  # type: ignore[attr-defined]
_CUT = settled(
    table_update(_CASES)
    .where(_CASES.c.id == bindparam("case_id"))
    .values(pseudonym=bindparam("drawn"), updated_at=bindparam("at"))
)


class KeyInUse(Conflict):
    """The key that makes new cases cannot be destroyed."""

    slug, title = "pseudonym-key-in-use", "The key is in use"
    de = "Mit diesem Schlüssel entstehen neue Fallzeichen. Bitte zuerst den Schlüssel wechseln."
    en = "New cases are made with this key. Please rotate it first."


@dataclass(frozen=True)
class Key:
    """One key of a sponsor."""

    version: int
    secret: bytes


def pseudonym(key: bytes, institution_id: UUID, case_number: str) -> str:
    """HMAC-SHA256 over the institution and its own case number, with a key of the sponsor."""
    text = f"{institution_id}|{' '.join(case_number.split()).casefold()}"
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def known_case(
    session: Session, sponsor_id: UUID, institution_id: UUID, case_number: str
) -> ClientCase | None:
    """The case behind an institution's number under any key that still lives."""
    return _found(session, sponsor_id, live(session, sponsor_id), institution_id, case_number)


def client_case(
    session: Session, sponsor_id: UUID, institution_id: UUID, case_number: str
) -> ClientCase:
    """The case behind an institution's number, made under the newest key when it is new."""
    _hold(session, sponsor_id, key_share=True)
    keys = live(session, sponsor_id)
    case = _found(session, sponsor_id, keys, institution_id, case_number)
    if case is not None:
        return case
    key = _newest(keys) or _first(session, sponsor_id)
    value = pseudonym(key.secret, institution_id, case_number)
    case = ClientCase(sponsor_id=sponsor_id, pseudonym=value, key_version=key.version)
    try:
        with session.begin_nested():
            session.add(case)
    except IntegrityError:
        # Somebody else has made it at the same moment.
        return session.exec(
            select(ClientCase).where(
                col(ClientCase.sponsor_id) == sponsor_id, col(ClientCase.pseudonym) == value
            )
        ).one()
    return case


def _hold(session: Session, sponsor_id: UUID, *, key_share: bool = False) -> None:
    """Nobody makes a case while the keys change, nor changes them while a case is made."""
    held = select(Sponsor.id).where(col(Sponsor.id) == sponsor_id)
    session.exec(held.with_for_update(read=key_share, key_share=key_share)).one()


def versions(session: Session, sponsor_id: UUID) -> list[SponsorKey]:
    """The keys of a sponsor as they stand, without version 0 where it was never written down."""
    query = select(SponsorKey).where(col(SponsorKey.sponsor_id) == sponsor_id)
    query = query.order_by(col(SponsorKey.version)).execution_options(populate_existing=True)
    return list(session.exec(query).all())


def live(session: Session, sponsor_id: UUID) -> list[Key]:
    """Every key that still finds cases, the oldest first; of version 0 one for each service key."""
    rows = versions(session, sponsor_id)
    found = [Key(row.version, row.secret.encode()) for row in rows if row.secret]
    if any(row.version == LEGACY for row in rows):
        return found
    legacy = [hmac.digest(master, sponsor_id.bytes, "sha256") for master in master_keys()]
    return [*(Key(LEGACY, secret) for secret in legacy), *found]


def _newest(keys: list[Key]) -> Key | None:
    own = [key for key in keys if key.version > LEGACY]
    return own[-1] if own else None


def _found(
    session: Session,
    sponsor_id: UUID,
    keys: list[Key],
    institution_id: UUID,
    case_number: str,
) -> ClientCase | None:
    values = {(key.version, pseudonym(key.secret, institution_id, case_number)) for key in keys}
    wanted = tuple_(col(ClientCase.key_version), col(ClientCase.pseudonym)).in_(list(values))
    query = select(ClientCase).where(col(ClientCase.sponsor_id) == sponsor_id, wanted)
    return session.exec(query.order_by(col(ClientCase.key_version).desc()).limit(1)).first()


def _first(session: Session, sponsor_id: UUID) -> Key:
    """The first key of its own, made with the first case; whoever else makes it wins or waits."""
    made = _new(sponsor_id, 1)
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        made = versions(session, sponsor_id)[-1]
    return Key(made.version, made.secret.encode())


def _new(sponsor_id: UUID, version: int) -> SponsorKey:
    return SponsorKey(sponsor_id=sponsor_id, version=version, secret=secrets.token_hex(KEY_BYTES))


def rotate(session: Session, sponsor_id: UUID) -> SponsorKey:
    """A new key for new cases; the ones before only find what they made."""
    _hold(session, sponsor_id)
    rows = versions(session, sponsor_id)
    for row in rows:
        row.retired_at = row.retired_at or now()
    made = _new(sponsor_id, max([LEGACY, *(row.version for row in rows)]) + 1)
    session.add_all([*rows, made])
    session.flush()
    return made


@dataclass(frozen=True)
class Destroyed:
    """A key that is gone, and of how many cases nobody knows the number any more."""

    key: SponsorKey
    cases: int


def destroy(session: Session, sponsor_id: UUID, version: int) -> Destroyed:
    """Erase a retired key: its cases stay apart from one another, and match no number any more.

    Their pseudonyms are drawn anew, so that also who kept the key (in an old backup) learns
    nothing from this database.
    """
    _hold(session, sponsor_id)
    rows = versions(session, sponsor_id)
    row = next((one for one in rows if one.version == version), None)
    if row is None and version == LEGACY and rows:
        row = SponsorKey(sponsor_id=sponsor_id, version=LEGACY, retired_at=now())
    if row is None and version != LEGACY:
        raise NotFound
    if row is None or row.retired_at is None:
        raise KeyInUse
    if row.destroyed_at is not None:
        return Destroyed(row, 0)
    row.secret, row.destroyed_at = "", now()
    session.add(row)
    cases = _cut_off(session, sponsor_id, version)
    session.flush()
    return Destroyed(row, cases)


def _cut_off(session: Session, sponsor_id: UUID, version: int) -> int:
    mine = (col(ClientCase.sponsor_id) == sponsor_id, col(ClientCase.key_version) == version)
    ids = session.exec(select(ClientCase.id).where(*mine)).all()
    drawn = [{"case_id": one, "drawn": secrets.token_hex(KEY_BYTES), "at": now()} for one in ids]
    if drawn:
        session.connection().execute(_CUT, drawn)
    return len(ids)


def legacy_cases(session: Session) -> list[tuple[str, int]]:
    """Sponsors with cases that only the service's own key finds, and how many."""
    query = (
        select(Sponsor.name, func.count())
        .join(ClientCase, col(ClientCase.sponsor_id) == col(Sponsor.id))
        .where(col(ClientCase.key_version) == LEGACY, col(Sponsor.id).not_in(_written_down()))
        .group_by(col(Sponsor.name))
        .order_by(col(Sponsor.name))
    )
    return list(session.exec(query).all())


def _written_down() -> SelectOfScalar[UUID]:
    return select(SponsorKey.sponsor_id).where(col(SponsorKey.version) == LEGACY)
