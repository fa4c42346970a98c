"""What a sponsor is, and who approves there: whoever changes it proves who she is, and all hear."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import Session, col, or_, select

from allowance import transfers
from app import access, audit
from app.access import Actor
from app.errors import Conflict, Invalid
from app.messages import telling
from app.messages.telling import Person
from app.names import mailbox
from app.sponsors import mails, members
from app.sponsors.schemas import SettingsRead, SettingsUpdate
from app.tables import (
    Account,
    Enrolment,
    Event,
    FourEyes,
    Membership,
    Role,
    Sponsor,
    Volunteer,
)

CHANGE = "sponsor.settings"
"""What the audit calls a change; it also says what we were before."""
ABOUT_US = frozenset({"kind", "nonprofit", "population"})
"""What a sponsor is: no way of money hangs on it, so nobody is written to."""
EMPTIED = frozenset({"population"})
"""What `null` empties; of everything else it says nothing."""
ACCOUNT = frozenset({"account_holder", "iban"})
"""From where the sponsor pays."""
CHECKING = (Role.COORDINATOR, Role.FINANCE, Role.LEAD)
"""Roles that submit, check or approve: none of them is the treasurer as well."""


class TreasurerMissing(Invalid):
    """A link to the treasurer needs somebody to send it to."""

    de = "Bitte geben Sie Name und E-Mail-Adresse der Kasse an."
    en = "Please give the treasurer's name and mail address."


class TreasurerIsMember(Conflict):
    """The treasurer's address belongs to somebody who checks claims or is paid by them."""

    slug, title = "treasurer-is-member", "The treasurer is somebody of the team"
    de = "Diese Adresse gehört jemandem aus Team oder Pool. Die Kasse muss eine andere Person sein."
    en = "This address belongs to somebody of the team or pool. Let another person be treasurer."


class WrongAccount(Invalid):
    """The length or the check digits of the sponsor's account do not fit."""

    de = "Die IBAN des Trägers stimmt nicht. Bitte Ziffer für Ziffer vergleichen."
    en = "The sponsor's IBAN is wrong. Please compare it digit by digit."


def load(session: Session, actor: Actor, sponsor_id: UUID, *, lock: bool = False) -> Sponsor:
    """A sponsor the actor works for."""
    ours = select(Sponsor).where(col(Sponsor.id).in_(actor.sponsor_ids))
    return access.load(session, ours, Sponsor, sponsor_id, lock=lock)


def read(sponsor: Sponsor) -> SettingsRead:
    """What is set."""
    return SettingsRead(**sponsor.model_dump(include=set(SettingsRead.model_fields)))


def update(session: Session, actor: Actor, sponsor: Sponsor, body: SettingsUpdate) -> None:
    """Change what was sent; whoever has to do with money is told, the former treasurer too."""
    sent = body.model_dump(exclude_unset=True)
    if sent.get("iban"):
        sent["iban"] = _checked(sent["iban"])
    changes = {
        name: str(value) if isinstance(value, str) else value
        for name, value in sent.items()
        if (value is not None or name in EMPTIED) and value != getattr(sponsor, name)
    }
    if not changes:
        return
    before = sponsor.treasurer_email
    was = {f"was_{name}": getattr(sponsor, name) for name in ABOUT_US if ABOUT_US & changes.keys()}
    for name, value in changes.items():
        setattr(sponsor, name, value)
    if sponsor.four_eyes == FourEyes.TREASURER_LINK:
        _refuse_unfit(session, sponsor)
    session.add(sponsor)
    audit.record_on(
        session,
        actor.account_id,
        CHANGE,
        ("sponsor", sponsor.id),
        sponsor.id,
        fields=sorted(changes),
        four_eyes=sponsor.four_eyes,
        **was,
    )
    if changes.keys() - ABOUT_US:
        _tell(session, actor, sponsor, changes, {before, sponsor.treasurer_email} - {""})
    session.flush()


def _checked(iban: str) -> str:
    try:
        return transfers.iban_of(iban)
    except ValueError as error:
        raise WrongAccount from error


def _refuse_unfit(session: Session, sponsor: Sponsor) -> None:
    if not sponsor.treasurer_name or not sponsor.treasurer_email:
        raise TreasurerMissing
    if mailbox(sponsor.treasurer_email) in _boxes(session, sponsor.id):
        raise TreasurerIsMember


def _boxes(session: Session, sponsor_id: UUID) -> set[str]:
    """The mailboxes of everybody who checks here, or is paid."""
    team = (
        select(Account.email)
        .join(Membership, col(Membership.account_id) == col(Account.id))
        .where(col(Membership.sponsor_id) == sponsor_id, col(Membership.role).in_(CHECKING))
    )
    pool = (
        select(Volunteer.email, Account.email)
        .join(Enrolment, col(Enrolment.volunteer_id) == col(Volunteer.id))
        .outerjoin(Account, col(Account.id) == col(Volunteer.account_id))
        .where(
            col(Enrolment.sponsor_id) == sponsor_id,
            or_(col(Volunteer.email) != "", col(Account.email).is_not(None)),
        )
    )
    found = list(session.exec(team).all())
    found += [address for row in session.execute(pool).all() for address in row if address]
    return {mailbox(address) for address in found}


def _tell(
    session: Session,
    actor: Actor,
    sponsor: Sponsor,
    changes: Collection[str],
    treasurers: set[str],
) -> None:
    written = [mails.account_changed] if ACCOUNT & set(changes) else []
    if set(changes) - ABOUT_US - ACCOUNT:
        written.append(mails.settings_changed)
    people = members.others(session, actor, sponsor.id)
    people += [Person(address) for address in sorted(treasurers)]
    for person in people:
        for write in written:
            text = write(person.locale, sponsor, by=actor.name)
            telling.tell(session, sponsor.id, person, Event.TASK, text, subject_id=None)
