"""Looking after volunteers."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app import access, audit, db, fields, geo, jobs
from app.access import Actor
from app.auditing import records
from app.clock import now, today
from app.errors import ApiError, Conflict, Forbidden, Invalid, NotFound
from app.fields import Writer
from app.messages import telling
from app.messages.telling import Person
from app.names import same_name
from app.tables import (
    NO_MEMBER,
    Clearance,
    Enrolment,
    EnrolmentState,
    Event,
    LanguageSkill,
    Scope,
    Training,
    Volunteer,
    taken_in,
)
from app.volunteers import mails
from app.volunteers.availability import rules_from as rules_from
from app.volunteers.keeping import touch
from app.volunteers.schemas import (
    ClearanceWrite,
    EnrolmentUpdate,
    LanguageWrite,
    TrainingWrite,
    VolunteerCreate,
    VolunteerUpdate,
)
from scheduling import languages, quiet

PAPER_SEEN = "bookings.paper_seen"
"""A job on the id of a volunteer: a new paper of hers was seen."""
EARLIEST_BIRTH = date(1900, 1, 1)
CLEARABLE = frozenset({
    "german_level",
    "most_day_assignments",
    "most_day_minutes",
    "most_week_minutes",
    "most_travel_minutes",
})  # fmt: skip
"""What may be taken away again; everything else is left alone when it is null."""
QUIET = {
    "quiet_from": ("quiet_from_minute", quiet.QUIET_FROM),
    "quiet_to": ("quiet_to_minute", quiet.QUIET_TO),
}
"""The columns of the quiet hours, and those of the house, which hold without other words."""


class AlreadyEnrolled(Conflict):
    """The same name and birth date is in this pool already."""

    slug, title = "already-enrolled", "Already in the pool"
    de = "{name} ist schon in diesem Pool."
    en = "{name} is in this pool already."


class HasLeft(Conflict):
    """Somebody left the pool: she comes back as she came, and not by a change."""

    slug, title = "has-left", "Has left the pool"
    de = (
        "Diese Person hat den Pool verlassen. Bitte nehmen Sie sie mit Name und Geburtsdatum neu"
        " auf."
    )
    en = "She has left the pool. Please enter her anew, with name and date of birth."


class SeenAlready(Conflict):
    """The same kind of paper was seen on the same day already."""

    slug, title = "seen-already", "Noted already"
    de = "Dieser Nachweis ist für den {day} schon eingetragen."
    en = "This paper is noted for {day} already."


class WrongBirthDate(Invalid):
    """Nobody was born on this day who could help."""

    de = "Das Geburtsdatum {day} kann nicht stimmen. Bitte prüfen."
    en = "The date of birth {day} cannot be right. Please check it."


class WrongIban(Invalid):
    """The check digits of an IBAN do not fit."""

    de = "Die IBAN stimmt nicht. Bitte Ziffer für Ziffer mit der Bankkarte vergleichen."
    en = "The IBAN is wrong. Please compare it digit by digit with the bank card."


class OnlyHerself(ApiError):
    """Several pools pay her: none of them changes the account of the others."""

    status, slug, title = 403, "only-herself", "Only she herself"
    de = "Sie hilft auch in einem anderen Pool. Die IBAN kann nur sie selbst ändern."
    en = "She helps in another pool as well. Only she herself can change the IBAN."


class OnlyTheOffice(ApiError):
    """What the office decides about somebody is not for her to write."""

    status, slug, title = 403, "only-the-office", "Only the coordination office"
    de = "Das Sprachniveau in Deutsch und die Notiz trägt nur die Koordination ein."
    en = "The level of German and the note are entered by the coordination office only."


class LanguageUnknown(Invalid):
    """The tag is not in the table of languages."""

    de = "Die Sprache {language} ist nicht bekannt. Bitte unter /languages suchen."
    en = "The language {language} is not known. Please search /languages."


def identity_key(surname: str, given_name: str, birth_date: date) -> str:
    """What makes a person the same person: folded name and birth date, hashed."""
    text = f"{same_name(surname)}|{same_name(given_name)}|{birth_date.isoformat()}"
    return hashlib.sha256(text.encode()).hexdigest()


def checked_iban(text: str) -> str:
    """The IBAN without spaces, or an error; empty stays empty."""
    if not text.strip():
        return ""
    try:
        return str(IBAN(text).compact)
    except SchwiftyException as error:
        raise WrongIban from error


def checked_language(tag: str) -> str:
    """The tag, when the table of languages has it."""
    if tag not in languages.catalogue():
        raise LanguageUnknown(language=tag)
    return tag


def create(session: Session, actor: Actor, body: VolunteerCreate) -> Volunteer:
    """A new volunteer, enrolled as applied in the actor's pool; who had left comes back."""
    if not EARLIEST_BIRTH <= body.birth_date < today():
        raise WrongBirthDate(day=f"{body.birth_date:%d.%m.}{body.birth_date.year}")
    sponsor_id = access.sponsor_for(actor, body.sponsor_id)
    key = identity_key(body.surname, body.given_name, body.birth_date)
    enrolment = returning(session, sponsor_id, key)
    known = access.visible_volunteers(actor).where(col(Volunteer.identity_key) == key)
    if enrolment is None and session.exec(known).first() is not None:
        raise AlreadyEnrolled(name=f"{body.given_name} {body.surname}")
    if enrolment is None:
        volunteer = _new(session, body, key)
        enrolment = Enrolment(
            sponsor_id=sponsor_id, volunteer_id=volunteer.id, listing_renewed_on=today()
        )
    else:
        volunteer = session.get_one(Volunteer, enrolment.volunteer_id)
    take_in(session, enrolment, [str(role) for role in body.roles], EnrolmentState.APPLIED)
    for skill in _once_each(body.languages):
        set_language(session, volunteer, skill)
    audit.record(session, actor.account_id, "volunteer.create", enrolment)
    sent = body.model_dump(include=set(VolunteerUpdate.model_fields), exclude_defaults=True)
    before, had = volunteer.email, bool(volunteer.iban)
    changed = _apply(session, actor, volunteer, VolunteerUpdate(**sent))
    if "iban" in changed:
        _account_changed(session, actor, volunteer, before, had=had)
    session.flush()
    return volunteer


def _once_each(skills: Sequence[LanguageWrite]) -> list[LanguageWrite]:
    """The same language twice keeps the higher level."""
    best: dict[str, LanguageWrite] = {}
    for skill in skills:
        known = best.get(skill.language)
        if known is None or languages.level_rank(skill.level) > languages.level_rank(known.level):
            best[skill.language] = skill
    return list(best.values())


def _new(session: Session, body: VolunteerCreate, key: str) -> Volunteer:
    lat, lon = geo.coordinates(body.postal_code)
    person = body.model_dump(exclude={"roles", "languages", "sponsor_id", "iban"})
    iban = checked_iban(body.iban)
    volunteer = Volunteer(**person, iban=iban, identity_key=key, lat=lat, lon=lon)
    session.add(volunteer)
    session.flush()
    return volunteer


def take_in(session: Session, enrolment: Enrolment, roles: list[str], state: str) -> None:
    """Begin a time in a pool, the first one or another one after she had left."""
    enrolment.roles, enrolment.state, enrolment.listing_renewed_on = roles, state, today()
    session.add(enrolment)
    session.flush()


def returning(session: Session, sponsor_id: UUID, key: str) -> Enrolment | None:
    """The ended enrolment of somebody who comes back to this pool, held until the commit.

    Who is in another pool by now is not brought back by a former one: her number and home of today
    are not its to read. Entered here she is somebody new.
    """
    query = (
        select(Enrolment)
        .join(Volunteer, col(Volunteer.id) == col(Enrolment.volunteer_id))
        .where(
            col(Volunteer.identity_key) == key,
            col(Enrolment.sponsor_id) == sponsor_id,
            taken_in(),
        )
        .order_by(col(Enrolment.id))
        .with_for_update(of=Enrolment, key_share=True)
        .execution_options(populate_existing=True)
    )
    found = session.exec(query).all()
    if any(one.state != EnrolmentState.ENDED for one in found):
        return None
    return found[-1] if found and not _is_elsewhere(session, found[-1]) else None


def _is_elsewhere(session: Session, ended: Enrolment) -> bool:
    query = select(Enrolment.id).where(
        col(Enrolment.volunteer_id) == ended.volunteer_id,
        col(Enrolment.state).not_in(NO_MEMBER),
    )
    with db.as_system(session):
        return session.exec(query.limit(1)).first() is not None


def update(session: Session, actor: Actor, volunteer: Volunteer, body: VolunteerUpdate) -> None:
    """Change what was sent, and nothing else; every pool she is in can read that it changed."""
    before, had = volunteer.email, bool(volunteer.iban)
    changed = _apply(session, actor, volunteer, body)
    if "iban" in changed:
        _account_changed(session, actor, volunteer, before, had=had)
    records.changed(session, actor, volunteer, *changed)


def _account_changed(
    session: Session, actor: Actor, volunteer: Volunteer, before: str, *, had: bool
) -> None:
    """Where her money goes is changed with a fresh proof only: a phone left lying about, or a key
    in somebody's spreadsheet, diverts no payout. She hears of it, at her address of before as well.
    """
    access.require_proof(actor, Scope.PAYOUT)
    pools = [one.sponsor_id for one in records.places(session, volunteer.id)]
    sponsor_id = next((one for one in pools if one in actor.reach), None)
    if sponsor_id is None:
        return
    people = [telling.volunteer(volunteer)]
    if before and before != volunteer.email:
        people.append(Person(before, volunteer.locale))
    for person in people:
        text = mails.account_changed(volunteer, had=had)
        telling.tell(session, sponsor_id, person, Event.CHANGED, text, subject_id=volunteer.id)


def _apply(
    session: Session, actor: Actor, volunteer: Volunteer, body: VolunteerUpdate
) -> list[str]:
    """Change what differs; the names of the changed fields."""
    sent = body.model_dump(exclude_unset=True)
    if "iban" in sent:
        sent["iban"] = checked_iban(sent["iban"] or "")
    changes = {
        name: value
        for name, value in _columns(sent).items()
        if value != getattr(volunteer, name) and (value is not None or name in CLEARABLE)
    }
    _refuse_meddling(actor, volunteer, changes, records.places(session, volunteer.id))
    if "postal_code" in changes:
        volunteer.lat, volunteer.lon = geo.coordinates(changes["postal_code"])
    if "iban" in changes and not _is_her_first(actor, volunteer):
        volunteer.iban_changed_at = now()
    for name, value in changes.items():
        setattr(volunteer, name, value)
    session.add(volunteer)
    session.flush()
    return sorted(changes)


def _is_her_first(actor: Actor, volunteer: Volunteer) -> bool:
    """Whether she herself enters an account where there never was one: nobody waits for that."""
    untouched = not volunteer.iban and volunteer.iban_changed_at is None
    return untouched and volunteer.id == actor.volunteer_id


def _columns(sent: dict[str, Any]) -> dict[str, Any]:
    """What was sent, by the names of the columns: quiet hours are minutes there."""
    columns = {name: value for name, value in sent.items() if name not in QUIET}
    for name, (column, usual) in QUIET.items():
        if name in sent:
            columns[column] = usual if sent[name] is None else _minute_of(sent[name])
    return columns


def _minute_of(clock_time: str) -> int:
    hours, minutes = clock_time.split(":")
    return int(hours) * 60 + int(minutes)


def _refuse_meddling(
    actor: Actor, volunteer: Volunteer, changes: Collection[str], pools: Iterable[Enrolment]
) -> None:
    """Each field has its writers: see `fields.VOLUNTEER_WRITERS`."""
    she_is = _writer(actor, volunteer, {enrolment.sponsor_id for enrolment in pools})
    for name in changes:
        allowed = fields.writers(name)
        if not allowed & she_is:
            raise OnlyHerself if Writer.HERSELF in allowed else OnlyTheOffice


def _writer(actor: Actor, volunteer: Volunteer, pools: set[UUID]) -> set[Writer]:
    """As what the actor writes about her."""
    found = set()
    if volunteer.id == actor.volunteer_id:
        found.add(Writer.HERSELF)
    if pools & actor.sponsor_ids:
        found.add(Writer.POOL)
        if not pools - actor.sponsor_ids:
            found.add(Writer.ONLY_POOL)
    return found


def set_language(session: Session, volunteer: Volunteer, body: LanguageWrite) -> None:
    """Add a language, or correct its level and who found it."""
    tag = checked_language(body.language)
    if body.assessed_on is not None:
        _refuse_impossible(volunteer, body.assessed_on)
    skill = session.exec(
        select(LanguageSkill).where(
            col(LanguageSkill.volunteer_id) == volunteer.id, col(LanguageSkill.language) == tag
        )
    ).one_or_none()
    skill = skill or LanguageSkill(volunteer_id=volunteer.id, language=tag)
    for name, value in body.model_dump(exclude={"language"}).items():
        setattr(skill, name, value)
    session.add(skill)
    touch(session, volunteer)


def _refuse_impossible(volunteer: Volunteer, assessed_on: date) -> None:
    if assessed_on > today():
        raise Invalid(sentence="Die Einstufung liegt in der Zukunft. Bitte das Datum prüfen.")
    if assessed_on < volunteer.birth_date:
        raise Invalid(sentence="Die Einstufung liegt vor der Geburt. Bitte das Datum prüfen.")


def remove_language(session: Session, volunteer: Volunteer, tag: str) -> None:
    """Take a language away."""
    done = session.exec(
        delete(LanguageSkill).where(
            col(LanguageSkill.volunteer_id) == volunteer.id, col(LanguageSkill.language) == tag
        )
    )
    if done.rowcount == 0:
        raise NotFound
    touch(session, volunteer)


def add_training(session: Session, volunteer: Volunteer, body: TrainingWrite) -> None:
    """Note a course; one that lies in the future is refused."""
    if body.done_on > today():
        raise Invalid(sentence="Das Kursdatum liegt in der Zukunft. Bitte das Datum prüfen.")
    session.add(Training(volunteer_id=volunteer.id, **body.model_dump()))
    touch(session, volunteer)


def add_clearance(session: Session, volunteer: Volunteer, body: ClearanceWrite) -> None:
    """Note that a paper was seen."""
    if body.seen_on > today():
        raise Invalid(sentence="Das Datum der Einsicht liegt in der Zukunft. Bitte prüfen.")
    if body.issued_on and body.issued_on > body.seen_on:
        raise Invalid(sentence="Gesehen vor ausgestellt: Bitte beide Daten prüfen.")
    if body.valid_to and body.valid_to < body.seen_on:
        raise Invalid(sentence="Gültig bis liegt vor dem Tag der Einsicht. Bitte prüfen.")
    session.add(Clearance(volunteer_id=volunteer.id, **body.model_dump()))
    jobs.defer(session, PAPER_SEEN, volunteer.id)
    try:
        touch(session, volunteer)
    except IntegrityError as error:
        raise SeenAlready(day=body.seen_on.strftime("%d.%m.%Y")) from error


def update_enrolment(
    session: Session, actor: Actor, enrolment: Enrolment, body: EnrolmentUpdate
) -> None:
    """Release, pause or end; change roles and limits. What has ended is not begun again here."""
    if enrolment.sponsor_id not in actor.sponsor_ids:
        raise Forbidden
    changes = {k: v for k, v in body.model_dump(exclude_unset=True).items() if v is not None}
    if enrolment.state == EnrolmentState.ENDED and changes.get("state", enrolment.state) != "ended":
        raise HasLeft
    for name, value in changes.items():
        setattr(enrolment, name, [str(v) for v in value] if name == "roles" else value)
    session.add(enrolment)
    if "listing_renewed_on" in changes:
        jobs.defer(session, PAPER_SEEN, enrolment.volunteer_id)
    audit.record(session, actor.account_id, "enrolment.update", enrolment, fields=sorted(changes))
    session.flush()
