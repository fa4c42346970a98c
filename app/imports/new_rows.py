"""What one row of a list becomes in the database; nothing is stored here."""

from collections.abc import Iterator
from uuid import UUID

from sqlmodel import SQLModel

from app.clock import today
from app.imports import places
from app.imports.drafts import InstitutionDraft, VolunteerDraft
from app.institutions.places import region_for
from app.tables import (
    Absence,
    Clearance,
    Enrolment,
    EnrolmentState,
    Exclusion,
    Institution,
    LanguageSkill,
    Sponsor,
    Training,
    Volunteer,
)
from app.volunteers import service as volunteers


def institution(draft: InstitutionDraft, sponsor: Sponsor) -> Institution:
    """The place of a row; lists name no Kreis, so it lies in the sponsor's where that has one."""
    (lat, lon), _ = places.near(draft.postal_code)
    return Institution(
        name=draft.name,
        kind=draft.kind,
        kind_label=draft.kind_label,
        street=draft.street,
        postal_code=draft.postal_code,
        town=draft.town,
        region_ags=region_for(None, sponsor),
        lat=lat,
        lon=lon,
        phone=draft.phone,
        email=draft.email,
        contact_name=draft.contact,
    )


def volunteer(draft: VolunteerDraft, key: str) -> Volunteer:
    """The person of a row, under the key by which she is known again."""
    (lat, lon), _ = places.near(draft.postal_code)
    return Volunteer(
        surname=draft.surname,
        given_name=draft.given_name,
        identity_key=key,
        birth_date=draft.birth_date,
        gender=draft.gender or "unknown",
        postal_code=draft.postal_code,
        town=draft.town,
        lat=lat,
        lon=lon,
        transport=draft.transport or "car",
        german_level=draft.german_level,
        phone=draft.phone,
        email=draft.email,
        iban=draft.iban or "",
        phone_only=draft.phone_only,
        only_kinds=list(draft.only_kinds),
        note=draft.note,
    )


def enrolment(
    sponsor_id: UUID, person: Volunteer, draft: VolunteerDraft, source_key: str
) -> Enrolment:
    """Her place in the pool."""
    place = Enrolment(
        sponsor_id=sponsor_id,
        volunteer_id=person.id,
        roles=list(draft.roles),
        coordinating=draft.coordinating,
        state=EnrolmentState.RELEASED,
        listing_renewed_on=today(),
        source_key=source_key,
    )
    if draft.week_minutes:
        place.week_minutes = draft.week_minutes
    return place


def parts(sponsor_id: UUID, draft: VolunteerDraft, person: Volunteer) -> Iterator[SQLModel]:
    """What belongs to a person: papers, languages, times, and where she does not go."""
    yield from _papers(draft, person)
    yield from _skills(draft, person)
    yield from _times(draft, person)
    yield from _exclusions(sponsor_id, draft, person)


def _papers(draft: VolunteerDraft, person: Volunteer) -> Iterator[SQLModel]:
    if draft.training_day is not None and draft.training_units:
        for role in draft.roles:
            yield Training(
                volunteer_id=person.id,
                role=role,
                units=draft.training_units,
                done_on=draft.training_day,
            )
    seen = {"declaration": draft.declaration_day, "conduct": draft.clearance_seen}
    if draft.measles == "yes":
        seen["measles"] = draft.clearance_seen or draft.declaration_day or today()
    for kind, day in seen.items():
        if day is not None:
            issued = draft.clearance_issued if kind == "conduct" else None
            yield Clearance(volunteer_id=person.id, kind=kind, issued_on=issued, seen_on=day)


def _skills(draft: VolunteerDraft, person: Volunteer) -> list[LanguageSkill]:
    return [
        LanguageSkill(volunteer_id=person.id, language=skill.tag, level=skill.level)
        for skill in draft.skills
        if skill.tag is not None
    ]


def _times(draft: VolunteerDraft, person: Volunteer) -> list[SQLModel]:
    rows: list[SQLModel] = []
    if draft.availability is not None:
        rows += volunteers.rules_from(person.id, draft.availability)
    if draft.absence is not None:
        rows.append(
            Absence(
                volunteer_id=person.id,
                first_day=draft.absence.first,
                last_day=draft.absence.last,
                start_minute=draft.absence.start_minute,
                end_minute=draft.absence.end_minute,
                reason="Urlaub",
            )
        )
    return rows


def _exclusions(sponsor_id: UUID, draft: VolunteerDraft, person: Volunteer) -> list[Exclusion]:
    return [
        Exclusion(sponsor_id=sponsor_id, volunteer_id=person.id, institution_kind=kind)
        for kind in draft.excluded_kinds
    ]
