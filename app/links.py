"""Signed links: one purpose, one object, no account needed. Only the hash is kept."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select, update

from app import db
from app.clock import now
from app.errors import ApiError
from app.settings import get_settings
from app.tables import LinkPurpose, SignedLink, SponsorRow
from app.tokens import hash_token, new_token

PATHS = {
    LinkPurpose.ANSWER_OFFER: "a",
    LinkPurpose.CONFIRM_BOOKING: "b",
    LinkPurpose.CONFIRM_RECORD: "c",
    LinkPurpose.ANSWER_STANDBY: "s",
    LinkPurpose.APPROVE_CLAIMS: "v",
}


class LinkUnknown(ApiError):
    """The link was never given out, or was cut off on the way."""

    status, slug, title = 404, "link-unknown", "Unknown link"
    de = "Dieser Link ist nicht bekannt. Bitte öffnen Sie ihn noch einmal aus der Nachricht."
    en = "This link is not known. Please open it again from the message."


class LinkExpired(ApiError):
    """The link is too old."""

    status, slug, title = 410, "link-expired", "Link expired"
    de = "Dieser Link ist abgelaufen. Bitte melden Sie sich bei der Koordination."
    en = "This link has expired. Please contact the coordination office."


def make(session: Session, purpose: LinkPurpose, subject: SponsorRow, expires_at: datetime) -> str:
    """A fresh address for `subject`; the token in it is not stored."""
    return _made(session, purpose, subject.id, subject.sponsor_id, expires_at)


def again(session: Session, purpose: LinkPurpose, subject_id: UUID) -> str | None:
    """A fresh address beside the ones given out before, as long valid as the last of them."""
    last = session.exec(
        select(SignedLink)
        .where(col(SignedLink.purpose) == purpose, col(SignedLink.subject_id) == subject_id)
        .order_by(col(SignedLink.expires_at).desc())
        .limit(1)
    ).one_or_none()
    if last is None:
        return None
    return _made(session, purpose, subject_id, last.sponsor_id, last.expires_at)


def _made(
    session: Session,
    purpose: LinkPurpose,
    subject_id: UUID,
    sponsor_id: UUID,
    expires_at: datetime,
) -> str:
    token = new_token()
    session.add(
        SignedLink(
            sponsor_id=sponsor_id,
            token_hash=hash_token(token),
            purpose=purpose,
            subject_id=subject_id,
            expires_at=expires_at,
        )
    )
    return f"{get_settings().base_url.rstrip('/')}/{PATHS[purpose]}/{token}"


def open_link(session: Session, purpose: LinkPurpose, token: str) -> SignedLink:
    """The link behind a token; the second wall is then set to its sponsor."""
    db.set_scope(session, db.SYSTEM)
    link = session.exec(
        select(SignedLink).where(
            col(SignedLink.token_hash) == hash_token(token), col(SignedLink.purpose) == purpose
        )
    ).one_or_none()
    if link is None:
        raise LinkUnknown
    if link.expires_at <= now():
        raise LinkExpired
    db.set_scope(session, db.Scope(sponsor_ids=frozenset({link.sponsor_id})))
    return link


def mark_used(session: Session, link: SignedLink) -> None:
    """Remember when a link was used first."""
    session.exec(
        update(SignedLink)
        .where(col(SignedLink.id) == link.id, col(SignedLink.used_at).is_(None))
        .values(used_at=now())
    )
