"""Who has which role at a sponsor. A lead gives roles to others, never to herself."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from app import access, audit
from app.access import Actor
from app.accounts import codes
from app.accounts import service as accounts
from app.errors import Conflict
from app.messages import telling
from app.messages.telling import Person
from app.sponsors import mails
from app.sponsors.schemas import MemberCreate, MemberRead
from app.tables import Account, CodePurpose, Event, Membership, Role, Sponsor

MONEY = (Role.FINANCE, Role.LEAD)
"""Whoever has one of these hears when somebody else is given or loses a role."""


class AlreadyMember(Conflict):
    """The account has this role at this sponsor."""

    slug, title = "already-member", "Has this role already"
    de = "{email} hat diese Rolle hier schon."
    en = "{email} has this role here already."


class NotForYourself(Conflict):
    """Nobody makes more of herself than she is."""

    slug, title = "not-for-yourself", "Not for yourself"
    de = "Sich selbst kann niemand eine Rolle geben. Bitte eine andere Leitung fragen."
    en = "Nobody gives a role to herself. Please ask another lead."


class AccountClosed(Conflict):
    """The account was closed: it cannot act in any role."""

    slug, title = "account-closed", "The account is closed"
    de = "Dieser Zugang ist geschlossen. Bitte fragen Sie den technischen Betrieb."
    en = "This account is closed. Please ask whoever runs the machine."


class LastLead(Conflict):
    """Without a lead nobody could give roles any more."""

    slug, title = "last-lead", "The last lead"
    de = "Das ist die letzte Leitung. Bitte zuerst jemand anderem die Leitung geben."
    en = "This is the last lead. Please make somebody else lead first."


def reads(session: Session, rows: Sequence[Membership]) -> list[MemberRead]:
    """Roles with the people who have them, in one statement."""
    query = select(Account).where(col(Account.id).in_({row.account_id for row in rows}))
    people = {one.id: one for one in session.exec(query).all()}
    return [
        MemberRead(
            **row.model_dump(),
            name=people[row.account_id].name,
            email=people[row.account_id].email,
            active=people[row.account_id].active,
        )
        for row in rows
    ]


def add(session: Session, actor: Actor, body: MemberCreate) -> Membership:
    """Give somebody a role; who has no account yet gets one, and a mail to come in."""
    sponsor = _hold(session, access.sponsor_for(actor, body.sponsor_id))
    account = accounts.ensure_account(session, body.email, body.name, None)
    if account.id == actor.account_id:
        raise NotForYourself
    if not account.active:
        raise AccountClosed
    row = Membership(sponsor_id=sponsor.id, account_id=account.id, role=body.role)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise AlreadyMember(email=body.email) from error
    if account.password_hash is None:
        codes.ask_for(session, CodePurpose.INVITE, account.id)
    _note(session, actor, sponsor, row, "member.add")
    return row


def remove(session: Session, actor: Actor, member_id: UUID) -> None:
    """Take a role away; one lead always stays."""
    visible = access.visible_members(actor)
    row = access.load(session, visible, Membership, member_id)
    sponsor = _hold(session, row.sponsor_id)
    row = access.load(session, visible, Membership, member_id, lock=True)
    if row.role == Role.LEAD and not _other_leads(session, row):
        raise LastLead
    _note(session, actor, sponsor, row, "member.remove")
    session.delete(row)
    session.flush()


def _hold(session: Session, sponsor_id: UUID) -> Sponsor:
    """Who holds the sponsor's row is alone with its roles until the commit."""
    query = select(Sponsor).where(col(Sponsor.id) == sponsor_id)
    return session.exec(query.with_for_update(key_share=True)).one()


def _other_leads(session: Session, row: Membership) -> int:
    """How many others could lead: people whose account is open."""
    query = (
        select(func.count())
        .select_from(Membership)
        .join(Account, col(Account.id) == col(Membership.account_id))
        .where(
            col(Membership.sponsor_id) == row.sponsor_id,
            col(Membership.role) == Role.LEAD,
            col(Membership.account_id) != row.account_id,
            col(Account.active).is_(True),
        )
    )
    return session.exec(query).one()


def others(session: Session, actor: Actor, sponsor_id: UUID) -> list[Person]:
    """Everybody else who has to do with the sponsor's money."""
    query = (
        select(Account)
        .where(
            col(Account.id).in_(
                select(Membership.account_id).where(
                    col(Membership.sponsor_id) == sponsor_id, col(Membership.role).in_(MONEY)
                )
            ),
            col(Account.id) != actor.account_id,
            col(Account.active).is_(True),
        )
        .order_by(col(Account.id))
    )
    return [telling.account(one) for one in session.exec(query).all()]


def _note(session: Session, actor: Actor, sponsor: Sponsor, row: Membership, action: str) -> None:
    """The audit has it, and whoever looks after the money hears of it."""
    audit.record(session, actor.account_id, action, row, role=row.role)
    whose = session.get_one(Account, row.account_id)
    for person in others(session, actor, sponsor.id):
        if person.account_id != row.account_id:
            text = mails.role_changed(
                person.locale, sponsor, whose.name, row.role, by=actor.name, action=action
            )
            telling.tell(session, sponsor.id, person, Event.TASK, text, subject_id=None)
