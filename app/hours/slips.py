"""Slips of paper: signed by the institution, typed by the office, seen by a second person."""

from sqlmodel import Session

from app import freetext
from app.access import Actor, OwnWork
from app.errors import Conflict, Forbidden
from app.hours.schemas import Slip
from app.tables import Assignment, ServiceRecord, Source, Sponsor, Volunteer
from app.volunteers import herself

SIGNED = "signed"
"""Why it comes after the 14 days: it was signed in time, and is only typed now."""


class SecondPerson(Conflict):
    """Who typed a slip does not confirm it as well."""

    slug, title = "second-person", "A second person has to look"
    de = "Diesen Zettel haben Sie selbst eingetragen. Bitte eine zweite Person bestätigen lassen."
    en = "You typed this slip yourself. Please let a second person confirm it."


class ReadOtherwise(Conflict):
    """Two people read different minutes on the same slip."""

    slug, title = "slip-read-otherwise", "The slip was read otherwise"
    de = (
        "Eingetragen sind {minutes} Minuten vom Zettel. Bitte noch einmal nachsehen, oder dem"
        " Nachweis widersprechen."
    )
    en = "Typed from the slip were {minutes} minutes. Please look again, or dispute the record."


def source_of(session: Session, actor: Actor, assignment: Assignment, slip: Slip | None) -> Source:
    """How a report comes in; a slip is the office's to type, and nobody types her own."""
    volunteer = session.get_one(Volunteer, assignment.volunteer_id)
    own = herself.is_herself(session, actor.account_id, volunteer)
    office = assignment.sponsor_id in actor.sponsor_ids
    if slip is None:
        return Source.OFFICE if office and not own else Source.APP
    if own and office:
        raise OwnWork
    if not office:
        raise Forbidden
    freetext.require_plain(slip.signed_by)
    return Source.PAPER


def waits_for_second(session: Session, record: ServiceRecord) -> bool:
    """Whether the sponsor wants a second person to look at what was typed."""
    return session.get_one(Sponsor, record.sponsor_id).paper_four_eyes


def refuse_first(session: Session, actor: Actor, record: ServiceRecord) -> None:
    """Refuse that who typed the slip is the second person as well, with whichever account."""
    if herself.are_one(session, actor.account_id, record.reported_by):
        raise SecondPerson


def refuse_other(record: ServiceRecord, minutes: int) -> None:
    """Refuse a second reading that is not the first."""
    if record.confirmed_minutes != minutes:
        raise ReadOtherwise(minutes=record.confirmed_minutes)
