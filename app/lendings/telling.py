"""What is said about lending: to the office that is asked, to her, and to the office that asked."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from app.lendings import texts
from app.messages import telling
from app.messages.telling import Text
from app.offers import texts as offers
from app.offers.asking import Words
from app.requests import tasks
from app.tables import (
    Account,
    Event,
    Institution,
    Lending,
    Membership,
    RequestOption,
    Role,
    Seat,
    Sponsor,
    Task,
    Volunteer,
)

ASKED = "lending_asked"
"""Code of the question to the office that is asked; about it no institution is named."""


def ask_office(
    session: Session, lending: Lending, seat: Seat, first: RequestOption, town: str
) -> None:
    """A task and a mail to whoever coordinates the pool that is asked."""
    borrower = session.get_one(Sponsor, lending.sponsor_id).name
    session.add(
        Task(
            sponsor_id=lending.lender_id,
            code=ASKED,
            params={
                "pool": borrower,
                "when": offers.when(first.starts_at, first.ends_at),
                "when_en": offers.when(first.starts_at, first.ends_at, "en"),
                "town": town,
                "language": offers.language_name(seat.language),
                "language_en": offers.language_name(seat.language, "en"),
            },
            subject_type="lending",
            subject_id=lending.id,
        )
    )
    for account in _coordinators(session, lending.lender_id):
        text = texts.office_asked(
            account.locale, borrower, first.starts_at, first.ends_at, town, seat.language
        )
        telling.tell(
            session,
            lending.lender_id,
            telling.account(account),
            Event.TASK,
            text,
            subject_id=lending.id,
            starts_at=first.starts_at,
        )


def _coordinators(session: Session, sponsor_id: UUID) -> Sequence[Account]:
    query = select(Account).join(Membership, col(Membership.account_id) == col(Account.id))
    return session.exec(
        query.where(
            col(Membership.sponsor_id) == sponsor_id,
            col(Membership.role) == Role.COORDINATOR,
            col(Account.active).is_(True),
        ).order_by(col(Account.id))
    ).all()


def words(
    session: Session, lending: Lending, seat: Seat, option: RequestOption, *, town: str, mode: str
) -> Words:
    """The question to her: the common one, and which pool asks."""
    borrower = session.get_one(Sponsor, lending.sponsor_id).name
    her = session.get_one(Volunteer, lending.volunteer_id)

    def said(until: datetime, url: str) -> Text:
        return texts.she_asked(
            her.locale,
            her.given_name,
            borrower,
            option.starts_at,
            option.ends_at,
            town,
            mode,
            seat.language,
            until,
            url,
        )

    return said


def tell_borrower(session: Session, lending: Lending, option: RequestOption | None) -> None:
    """Whoever asked the other pool hears how it stands; the volunteer is not named."""
    asker = session.get(Account, lending.asked_by) if lending.asked_by else None
    if asker is None:
        return
    lender = session.get_one(Sponsor, lending.lender_id).name
    time = offers.when(option.starts_at, option.ends_at, asker.locale) if option else ""
    starts_at = option.starts_at if option else None
    text = texts.how_it_stands(asker.locale, lender, lending.state, starts_at, time)
    telling.tell(
        session,
        lending.sponsor_id,
        telling.account(asker),
        Event.TASK,
        text,
        subject_id=lending.id,
    )


def town_of(session: Session, institution_id: UUID) -> str:
    """The town, and nothing else about the place."""
    query = select(Institution.town).where(col(Institution.id) == institution_id)
    return session.exec(query).one()


def close(session: Session, lending: Lending) -> None:
    """The office that was asked need not answer any more."""
    tasks.close_all(session, [lending.id], ASKED)
