"""Whether an account and a volunteer are one person, also by way of a second account."""

from uuid import UUID

from sqlmodel import Session, col, or_, select

from app import db
from app.access import OwnWork
from app.names import mailbox
from app.tables import Account, Volunteer


def mailboxes(session: Session, volunteer: Volunteer) -> frozenset[str]:
    """Her own address, and that of her account."""
    account = session.get(Account, volunteer.account_id) if volunteer.account_id else None
    found = (volunteer.email, account.email if account else "")
    return frozenset(mailbox(one) for one in found if one)


def is_herself(session: Session, account_id: UUID | None, volunteer: Volunteer) -> bool:
    """Whether the account is hers: her own, one with her address, or that of her second record."""
    if account_id is None:
        return False
    if volunteer.account_id == account_id:
        return True
    account = session.get(Account, account_id)
    if account is not None and mailbox(account.email) in mailboxes(session, volunteer):
        return True
    with db.as_system(session):
        other = select(Volunteer.id).where(
            col(Volunteer.account_id) == account_id,
            col(Volunteer.identity_key) == volunteer.identity_key,
        )
        return session.exec(other).first() is not None


def refuse_own(session: Session, account_id: UUID | None, volunteer: Volunteer) -> None:
    """Nobody confirms, checks or approves her own work, with whichever of her accounts."""
    if is_herself(session, account_id, volunteer):
        raise OwnWork


def are_one(session: Session, one: UUID | None, other: UUID | None) -> bool:
    """Whether two accounts are one person: the same mailbox, or both of the same volunteer."""
    if one is None or other is None:
        return False
    if one == other:
        return True
    accounts = [session.get(Account, account_id) for account_id in (one, other)]
    if len({mailbox(account.email) for account in accounts if account is not None}) == 1:
        return True
    with db.as_system(session):
        hers = select(Volunteer).where(
            or_(col(Volunteer.account_id) == one, col(Volunteer.account_id) == other)
        )
        volunteers = session.exec(hers).all()
    return any(
        is_herself(session, one, her) and is_herself(session, other, her) for her in volunteers
    )
