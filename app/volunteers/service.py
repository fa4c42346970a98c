"""Looking after volunteers."""

import hashlib
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from app import access, audit, geo
from app.access import Actor
from app.clock import now, today
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.names import same_name
from app.tables import (
    Absence,
    AvailabilityRule,
    Clearance,
    Enrolment,
    LanguageSkill,
    Training,
    Volunteer,
)
from app.volunteers import dossiers
from app.volunteers.dossiers import Dossier
from app.volunteers.schemas import (
    AbsenceRead,
    AbsenceWrite,
    AvailabilityRead,
    AvailabilityWrite,
    ClearanceRead,
    ClearanceWrite,
    EnrolmentRead,
    EnrolmentUpdate,
    LanguageRead,
    LanguageWrite,
    TrainingRead,
    TrainingWrite,
    VolunteerCreate,
    VolunteerRead,
    VolunteerRow,
    VolunteerUpdate,
    WindowRead,
)
from scheduling import languages, phrases

EARLIEST_BIRTH = date(1900, 1, 1)
ON_REQUEST = tuple(phrases.WeeklyWindow(day, 8 * 60, 18 * 60, soft=True) for day in range(5))
"""Who says nothing but "n. V." is asked Monday to Friday, 8 to 18, and ranks last."""


class AlreadyEnrolled(Conflict):
    """The same name and birth date is in this pool already."""

    slug, title = "already-enrolled", "Already in the pool"
    de = "{name} ist schon in diesem Pool."
    en = "{name} is in this pool already."


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


class LanguageUnknown(Invalid):
    """The tag is not in the table of languages."""

    de = "Die Sprache {language} ist nicht bekannt. Bitte unter /languages suchen."
    en = "The language {language} is not known. Please search /languages."


class PhraseUnclear(Invalid):
    """An availability phrase was not understood."""

    de = "Nicht verstanden: {part}. Bitte zum Beispiel so schreiben: Mo-Fr 8-12, Di auch 14-17."
    en = "Not understood: {part}. Please write for example: Mo-Fr 8-12, Di auch 14-17."


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


def _mask(value: str) -> str:
    return f"{value[:4]} … {value[-2:]}" if len(value) > 8 else ""


def rows(session: Session, volunteers: Sequence[Volunteer]) -> list[VolunteerRow]:
    """List rows, in three statements whatever their number."""
    ids = [v.id for v in volunteers]
    enrolled, spoken = dossiers.enrolments(session, ids), dossiers.skills(session, ids)
    return [
        VolunteerRow(
            id=v.id,
            surname=v.surname,
            given_name=v.given_name,
            town=v.town,
            languages=[LanguageRead(**s.model_dump()) for s in spoken[v.id]],
            enrolments=[EnrolmentRead(**e.model_dump()) for e in enrolled[v.id]],
        )
        for v in volunteers
    ]


def search(
    actor: Actor, *, q: str | None, language: str | None, state: str | None
) -> SelectOfScalar[Volunteer]:
    """The visible volunteers, by part of the name, language and state."""
    query = access.visible_volunteers(actor)
    if q:
        names = (col(Volunteer.surname), col(Volunteer.given_name))
        query = query.where(or_(*(name.icontains(q, autoescape=True) for name in names)))
    if language:
        speakers = select(LanguageSkill.volunteer_id).where(col(LanguageSkill.language) == language)
        query = query.where(col(Volunteer.id).in_(speakers))
    if state:
        enrolled = select(Enrolment.volunteer_id).where(
            col(Enrolment.state) == state, col(Enrolment.sponsor_id).in_(actor.sponsor_ids)
        )
        query = query.where(col(Volunteer.id).in_(enrolled))
    return query


def _window(rule: AvailabilityRule) -> phrases.WeeklyWindow:
    return phrases.WeeklyWindow(
        weekday=rule.weekday,
        start_minute=rule.start_minute,
        end_minute=rule.end_minute,
        soft=rule.soft,
        every_weeks=rule.every_weeks,
        term_time_only=rule.term_time_only,
    )


def availability_read(rules: Sequence[AvailabilityRule]) -> AvailabilityRead:
    """The windows in the order of the week, and the sentence they make."""
    rules = sorted(rules, key=lambda rule: (rule.weekday, rule.start_minute, rule.end_minute))
    return AvailabilityRead(
        windows=[WindowRead(**r.model_dump()) for r in rules],
        understood=phrases.describe(tuple(_window(r) for r in rules)),
    )


def read(session: Session, volunteer: Volunteer) -> VolunteerRead:
    """One volunteer with everything a plan looks at."""
    return read_dossier(dossiers.load(session, [volunteer])[0])


def read_dossier(dossier: Dossier) -> VolunteerRead:
    """The same from a loaded dossier."""
    v = dossier.volunteer
    return VolunteerRead(
        **v.model_dump(include=set(VolunteerRead.model_fields)),
        iban_masked=_mask(v.iban),
        languages=[LanguageRead(**s.model_dump()) for s in dossier.skills],
        enrolments=[EnrolmentRead(**e.model_dump()) for e in dossier.enrolments],
        trainings=[TrainingRead(**t.model_dump()) for t in dossier.trainings],
        clearances=[ClearanceRead(**c.model_dump()) for c in dossier.clearances],
        availability=availability_read(dossier.rules),
        absences=[AbsenceRead(**a.model_dump()) for a in dossier.absences],
        open_questions=dossier.open_questions,
    )


def find_person(session: Session, key: str) -> Volunteer | None:
    """The volunteer with this identity in any pool; needs a look behind the wall."""
    return session.exec(select(Volunteer).where(col(Volunteer.identity_key) == key)).first()


def create(session: Session, actor: Actor, body: VolunteerCreate) -> Volunteer:
    """A new volunteer, enrolled as applied in the actor's pool."""
    if not EARLIEST_BIRTH <= body.birth_date < today():
        raise WrongBirthDate(day=f"{body.birth_date:%d.%m.}{body.birth_date.year}")
    sponsor_id = access.sponsor_for(actor, body.sponsor_id)
    key = identity_key(body.surname, body.given_name, body.birth_date)
    known = session.exec(
        access.visible_volunteers(actor).where(col(Volunteer.identity_key) == key)
    ).first()
    if known is not None:
        raise AlreadyEnrolled(name=f"{body.given_name} {body.surname}")
    lat, lon = geo.coordinates(body.postal_code)
    person = body.model_dump(exclude={"roles", "languages", "sponsor_id", "iban"})
    volunteer = Volunteer(
        **person, identity_key=key, lat=lat, lon=lon, iban=checked_iban(body.iban)
    )
    session.add(volunteer)
    session.flush()
    enrolment = Enrolment(
        sponsor_id=sponsor_id,
        volunteer_id=volunteer.id,
        roles=[str(role) for role in body.roles],
        listing_renewed_on=today(),
    )
    session.add(enrolment)
    session.flush()
    for skill in body.languages:
        set_language(session, volunteer, skill)
    audit.record(session, actor.account_id, "volunteer.create", enrolment)
    session.flush()
    return volunteer


def update(session: Session, actor: Actor, volunteer: Volunteer, body: VolunteerUpdate) -> None:
    """Change what was sent, and nothing else."""
    changes = body.model_dump(exclude_unset=True)
    if changes.get("postal_code"):
        volunteer.lat, volunteer.lon = geo.coordinates(changes["postal_code"])
    if "iban" in changes:
        changes["iban"] = checked_iban(changes["iban"] or "")
    for name, value in changes.items():
        if value is not None or name == "german_level":
            setattr(volunteer, name, value)
    session.add(volunteer)
    session.flush()
    _record(session, actor, "volunteer.update", volunteer, fields=sorted(changes))


def _record(
    session: Session, actor: Actor, action: str, volunteer: Volunteer, **details: object
) -> None:
    query = access.visible_enrolments(actor).where(col(Enrolment.volunteer_id) == volunteer.id)
    for enrolment in session.exec(query).all():
        audit.record(session, actor.account_id, action, enrolment, **details)
    session.flush()


def touch(session: Session, volunteer: Volunteer) -> None:
    """Something that belongs to her changed."""
    volunteer.updated_at = now()
    session.add(volunteer)
    session.flush()


def set_language(session: Session, volunteer: Volunteer, body: LanguageWrite) -> None:
    """Add a language, or change its level."""
    tag = checked_language(body.language)
    skill = session.exec(
        select(LanguageSkill).where(
            col(LanguageSkill.volunteer_id) == volunteer.id, col(LanguageSkill.language) == tag
        )
    ).one_or_none()
    skill = skill or LanguageSkill(volunteer_id=volunteer.id, language=tag)
    skill.level = body.level
    session.add(skill)
    touch(session, volunteer)


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
    try:
        touch(session, volunteer)
    except IntegrityError as error:
        raise SeenAlready(day=body.seen_on.strftime("%d.%m.%Y")) from error


def set_availability(session: Session, volunteer: Volunteer, body: AvailabilityWrite) -> None:
    """Replace all weekly windows; a phrase that is not understood changes nothing."""
    if body.phrase is not None:
        answer = phrases.read_availability(body.phrase)
        if answer.not_understood:
            raise PhraseUnclear(part=", ".join(answer.not_understood))
        new = rules_from(volunteer.id, answer)
    else:
        windows = body.windows or []
        new = [AvailabilityRule(volunteer_id=volunteer.id, **w.model_dump()) for w in windows]
    session.exec(delete(AvailabilityRule).where(col(AvailabilityRule.volunteer_id) == volunteer.id))
    session.add_all(new)
    touch(session, volunteer)


def rules_from(volunteer_id: UUID, answer: phrases.AvailabilityAnswer) -> list[AvailabilityRule]:
    """The rows for what was understood; "on request" becomes soft windows."""
    windows = answer.windows
    if answer.on_request and not windows:
        windows = ON_REQUEST
    return [
        AvailabilityRule(
            volunteer_id=volunteer_id,
            weekday=w.weekday,
            start_minute=w.start_minute,
            end_minute=w.end_minute,
            soft=w.soft,
            every_weeks=w.every_weeks,
            term_time_only=w.term_time_only,
        )
        for w in windows
    ]


def add_absence(session: Session, volunteer: Volunteer, body: AbsenceWrite) -> Absence:
    """Days on which she cannot."""
    absence = Absence(volunteer_id=volunteer.id, **body.model_dump())
    session.add(absence)
    touch(session, volunteer)
    return absence


def remove_absence(session: Session, volunteer: Volunteer, absence_id: UUID) -> None:
    """She can after all."""
    done = session.exec(
        delete(Absence).where(
            col(Absence.id) == absence_id, col(Absence.volunteer_id) == volunteer.id
        )
    )
    if done.rowcount == 0:
        raise NotFound
    touch(session, volunteer)


def update_enrolment(
    session: Session, actor: Actor, enrolment: Enrolment, body: EnrolmentUpdate
) -> None:
    """Release, pause or end; change roles and limits."""
    if enrolment.sponsor_id not in actor.sponsor_ids:
        raise Forbidden
    changes = {k: v for k, v in body.model_dump(exclude_unset=True).items() if v is not None}
    for name, value in changes.items():
        setattr(enrolment, name, [str(v) for v in value] if name == "roles" else value)
    session.add(enrolment)
    audit.record(session, actor.account_id, "enrolment.update", enrolment, fields=sorted(changes))
    session.flush()
